"""Judges published figures: their scale, copies, magnitudes and jumps; wholes and parts: published_parts.py.

The rules are arithmetic, so they hold for anybody's figures. Their limits and words are declared in
data_contracts/quality/published.yaml; no rows of persons come here.
"""

from collections.abc import Iterator
from statistics import median
from typing import Any

import polars as pl

from analyses.quality.published_parts import (
    FigureFinding,
    Place,
    findings_of_parts,
    limits_of_check,
    other_scale,
    wholes_of,
)
from data_contracts.errors import InputError
from data_contracts.published.words import kind_of_unit
from data_contracts.quality.rules import load_rules

COLUMNS = ("series", "indicator", "unit", "breakdown", "category", "year", "value")
CELL = COLUMNS[:5]
SCHEMA = {
    "check_id": pl.String, "severity": pl.String, "series": pl.String, "indicator": pl.String,
    "year": pl.Int64, "breakdown": pl.String, "measure": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "statement": pl.String, "remedy": pl.String,
}  # fmt: skip


def judge_series(frame: pl.DataFrame, *, all_parts: bool = False) -> pl.DataFrame:
    """Judge a long table of published figures.

    Args:
        frame: columns ``series``, ``indicator``, ``unit``, ``breakdown``, ``category``, ``year``
            and ``value``. A row of the breakdown ``total`` is the whole of every breakdown;
            ``industry x male`` with category ``agriculture`` is a part of ``industry``'s
            ``agriculture``. Rows without a value make their breakdown incomplete.
        all_parts: whether every breakdown holds all its parts, also those not declared.

    Returns:
        one row a finding: ``measure`` is the figure judged in its own unit and ``low`` and
        ``high`` what it should have lain between; sorted by check and place. No row: all is well.

    Raises:
        InputError: a column is missing, or a year or value is no number.
    """
    rows = _rows(frame)
    known = rows.drop_nulls("value")
    found = (
        *(
            one
            for whole in wholes_of(rows, all_parts=all_parts)
            for one in findings_of_parts(whole)
        ),
        *_scale_over_years(known),
        *_copies(known),
        *_magnitudes(known),
        *_jumps(known),
    )
    table = pl.DataFrame([_row(one) for one in found], schema=SCHEMA, orient="row")
    return table.unique().sort("check_id", "series", "indicator", "year", "breakdown")


def judge_published(estimates: pl.DataFrame) -> pl.DataFrame:
    """Judge our own table before it is published.

    Args:
        estimates: rows of ``pub.estimate`` (ratios in percent, withheld figures without value).

    Returns:
        as ``judge_series``.
    """
    long = estimates.select(
        series=pl.concat_str("survey_id", "standard", "universe", separator=" "),
        indicator="indicator",
        unit=pl.when(pl.col("unit_measure") == "PS").then(pl.lit("persons")).otherwise(
            pl.lit("percent")
        ),
        breakdown="breakdown",
        category="category",
        year=pl.col("time_period").cast(pl.String).str.slice(0, 4),
        value="obs_value",
    )  # fmt: skip
    return judge_series(long, all_parts=True)


def _row(one: FigureFinding) -> dict[str, Any]:
    rule = load_rules("published")[one.check_id]
    words = {"severity": rule.severity, "statement": rule.statement, "remedy": rule.remedy}
    return one._asdict() | one.place._asdict() | words


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Check the columns, and say of each unit whether it is of a rate, a mean or a number."""
    for name in COLUMNS:
        if name not in frame.columns:
            raise InputError(
                "the column is missing", f"give the columns {', '.join(COLUMNS)}", column=name
            )
    try:
        rows = frame.select(
            *(pl.col(n).cast(pl.String).fill_null("") for n in CELL),
            pl.col("year").cast(pl.String).str.strip_chars().cast(pl.Int64),
            pl.col("value").cast(pl.Float64),
        )
    except pl.exceptions.PolarsError:
        rows = None
    if rows is None:
        raise InputError(
            "a year or a value is no number", "write years as 2017 and values as 12.5",
            column="year, value",
        )  # fmt: skip
    kinds = {unit: kind_of_unit(unit) for unit in rows["unit"].unique()}
    return rows.with_columns(
        kind=pl.col("unit").replace_strict(kinds, return_dtype=pl.String) if kinds else pl.lit("")
    )


def _scale_over_years(known: pl.DataFrame) -> Iterator[FigureFinding]:
    """Compare each year of a rate with the middle of its other years."""
    rates = known.filter(kind="rate")
    for (series, indicator, _, breakdown, _), some in rates.group_by(CELL, maintain_order=True):
        values = list(some.select("year", "value").iter_rows())
        for year, value in values if len(values) >= 3 else ():
            others = median(v for y, v in values if y != year)
            if other_scale(others, [value]) and value < others:
                place = Place(str(series), str(indicator), year, str(breakdown))
                yield FigureFinding("one_scale", place, value, others / 2, others * 2)


def _copies(known: pl.DataFrame) -> Iterator[FigureFinding]:
    """Find two indicators of one year with the same rates in the same cells."""
    least = int(limits_of_check("no_copied_series")["least"])
    seen: dict[tuple[Any, ...], tuple[str, str]] = {}
    keys = ["series", "indicator", "unit", "year"]
    for key, some in known.filter(kind="rate").group_by(keys, maintain_order=True):
        series, indicator, year = str(key[0]), str(key[1]), int(str(key[3]))
        cells = sorted(some.select("breakdown", "category", "value").iter_rows())
        if len({value for _, _, value in cells if value != round(value)}) < least:
            continue
        _, first = seen.setdefault((year, *cells), (series, indicator))
        if first != indicator:
            place = Place(series, indicator, year, "all")
            yield FigureFinding("no_copied_series", place, float(len(cells)), None, None)


def _magnitudes(known: pl.DataFrame) -> Iterator[FigureFinding]:
    high = float(limits_of_check("unit_fits_magnitude")["high"])
    odd = known.filter(~pl.col("value").is_between(0, high), kind="rate")
    for *place, value in odd.select(*Place._fields, "value").iter_rows():
        yield FigureFinding("unit_fits_magnitude", Place(*place), value, 0.0, 100.0)


def _jumps(known: pl.DataFrame) -> Iterator[FigureFinding]:
    """Compare numbers of one cell from one year to the next given."""
    factor = float(limits_of_check("no_jump_in_numbers")["factor"])
    numbers = known.filter(pl.col("value") > 0, kind="number").sort("year", maintain_order=True)
    both = numbers.with_columns(before=pl.col("value").shift().over(CELL))
    jumps = both.filter(
        pl.max_horizontal("value", "before") >= factor * pl.min_horizontal("value", "before"),
        pl.col("before").is_not_null(),
    )
    for *place, value, before in jumps.select(*Place._fields, "value", "before").iter_rows():
        yield FigureFinding(
            "no_jump_in_numbers", Place(*place), value, before / factor, before * factor
        )
