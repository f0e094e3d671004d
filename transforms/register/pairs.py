"""Pairs of the register's records and how far they agree: Ibis expressions; they are judged in matching.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import ibis
    import numpy as np

_COMPARED: Final = (
    "member_key", "sex", "name_key", "birth_key", "birth_year", "phone_key", "admin1_code",
    "district_code", "employer_key",
)  # fmt: skip
# Equal in all columns of one block: then the pair is compared. ``is_compared`` says the same.
_BLOCKS: Final = (
    ("name_key", "birth_key"),
    ("name_key", "birth_year"),
    ("birth_key", "employer_key"),
    ("birth_key", "admin1_code"),
    ("phone_key",),
)


def compared_pairs(members: ibis.Table) -> ibis.Table:
    """Give each pair of records that a block holds, once, with its levels of agreement.

    Returns:
        ``left_key`` < ``right_key`` and the levels of ``match_model.FIELDS`` as int8.
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
