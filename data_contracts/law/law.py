"""Social-security law as dated data: loaded, checked and asked; persons are judged in transforms/law/liability.py.

The lines are in ``data_contracts/law/*.yaml``, each with source and confidence. An answer is known
when every line that may hold on the day gives the same; else it is unknown, never guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from data_contracts.errors import InputError
from data_contracts.law.checks import check_lines
from data_contracts.law.lines import (
    Confidence,
    Id,
    Kind,
    Line,
    RateOf,
    Source,
    When,
    begun,
)
from data_contracts.typed_yaml import Strict, load_typed

FOLDER = Path(__file__).parent
SCHEMA = "law.json"
SCHEMES = ("public", "enterprise", "voluntary")
UNKNOWN = "unknown"
NO_LIMIT = 10**15


class Instrument(Strict):
    """A legal instrument."""

    id: Id
    date: When
    title: str
    source: Source
    confidence: Confidence
    note: str | None = None


class Choice(Strict):
    """A question that sources answer differently; a person's settings choose."""

    default: str
    allowed: dict[str, str] = Field(min_length=2, description="answer -> what it means")
    source: Source
    confidence: Confidence


class Fact(Strict):
    """A quoted figure that the lines must give."""

    id: Id
    date: When
    lak: int
    statement: str
    source: Source
    confidence: Confidence


Meaning = dict[str, Annotated[list[str], Field(min_length=1)]]


class LawFile(Strict):
    """What one file of the law may hold."""

    instruments: list[Instrument] = Field(default_factory=list)
    choices: dict[str, Choice] = Field(default_factory=dict)
    facts: list[Fact] = Field(default_factory=list)
    worker: Meaning = Field(default_factory=dict)
    unit: Meaning = Field(default_factory=dict)
    nationality: Meaning = Field(default_factory=dict)
    lines: list[Line] = Field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What the law says to one question on one day.

    Attributes:
        low: the least that it may be.
        high: the greatest; the same as ``low`` where the answer is known.
        lines: ids of the lines that decided.
    """

    low: int
    high: int
    lines: tuple[str, ...]

    @property
    def value(self) -> int | None:
        """The figure, None where it is unknown."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True)
class Law:
    """All files of one folder, checked.

    Attributes:
        lines: the dated rules in the order of the files.
        instruments: legal instruments by id.
        choices: choices by name, as in the file.
        facts: quoted figures by id.
        meaning: by ``worker``, ``unit`` and ``nationality``: canonical code to what it may be.
    """

    lines: tuple[Line, ...]
    instruments: Mapping[str, Instrument]
    choices: Mapping[str, Choice]
    facts: Mapping[str, Fact]
    meaning: Mapping[str, Mapping[str, frozenset[str]]]

    def settle(self, settings: Mapping[str, str] | None = None) -> dict[str, str]:
        """Fill in the defaults of choices that are not set.

        Raises:
            InputError: an unknown choice, or an answer that it does not allow.
        """
        given = dict(settings or {})
        for name, answer in given.items():
            if name not in self.choices:
                known = ", ".join(sorted(self.choices))
                raise InputError(f"the law knows no choice {name}", f"choose among {known}")
            if answer not in self.choices[name].allowed:
                allowed = ", ".join(self.choices[name].allowed)
                raise InputError(
                    f"the choice {name} cannot be {answer!r}", f"give one of {allowed}"
                )
        return {name: entry.default for name, entry in self.choices.items()} | given

    def possible(
        self, kind: str, scheme: str, first: date, last: date, settings: Mapping[str, str]
    ) -> list[Line]:
        """Give the lines of one question that may hold on some day from first to last."""
        undated = settings["undated_changes"]
        return [
            line
            for line in self.lines
            if (line.kind, line.scheme) == (kind, scheme)
            and line.chosen(settings)
            and line.may_hold(first, last, undated)
        ]


