"""Steps of a cascade and rows of a bridge to waterfalls; drawing is in waterfall.py."""

from collections.abc import Sequence

from reports.coverage import wording as words
from reports.coverage.cells import Step
from reports.coverage.waterfall import Bar, Waterfall
from reports.model import Cell


def cascade_figure(steps: Sequence[Step], name: str, axis: str) -> Waterfall:
    """Give each stage as a level and each gap as the step down to it; parts of gaps are left out."""
    bars: list[Bar] = []
    before: Cell | None = None
    for step in steps:
        if step.is_part or not step.computable:
            continue
        if step.component:
            bars.append(_fall(step, before))
        bars.append(_level(words.STAGES.get(step.stage, step.stage), step.value))
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
        text = words.signed(persons)
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
        return Bar(label, "level", words.marked(value))
    return Bar(
        label, "level", words.marked(value), None, value.value, value.lower, value.upper
    )  # fmt: skip


def _fall(step: Step, before: Cell | None) -> Bar:
    """Give a gap as a step from the stage before; a negative gap is a step up."""
    label = words.GAPS.get(step.component, step.component.replace("_", " "))
    gap = step.gap
    start = before.value if before is not None and before.published else None
    if start is None or gap.value is None or not gap.published:
        return Bar(label, "step", words.marked(gap))
    lower, upper = (None if x is None else start - x for x in (gap.upper, gap.lower))
    return Bar(label, "step", words.lost(gap), start, start - gap.value, lower, upper)
