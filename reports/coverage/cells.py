"""Rows of the coverage tables to cells: finds the steps of a cascade, holds back what is withheld."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reports.model import Cell

MILLION: Final = 1_000_000
KIP, MILLION_KIP = "LAK_MONTH", "MLAK"
PERSONS, PERCENT = "PS", "PT"
UNKNOWN: Final = "_unknown"  # ends the component of a row that is part of a gap


@dataclass(frozen=True)
class CascadeStep:
    """One stage of a cascade and the gap that opens on the way to it.

    ``before`` is the stage that the gap begins at: the last one that can be computed. ``gap``,
    ``share`` and ``shapley`` are absent cells at the first stage. ``is_part``: the row is part
    of a gap (what the law leaves unknown, what was not answered) and no stage of its own.
    """

    stage: str
    component: str
    value: Cell
    before: str
    gap: Cell
    share: Cell
    shapley: Cell
    source: str
    note: str
    is_part: bool = False

    @property
    def computable(self) -> bool:
        """Say whether the stage has a value, published or withheld."""
        return bool(self.value.status)


def cell(
    row: Mapping[str, Any],
    column: str,
    unit: str,
    *,
    se: str = "",
    limits: tuple[str, str] | None = None,
    table: str = "",
) -> Cell:
    """Give one column of a row as a cell; null is withheld where the row gives a reason, else absent.

    Args:
        row: a row of a published table.
        column: the column of the figure.
        unit: PS, PT, or LAK_MONTH, which is shown in millions (MLAK).
        se: column of its standard error: where it is 0 there is no interval.
        limits: columns of its limits, where the table has them.
        table: the table's name.
    """
    by = MILLION if unit == KIP else 1
    value = row.get(column)
    hidden = _text(row, "suppression_reason") not in {"", "none"}
    status = ("S" if hidden else "") if value is None or hidden else _text(row, "obs_status") or "A"
    lower, upper = (row.get(limits[0]), row.get(limits[1])) if limits else (None, None)
    error = row.get(se) if se else None
    if error == 0:  # counted, not estimated: no interval
        lower = upper = None
    known = status in {"A", "U"}
    return Cell(
        table=table,
        indicator=_text(row, "stage") or column,
        breakdown=_text(row, "breakdown"),
        category=_text(row, "category"),
        unit=MILLION_KIP if unit == KIP else unit,
        status=status,
        value=value / by if known and value is not None else None,
        lower=lower / by if known and lower is not None else None,
        upper=upper / by if known and upper is not None else None,
        n=row.get("n") if known else None,
        level=0.95,
        numerator_date=_text(row, "register_date"),
        denominator_date=_text(row, "time_period"),
    )


def ladder(
    cascade: pl.DataFrame,
    unit: str,
    branch: str,
    breakdown: str = "total",
    category: str = "TOTAL",
) -> tuple[CascadeStep, ...]:
    """Give the stages of one cascade in one domain, in order; none where nothing was published.

    Args:
        cascade: rows of pub.cascade of one survey.
        unit: PS or LAK_MONTH.
        branch: compulsory, public, enterprise or voluntary.
        breakdown: total, sex or admin1_code.
        category: code within the breakdown.
    """
    found = rows_where(
        cascade, unit_measure=unit, branch=branch, breakdown=breakdown, category=category
    )
    found.sort(key=lambda row: (row["stage_no"], _is_part(row), row["stage"]))
    made: list[CascadeStep] = []
    last = ""
    for row in found:
        step = _step(row, unit, last)
        made.append(step)
        if step.computable and not step.is_part:
            last = step.stage
    return tuple(made)


def _is_part(row: Mapping[str, Any]) -> bool:
    return _text(row, "component").endswith(UNKNOWN)


def _step(row: Mapping[str, Any], unit: str, before: str) -> CascadeStep:
    limits = ("ci_lower", "ci_upper")
    gap = cell(row, "gap", unit, limits=limits)
    return CascadeStep(
        stage=row["stage"],
        component=_text(row, "component"),
        value=cell(row, "value", unit, se="value_se", limits=("value_lower", "value_upper")),
        before=before,
        gap=gap,
        share=cell(row, "share", PERCENT, se="share_se", limits=("share_lower", "share_upper")),
        shapley=cell(row, "shapley", unit),
        source=_text(row, "source"),
        note=_text(row, "note"),
        is_part=_is_part(row),
    )


def rows_where(frame: pl.DataFrame, **equal: str) -> list[dict[str, Any]]:
    """Give the rows whose columns equal the given values, in the order of the frame."""
    if frame.is_empty():
        return []
    return frame.filter(*(pl.col(name) == value for name, value in equal.items())).to_dicts()


def categories(frame: pl.DataFrame, breakdown: str) -> list[str]:
    """Give the categories of a breakdown, in code order."""
    found = {row["category"] for row in rows_where(frame, breakdown=breakdown)}
    return sorted(found)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
