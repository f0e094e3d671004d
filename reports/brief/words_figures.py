"""Captions, axes, notes and descriptions of the brief's two figures; nothing is drawn here."""

from collections.abc import Mapping, Sequence
from typing import Final

from reports.model import Cell
from reports.wording.lists import word_lists
from reports.wording.numbers import level, number
from reports.wording.terms import base_of, indicator_label

_LISTS: Final = word_lists("brief")
OUTCOMES: Final[Mapping[str, str]] = _LISTS["outcomes"]
POPULATIONS: Final[Mapping[str, str]] = _LISTS["populations"]
PLOT_HEADINGS: Final[Sequence[str]] = _LISTS["plot_headings"]
EFFECTS_AXIS: Final = "Percentage points"
EFFECTS_NOTE: Final = (
    "Against the group in brackets. Each effect holds the other characteristics as they are. An interval that contains 0 "
    "gives no evidence of a difference. Association, not cause."
)


def outcome_label(outcome: str) -> str:
    """Say what the outcome of a model is: the theme of its name, or the name itself."""
    if "inform" in outcome:
        return OUTCOMES["informality"]
    if "social" in outcome or "cover" in outcome:
        return OUTCOMES["coverage"]
    return outcome.replace("_", " ")


def plot_axis(rate: str) -> str:
    """Give the axis of the figure of first-level areas."""
    base = base_of(rate, "").partition(" aged")[0]
    return f"{indicator_label(rate)}, % of {base}"


def plural(unit: str) -> str:
    """Name several first-level areas."""
    return f"{unit[:-1]}ies" if unit.endswith("y") and unit[-2:-1] not in "aeo" else f"{unit}s"


def plot_caption(rate: str, when: str, at: str, unit: str) -> str:
    """Caption the figure of first-level areas; ``at`` is the confidence level, ``unit`` the name of one."""
    return f"{plot_axis(rate)}, by {unit}, {when}, with {at} intervals"


def plot_note(national: Cell) -> str:
    """Explain the marks of the figure of first-level areas."""
    line = f" Dashed line: the whole country, {number(national)}%." if national.published else ""
    return f"Hollow dot and *: use with caution; x: withheld.{line} Do not read as a ranking."


def plot_alt(rate: str, shown: int, withheld: int, national: Cell, units: str) -> str:
    """Describe the figure of first-level areas to a reader who does not see it."""
    whole = f" The whole country is at {number(national)} per cent." if national.published else ""
    return (
        f"Dot plot with {level(national)} intervals: {plot_axis(rate)}, for {shown} {units} in descending "
        f"order; {withheld} withheld.{whole} The values are in the workbook of this brief."
    )


def effects_caption(outcome: str, population: str) -> str:
    """Caption the marginal-effects figure: outcome and population."""
    who = POPULATIONS.get(population, population.replace("_", " "))
    return f"Average marginal effects on {outcome_label(outcome)}, {who}"


def effects_alt(outcome: str, population: str, rows: int) -> str:
    """Describe the marginal-effects figure to a reader who does not see it."""
    return (
        f"Forest plot of {rows} effects with intervals around zero: "
        f"{effects_caption(outcome, population)}. The values are in the workbook of this brief."
    )
