"""Published wholes against their parts in one year; what changes over years is judged in published.py."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from analyses.quality.published_words import (
    FigureFinding,
    complete_sets,
    declared_words,
    is_total,
    is_whole,
    kind_of,
    place_of,
)
from data_contracts.quality.rules import load_rules

_CROSSED = re.compile(r"(.+) x ([^=]+)")


@dataclass(frozen=True)
class WholeAndParts:
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
        words = declared_words()["distributions"]
        return (
            kind_of(self.unit) in {"rate", "mean"}
            and self.total is not None
            and self.complete
            and len(self.parts) > 1
            and not any(word in self.indicator.lower() for word in words)
        )


def groups_of(rows: pl.DataFrame, *, all_parts: bool) -> Iterator[WholeAndParts]:
    """Put wholes and parts together.

    Args:
        rows: the checked table (published.py).
        all_parts: whether every breakdown holds all its parts, also those not declared.
    """
    keys = ["series", "indicator", "unit", "year"]
    for key, some in rows.group_by(keys, maintain_order=True):
        series, indicator, unit, year = key
        cells: dict[str, dict[str, float | None]] = {}
        for row in some.iter_rows(named=True):
            breakdown, category = _uncrossed(row["breakdown"], row["category"])
            cells.setdefault(breakdown, {})[category] = row["value"]
        for breakdown, values in cells.items():
            if is_whole(breakdown):
                continue
            whole = [v for c, v in values.items() if is_total(c)] or _whole(cells, breakdown)
            parts = {c: v for c, v in values.items() if not is_total(c)}
            known = {c: v for c, v in parts.items() if v is not None}
            complete = len(known) == len(parts) and (
                all_parts or frozenset(c.lower() for c in parts) in complete_sets()
            )
            total = whole[0] if whole else None
            yield WholeAndParts(
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
        v for b, values in cells.items() if is_whole(b) for c, v in values.items() if is_total(c)
    ]


def findings_of(group: WholeAndParts) -> Iterator[FigureFinding]:
    """Judge one whole and its parts; the most telling finding alone."""
    place = place_of(group.series, group.indicator, group.year, group.breakdown)
    yield from _order(group, place)
    if not group.averages or group.total is None:
        return
    total, parts = group.total, list(group.parts.values())
    if other_scale(total, parts):
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


def _order(group: WholeAndParts, place: dict[str, Any]) -> Iterator[FigureFinding]:
    margin = float(load_rules("published")["order_as_known"].limits["margin"])
    for order in declared_words()["orders"]:
        if order["indicator"] not in group.indicator.lower():
            continue
        by_name = {name.lower(): value for name, value in group.parts.items()}
        higher = [by_name[n] for n in order["higher"] if n in by_name]
        lower = [by_name[n] for n in order["lower"] if n in by_name]
        if higher and lower and lower[0] > higher[0] + margin:
            yield "order_as_known", place, lower[0], None, higher[0]


def other_scale(total: float, parts: list[float]) -> bool:
    """Tell whether total and parts differ by the factor of percent and fraction."""
    limits = load_rules("published")["one_scale"].limits
    centre = sum(parts) / len(parts)
    fraction, percent = float(limits["fraction"]), float(limits["percent"])
    if max(parts) <= fraction and total >= percent:
        return bool(limits["low"] <= 100 * centre / total <= limits["high"])
    if abs(total) <= fraction and min(parts) >= percent:
        return bool(limits["low"] <= 100 * total / centre <= limits["high"])
    return False


def _slack(limits: Mapping[str, Any], total: float) -> float:
    return max(float(limits["absolute"]), float(limits["relative"]) * abs(total))
