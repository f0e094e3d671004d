"""Which records of the register are one person: matching on keyed hashes within the register.

Which pairs are compared, and how they agree, is in ``pairs``; the model of Fellegi and Sunter is in
``match_model``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError
from transforms.register.pairs import all_pairs, compared_pairs

if TYPE_CHECKING:
    import ibis
    import polars as pl

    from transforms.register.match_model import Fit

NEEDED: Final = ("name_key", "birth_key")
_LEVELS: Final = ("name", "birth", "phone", "place")
_NOTHING: Final = 1e-6  # a probability below this is not kept: it would make a note of everybody


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
