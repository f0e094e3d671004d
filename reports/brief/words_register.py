"""What the brief says of the register beside people's answers; each sentence is a function of the cells printed in it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from data_contracts.catalogue.key_figures import KeyFigure
from reports.model import Cell, Said, Use
from reports.wording.numbers import count, interval, number, uses
from reports.wording.terms import period, reason_words

NO_REGISTER: Final = "No register was set against this survey."
NOT_COMPARABLE: Final = (
    "The register could not be made comparable: it holds duplicates, dormant members and persons whom the survey "
    "does not hold."
)
_STEPS: Final = {
    "misreport": "wrong answers, at the rates that are assumed",
    "no_answer": "no answer",
    "unexplained": "not explained",
}


def not_divided(note: str) -> str:
    """Say why a register is set beside nothing, in the words of its table's note; dates in words."""
    told = note.partition(" (")[0]
    return reason_words(re.sub(r"\d{4}-\d{2}", lambda found: period(found[0]), told))


def caption(*, comparable: bool) -> str:
    """Caption the table."""
    if comparable:
        return "What people say, beside the register made comparable with the survey, and the law"
    return "Persons in the social-security register as it counts them, beside surveyed employed persons"


def note(
    figures: Sequence[KeyFigure], rules: Sequence[str], *, comparable: bool, mixed: bool
) -> str:
    """Say what the rows are, how they differ from one another, and what their dates do.

    Args:
        figures: the key figures of which the difference is said.
        rules: by which somebody is an active contributor.
        comparable: whether the register was made comparable.
        mixed: whether register and survey are of different years.
    """
    told = [NOT_COMPARABLE]
    if comparable:
        told = [f"{_name(one)}: {next(iter(one.near.values()))}." for one in figures if one.near]
    if rules:
        told.append(f"Active contributor: {'; '.join(rules).replace('>=', 'at least ')}.")
    told.append(
        "A share is of surveyed employed persons; of two sources, it may exceed 100 per cent."
    )
    if mixed:
        told.append("Register and survey have different dates, so a share of the two mixes them.")
    return " ".join(told)


def _name(one: KeyFigure) -> str:
    return one.answers[0][1].name


def beside(persons: Cell, share: Cell, said: Cell, steps: Mapping[str, Cell], age: str) -> Said:
    """Say what the register holds, beside what people say, and of what the difference is made."""
    month = period(persons.numerator_date)
    text = (
        f"By the register, made comparable with the survey, {number(persons)} persons ({interval(persons)}) had a "
        f"contribution in the twelve months to {month}: {number(share)} per cent of employed persons aged {age} and "
        f"over ({interval(share)})"
    )
    if not said.published or said.value is None or persons.value is None:
        return Said(f"{text}.", uses(persons, share))
    fewer = said.value - persons.value
    text += (
        f". {number(said)} ({interval(said)}) say that they contribute, "
        f"{count(abs(fewer))} {'fewer' if fewer < 0 else 'more'}"
    )
    parts = [
        f"{_signed(cell)} {words}"
        for name, words in _STEPS.items()
        if (cell := steps.get(name)) is not None and cell.value
    ]
    ends = f": {', '.join(parts)}." if parts else "."
    return Said(text + ends, (*uses(persons, share, said), *_step_uses(steps)))


def _signed(cell: Cell) -> str:
    text = number(cell)
    return text if (cell.value or 0) < 0 else f"+{text}"


def _step_uses(steps: Mapping[str, Cell]) -> tuple[Use, ...]:
    return uses(*(steps[name] for name in _STEPS if name in steps), fields=("value",))