@dataclass(frozen=True)
class Rules:
    """The law on one day under one set of answers."""

    law: Law
    day: date
    settings: Mapping[str, str]

    def status(self, kind: Kind) -> tuple[str, tuple[str, ...]]:
        """Give the legal status of a kind of person, unknown where lines differ, and the lines."""
        lines = [line for line in self._lines("coverage") if line.who.meets(kind)]
        values = {str(line.value) for line in lines} if self._begun(lines) else {UNKNOWN}
        known = values.pop() if len(values) == 1 else UNKNOWN
        return known, tuple(line.id for line in lines)

    def rate(self, scheme: str, payer: str) -> Answer:
        """Give the contribution rate of ``employer`` or ``member`` in per mille of the base."""
        lines = self._lines("rate", scheme)
        found = [
            (
                x.id,
                getattr(x.value, f"{payer}_per_mille")
                if isinstance(x.value, RateOf)
                else (0, 1000),
            )
            for x in lines
        ]
        return self._answer(lines, found, (0, 1000))

    def floor(self, scheme: str) -> Answer:
        """Give the least insurable base in kip a month; 0 where there is none."""
        return self._limit("floor", scheme, 0)

    def ceiling(self, scheme: str) -> Answer:
        """Give the greatest insurable base in kip a month; NO_LIMIT where there is none."""
        return self._limit("ceiling", scheme, NO_LIMIT)

    def minimum_wage(self) -> Answer:
        """Give the minimum wage in kip a month."""
        lines = self._lines("minimum_wage")
        return self._answer(lines, [(x.id, x.figure("lak")) for x in lines], (0, NO_LIMIT))

    def rounding(self) -> Answer:
        """Give the unit in kip to which each payer's contribution is rounded, halves up."""
        lines = self._lines("rounding")
        return self._answer(lines, [(x.id, x.figure("unit_lak")) for x in lines], (1, NO_LIMIT))

    def working_age(self) -> Answer:
        """Give the least age of a member in years; 0 where none is documented."""
        lines = self._lines("working_age")
        found = [(x.id, 0 if x.value == "none" else x.figure("years")) for x in lines]
        return self._answer(lines, found, (0, 0))

    def _limit(self, kind: str, scheme: str, none: int) -> Answer:
        lines = self._lines(kind, scheme)
        found: list[tuple[str, Any]] = []
        for line in lines:
            name, value = line.id, line.value
            if value == "none":
                found.append((name, none))
            elif value == UNKNOWN:
                found.append((name, (0, NO_LIMIT)))
            elif (lak := line.figure("lak")) is not None:
                found.append((name, lak))
            else:
                wage, share = self.minimum_wage(), line.figure("minimum_wage_per_mille") or 0
                ends = (wage.low * share // 1000, min(wage.high * share // 1000, NO_LIMIT))
                found.append(("+".join((name, *wage.lines)), ends))
        return self._answer(lines, found, (0, NO_LIMIT))

    def _lines(self, kind: str, scheme: str = "") -> list[Line]:
        return self.law.possible(kind, scheme, self.day, self.day, self.settings)

    def _begun(self, lines: Iterable[Line]) -> bool:
        return begun(lines, self.day, self.settings["undated_changes"])

    def _answer(
        self, lines: list[Line], found: list[tuple[str, Any]], nothing: tuple[int, int]
    ) -> Answer:
        ends = [value if isinstance(value, tuple) else (value, value) for _, value in found]
        if not self._begun(lines):
            ends.append(nothing)
        names = tuple(name for name, _ in found)
        return Answer(min(low for low, _ in ends), max(high for _, high in ends), names)


@cache
def load_law(folder: Path = FOLDER) -> Law:
    """Load every file of a folder and check all lines together.

    Raises:
        InputError: a file is malformed (names file and line), or lines overlap, leave a gap, or
            name what is not there.
    """
    files = [load_typed(path, LawFile, SCHEMA) for path in sorted(folder.glob("*.yaml"))]
    lines = tuple(line for file in files for line in file.lines)
    choices = {name: choice for file in files for name, choice in file.choices.items()}
    instruments = {one.id: one for file in files for one in file.instruments}
    allowed = {name: tuple(choice.allowed) for name, choice in choices.items()}
    check_lines(lines, allowed, frozenset(instruments))
    meaning: dict[str, dict[str, frozenset[str]]] = {}
    for part in ("worker", "unit", "nationality"):
        told = {code: held for file in files for code, held in getattr(file, part).items()}
        meaning[part] = {code: frozenset(held) for code, held in told.items()}
    facts = {fact.id: fact for file in files for fact in file.facts}
    return Law(lines, instruments, choices, facts, meaning)


def rules_at(day: date, settings: Mapping[str, str] | None = None, law: Law | None = None) -> Rules:
    """Give the law as it stands on a day.

    Args:
        day: any day; before the first line every answer is unknown.
        settings: answers to choices of ``choices.yaml``; its defaults where one is not given.
        law: the law to ask; ours where it is not given.

    Raises:
        InputError: an unknown choice or answer.
    """
    asked = law or load_law()
    return Rules(asked, day, asked.settle(settings))
