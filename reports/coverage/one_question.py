"""The catalogue's questions, each with the one figure that answers it and how it differs; a wave that cannot answer: one screen."""

from collections.abc import Sequence

from data_contracts.catalogue.key_figures import key_figures
from data_contracts.catalogue.questions import survey_questions
from reports.coverage.tables import Row, Table, two_lines
from reports.coverage.words_numbers import marked
from reports.key_figures import KeyFigures
from reports.model import Cell
from reports.wording import marks

COVER = (
    "without_contribution",
    "contribute",
    "contribute_compulsory",
    "say_they_contribute",
    "say_they_do_not_contribute",
    "employer_contributes",
    "affiliated",
    "legally_covered",
    "informal",
)
WORK = ("employed", "unemployed")
HEADINGS = ("Question", "Persons", "Share, %", "Of", "How it differs")


def question_table(
    figures: KeyFigures, names: Sequence[str], caption: str, age: int
) -> Table | None:
    """Give a row a question that the wave answers, in the given order; None where it answers none.

    Args:
        figures: the wave's key figures.
        names: of the catalogue.
        caption: of the table.
        age: the youngest who are counted.
    """
    rows = []
    for name in names:
        one = key_figures()[name]
        persons, share = figures.cell(name, "persons"), figures.cell(name, "share")
        if not (persons.status or share.status):
            continue
        of = "" if one.share is None or not share.status else one.share.of.format(age=age)
        told = ". ".join(f"Unlike “{_short(other)}”: {why}" for other, why in one.near.items())
        rows.append(Row((one.question, _figure(persons), _figure(share), of, told)))
    return Table(caption, HEADINGS, tuple(rows), text=frozenset({0, 3, 4})) if rows else None


def _short(name: str) -> str:
    """Name a key figure without what stands in brackets."""
    return key_figures()[name].answers[0][1].name.partition(" (")[0]


def _figure(cell: Cell) -> str:
    return two_lines(cell) if cell.published else marked(cell) if cell.status else marks.ABSENT


def to_ask(not_asked: Sequence[str]) -> tuple[str, ...]:
    """Say what to ask next time, of whom and what for, a sentence a question that was not asked."""
    return tuple(
        f"Ask {one.of} {one.ask}: it tells {one.tells}."
        for column, one in survey_questions().items()
        if column in not_asked
    )
