"""Captions, headings and notes of the brief's two tables; rows are made in table.py and sections.py."""

from collections.abc import Mapping, Sequence
from typing import Final

from reports.model import Cell
from reports.wording.lists import word_lists
from reports.wording.terms import indicator_label, period

_LISTS: Final = word_lists("brief")
CAPTIONS: Final[Mapping[str, str]] = _LISTS["captions"]
SCHEMES: Final[Mapping[str, str]] = _LISTS["schemes"]
REGISTER_HEADINGS: Final[Sequence[str]] = _LISTS["register_headings"]


def table_headings(rate: str, persons: str, at: str) -> tuple[str, ...]:
    """Head the columns of the main table; ``at`` is the confidence level."""
    span = f"{at} interval"
    return (
        "",
        "Group",
        f"{indicator_label(rate)} (%)",
        span,
        f"{indicator_label(persons)} (persons)",
        span,
        "Interviews",
        "Reliability",
    )


def table_caption(rate: str, country: str, when: str) -> str:
    """Caption the main table with subject, place and date."""
    return f"{CAPTIONS[rate]}, {country}, {when}"


def dates(cell: Cell) -> str:
    """Write the two dates of a ratio of two sources, or the one of a figure of the survey alone."""
    found = [period(date) for date in (cell.numerator_date, cell.denominator_date) if date]
    return " / ".join(dict.fromkeys(found))
