"""Quotients, sums and differences of typed quantities, each asked first whether it may be; no estimation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyses.published import rules, sums
from analyses.published.quantity import Quantity, derived, limits_of
from data_contracts.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Quotient:
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


def ratio(
    numerator: Quantity, denominator: Quantity, *, allow_mixed_dates: bool = False
) -> Quotient:
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
    return Quotient(
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


def _period(parts: Sequence[Quantity]) -> str:
    if len({q.period for q in parts}) == 1:
        return parts[0].period
    first, last = min(q.years[0] for q in parts), max(q.years[1] for q in parts)
    return str(first) if first == last else f"{first}/{last}"
