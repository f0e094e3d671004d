"""Published wholes against their parts in one year; what changes over years is judged in published.py.

A rate of the whole is a weighted average of the rates of its parts. What counts as a whole and as
a complete set of parts is declared in data_contracts/published/words.yaml.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from data_contracts.published.words import (
    is_complete,
    is_distribution,
    is_total,
    is_whole,
    kind_of_unit,
    orders_of,
)
from data_contracts.quality.rules import load_rules

_CROSSED = re.compile(r"([^=]+) x (male|female|m|f)", re.IGNORECASE)
Cells = Mapping[str, Mapping[str, float | None]]  # breakdown -> category -> value


class Place(NamedTuple):
    """Where a figure stands."""

    series: str
    indicator: str
    year: int
    breakdown: str


class FigureFinding(NamedTuple):
    """A published figure that breaks a check, and the limits it should have lain between."""

    check_id: str
    place: Place
    measure: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class WholeAndParts:
    """One indicator's whole and parts in one year under one breakdown; values in ``unit``."""

    place: Place
    unit: str
    total: float | None
    parts: Mapping[str, float]
    complete: bool

    @property
    def averages(self) -> bool:
        """Whether the whole must be an average of these parts."""
        return (
            kind_of_unit(self.unit) in {"rate", "mean"}
            and self.complete
            and len(self.parts) > 1
            and not is_distribution(self.place.indicator)
        )


def limits_of_check(check: str) -> Mapping[str, Any]:
    """Give the declared limits of a check of data_contracts/quality/published.yaml."""
    return load_rules("published")[check].limits


def wholes_of(rows: pl.DataFrame, *, all_parts: bool) -> Iterator[WholeAndParts]:
    """Put wholes and parts together.

    Args:
        rows: the checked table of ``judge_series``.
        all_parts: whether every breakdown holds all its parts, also those not declared.
    """
    keys = ["series", "indicator", "unit", "year"]
    for (series, indicator, unit, year), some in rows.group_by(keys, maintain_order=True):
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
            yield WholeAndParts(
                Place(str(series), str(indicator), int(str(year)), breakdown),
                str(unit),
                whole[0] if whole else None,
                known,
                len(known) == len(parts) and (all_parts or is_complete(parts)),
            )


def _uncrossed(breakdown: str, category: str) -> tuple[str, str]:
    """Turn ``industry x male``, agriculture into ``industry=agriculture x sex``, male."""
    if crossed := _CROSSED.fullmatch(breakdown):
        return f"{crossed[1]}={category} x sex", crossed[2]
    return breakdown, category


def _whole(cells: Cells, breakdown: str) -> list[float | None]:
    """Find the whole of a breakdown elsewhere: a crossed one's in its first part, or the total."""
    outer, crossed, _ = breakdown.partition(" x ")
    if crossed:
        name, _, category = outer.partition("=")
        return [v for c, v in cells.get(name, {}).items() if c == category]
    return [
        v for b, values in cells.items() if is_whole(b) for c, v in values.items() if is_total(c)
    ]


def findings_of_parts(group: WholeAndParts) -> Iterator[FigureFinding]:
    """Judge one whole and its parts; the most telling finding alone, beside a wrong order."""
    yield from _order(group)
    if not group.averages or group.total is None:
        return
    total, parts = group.total, list(group.parts.values())
    low, high = min(parts), max(parts)
    slack = _slack("total_within_parts", total)
    if other_scale(total, parts):
        yield FigureFinding("one_scale", group.place, total, low, high)
    elif not low - slack <= total <= high + slack:
        adds = abs(sum(parts) - total) <= _slack("parts_add_to_rate", total)
        check = "parts_add_to_rate" if adds else "total_within_parts"
        yield FigureFinding(check, group.place, total, low, high)


def _order(group: WholeAndParts) -> Iterator[FigureFinding]:
    margin = float(limits_of_check("order_as_known")["margin"])
    by_name = {name.lower(): value for name, value in group.parts.items()}
    for order in orders_of(group.place.indicator):
        higher = [by_name[n] for n in order["higher"] if n in by_name]
        lower = [by_name[n] for n in order["lower"] if n in by_name]
        if higher and lower and lower[0] > higher[0] + margin:
            yield FigureFinding("order_as_known", group.place, lower[0], None, higher[0])


def other_scale(total: float, parts: Sequence[float]) -> bool:
    """Say whether total and parts differ by the factor of percent and fraction."""
    limits = limits_of_check("one_scale")
    centre = sum(parts) / len(parts)
    fraction, percent = float(limits["fraction"]), float(limits["percent"])
    if max(parts) <= fraction and total >= percent:
        return bool(limits["low"] <= 100 * centre / total <= limits["high"])
    if abs(total) <= fraction and min(parts) >= percent:
        return bool(limits["low"] <= 100 * total / centre <= limits["high"])
    return False


def _slack(check: str, total: float) -> float:
    limits = limits_of_check(check)
    return max(float(limits["absolute"]), float(limits["relative"]) * abs(total))
