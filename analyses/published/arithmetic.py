"""Quotients, sums, differences, implied bases and counts of typed quantities, each asked first whether it may be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyses.published.quantity import REGISTER, Quantity, derived, limits_of
from analyses.published.rules import dates_apart, footnotes_of_division, refuse, whole_of
from data_contracts.errors import InputError
from data_contracts.published.concepts import concepts, sums


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
    def rest(self) -> "Quotient":
        """One minus the quotient, with its limits."""
        return replace(self, value=1 - self.value, low=1 - self.high, high=1 - self.low)


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
    apart = dates_apart(numerator, denominator)
    refuse(
        f"{numerator.id} is not divided by {denominator.id}",
        "division",
        {"above": numerator, "below": denominator},
        [] if allow_mixed_dates else apart,
    )
    low, high = limits_of((numerator, denominator), lambda v: v[0] / v[1])
    notes = footnotes_of_division(numerator, denominator)
    two_sources = (numerator.universe == REGISTER) != (denominator.universe == REGISTER)
    return Quotient(
        numerator=numerator,
        denominator=denominator,
        value=numerator.value / denominator.value,
        low=low,
        high=high,
        kind="ratio" if apart or two_sources else "proportion",
        footnotes=tuple(dict.fromkeys((*numerator.footnotes, *denominator.footnotes, *notes))),
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
    less = [overlap] if isinstance(overlap, Quantity) else []
    apart = next((found for q in parts[1:] if (found := dates_apart(parts[0], q))), [])
    refuse(
        f"{', '.join(q.id for q in parts)} are not summed",
        "sum",
        {"terms": parts, "parts": [*parts, *less], "overlap": overlap, "part": part},
        [] if allow_mixed_dates else apart,
    )
    notes = [note for q in parts for note in q.footnotes]
    if isinstance(overlap, str):
        notes.append(f"Summed over schemes with nobody counted twice: {overlap}.")
    if apart:
        notes.append(f"A sum over {', '.join(q.period for q in parts)}: the dates differ.")
    first = parts[0]
    concept = whole_of(parts) or first.concept
    words = replace(
        first,
        id=id,
        concept=concept,
        universe=concept if first.universe in {q.concept for q in parts} else first.universe,
        part=part or first.part,
        scheme="+".join(sorted(frozenset().union(*(q.schemes for q in parts)))),
        period=_period(parts),
        footnotes=tuple(dict.fromkeys(notes)),
    )
    return derived([*parts, *less], lambda v: sum(v[: len(parts)]) - sum(v[len(parts) :]), words)


def subtract(whole: Quantity, part: Quantity, *, id: str) -> Quantity:  # noqa: A002
    """Take one declared part (or one scheme) off its whole; the rest is the other.

    Raises:
        Refused: the second is not a part of the first, or the dates differ.
    """
    both = [whole, part]
    refuse(
        f"{part.id} is not taken off {whole.id}",
        "difference",
        {"whole": whole, "part": part, "terms": both, "parts": both},
        dates_apart(whole, part),
    )
    left = sums().get(whole.concept, frozenset()) - {part.concept}
    concept = next(iter(left)) if len(left) == 1 else whole.concept
    words = replace(
        whole,
        id=id,
        concept=concept,
        universe=concept if whole.universe == whole.concept else whole.universe,
        scheme="+".join(sorted(whole.schemes - part.schemes or whole.schemes)),
        footnotes=tuple(dict.fromkeys((*whole.footnotes, *part.footnotes))),
    )
    return derived(both, lambda v: v[0] - v[1], words)


def base_of(
    count: Quantity,
    rate: Quantity,
    base: str,
    *,
    id: str,  # noqa: A002
    scheme: str = "",
    allow_mixed_dates: bool = False,
) -> Quantity:
    """Give the base that a count and its published rate imply, if the rate's base is ``base``.

    Args:
        count: persons counted.
        rate: the same concept in percent.
        base: the concept that the rate is assumed to be a share of.
        id: the name of the result.
        scheme: the schemes of the base, where it is no population.
        allow_mixed_dates: do so although the reference periods do not meet, with a footnote.

    Raises:
        Refused: count and rate are not of the same thing and time, or ``base`` does not hold it.
    """
    apart = dates_apart(count, rate)
    refuse(
        f"{count.id} and {rate.id} imply no base",
        "base",
        {"above": count, "below": rate, "base": base, "schemes": frozenset(scheme.split("+"))},
        [] if allow_mixed_dates else apart,
    )
    note = (
        f"A count of {count.period} over a rate of {rate.period}: this is no number of either year."
    )
    words = replace(
        count,
        id=id,
        concept=base,
        universe=base if concepts()[base].is_population else count.universe,
        scheme=scheme,
        branch=count.branch if scheme else "",
        rule="",
        footnotes=(*count.footnotes, note) if apart else count.footnotes,
    )
    return derived([count, rate], lambda v: 100 * v[0] / v[1], words)


def share_of(base: Quantity, rate: Quantity, *, id: str) -> Quantity:  # noqa: A002
    """Give the count that a published rate of a known base implies.

    Raises:
        Refused: the rate is of another base, age, definition or time.
    """
    refuse(
        f"{rate.id} is not applied to {base.id}",
        "share",
        {"above": rate, "below": base},
        dates_apart(rate, base),
    )
    words = replace(rate, id=id, unit=base.unit)
    return derived([base, rate], lambda v: v[0] * v[1] / 100, words)


def _period(parts: Sequence[Quantity]) -> str:
    if len({q.period for q in parts}) == 1:
        return parts[0].period
    first, last = min(q.years[0] for q in parts), max(q.years[1] for q in parts)
    return str(first) if first == last else f"{first}/{last}"
