"""Numbers that know what they count; whether they may be divided or summed is judged in rules.py.

A derived quantity keeps the published numbers it rests on, so its interval holds every value that
they allow.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from data_contracts.errors import InputError
from data_contracts.published.concepts import concepts

REGISTER = "register"  # the universe of what a scheme's register counts
PERIOD = re.compile(r"(\d{4})(?:-\d{2})?(?:/(\d{4})(?:-\d{2})?)?")


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One number with all that must be known before it is divided.

    Attributes:
        id: its name; two different numbers never share one.
        value: the number, in ``unit``.
        low: its lower limit, in ``unit``.
        high: its upper limit, in ``unit``; infinite where only "more than" was published.
        concept: what is counted, a name in data_contracts/published/concepts.yaml.
        universe: the population in which it was counted, or ``register``.
        age: age band such as ``15+``, ``15-64``, ``all`` or ``not stated``.
        unit: ``persons``, ``jobs``, ``percent``, ``LAK per month`` and the like.
        period: reference period: YYYY, YYYY-MM, or YYYY/YYYY for "some time between".
        source: who published it.
        date: when it was published, as far as known.
        scheme: schemes joined by ``+``; empty for a population.
        branch: ``old_age``, ``health``, ... or ``any``; empty for a population.
        part: ``total`` or ``breakdown=category``.
        standard: the definition that a survey's concept follows, such as ``ICLS19``.
        rule: for active contributors, which payments count.
        limits: what ``low`` and ``high`` are: ``exact``, ``rounding``, ``bound`` or ``95 %``.
        footnotes: what a reader must be told wherever the number is printed.
        rests_on: the quantities that a derived one is computed from; empty for a published one.
        formula: gives the value from values of ``rests_on`` by id.
    """

    id: str
    value: float
    low: float
    high: float
    concept: str
    universe: str
    age: str
    unit: str
    period: str
    source: str
    date: str
    scheme: str = ""
    branch: str = ""
    part: str = "total"
    standard: str = ""
    rule: str = ""
    limits: str = "rounding"
    footnotes: tuple[str, ...] = ()
    rests_on: tuple["Quantity", ...] = ()
    formula: Callable[[Mapping[str, float]], float] | None = field(
        default=None, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Refuse a number that does not say what it is; fill in the contributor's usual rule."""
        if self.concept not in concepts():
            raise InputError(
                f"{self.id} has the unknown concept {self.concept}",
                "use one of data_contracts/published/concepts.yaml",
            )
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise InputError(f"{self.id} is not within its limits", "give low <= value <= high")
        if PERIOD.fullmatch(self.period) is None:
            raise InputError(
                f"{self.id} has no reference period", "write YYYY, YYYY-MM or YYYY/YYYY"
            )
        own = () if self.is_population else ("scheme", "branch")
        needed = ("universe", "age", "unit", "source", "date", *own)
        if missing := [name for name in needed if not getattr(self, name)]:
            raise InputError(f"{self.id} does not say its {', '.join(missing)}", "add it")
        if self.universe not in concepts() and self.universe != REGISTER:
            raise InputError(
                f"{self.id} has the unknown universe {self.universe}",
                f"give a population of data_contracts/published/concepts.yaml, or {REGISTER}",
            )
        if self.concept == "active_contributor" and not self.rule:
            object.__setattr__(self, "rule", paid_months())

    @property
    def name(self) -> str:
        """Its id as words."""
        return self.id.replace("_", " ")

    @property
    def schemes(self) -> frozenset[str]:
        """The schemes one by one."""
        return frozenset(self.scheme.split("+")) if self.scheme else frozenset()

    @property
    def compulsory(self) -> frozenset[str]:
        """Its schemes but the voluntary one."""
        return self.schemes - {"voluntary"}

    @property
    def is_population(self) -> bool:
        """Whether it counts a group that others are divided by."""
        return concepts()[self.concept].is_population

    @property
    def people(self) -> str:
        """The population that it counts, or in which it was counted; ``register`` for the register."""
        return self.concept if self.is_population else self.universe

    @property
    def breakdown(self) -> str:
        """The breakdown of which it is a part; ``total`` for the whole."""
        return self.part.split("=")[0]

    @property
    def years(self) -> tuple[int, int]:
        """First and last year that the reference period may lie in."""
        found = PERIOD.fullmatch(self.period)
        first, last = found.groups() if found else (self.period, None)
        return int(first), int(last or first)

    @property
    def roots(self) -> tuple["Quantity", ...]:
        """The published quantities that it rests on; itself when it is one."""
        return self.rests_on or (self,)

    def at(self, values: Mapping[str, float]) -> float:
        """Give its value for other values of its roots, by id."""
        return self.formula(values) if self.formula else values[self.id]


def paid_months(least: int = 1, of: int = 12) -> str:
    """Name the rule "a contribution was paid for at least ``least`` of the last ``of`` months"."""
    if not 1 <= least <= of:
        raise InputError("the rule asks for more months than there are", "give 1 <= least <= of")
    return f">={least} month{'s' if least > 1 else ''} in {of}"


def limits_of(
    quantities: Sequence[Quantity], operation: Callable[[Sequence[float]], float]
) -> tuple[float, float]:
    """Give the least and the most of ``operation`` over the corners of all roots' limits.

    Raises:
        InputError: two different numbers have the same id.
    """
    roots = {root.id: root for q in quantities for root in q.roots}
    if any(roots[root.id] != root for q in quantities for root in q.roots):
        raise InputError("two different numbers have the same id", "give each its own")
    ends = [sorted({root.low, root.high}) for root in roots.values()]
    found = []
    for corner in product(*ends):
        values = dict(zip(roots, corner, strict=True))
        found.append(operation([q.at(values) for q in quantities]))
    return min(found), max(found)


def derived(
    inputs: Sequence[Quantity], operation: Callable[[Sequence[float]], float], told: Quantity
) -> Quantity:
    """Fill in value, limits and lineage of a quantity whose words are in ``told``."""
    low, high = limits_of(inputs, operation)
    roots = {root.id: root for q in inputs for root in q.roots}
    kinds = sorted({q.limits for q in roots.values()} - {"exact"}) or ["exact"]
    fields: dict[str, Any] = {
        "value": operation([q.value for q in inputs]),
        "low": low,
        "high": high,
        "limits": " and ".join(kinds),
        "rests_on": tuple(roots.values()),
        "formula": lambda values: operation([q.at(values) for q in inputs]),
        "source": "; ".join(dict.fromkeys(root.source for root in roots.values())),
        "date": "; ".join(dict.fromkeys(root.date for root in roots.values())),
    }
    return replace(told, **fields)
