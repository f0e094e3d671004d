"""Judges published figures: totals against their parts, units, copies and jumps; no rows of persons.

The rules are arithmetic, so they hold for anybody's figures: a rate of the whole is a weighted
average of the rates of its parts. What counts as a whole, a unit and a complete set of parts is
declared in data_contracts/quality/published.yaml.
"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl

from analyses.quality.published_parts import findings_of, groups_of, other_scale
from analyses.quality.published_words import FigureFinding, kind_of, place_of
from data_contracts.errors import InputError
from data_contracts.quality.rules import load_rules

COLUMNS = ("series", "indicator", "unit", "breakdown", "category", "year", "value")
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
    groups = list(groups_of(rows, all_parts=all_parts))
    found = [
        {"check_id": check, **place, "measure": measure, "low": low, "high": high}
        for check, place, measure, low, high in (
            *(finding for group in groups for finding in findings_of(group)),
            *_scale_over_years(rows),
            *_copies(rows),
            *_magnitudes(rows),
            *_jumps(rows),
        )
    ]
    rules = load_rules("published")
    for finding in found:
        rule = rules[finding["check_id"]]
        finding |= {"severity": rule.severity, "statement": rule.statement, "remedy": rule.remedy}
    table = pl.DataFrame(found, schema=SCHEMA, orient="row")
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


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Check the columns, and write crossed breakdowns in one way."""
    for name in COLUMNS:
        if name not in frame.columns:
            raise InputError(
                "the column is missing", f"give the columns {', '.join(COLUMNS)}", column=name
            )
    try:
        rows = frame.select(
            *(pl.col(n).cast(pl.String).fill_null("") for n in COLUMNS[:5]),
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
    return rows


def _scale_over_years(rows: pl.DataFrame) -> Iterator[FigureFinding]:
    """Compare each year of a rate with the middle of its other years."""
    keys = ["series", "indicator", "unit", "breakdown", "category"]
    for key, some in rows.drop_nulls("value").group_by(keys, maintain_order=True):
        series, indicator, unit, breakdown, _ = (str(k) for k in key)
        values = list(some.sort("year").select("year", "value").iter_rows())
        if kind_of(unit) != "rate" or len(values) < 3:
            continue
        for year, value in values:
            others = median(v for y, v in values if y != year)
            if other_scale(others, [value]) and value < others:
                place = place_of(series, indicator, year, breakdown)
                yield "one_scale", place, value, others / 2, others * 2


def _copies(rows: pl.DataFrame) -> Iterator[FigureFinding]:
    """Find two indicators of one year with the same rates in the same cells."""
    least = int(load_rules("published")["no_copied_series"].limits["least"])
    seen: dict[tuple[Any, ...], tuple[str, str]] = {}
    known = rows.drop_nulls("value")
    for key, some in known.group_by(["series", "indicator", "unit", "year"], maintain_order=True):
        series, indicator, unit, year = str(key[0]), str(key[1]), str(key[2]), int(str(key[3]))
        cells = sorted(some.select("breakdown", "category", "value").iter_rows())
        values = {value for _, _, value in cells}
        telling = [value for value in values if value != round(value)]
        if kind_of(unit) != "rate" or len(telling) < least:
            continue
        vector = (year, *cells)
        if vector in seen and seen[vector][1] != indicator:
            place = place_of(series, indicator, year, "all")
            yield "no_copied_series", place, float(len(cells)), None, None
        seen.setdefault(vector, (series, indicator))


def _magnitudes(rows: pl.DataFrame) -> Iterator[FigureFinding]:
    high = float(load_rules("published")["unit_fits_magnitude"].limits["high"])
    for row in rows.drop_nulls("value").iter_rows(named=True):
        if kind_of(row["unit"]) == "rate" and not 0 <= row["value"] <= high:
            place = place_of(row["series"], row["indicator"], row["year"], row["breakdown"])
            yield "unit_fits_magnitude", place, row["value"], 0.0, 100.0


def _jumps(rows: pl.DataFrame) -> Iterator[FigureFinding]:
    """Compare numbers of one cell from one year to the next given."""
    factor = float(load_rules("published")["no_jump_in_numbers"].limits["factor"])
    keys = ["series", "indicator", "unit", "breakdown", "category"]
    for key, some in rows.drop_nulls("value").group_by(keys, maintain_order=True):
        series, indicator, unit, breakdown, _ = (str(k) for k in key)
        if kind_of(unit) != "number":
            continue
        values = some.filter(pl.col("value") > 0).sort("year").select("year", "value").iter_rows()
        for (_, before), (year, after) in pairwise(values):
            if max(before, after) >= factor * min(before, after):
                place = place_of(series, indicator, year, breakdown)
                yield "no_jump_in_numbers", place, after, before / factor, before * factor
