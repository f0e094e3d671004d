"""Numbers that know what they count: typed quantities, their ratios and sums; no estimation.

Every operation first asks whether it may be done (quantity_rules.py, quantity_sums.py). A derived quantity
keeps the published numbers it rests on, so its interval holds every value that they allow.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from analyses import quantity_rules as rules
from analyses import quantity_sums as sums
from data_contracts.errors import InputError
from data_contracts.quantity_concepts import concepts

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
        concept: what is counted, a name in data_contracts/quantity_concepts.yaml.
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
                "use one of data_contracts/quantity_concepts.yaml",
            )
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise InputError(f"{self.id} is not within its limits", "give low <= value <= high")
        if PERIOD.fullmatch(self.period) is None:
            raise InputError(
                f"{self.id} has no reference period", "write YYYY, YYYY-MM or YYYY/YYYY"
            )
        is_population = concepts()[self.concept].counts == "population"
        missing = [name for name in ("universe", "age", "unit", "source", "date") if not getattr(self, name)]  # fmt: skip
        if not is_population:
            missing += [name for name in ("scheme", "branch") if not getattr(self, name)]
        if missing:
            raise InputError(f"{self.id} does not say its {', '.join(missing)}", "add it")
        if self.universe not in concepts() and self.universe != REGISTER:
            raise InputError(
                f"{self.id} has the unknown universe {self.universe}",
                f"give a population of data_contracts/quantity_concepts.yaml, or {REGISTER}",
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


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A quotient that was allowed.

    Attributes:
        numerator: what was divided.
        denominator: by what.
        value: the quotient, a plain number (0.864 for 86.4 per cent).
        low: the least that the limits of the published numbers allow.
        high: the most that they allow.
        kind: ``proportion`` when the numerator's persons are all in the denominator, else ``ratio``.
        footnotes: what must be printed with it.
    """

    numerator: Quantity
    denominator: Quantity
    value: float
    low: float
    high: float
    kind: str
    footnotes: tuple[str, ...]

    @property
    def complement(self) -> tuple[float, float, float]:
        """One minus the quotient, with its limits."""
        return 1 - self.value, 1 - self.high, 1 - self.low


def paid_months(least: int = 1, of: int = 12) -> str:
    """Name the rule "a contribution was paid for at least ``least`` of the last ``of`` months"."""
    if not 1 <= least <= of:
        raise InputError("the rule asks for more months than there are", "give 1 <= least <= of")
    return f">={least} month{'s' if least > 1 else ''} in {of}"


def paid_density(share: float, of: int = 12) -> str:
    """Name the rule "paid for at least this share (0 to 1) of the months insured, up to ``of``"."""
    if not 0 < share <= 1:
        raise InputError("the density is no share", "give a number above 0 and up to 1")
    return f"density >={share:g} in {of}"


def ratio(numerator: Quantity, denominator: Quantity, *, allow_mixed_dates: bool = False) -> Ratio:
    """Divide, if the two may be divided.

    Args:
        numerator: the part or the count above.
        denominator: the base.
        allow_mixed_dates: divide although the reference periods do not meet; the footnote that
            says so is then written.

    Returns:
        the quotient with the range that the limits of all published numbers beneath allow. The
        range is taken over the corners of those limits, which is exact where the quotient moves
        one way in each of them, as quotients of sums and products do.

    Raises:
        Refused: they must not be divided; the message gives every reason, ``why`` their codes.
    """
    found = rules.against_division(numerator, denominator)
    apart = rules.dates_apart(numerator, denominator)
    if apart and not allow_mixed_dates:
        found.append(apart)
    if found:
        raise rules.NotAllowed(f"{numerator.id} is not divided by {denominator.id}", found)
    notes = rules.footnotes_of_division(numerator, denominator)
    if apart:
        notes.append(mixed_dates_note(numerator, denominator))
    low, high = limits_of((numerator, denominator), lambda v: v[0] / v[1])
    own = (*numerator.footnotes, *denominator.footnotes, *notes)
    return Ratio(
        numerator=numerator,
        denominator=denominator,
        value=numerator.value / denominator.value,
        low=low,
        high=high,
        kind=rules.kind_of(numerator, denominator),
        footnotes=tuple(dict.fromkeys(own)),
    )


