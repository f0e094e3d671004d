"""Waves with 17 and with 18 provinces brought together, by the rule of decision 006."""

from collections.abc import Iterable, Mapping

import polars as pl

from data_contracts.areas import districts, provinces
from data_contracts.errors import InputError


def to_province_set(
    codes: pl.Series,
    *,
    date: str,
    target_date: str,
    file: str,
    column: str,
    district: pl.Series | None = None,
) -> pl.Series:
    """Give each row's province as the provinces stood at another date (decision 006).

    Args:
        codes: provinces at ``date``, as ``province_code`` gives them.
        date: the date that the file speaks of.
        target_date: the date whose provinces are wanted.
        file: the file's name, for messages.
        column: the column's name, for messages.
        district: each row's district; without it a province that was not there cannot be shared
            out among those from which it was made.

    Raises:
        InputError: when the rule cannot place every row. ``comparable_areas`` gives units that
            can be compared without districts.
    """
    here, there = _standing(date), _standing(target_date)
    merge = "compare the merged areas that comparable_areas gives (decision 006)"
    later = sorted(there - here)
    if later:
        raise InputError(
            f"the provinces of {date} lack {_titles(later)}, which was made from parts of "
            f"{_titles(provinces()[later[0]].split_from)}",
            f"{merge}: earlier districts are in no list that can be sourced",
            file=file,
            column=column,
        )
    gone = codes.is_in(list(here - there))
    if not gone.any():
        return codes
    before = {code: area.province_before for code, area in districts().items()}
    moved = (
        pl.Series([None] * len(codes), dtype=pl.String)
        if district is None
        else district.replace_strict(before, default=None, return_dtype=pl.String).replace("", None)
    )
    lost = gone & moved.is_null()
    if lost.any():
        raise InputError(
            f"a province that did not stand at {target_date} can only be shared out by district",
            f"give the district of each row, or {merge}",
            file=file,
            column=column,
            row=int(lost.arg_true()[0]) + 1,
            rows=int(lost.sum()),
        )
    return pl.select(pl.when(gone).then(moved).otherwise(codes).alias(codes.name)).to_series()


def comparable_areas(date_a: str, date_b: str) -> Mapping[str, str]:
    """Give the finest areas that two dates share: province code to area, such as "09+10+18".

    Provinces whose borders moved between the dates are merged with those they came from.
    """
    first, second = _standing(date_a), _standing(date_b)
    group = {code: {code} for code in first | second}
    for code in sorted(first ^ second):
        together = {code}.union(
            *(group[origin] for origin in provinces()[code].split_from), group[code]
        )
        for member in together:
            group[member] = together
    return {code: "+".join(sorted(members)) for code, members in sorted(group.items())}


def _standing(date: str) -> set[str]:
    return {code for code, area in provinces().items() if area.valid_at(date)}


def _titles(codes: Iterable[str]) -> str:
    return " and ".join(provinces()[code].title for code in codes)
