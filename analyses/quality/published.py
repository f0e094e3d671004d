"""Judges published figures: totals against their parts, units, copies and jumps; no rows of persons.

The rules are arithmetic, so they hold for anybody's figures: a rate of the whole is a weighted
average of the rates of its parts. What counts as a whole, a unit and a complete set of parts is
declared in data_contracts/quality/published.yaml.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from data_contracts.published.concepts import WORDS
from data_contracts.quality.rules import load_rules
from data_contracts.yaml_lines import load_yaml

COLUMNS = ("series", "indicator", "unit", "breakdown", "category", "year", "value")
SCHEMA = {
    "check_id": pl.String, "severity": pl.String, "series": pl.String, "indicator": pl.String,
    "year": pl.Int64, "breakdown": pl.String, "measure": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "statement": pl.String, "remedy": pl.String,
}  # fmt: skip
_CROSSED = re.compile(r"(.+) x ([^=]+)")


@dataclass(frozen=True)
class Group:
    """One indicator's whole and parts in one year under one breakdown; values in ``unit``."""

    series: str
    indicator: str
    unit: str
    year: int
    breakdown: str
    total: float | None
    parts: Mapping[str, float]
    complete: bool

    @property
    def averages(self) -> bool:
        """Whether the whole must be an average of these parts."""
        words = _words()["distributions"]
        return (
            _kind(self.unit) in {"rate", "mean"}
            and self.total is not None
            and self.complete
            and len(self.parts) > 1
            and not any(word in self.indicator.lower() for word in words)
        )


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
    groups = list(_groups(rows, all_parts=all_parts))
    found = [
        {"check_id": check, **place, "measure": measure, "low": low, "high": high}
        for check, place, measure, low, high in (
            *(finding for group in groups for finding in _of_group(group)),
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


Finding = tuple[str, dict[str, Any], float, float | None, float | None]


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


def _groups(rows: pl.DataFrame, *, all_parts: bool) -> Iterator[Group]:
    """Put wholes and parts together."""
    keys = ["series", "indicator", "unit", "year"]
    for key, some in rows.group_by(keys, maintain_order=True):
        series, indicator, unit, year = key
        cells: dict[str, dict[str, float | None]] = {}
        for row in some.iter_rows(named=True):
            breakdown, category = _uncrossed(row["breakdown"], row["category"])
            cells.setdefault(breakdown, {})[category] = row["value"]
        for breakdown, values in cells.items():
            if _is_whole(breakdown):
                continue
            whole = [v for c, v in values.items() if _is_total(c)] or _whole(cells, breakdown)
            parts = {c: v for c, v in values.items() if not _is_total(c)}
            known = {c: v for c, v in parts.items() if v is not None}
            complete = len(known) == len(parts) and (
                all_parts or frozenset(c.lower() for c in parts) in _complete_sets()
            )
            total = whole[0] if whole else None
            yield Group(
                str(series), str(indicator), str(unit), int(str(year)), breakdown,
                total, known, complete,
            )  # fmt: skip


def _uncrossed(breakdown: str, category: str) -> tuple[str, str]:
    """Turn ``industry x male``, agriculture into ``industry=agriculture x sex``, male."""
    crossed = _CROSSED.fullmatch(breakdown)
    if crossed and crossed[2].lower() in {"male", "female", "m", "f"} and "=" not in crossed[1]:
        return f"{crossed[1]}={category} x sex", crossed[2]
    return breakdown, category


def _whole(cells: Mapping[str, Mapping[str, float | None]], breakdown: str) -> list[float | None]:
    """Find the whole of a breakdown elsewhere: a crossed one's in its first part, or the total."""
    outer, crossed, _ = breakdown.partition(" x ")
    if crossed:
        name, _, category = outer.partition("=")
        return [v for c, v in cells.get(name, {}).items() if c == category]
    return [
        v for b, values in cells.items() if _is_whole(b) for c, v in values.items() if _is_total(c)
    ]


def _of_group(group: Group) -> Iterator[Finding]:
    """Judge one whole and its parts; the most telling finding alone."""
    place = _place(group.series, group.indicator, group.year, group.breakdown)
    yield from _order(group, place)
    if not group.averages or group.total is None:
        return
    total, parts = group.total, list(group.parts.values())
    if _other_scale(total, parts):
        yield "one_scale", place, total, min(parts), max(parts)
        return
    low, high = min(parts), max(parts)
    sums, within = (load_rules("published")[n].limits for n in ("parts_add_to_rate", "total_within_parts"))  # fmt: skip
    slack = _slack(within, total)
    if low - slack <= total <= high + slack:
        return
    if abs(sum(parts) - total) <= _slack(sums, total):
        yield "parts_add_to_rate", place, total, low, high
    else:
        yield "total_within_parts", place, total, low, high


def _order(group: Group, place: dict[str, Any]) -> Iterator[Finding]:
    margin = float(load_rules("published")["order_as_known"].limits["margin"])
    for order in _words()["orders"]:
        if order["indicator"] not in group.indicator.lower():
            continue
        by_name = {name.lower(): value for name, value in group.parts.items()}
        higher = [by_name[n] for n in order["higher"] if n in by_name]
        lower = [by_name[n] for n in order["lower"] if n in by_name]
        if higher and lower and lower[0] > higher[0] + margin:
            yield "order_as_known", place, lower[0], None, higher[0]


def _other_scale(total: float, parts: list[float]) -> bool:
    """Say whether total and parts differ by the factor of percent and fraction."""
    limits = load_rules("published")["one_scale"].limits
    centre = sum(parts) / len(parts)
    fraction, percent = float(limits["fraction"]), float(limits["percent"])
    if max(parts) <= fraction and total >= percent:
        return bool(limits["low"] <= 100 * centre / total <= limits["high"])
    if abs(total) <= fraction and min(parts) >= percent:
        return bool(limits["low"] <= 100 * total / centre <= limits["high"])
    return False


def _scale_over_years(rows: pl.DataFrame) -> Iterator[Finding]:
    """Compare each year of a rate with the middle of its other years."""
    keys = ["series", "indicator", "unit", "breakdown", "category"]
    for key, some in rows.drop_nulls("value").group_by(keys, maintain_order=True):
        series, indicator, unit, breakdown, _ = (str(k) for k in key)
        values = list(some.sort("year").select("year", "value").iter_rows())
        if _kind(unit) != "rate" or len(values) < 3:
            continue
        for year, value in values:
            others = median(v for y, v in values if y != year)
            if _other_scale(others, [value]) and value < others:
                place = _place(series, indicator, year, breakdown)
                yield "one_scale", place, value, others / 2, others * 2


def _copies(rows: pl.DataFrame) -> Iterator[Finding]:
    """Find two indicators of one year with the same rates in the same cells."""
    least = int(load_rules("published")["no_copied_series"].limits["least"])
    seen: dict[tuple[Any, ...], tuple[str, str]] = {}
    known = rows.drop_nulls("value")
    for key, some in known.group_by(["series", "indicator", "unit", "year"], maintain_order=True):
        series, indicator, unit, year = str(key[0]), str(key[1]), str(key[2]), int(str(key[3]))
        cells = sorted(some.select("breakdown", "category", "value").iter_rows())
        values = {value for _, _, value in cells}
        telling = [value for value in values if value != round(value)]
        if _kind(unit) != "rate" or len(telling) < least:
            continue
        vector = (year, *cells)
        if vector in seen and seen[vector][1] != indicator:
            place = _place(series, indicator, year, "all")
            yield "no_copied_series", place, float(len(cells)), None, None
        seen.setdefault(vector, (series, indicator))


def _magnitudes(rows: pl.DataFrame) -> Iterator[Finding]:
    high = float(load_rules("published")["unit_fits_magnitude"].limits["high"])
    for row in rows.drop_nulls("value").iter_rows(named=True):
        if _kind(row["unit"]) == "rate" and not 0 <= row["value"] <= high:
            place = _place(row["series"], row["indicator"], row["year"], row["breakdown"])
            yield "unit_fits_magnitude", place, row["value"], 0.0, 100.0


def _jumps(rows: pl.DataFrame) -> Iterator[Finding]:
    """Compare numbers of one cell from one year to the next given."""
    factor = float(load_rules("published")["no_jump_in_numbers"].limits["factor"])
    keys = ["series", "indicator", "unit", "breakdown", "category"]
    for key, some in rows.drop_nulls("value").group_by(keys, maintain_order=True):
        series, indicator, unit, breakdown, _ = (str(k) for k in key)
        if _kind(unit) != "number":
            continue
        values = some.filter(pl.col("value") > 0).sort("year").select("year", "value").iter_rows()
        for (_, before), (year, after) in pairwise(values):
            if max(before, after) >= factor * min(before, after):
                place = _place(series, indicator, year, breakdown)
                yield "no_jump_in_numbers", place, after, before / factor, before * factor


def _place(series: str, indicator: str, year: int, breakdown: str) -> dict[str, Any]:
    return {"series": series, "indicator": indicator, "year": year, "breakdown": breakdown}


def _slack(limits: Mapping[str, Any], total: float) -> float:
    return max(float(limits["absolute"]), float(limits["relative"]) * abs(total))


def _kind(unit: str) -> str:
    """Give rate, mean or number; empty for a unit that says none of these."""
    said = unit.strip().lower()
    for kind, words in _words()["units"].items():
        if any(said == word or said.startswith(f"{word} ") for word in words):
            return str(kind)
    return ""


def _is_total(category: str) -> bool:
    return category.strip().lower() in _words()["whole"]["categories"]


def _is_whole(breakdown: str) -> bool:
    return breakdown.strip().lower() in _words()["whole"]["breakdowns"]


@cache
def _complete_sets() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(parts) for parts in _words()["complete"])


@cache
def _words() -> dict[str, Any]:
    declared: dict[str, Any] = load_yaml(WORDS)
    return declared
