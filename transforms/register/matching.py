"""Which records of the register are one person: matching on keyed hashes within the register.

Pairs and their patterns of agreement are Ibis expressions, groups a small union; the model of
Fellegi and Sunter is in ``register_match_model``. Linking to a survey is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

if TYPE_CHECKING:
    import ibis
    import numpy as np
    import polars as pl

    from transforms.register.match_model import Fit

NEEDED: Final = ("name_key", "birth_key")
_LEVELS: Final = ("name", "birth", "phone", "place")
_COMPARED: Final = (
    "member_key", "sex", "name_key", "birth_key", "birth_year", "phone_key", "admin1_code",
    "district_code", "employer_key",
)  # fmt: skip
_NOTHING: Final = 1e-6  # a probability below this is not kept: it would make a note of everybody
# Equal in all columns of one block: then the pair is compared. ``is_compared`` says the same.
_BLOCKS: Final = (
    ("name_key", "birth_key"),
    ("name_key", "birth_year"),
    ("birth_key", "employer_key"),
    ("birth_key", "admin1_code"),
    ("phone_key",),
)


@dataclass(frozen=True, repr=False)
class Matching(Discreet):
    """What matching found.

    Attributes:
        persons: ``linked.member_person``: ``member_key``, ``person_key`` (least key of the group),
            ``match_probability`` (of a matched record: that its best match is right; of a single
            one: that it has another record nonetheless, the pairs that no block compares given to
            the refused ones in proportion; null where that is less than one in a million) and ``rule`` (single, exact, probabilistic).
        reason: why nobody could be matched, else empty.
        model: the fitted m, u and numbers of pairs; None where nobody could be matched.
        matched_pairs: pairs accepted.
        expected_false: wrong pairs to be expected among them.
        expected_missed: right pairs to be expected among those compared and refused.
        expected_unseen: right pairs to be expected among those that no block compares.
    """

    persons: pl.DataFrame
    reason: str = ""
    model: Fit | None = None
    matched_pairs: int = 0
    expected_false: float = 0.0
    expected_missed: float = 0.0
    expected_unseen: float = 0.0


def match_members(members: ibis.Table, *, threshold: float = 0.5) -> Matching:
    """Find the records that are one person.

    Compared are pairs of one sex (an unknown sex is one of its own) that share name and year of
    birth, or day of birth and employer or province, or the telephone. A pair is accepted as
    ``exact`` when name, day of birth and telephone agree, else as ``probabilistic`` when its
    probability reaches the threshold. Accepted pairs join to groups.

    Args:
        members: ``core.member``, one row a member.
        threshold: probability from which a pair is accepted; one half makes the fewest errors.

    Returns:
        Every member with a person, and the errors to expect. Where the register has no names or
        no days of birth, each record is a person of its own and ``reason`` says so.

    Raises:
        InputError: the threshold is no probability from one half on.
    """
    from transforms.register.match_model import fit  # noqa: PLC0415 - numpy is late here

    if not 0.5 <= threshold <= 1:
        raise InputError("the threshold is no probability from 0.5 on", "give, for instance, 0.9")
    keys = members.select("member_key").order_by("member_key").to_polars()["member_key"]
    present = members.agg(**{name: members[name].count() for name in NEEDED}).to_polars()
    absent = [name for name in NEEDED if not present[name].item()]
    if absent:
        reason = f"not computable: the register has no {' and no '.join(absent)}"
        return Matching(_persons(keys, None), reason)
    pairs = compared_pairs(members).to_polars()
    counted = pairs.group_by(*_LEVELS).len()
    counts: dict[tuple[int, ...], int] = {row[:-1]: row[-1] for row in counted.iter_rows()}
    model = fit(counts, *all_pairs(members))
    judged = _judged(pairs, model, threshold)
    taken = judged["rule"].is_not_null()
    refused = float(judged["probability"].filter(~taken).sum())
    return Matching(
        _persons(keys, judged, 1 + model.unseen / refused if refused else 1.0),
        "",
        model,
        int(taken.sum()),
        float((1 - judged["probability"].filter(taken)).sum()),
        refused,
        model.unseen,
    )


def compared_pairs(members: ibis.Table) -> ibis.Table:
    """Give each pair of records that a block holds, once, with its levels of agreement.

    Returns:
        ``left_key`` < ``right_key`` and the levels of ``register_match_model.FIELDS`` as int8.
    """
    import ibis  # noqa: PLC0415 - 1.5 s that the command line's start must not pay

    records = _records(members)
    found = []
    for block in _BLOCKS:
        whole = records.filter(*(records[name].notnull() for name in block))
        left = whole.rename({f"left_{name}": name for name in _COMPARED})
        right = whole.rename({f"right_{name}": name for name in _COMPARED})
        same = [left[f"left_{name}"] == right[f"right_{name}"] for name in ("sex", *block)]
        pairs = left.inner_join(right, [*same, left.left_member_key < right.right_member_key])
        found.append(
            pairs.select(
                left_key=pairs.left_member_key, right_key=pairs.right_member_key, **_levels(pairs)
            )
        )
    return ibis.union(*found, distinct=True)


def all_pairs(members: ibis.Table) -> tuple[dict[str, np.ndarray[Any, Any]], float]:
    """Count, of all pairs of one sex, those at each level of each field, and all of them.

    Counted from the sizes of groups of equal values: no pair is made.
    """
    import numpy as np  # noqa: PLC0415

    records = _records(members)

    def equal(*columns: str, known: str | None = None) -> float:
        """Count the pairs that are equal in all these columns and have a value in ``known``."""
        whole = records.filter(*(records[name].notnull() for name in (*columns, known or "sex")))
        sizes = whole.group_by("sex", *columns).agg(n=whole.count().cast("float64"))
        pairs = sizes.agg(n=(sizes.n * (sizes.n - 1) / 2).sum()).to_polars()
        return float(pairs["n"].item() or 0.0)

    total = equal()
    two = {}
    for field, column in (("name", "name_key"), ("phone", "phone_key")):
        agree = equal(column)
        two[field] = (equal(known=column) - agree, agree)
    day = equal("birth_key")
    year = equal("birth_year", known="birth_key") - equal("birth_key", "birth_year")
    employer = equal("employer_key")
    both = equal("admin1_code", "district_code", "employer_key")
    district = equal("admin1_code", "district_code") - both
    beside = equal("admin1_code", "employer_key")
    province = equal("admin1_code") - beside - district
    elsewhere = equal("employer_key", known="admin1_code") - beside
    differ = equal(known="admin1_code") - beside - district - province - elsewhere
    known = {
        "name": two["name"],
        "birth": (equal(known="birth_key") - day - year, year, day),
        "phone": two["phone"],
        "place": (differ, province, district, employer),
    }
    return {field: np.asarray([total - sum(n), *n]) for field, n in known.items()}, total


def _records(members: ibis.Table) -> ibis.Table:
    """Keep what is compared; a year of birth stands for its day, so it counts only beside one."""
    import ibis  # noqa: PLC0415

    return members.select(*_COMPARED).mutate(
        sex=members.sex.fill_null("X"),
        birth_year=ibis.ifelse(members.birth_key.notnull(), members.birth_year, ibis.null("int16")),
    )


def _levels(pairs: ibis.Table) -> dict[str, Any]:
    """Say how far the two records of a pair agree, field by field; 0 where a value is missing."""
    import ibis  # noqa: PLC0415

    def same(*names: str) -> Any:
        whole = ibis.literal(True)
        for name in names:
            whole &= (pairs[f"left_{name}"] == pairs[f"right_{name}"]).fill_null(False)
        return whole

    def absent(name: str) -> Any:
        return pairs[f"left_{name}"].isnull() | pairs[f"right_{name}"].isnull()

    def leveled(*cases: tuple[Any, int]) -> Any:
        return ibis.cases(*cases, else_=1).cast("int8")

    return {
        "name": leveled((absent("name_key"), 0), (same("name_key"), 2)),
        "birth": leveled((absent("birth_key"), 0), (same("birth_key"), 3), (same("birth_year"), 2)),
        "phone": leveled((absent("phone_key"), 0), (same("phone_key"), 2)),
        "place": leveled(
            (same("employer_key"), 4),
            (absent("admin1_code"), 0),
            (same("admin1_code", "district_code"), 3),
            (same("admin1_code"), 2),
        ),
    }


def _judged(pairs: pl.DataFrame, model: Fit, threshold: float) -> pl.DataFrame:
    """Give each pair its probability, and the rule that accepts it or null."""
    import polars as pl  # noqa: PLC0415

    patterns = pl.DataFrame(
        [(*pattern, chance) for pattern, chance in model.probability.items()],
        schema=dict.fromkeys(_LEVELS, pl.Int8) | {"probability": pl.Float64},
        orient="row",
    )
    agrees = (pl.col("name") == 2) & (pl.col("birth") == 3) & (pl.col("phone") == 2)
    return (
        pairs.join(patterns, on=_LEVELS, how="left")
        .with_columns(
            rule=pl.when(agrees)
            .then(pl.lit("exact"))
            .when(pl.col("probability") >= threshold)
            .then(pl.lit("probabilistic"))
        )
        .sort("left_key", "right_key")
    )


def _persons(
    keys: pl.Series, judged: pl.DataFrame | None, missed_for_refused: float = 1.0
) -> pl.DataFrame:
    """Join the accepted pairs to persons; every key of the register is in the result once.

    ``missed_for_refused`` is the number of missed matches that one among the refused stands for. A
    record's probability ends at 1: where few pairs are refused, part of what nobody compared is lost.
    """
    import polars as pl  # noqa: PLC0415

    everyone = pl.DataFrame({"member_key": keys})
    if judged is None:
        return everyone.with_columns(
            person_key=pl.col("member_key"),
            match_probability=pl.lit(None, pl.Float64),
            rule=pl.lit("single"),
        )
    sides = [
        judged.select(pl.col(f"{side}_key").alias("member_key"), "probability", "rule")
        for side in ("left", "right")
    ]
    either = pl.concat(sides)
    matched = either.filter(pl.col("rule").is_not_null()).group_by("member_key")
    refused = either.filter(pl.col("rule").is_null()).group_by("member_key")
    groups = _groups(judged.filter(pl.col("rule").is_not_null()))
    return (
        everyone.join(groups, on="member_key", how="left")
        .join(
            matched.agg(pl.col("probability").max().alias("best"), pl.col("rule").min()),
            on="member_key",
            how="left",
        )
        .join(
            refused.agg(
                (pl.col("probability").sort().sum() * missed_for_refused).clip(0, 1).alias("other")
            ),
            on="member_key",
            how="left",
        )
        .select(
            "member_key",
            pl.col("person_key").fill_null(pl.col("member_key")),
            match_probability=pl.coalesce(
                "best", pl.when(pl.col("other") >= _NOTHING).then("other")
            ),
            rule=pl.col("rule").fill_null("single"),
        )
        .sort("member_key")
    )


def _groups(accepted: pl.DataFrame) -> pl.DataFrame:
    """Give each record of a connected group the group's least key."""
    import numpy as np  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    keys = pl.concat([accepted["left_key"], accepted["right_key"]]).unique().sort()
    n = len(keys)
    at = [keys.search_sorted(accepted[f"{side}_key"]).to_numpy() for side in ("left", "right")]
    links = coo_array((np.ones(accepted.height), (at[0], at[1])), shape=(n, n))
    label = connected_components(links, directed=False)[1] if n else np.zeros(0, np.int32)
    return pl.DataFrame({"member_key": keys, "label": label}).select(
        "member_key", person_key=pl.col("member_key").min().over("label")
    )
