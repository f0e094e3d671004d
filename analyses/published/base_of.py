"""A count and a published rate together: the base they imply, the count a rate implies; no divisions."""

from dataclasses import replace

from analyses.published.quantity import Quantity, derived, is_population
from analyses.published.rules import NotAllowed, dates_apart
from analyses.published.sums import against_base, against_share


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
    found = against_base(count, rate, base, scheme)
    apart = dates_apart(count, rate)
    if apart and not allow_mixed_dates:
        found.append(apart)
    if found:
        raise NotAllowed(f"{count.id} and {rate.id} imply no base", found)
    notes = list(count.footnotes)
    if apart:
        notes.append(f"A count of {count.period} over a rate of {rate.period}: this is no number of either year.")  # fmt: skip
    implied = replace(
        count,
        id=id,
        concept=base,
        universe=base if is_population(base) else count.universe,
        scheme=scheme,
        branch=count.branch if scheme else "",
        rule="",
        footnotes=tuple(notes),
    )
    return derived([count, rate], lambda v: 100 * v[0] / v[1], implied)


def share_of(base: Quantity, rate: Quantity, *, id: str) -> Quantity:  # noqa: A002
    """Give the count that a published rate of a known base implies.

    Raises:
        Refused: the rate is of another base, age, definition or time.
    """
    found = against_share(base, rate)
    if apart := dates_apart(rate, base):
        found.append(apart)
    if found:
        raise NotAllowed(f"{rate.id} is not applied to {base.id}", found)
    count = replace(rate, id=id, unit=base.unit)
    return derived([base, rate], lambda v: v[0] * v[1] / 100, count)
