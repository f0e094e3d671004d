"""Notes and descriptions of the page's waterfalls; nothing is drawn here."""

from collections.abc import Sequence

from reports.coverage.cells import CascadeStep
from reports.coverage.words_cascade import STAGES
from reports.coverage.words_numbers import marked
from reports.model import Cell


def figure_alt(steps: Sequence[CascadeStep], what: str) -> str:
    """Describe a waterfall to a reader who does not see it: every level in order."""
    levels = [
        f"{STAGES.get(s.stage, s.stage)} {marked(s.value)}"
        for s in steps
        if s.computable and not s.is_part
    ]
    return f"Waterfall of {what}: {', '.join(levels)}. The values are in the table below."


def cascade_note(*, from_zero: bool, rises: bool) -> str:
    """Explain the marks of a cascade's waterfall."""
    up = " Ochre and hatched: a negative gap, the next stage is larger." if rises else ""
    return f"{_levels(from_zero=from_zero)}Black lines: 95% intervals.{up}"


def bridge_alt(first: tuple[str, Cell], last: tuple[str, Cell]) -> str:
    """Describe the bridge's figure to a reader who does not see it."""
    return (
        f"Waterfall from {first[0]} ({marked(first[1])} persons) to {last[0]} ({marked(last[1])} "
        "persons). The values are in the table below."
    )


def bridge_note(*, from_zero: bool, left_out: bool) -> str:
    """Explain the marks of the bridge's waterfall."""
    rest = " Rows that are worth nothing are in the table alone." if left_out else ""
    return (
        f"{_levels(from_zero=from_zero)}Grey: takes persons away. Ochre and hatched: adds persons. "
        f"Red: unexplained. Black lines: 95% intervals.{rest}"
    )


def _levels(*, from_zero: bool) -> str:
    return "" if from_zero else "Diamonds: levels; the axis does not begin at zero. "
