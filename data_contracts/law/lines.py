"""One dated line of the law and the days it holds on; files are read and questions asked in law.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from data_contracts.typed_yaml import Strict

_DAYS = "write YYYY-MM-DD, a year, or [first possible day, last possible day]"
Worker = Literal["employee", "employer", "own_account", "coop_member", "family_worker"]
Unit = Literal["government", "soe", "enterprise", "household", "international"]
Nationality = Literal["national", "foreign"]
WORKERS: tuple[str, ...] = get_args(Worker)
UNITS: tuple[str, ...] = get_args(Unit)
NATIONALITIES: tuple[str, ...] = get_args(Nationality)
Id = Annotated[str, Field(pattern="^[a-z0-9_]+$")]
Source = Annotated[str, Field(min_length=5)]
Confidence = Literal["H", "M", "L"]
OPEN_SIZE = 10**9


@dataclass(frozen=True)
class Edge:
    """The day of a change: known when first and last are the same, else some day between them."""

    first: date
    last: date

    @classmethod
    def parse(cls, written: Any) -> "Edge":
        """Read a day, a year, or a list of the first and the last possible day.

        Raises:
            ValueError: it is none of these, a day is not in the calendar, or the first is after
                the last.
        """
        if isinstance(written, cls):
            return written
        if isinstance(written, int) and not isinstance(written, bool) and 1900 <= written <= 2100:
            return cls(date(written, 1, 1), date(written, 12, 31))
        days = written if isinstance(written, list) else [written, written]
        if len(days) != 2:
            raise ValueError(_DAYS)
        edge = cls(*map(_day, days))
        if edge.first > edge.last:
            raise ValueError(f"{edge.first} is after {edge.last}")
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

    def meets(self, other: "Kind") -> bool:
        """Whether one person could be of both kinds."""
        return bool(
            self.worker & other.worker
            and self.unit & other.unit
            and self.nationality & other.nationality
            and self.size[0] <= other.size[1]
            and other.size[0] <= self.size[1]
        )


def _day(written: Any) -> date:
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written)
    except (TypeError, ValueError):
        raise ValueError(f"{written} is no day of the calendar: {_DAYS}") from None


_EDGE_SCHEMA = {
    "description": "a day, a year, or the first and the last day on which it may be",
    "anyOf": [
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 1900, "maximum": 2100},
        {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string", "format": "date"}},
    ],
}  # fmt: skip
When = Annotated[
    Edge, PlainValidator(Edge.parse, json_schema_input_type=Any), WithJsonSchema(_EDGE_SCHEMA)
]


class Size(Strict):
    """The size of a unit that a line asks: at least so many people, or below so many."""

    at_least: int | None = None
    below: int | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "Size":
        if (self.at_least is None) == (self.below is None):
            raise ValueError("a size has at_least or below")
        return self


class Who(Strict):
    """The persons that a line holds for."""

    worker: list[Worker] = Field(min_length=1)
    unit: list[Unit] = Field(default_factory=lambda: list(get_args(Unit)), min_length=1)
    nationality: list[Nationality] = Field(
        default_factory=lambda: list(get_args(Nationality)), min_length=1
    )
    size: Size | None = None

    def kind(self) -> Kind:
        """Give them as sets of what may be true of a person."""
        low, below = (self.size.at_least, self.size.below) if self.size else (None, None)
        ends = (low or 0, OPEN_SIZE if below is None else below - 1)
        return Kind(frozenset(self.worker), frozenset(self.unit), frozenset(self.nationality), ends)


class RateOf(Strict):
    """A contribution rate, per mille of the insurable base."""

    employer_per_mille: int = Field(ge=0, le=1000)
    member_per_mille: int = Field(ge=0, le=1000)


class Amount(Strict):
    """One figure: kip a month, or per mille of the minimum wage; a unit to round to; years of age."""

    lak: int | None = Field(None, ge=0)
    minimum_wage_per_mille: int | None = Field(None, ge=0)
    unit_lak: int | None = Field(None, ge=1)
    years: int | None = Field(None, ge=0)

    def only(self, *names: str) -> bool:
        """Whether exactly one figure is given, and under one of some names."""
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        return len(given) == 1 and given[0] in names


WORDS = ("compulsory_public", "compulsory_enterprise", "voluntary", "none", "unknown")
Word = Literal["compulsory_public", "compulsory_enterprise", "voluntary", "none", "unknown"]
# By kind: the words and the figures that its value may be.
_VALUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "coverage": (WORDS, ()),
    "floor": (("none", "unknown"), ("lak", "minimum_wage_per_mille")),
    "ceiling": (("none", "unknown"), ("lak", "minimum_wage_per_mille")),
    "minimum_wage": ((), ("lak",)),
    "rounding": ((), ("unit_lak",)),
    "working_age": (("none",), ("years",)),
}


class Line(Strict):
    """One dated rule."""

    id: Id = Field(description="its name, unique over all files")
    kind: Literal["coverage", "rate", "floor", "ceiling", "minimum_wage", "rounding", "working_age"]
    scheme: Literal["public", "enterprise", "voluntary", ""] = Field(
        "", description="absent where it holds for all"
    )
    who_: Who | None = Field(None, alias="who", description="everybody where absent")
    choice_: dict[str, str] | None = Field(
        None,
        alias="choice",
        min_length=1,
        max_length=1,
        description="the choice and its answer under which the line holds",
    )
    value: Word | RateOf | Amount = Field(description="a word, or figures by name")
    begins: When = Field(alias="from", description="its first day")
    ends: When | None = Field(
        alias="to", description="the first day that it no longer holds, null while it does"
    )
    instrument: str = Field("", description="id of the legal instrument")
    source: Source = Field(description="where it was read")
    confidence: Confidence
    note: str | None = None

    @model_validator(mode="after")
    def _value_of_its_kind(self) -> "Line":
        if self.kind == "coverage" and self.who_ is None:
            raise ValueError("a line of coverage says who it holds for")
        if self.kind in {"rate", "floor", "ceiling"} and not self.scheme:
            raise ValueError(f"a {self.kind} is of a scheme")
        if self.kind == "rate":
            fits = isinstance(self.value, RateOf) or self.value == "unknown"
            permitted: list[str] = ["unknown", "employer_per_mille with member_per_mille"]
        else:
            words, figures = _VALUES[self.kind]
            permitted = [*words, *figures]
            fits = (
                self.value in words
                if isinstance(self.value, str)
                else (isinstance(self.value, Amount) and self.value.only(*figures))
            )
        if not fits:
            raise ValueError(f"the value of a {self.kind} is one of {', '.join(permitted)}")
        return self

    @cached_property
    def who(self) -> Kind:
        """The persons it holds for."""
        return self.who_.kind() if self.who_ is not None else Kind()

    @property
    def choice(self) -> tuple[str, str] | None:
        """Name and answer of the choice that it holds under, or None."""
        return next(iter(self.choice_.items())) if self.choice_ else None

    def figure(self, name: str) -> int | None:
        """Give its figure of some name, None where it has none of that name."""
        value = self.value
        found: int | None = None if isinstance(value, str) else getattr(value, name, None)
        return found

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
