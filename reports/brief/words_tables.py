"""Captions, headings and notes of the brief's two tables; rows are made in table.py and sections.py."""

from collections.abc import Mapping, Sequence
from typing import Final

from reports.model import Cell
from reports.wording.lists import word_lists
from reports.wording.terms import period

_LISTS: Final = word_lists("brief")
THEMES: Final[Mapping[str, Mapping[str, str]]] = _LISTS["themes"]
SCHEMES: Final[Mapping[str, str]] = _LISTS["schemes"]
REGISTER_HEADINGS: Final[Sequence[str]] = _LISTS["register_headings"]


def table_headings(rate: str, at: str) -> tuple[str, ...]:
    """Head the columns of the main table; ``at`` is the confidence level."""
    span = f"{at} interval"
    return (
        "",
        "Group",
        THEMES[rate]["rate"],
        span,
        THEMES[rate]["persons"],
        span,
        "Interviews",
        "Reliability",
    )


def table_caption(rate: str, country: str, when: str) -> str:
    """Caption the main table with subject, place and date."""
    return f"{THEMES[rate]['caption']}, {country}, {when}"


def register_caption() -> str:
    """Caption the register block."""
    return "Persons in the social-security register, set against surveyed employed persons"


def register_note(rules: Sequence[str], mixed: bool) -> str:
    """Explain numerator and denominator of the register ratios."""
    rule = f" Active contributor: {'; '.join(rules).replace('>=', 'at least ')}." if rules else ""
    dates = " Register and survey have different dates, so the ratio mixes them." if mixed else ""
    return (
        "Numerator: persons counted in the register. Denominator: employed persons of the survey. "
        f"This is a ratio of two sources and may exceed 100 per cent.{rule}{dates}"
    )


def dates(cell: Cell) -> str:
    """Write the two dates of a ratio of two sources."""
    return f"{period(cell.numerator_date)} / {period(cell.denominator_date)}"
