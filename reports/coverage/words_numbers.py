"""How the page on the coverage gap writes numbers, intervals and the ends of sentences; no table is read here."""

from reports.coverage.cells import MILLION_KIP, PERSONS
from reports.model import Cell
from reports.wording import marks, numbers


def figure(cell: Cell, field: str = "value") -> str:
    """Write one field of a published cell: whole persons and millions of kip, percent to 0.1."""
    value = numbers.field_of(cell, field)
    if value is None:
        return numbers.number(cell, field)  # refuses, with the reason
    if cell.unit in {PERSONS, MILLION_KIP}:
        return numbers.count(value)
    return numbers.one_decimal(value + 0.0)  # a rounded minus nothing is nothing


def marked(cell: Cell) -> str:
    """Write a cell for a table: with ``*`` where caution is due, ``x`` withheld, ``..`` not there."""
    if not cell.published:
        return marks.WITHHELD if cell.withheld else marks.ABSENT
    return figure(cell) + (marks.UNRELIABLE if cell.status == "U" else "")


def span(cell: Cell) -> str:
    """Write the limits with an en dash, or ``to`` where a limit is negative; empty if none."""
    if not cell.published or cell.lower is None or cell.upper is None:
        return ""
    dash = " to " if cell.lower < 0 else "–"  # noqa: RUF001
    return f"{figure(cell, 'lower')}{dash}{figure(cell, 'upper')}"


def signed(cell: Cell) -> str:
    """Write a difference with its sign, a minus sign where it is negative."""
    text = marked(cell)
    return f"+{text}" if cell.published and (cell.value or 0) > 0 else text


def lost(gap: Cell) -> str:
    """Write a gap as what it does to the stage before: a gap takes away, a negative one adds."""
    text = marked(gap)
    if not gap.published or not gap.value:
        return text
    return f"+{text[1:]}" if gap.value < 0 else f"−{text}"  # noqa: RUF001


def unit_of(cell: Cell) -> str:
    """Name a cell's unit after its number."""
    return {PERSONS: "persons", MILLION_KIP: "million kip a month"}.get(cell.unit, "per cent")


def bracket(cell: Cell) -> str:
    """Write the interval in brackets, with a word of caution where it is due."""
    limits = span(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    return f" ({numbers.level(cell)} interval {limits}{caution})" if limits else ""


def plain(cell: Cell) -> str:
    """Write a figure inside a sentence."""
    if not cell.published:
        return "a number that is withheld" if cell.withheld else "a number that is not available"
    return figure(cell)


def said(cell: Cell) -> str:
    """Write a figure inside a sentence, with its interval."""
    return f"{plain(cell)}{bracket(cell)}"


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def tile_interval(cell: Cell) -> str:
    """Write the interval under a key figure."""
    limits = span(cell)
    return f"{numbers.level(cell)} interval {limits}" if limits else ""