def mixed_dates_note(first: Quantity, second: Quantity) -> str:
    """Write the footnote of two numbers whose reference periods do not meet."""
    return (
        f"Numerator of {first.period} ({first.source}), denominator of {second.period} "
        f"({second.source}): the dates differ, so this is the rate of neither."
    )


def add(
    parts: Sequence[Quantity],
    *,
    id: str,  # noqa: A002 - the attribute's own name
    overlap: Quantity | str | None = None,
    part: str | None = None,
    allow_mixed_dates: bool = False,
) -> Quantity:
    """Sum quantities, if they may be summed.

    Args:
        parts: two or more: the declared parts of one whole (employed and unemployed), one
            concept in several schemes, or one concept in several parts of a breakdown.
        id: the sum's name.
        overlap: for several schemes: the number of persons in more than one of them (it is taken
            off), or the reason in words why nobody is, which becomes a footnote.
        part: for several parts: the name of what they make up, ``total`` or ``x=y``.
        allow_mixed_dates: sum although the reference periods do not meet, with a footnote.

    Raises:
        Refused: they must not be summed; the message says why.
    """
    if len(parts) < 2:
        raise InputError("a sum needs two quantities", "give at least two")
    found = sums.against_sum(parts, overlap=overlap, part=part)
    apart = next((r for q in parts[1:] if (r := rules.dates_apart(parts[0], q))), None)
    if apart and not allow_mixed_dates:
        found.append(apart)
    if found:
        raise rules.NotAllowed(f"{', '.join(q.id for q in parts)} are not summed", found)
    notes = [note for q in parts for note in q.footnotes]
    if isinstance(overlap, str):
        notes.append(f"Summed over schemes with nobody counted twice: {overlap}.")
    if apart:
        notes.append(f"A sum over {', '.join(q.period for q in parts)}: the dates differ.")
    inputs = [*parts, overlap] if isinstance(overlap, Quantity) else list(parts)
    less = isinstance(overlap, Quantity)
    concept = sums.concept_of_sum(parts)
    counted_in = parts[0].universe
    if counted_in in {q.concept for q in parts}:
        counted_in = concept
    return derived(
        inputs,
        lambda v: sum(v[:-1]) - v[-1] if less else sum(v),
        replace(
            parts[0],
            id=id,
            concept=concept,
            universe=counted_in,
            part=part or parts[0].part,
            scheme="+".join(sorted(frozenset().union(*(q.schemes for q in parts)))),
            period=_period(parts),
            footnotes=tuple(dict.fromkeys(notes)),
        ),
    )


def subtract(whole: Quantity, part: Quantity, *, id: str) -> Quantity:  # noqa: A002
    """Take one declared part (or one scheme) off its whole; the rest is the other.

    Raises:
        Refused: the second is not a part of the first, or the dates differ.
    """
    found = sums.against_difference(whole, part)
    if apart := rules.dates_apart(whole, part):
        found.append(apart)
    if found:
        raise rules.NotAllowed(f"{part.id} is not taken off {whole.id}", found)
    concept = sums.concept_of_rest(whole, part)
    rest = replace(
        whole,
        id=id,
        concept=concept,
        universe=concept if whole.universe == whole.concept else whole.universe,
        scheme="+".join(sorted(whole.schemes - part.schemes or whole.schemes)),
        footnotes=tuple(dict.fromkeys((*whole.footnotes, *part.footnotes))),
    )
    return derived([whole, part], lambda v: v[0] - v[1], rest)


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


def _period(parts: Sequence[Quantity]) -> str:
    if len({q.period for q in parts}) == 1:
        return parts[0].period
    first, last = min(q.years[0] for q in parts), max(q.years[1] for q in parts)
    return str(first) if first == last else f"{first}/{last}"
