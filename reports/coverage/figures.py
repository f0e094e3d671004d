"""Steps of a cascade and rows of a bridge to waterfalls; drawing is in waterfall.py."""

from collections.abc import Sequence

from reports.coverage import words_cascade
from reports.coverage.cells import CascadeStep
from reports.coverage.waterfall import Bar, Waterfall
from reports.coverage.words_numbers import lost, marked, signed
from reports.model import Cell


def cascade_figure(steps: Sequence[CascadeStep], name: str, axis: str) -> Waterfall:
    """Give each stage as a level and each gap as the step down to it; parts of gaps are left out."""
    bars: list[Bar] = []
    before: Cell | None = None
    for step in steps:
        if step.is_part or not step.computable:
            continue
        if step.component:
            bars.append(_fall(step, before))
        bars.append(_level(words_cascade.STAGES.get(step.stage, step.stage), step.value))
        before = step.value
    return Waterfall(name, axis, tuple(bars))


def bridge_figure(rows: Sequence[tuple[str, str, Cell]], name: str, axis: str) -> Waterfall:
    """Give a bridge: rows of (label, kind, persons), kind level, step or unexplained."""
    bars: list[Bar] = []
    at: float | None = None
    for label, kind, persons in rows:
        if kind == "level":
            bars.append(_level(label, persons))
            at = persons.value if persons.published else None
            continue
        text = signed(persons)
        if at is None or persons.value is None or not persons.published:
            at = None
            bars.append(Bar(label, "step", text))
            continue
        end = at + persons.value
        lower, upper = (None if x is None else at + x for x in (persons.lower, persons.upper))
        bars.append(Bar(label, "step", text, at, end, lower, upper, marked=kind == "unexplained"))
        at = end
    return Waterfall(name, axis, tuple(bars))


def _level(label: str, value: Cell) -> Bar:
    if not value.published:
        return Bar(label, "level", marked(value))
    return Bar(
        label, "level", marked(value), None, value.value, value.lower, value.upper
    )  # fmt: skip


def _fall(step: CascadeStep, before: Cell | None) -> Bar:
    """Give a gap as a step from the stage before; a negative gap is a step up."""
    label = words_cascade.GAPS.get(step.component, step.component.replace("_", " "))
    gap = step.gap
    start = before.value if before is not None and before.published else None
    if start is None or gap.value is None or not gap.published:
        return Bar(label, "step", marked(gap))
    lower, upper = (None if x is None else start - x for x in (gap.upper, gap.lower))
    return Bar(label, "step", lost(gap), start, start - gap.value, lower, upper)
