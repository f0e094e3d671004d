"""A sheet's own totals compared with its rows; finding either of them lives in layout.py."""

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from transforms.read.values import numbers, suppressed


def check_total(
    place: str, body: pl.DataFrame, total: Mapping[str, Any], decimal: str | None
) -> None:
    """Compare the sheet's own totals with its rows; a withheld count may be any that it allows."""
    for name in body.columns:
        if total[name] is None or not re.search(r"[\d\u0ed0-\u0ed9]", total[name]):
            continue
        bounds = _bounds(
            pl.concat([body[name], pl.Series([total[name]], dtype=pl.String)]), decimal
        )
        if bounds is None:
            continue
        low, high = bounds["lower"][:-1].sum(), bounds["upper"][:-1]
        said = bounds["lower"][-1]
        slack = 0.5 + 1e-9 * abs(said)
        if said < low - slack or (high.null_count() == 0 and said > high.sum() + slack):
            raise InputError(
                "the sheet's own total of the column differs from the sum of its rows",
                "ask the sender which of the two is right",
                file=f"{place}, row {total['row'] + 1}",
                column=" ".join(name.split()),
            )


def _bounds(cells: pl.Series, decimal: str | None) -> pl.DataFrame | None:
    """Give what each cell is at least and at most; None when the column holds no numbers."""
    try:
        return suppressed(cells, file="", column="", decimal=decimal)
    except InputError:
        pass
    try:
        plain = numbers(cells, file="", column="", decimal=decimal)
    except InputError:
        return None
    return pl.DataFrame({"lower": plain.fill_null(0), "upper": plain.fill_null(0)})
