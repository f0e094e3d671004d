"""Which quantities may be divided, and why not; sums are judged in sums.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyses.published.quantity import REGISTER, is_population
from data_contracts.errors import Refused
from data_contracts.published.concepts import concepts, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyses.published.quantity import Quantity

UNSTATED = "not stated"
# Where the survey's own definition of an informal job uses the answer on social security.
CIRCULAR = {
    "self_reported_coverage": ("informal_employees", "informal_employed", "formal_employed")
}
DATES_REMEDY = (
    "take both of one date, or pass allow_mixed_dates and print the footnote that it writes"
)


class Reason(NamedTuple):
    """One reason against an operation: its code, the sentence and what to do instead."""

    code: str
    because: str
    remedy: str


class NotAllowed(Refused):
    """An illegal division, sum or difference.

    Attributes:
        why: the codes of all reasons.
        reasons: the reasons as sentences, in the same order.
    """

    def __init__(self, what: str, reasons: Sequence[Reason]) -> None:
        self.why = tuple(reason.code for reason in reasons)
        self.reasons = tuple(reason.because for reason in reasons)
        super().__init__(f"{what}: {'; '.join(self.reasons)}", reasons[0].remedy)


def against_division(above: Quantity, below: Quantity) -> list[Reason]:
    """Give every reason, dates aside, why the first must not be divided by the second."""
    unit = _unit(above, below)
    if unit:
        return [unit]  # the rest means nothing for numbers of another kind
    return [reason for reason in _all_of_division(above, below) if reason]


def _all_of_division(above: Quantity, below: Quantity) -> Iterator[Reason | None]:
    yield _concept(above, below)
    yield _circular(above, below)
    yield _universe(above, below)
    yield ages_differ(above, below)
    yield _scheme(above, below)
    yield _branch(above, below)
    yield _rule(above, below)
    yield standards_differ(above, below)
    yield _part(above, below)
    if below.low <= 0:
        yield Reason("zero", f"{below.id} may be zero", "divide by something that is there")


def _unit(above: Quantity, below: Quantity) -> Reason | None:
    for one in (above, below):
        if one.unit == "percent":
            return Reason(
                "rate",
                f"{one.id} is a rate, and only counts or sums are divided",
                "use the count behind the rate, or base_of for the base that it implies",
            )
    if above.unit != below.unit:
        return Reason(
            "unit",
            f"{above.unit} and {below.unit} are different units",
            "bring both to one unit first",
        )
    return None


def _concept(above: Quantity, below: Quantity) -> Reason | None:
    over = concepts()[above.concept].over
    if above.concept == below.concept:
        same = above.part == below.part and above.schemes == below.schemes
        # A change over time is left to the dates' rule, a share of schemes or parts to theirs.
        if not (same and above.period == below.period and above.standard == below.standard):
            return None
        return Reason(
            "concept",
            f"both are {concepts()[above.concept].means}, of the same scheme, part and time",
            "divide a part by its whole",
        )
    if below.concept in over:
        return None
    known = refusals().get((above.concept, below.concept))
    because = known or (
        f"{concepts()[above.concept].means} are not counted among {concepts()[below.concept].means}"
    )
    allowed = sorted(over) or ["nothing but its own whole"]
    return Reason("concept", because, f"divide {above.concept} by {' or '.join(allowed)}")


def _circular(above: Quantity, below: Quantity) -> Reason | None:
    if below.concept in CIRCULAR.get(above.concept, ()):
        return Reason(
            "circular",
            "the survey calls an employee's job formal by the answer on social security, so the "
            "quotient is 0 or 1 by definition",
            "divide by employees or the employed, or take the numerator from the register",
        )
    compulsory = above.schemes - {"voluntary"}
    if above.universe == REGISTER and below.concept == "informal_employed" and compulsory:
        return Reason(
            "circular",
            f"members of {'+'.join(sorted(compulsory))} are compulsorily insured, which makes "
            "an employee's job formal by the survey's definition",
            "divide the voluntary members alone by the informal, or all members by the employed",
        )
    return None


def _universe(above: Quantity, below: Quantity) -> Reason | None:
    if REGISTER in (above.universe, below.universe) or above.universe == below.universe:
        return None
    base = below.concept if is_population(below.concept) else below.universe
    counted = above.concept if is_population(above.concept) else above.universe
    if counted == base:
        return None
    if base in concepts()[counted].over:
        if above.concept != "self_reported_coverage":
            return None
        return Reason(
            "universe",
            f"only {concepts()[counted].means} were asked, so the others would be taken as not "
            "covered",
            f"divide by {counted}",
        )
    if is_population(above.concept):  # _concept speaks of populations that do not lie in each other
        return None
    return Reason(
        "universe",
        f"the numerator was counted among {concepts()[counted].means}, who are not all "
        f"{concepts()[base].means}",
        f"divide by {counted}, or count the numerator among {base}",
    )


def ages_differ(above: Quantity, below: Quantity) -> Reason | None:
    """Say that the age bands differ, if so; an unstated one passes beside a band of workers."""
    if above.age == below.age:
        return None
    if UNSTATED in (above.age, below.age) and "all" not in (above.age, below.age):
        return None  # a footnote is written
    return Reason(
        "age",
        f"the numerator's ages are {above.age}, the denominator's {below.age}",
        "take both of one age band",
    )


def _scheme(above: Quantity, below: Quantity) -> Reason | None:
    if not below.schemes or above.schemes <= below.schemes:
        return None
    outside = "+".join(sorted(above.schemes - below.schemes))
    return Reason(
        "scheme",
        f"the numerator holds members of {outside}, whom the denominator "
        f"({below.scheme}) does not hold",
        "divide within one scheme, or by all the schemes that the numerator holds",
    )


def _branch(above: Quantity, below: Quantity) -> Reason | None:
    if not below.branch or above.branch == below.branch:
        return None
    return Reason(
        "branch",
        f"the numerator is of the branch {above.branch}, the denominator of {below.branch}",
        "take both of one branch",
    )


def _rule(above: Quantity, below: Quantity) -> Reason | None:
    if above.concept != below.concept or above.rule == below.rule:
        return None
    return Reason(
        "rule",
        f"active means {above.rule} above and {below.rule} below",
        "count both by one rule",
    )


def standards_differ(above: Quantity, below: Quantity) -> Reason | None:
    """Say that the two follow different definitions of employment, if both say which."""
    if not above.standard or not below.standard or above.standard == below.standard:
        return None
    return Reason(
        "standard",
        f"the numerator follows {above.standard}, the denominator {below.standard}: they do not "
        "count the same persons as employed",
        "take both from one series",
    )


def _part(above: Quantity, below: Quantity) -> Reason | None:
    share = below.part == "total" and above.concept == below.concept
    if above.part == below.part or share:
        return None
    return Reason(
        "part",
        f"the numerator is of {above.part}, the denominator of {below.part}",
        "take both of one part of the breakdown",
    )


def dates_apart(above: Quantity, below: Quantity) -> Reason | None:
    """Say that the reference periods have no year in common, if so."""
    (first, last), (start, end) = above.years, below.years
    if first <= end and start <= last:
        return None
    return Reason(
        "dates", f"{above.id} is of {above.period}, {below.id} of {below.period}", DATES_REMEDY
    )


def footnotes_of_division(above: Quantity, below: Quantity) -> list[str]:
    """Write what a reader of an allowed quotient must know."""
    notes = []
    if UNSTATED in (above.age, below.age) and above.age != below.age:
        silent, other = (above, below) if above.age == UNSTATED else (below, above)
        notes.append(f"The ages of {silent.name} are not published; taken as {other.age}.")
    if above.universe == REGISTER and below.universe != REGISTER:
        notes.append(
            "A ratio, not a proportion: persons in the register (foreigners, several "
            "registrations, persons outside private households) need not be in the survey."
        )
        if below.concept == "formal_employed":
            notes.append(
                "The survey calls an employee's job formal by the answer on social security, so "
                "this compares two counts of much the same thing."
            )
    if dates_apart(above, below) is None and above.period != below.period:
        unsure = [q for q in (above, below) if q.years[0] != q.years[1]]
        notes += [f"The date of {q.name} is not published; it lies in {q.period}." for q in unsure]
    if above.standard != below.standard and is_population(above.concept):
        notes.append("One of the two does not say which definition of employment it follows.")
    return notes


def kind_of(above: Quantity, below: Quantity) -> str:
    """Give ``proportion`` where the numerator's persons are all in the denominator, else ``ratio``."""
    if dates_apart(above, below) or (above.universe == REGISTER) != (below.universe == REGISTER):
        return "ratio"
    return "proportion"
