"""One dated line of the law and the days it holds on; files are read and questions asked in law.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from data_contracts.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FILES = "data_contracts/law"
_DAYS = "write YYYY-MM-DD, a year, or [first possible day, last possible day]"
WORKERS = ("employee", "employer", "own_account", "coop_member", "family_worker")
UNITS = ("government", "soe", "enterprise", "household", "international")
NATIONALITIES = ("national", "foreign")
OPEN_SIZE = 10**9


@dataclass(frozen=True)
class Edge:
    """The day of a change: known when first and last are the same, else some day between them."""

    first: date
    last: date

    @classmethod
    def parse(cls, written: Any) -> Edge:
        """Read a day, a year, or a list of the first and the last possible day.

        Raises:
            InputError: a day is not in the calendar, or the first is after the last.
        """
        if isinstance(written, int):
            return cls(date(written, 1, 1), date(written, 12, 31))
        days = written if isinstance(written, list) else [written, written]
        try:
            edge = cls(*(date.fromisoformat(day) for day in days))
        except ValueError:
            raise InputError(f"{days[0]} or {days[-1]} is no day", _DAYS, file=_FILES) from None
        if edge.first > edge.last:
            raise InputError(f"{edge.first} is after {edge.last}", _DAYS, file=_FILES)
        return edge

    def __str__(self) -> str:
        """Say the day, or the days it may be."""
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()} to {self.last.isoformat()}"


@dataclass(frozen=True)
class Kind:
    """What the law asks of a person, each as the set of what may be true of this one.

    Attributes:
        worker: of WORKERS.
        unit: of UNITS.
        nationality: of NATIONALITIES.
        size: least and greatest number of people in the unit, both included.
    """

    worker: frozenset[str] = frozenset(WORKERS)
    unit: frozenset[str] = frozenset(UNITS)
    nationality: frozenset[str] = frozenset(NATIONALITIES)
    size: tuple[int, int] = (0, OPEN_SIZE)

    def meets(self, other: Kind) -> bool:
        """Whether one person could be of both kinds."""
        return bool(
            self.worker & other.worker
            and self.unit & other.unit
            and self.nationality & other.nationality
            and self.size[0] <= other.size[1]
            and other.size[0] <= self.size[1]
        )


@dataclass(frozen=True)
class Line:
    """One dated rule.

    Attributes:
        id: its name, unique over all files.
        kind: coverage, rate, floor, ceiling, minimum_wage, rounding or working_age.
        scheme: public, enterprise or voluntary; empty where it holds for all.
        who: the persons it holds for; everybody where the file names none.
        choice: name and answer of the choice it holds under, or None.
        value: a word (a status, none, unknown) or figures by name.
        begins: its first day.
        ends: the first day that it no longer holds, None while it does.
        instrument: id of the legal instrument, or empty.
        source: where it was read.
        confidence: H, M or L.
    """

    id: str
    kind: str
    scheme: str
    who: Kind
    choice: tuple[str, str] | None
    value: Any
    begins: Edge
    ends: Edge | None
    instrument: str
    source: str
    confidence: str

    @classmethod
    def parse(cls, entry: Mapping[str, Any]) -> Line:
        """Read one entry that met the schema."""
        return cls(
            entry["id"],
            entry["kind"],
            entry.get("scheme", ""),
            _kind(entry.get("who", {})),
            next(iter(entry["choice"].items())) if "choice" in entry else None,
            entry["value"],
            Edge.parse(entry["from"]),
            None if entry["to"] is None else Edge.parse(entry["to"]),
            entry.get("instrument", ""),
            entry["source"],
            entry["confidence"],
        )

    def chosen(self, settings: Mapping[str, str]) -> bool:
        """Whether the line holds under these answers."""
        return self.choice is None or settings[self.choice[0]] == self.choice[1]

    def may_hold(self, first: date, last: date, undated: str) -> bool:
        """Whether the line may hold on any day from first to last.

        Args:
            first: first day, included.
            last: last day, included.
            undated: how an unknown day is read: unknown, earliest or latest.
        """
        begins, ends = self.begins, self.ends
        start = begins.last if undated == "latest" else begins.first
        if start > last:
            return False
        return ends is None or first < (ends.first if undated == "earliest" else ends.last)


def begun(lines: Iterable[Line], day: date, undated: str) -> bool:
    """Whether some line has begun for sure, so that the time before the first is over."""
    return any((x.begins.first if undated == "earliest" else x.begins.last) <= day for x in lines)


def _kind(who: Mapping[str, Any]) -> Kind:
    size = who.get("size", {})
    return Kind(
        frozenset(who.get("worker", WORKERS)),
        frozenset(who.get("unit", UNITS)),
        frozenset(who.get("nationality", NATIONALITIES)),
        (size.get("at_least", 0), size["below"] - 1 if "below" in size else OPEN_SIZE),
    )
