"""Sheets, headings and shorthand of the brief's workbook; it is written in reports/writers/xlsx.py."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from reports.brief.words_figures import EFFECTS_AXIS
from reports.wording.lists import word_lists
from reports.wording.marks import UNRELIABLE, WITHHELD

_LISTS: Final = word_lists("brief")
SHORTHAND: Final[Mapping[str, str]] = _LISTS["shorthand"]
SHORTHAND_LEGEND: Final[tuple[tuple[str, str], ...]] = tuple(
    (mark, means) for mark, means in _LISTS["shorthand_legend"]
)
SHEETS: Final[Mapping[str, str]] = _LISTS["sheets"]
SHEET_HEADINGS: Final[Mapping[str, Sequence[str]]] = _LISTS["sheet_headings"]
_LIMITS: Final = ("lower limit", "upper limit")


def main_headings(rate: str, persons: str) -> tuple[str, ...]:
    """Head the columns of the main sheet, units in every heading."""
    return (
        "By",
        "Group",
        rate,
        *(f"{rate}, {limit}" for limit in _LIMITS),
        "Interviews",
        f"{rate}, reliability",
        persons,
        *(f"{persons}, {limit}" for limit in _LIMITS),
        f"{persons}, reliability",
    )


def plot_headings(axis: str) -> tuple[str, ...]:
    """Head the columns of a figure's sheet."""
    unit = "Percentage points" if axis == EFFECTS_AXIS else axis
    return ("By", "Group", unit, *(f"{unit}, {x}" for x in _LIMITS), "Interviews", "Reliability")


def rules_in_shorthand(rules: str) -> str:
    """Write the same rules with the shorthand of the workbook."""
    marked = re.sub(rf"\b{WITHHELD}\b", SHORTHAND["S"], rules)
    return marked.replace(UNRELIABLE, SHORTHAND["U"])
