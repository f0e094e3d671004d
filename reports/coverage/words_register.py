"""What the page says of the register, its adjustments and the bridge to the survey; no table is read here."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from reports.coverage.words_numbers import bracket, figure, said, sentence, signed
from reports.model import Cell
from reports.wording import numbers, terms
from reports.wording.lists import word_lists

_LISTS: Final = word_lists("coverage")
ADJUSTMENTS: Final[Mapping[str, str]] = _LISTS["adjustments"]
ORIGINS: Final[Mapping[str, str]] = _LISTS["origins"]
BRIDGE: Final[Mapping[str, str]] = _LISTS["bridge"]
REGISTER_MEANS: Final = (
    "A register counts records, a survey counts residents. The register's count A is made comparable: "
    "A* = A x (1 less duplicates less dormant) x (1 plus late posting) x geography, with A without "
    "foreign nationals and armed forces, whom the survey does not hold. The active are those of A*; "
    "the affiliated are A less duplicates. Each coverage below is the adjusted count over the survey's employed."
).replace(" x ", " × ")  # noqa: RUF001
BRIDGE_MEANS: Final = (
    "Each row says what one difference between the two sources is worth in persons. Rows add up from "
    "the first line (every record and dependant) to the last (who say that they contribute); what none "
    "of them explains is a row of its own: nothing is put there to make them meet."
)


def prose(note: str) -> str:
    """Write a table's note as a sentence: names as words, true minus signs, capital and full stop."""
    for name in ADJUSTMENTS:
        note = note.replace(name, name.replace("_", " "))
    note = terms.reason_words(note)
    return sentence(re.sub(r"(?<!\w)-(?=\d)", "−", note.strip().rstrip(".")))  # noqa: RUF001


def both_dates(survey: str, register_id: str, register_date: str) -> str:
    """Print the dates of both sources."""
    if not register_date:
        return f"Survey: {terms.period(survey)}. No register was set against it."
    when, month = terms.period(survey), terms.period(register_date)
    name = register_id.replace("_", " ")
    return f"Survey: {when}. Register ({name}): {month} and the twelve months to it."


def assumed(names: Sequence[str]) -> str:
    """Say which adjustments rest on an assumption."""
    if not names:
        return (
            "No adjustment of the register is assumed: each is estimated from the register itself."
        )
    said_names = "; ".join(ADJUSTMENTS.get(n, n.replace("_", " ")).split(":")[0] for n in names)
    return f"Assumed, not estimated: {said_names}. Their sources stand beside them."


def bridge_label(row: str) -> str:
    """Name a row of the bridge, one that is not known by its own words."""
    return BRIDGE.get(row, row.replace("_", " ")[:1].upper() + row.replace("_", " ")[1:])


def unexplained(rows: Sequence[tuple[str, Cell]], first: Cell, last: Cell) -> str:
    """Say how much of the difference between the two sources no row explains.

    Args:
        rows: the unexplained rows of the bridge, each with its label and persons.
        first: what the register says.
        last: what the survey says.
    """
    if not rows:
        return ""
    cell = rows[0][1]
    if not cell.published or cell.value is None:
        return f"Unexplained: {said(cell)}."
    text = f"Unexplained: {signed(cell)} persons{bracket(cell)}"
    if not (first.published and last.published) or first.value is None or last.value is None:
        return f"{text}."
    apart = last.value - first.value
    between = f"the survey's {figure(last)} and the register's {figure(first)}"
    if not apart:
        return f"{text}; {between} do not differ."
    share = numbers.one_decimal(abs(100 * cell.value / apart))
    return f"{text}, {share} per cent of the difference between {between}."
