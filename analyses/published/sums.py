"""Which quantities may be summed or subtracted, and why not; divisions are judged in rules.py."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from analyses.published.rules import Reason, ages_differ, standards_differ
from data_contracts.published.concepts import concepts, sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyses.published.quantity import Quantity


def against_sum(
    parts: Sequence[Quantity], *, overlap: Quantity | str | None, part: str | None
) -> list[Reason]:
    """Give every reason, dates aside, why the quantities must not be summed."""
    found = _alike(
        [*parts, overlap] if overlap is not None and not isinstance(overlap, str) else parts
    )
    if len({q.concept for q in parts}) > 1:
        if {"legally_covered_mandatory", "legally_covered_voluntary"} <= {q.concept for q in parts}:
            because = "who may insure themselves are not covered: voluntary legal coverage is never added to compulsory"  # fmt: skip
        else:
            because = f"{' and '.join(q.concept for q in parts)} are not declared parts of a whole"
        if frozenset(q.concept for q in parts) not in sums().values():
            found.append(Reason("concept", because, "print both side by side"))
        return found + _same_place(parts)
    several_schemes = len({q.schemes for q in parts}) > 1
    if several_schemes and overlap is None:
        found.append(
            Reason(
                "overlap",
                "a person may be in several schemes and would be counted as often",
                "give overlap: the number of such persons, or why there are none",
            )
        )
    twice = any(a.part == b.part and _share_a_scheme(a, b) for a, b in combinations(parts, 2))
    several_parts = len({q.part for q in parts}) > 1
    across = len({q.part.split("=")[0] for q in parts}) > 1
    if twice or (several_parts and (across or "total" in {q.part for q in parts})):
        found.append(
            Reason("twice", "the same persons stand in two of them", "sum parts of one breakdown")
        )
    elif several_parts and part is None:
        found.append(
            Reason(
                "part",
                f"nothing says what {parts[0].part} and the others make up",
                "name it with part",
            )
        )
    return found


def against_difference(whole: Quantity, part: Quantity) -> list[Reason]:
    """Give every reason, dates aside, why the second must not be taken off the first."""
    found = _alike([whole, part])
    declared = part.concept in sums().get(whole.concept, ())
    fewer = whole.concept == part.concept and part.schemes < whole.schemes
    if not (declared or fewer):
        found.append(
            Reason(
                "concept",
                f"{part.concept} ({part.scheme or part.part}) is no declared part of {whole.concept}",
                "subtract a part of data_contracts/published/concepts.yaml, or a scheme of several",
            )
        )
        return found
    return found + _same_place([replace(whole, scheme=part.scheme) if fewer else whole, part])


def against_base(count: Quantity, rate: Quantity, base: str, scheme: str) -> list[Reason]:
    """Give every reason, dates aside, why count and rate do not imply a base of that kind."""
    found = [
        reason for reason in (ages_differ(count, rate), standards_differ(count, rate)) if reason
    ]
    if rate.unit != "percent" or count.unit == "percent" or rate.low <= 0:
        found.append(Reason("unit", "it takes a count and a rate in percent", "give them so"))
    if (count.concept, count.scheme, count.part) != (rate.concept, rate.scheme, rate.part):
        found.append(
            Reason("concept", "count and rate are of different things", "take one concept for both")
        )
    whole = base == count.concept and count.schemes < frozenset(scheme.split("+"))
    if base not in concepts()[count.concept].over and not whole:
        found.append(
            Reason("concept", f"{count.concept} do not lie in {base}", "choose a wider population")
        )
    return found


def against_share(base: Quantity, rate: Quantity) -> list[Reason]:
    """Give every reason, dates aside, why the rate must not be applied to the base."""
    found = [reason for reason in (ages_differ(rate, base), standards_differ(rate, base)) if reason]
    if rate.unit != "percent" or base.unit == "percent":
        found.append(Reason("unit", "it takes a count and a rate in percent", "give them so"))
    if rate.universe != base.concept or rate.part != base.part:
        found.append(
            Reason(
                "concept",
                f"{rate.id} is a share of {rate.universe}, {base.id} counts {base.concept}",
                "take the base that the rate is a share of",
            )
        )
    return found


def concept_of_sum(parts: Sequence[Quantity]) -> str:
    """Give the concept of a sum: their own, or the whole that they are the declared parts of."""
    given = frozenset(q.concept for q in parts)
    whole = next((name for name, needed in sums().items() if needed == given), None)
    return whole or parts[0].concept


def concept_of_rest(whole: Quantity, part: Quantity) -> str:
    """Give the concept of what is left when a declared part is taken off."""
    left = sums().get(whole.concept, frozenset()) - {part.concept}
    return next(iter(left)) if len(left) == 1 else whole.concept


def _alike(parts: Sequence[Quantity]) -> list[Reason]:
    """Give the reasons why numbers cannot stand in one sum whatever they count."""
    found = []
    remedy = "bring all to one before they are put together"
    for name in ("unit", "age", "branch", "standard", "rule"):
        told = {getattr(q, name) for q in parts} - {""}
        if name == "age" and "protected_person" in {q.concept for q in parts}:
            continue  # a member's age band lies in that of all protected persons
        if len(told) > 1:
            found.append(Reason(name, f"they differ in {name}: {', '.join(sorted(told))}", remedy))
    if any(q.unit == "percent" for q in parts):
        found.append(Reason("rate", "rates are not added", "add the counts behind them"))
    return found


def _same_place(parts: Sequence[Quantity]) -> list[Reason]:
    """Give the reasons why parts of one whole are not of one breakdown's part and of one scheme."""
    return [
        Reason(
            name,
            f"they differ in {name}: {', '.join(sorted(told))}",
            "take them of one part of the country and of one scheme",
        )
        for name in ("part", "scheme")
        if len(told := {getattr(q, name) for q in parts}) > 1
    ]


def _share_a_scheme(one: Quantity, other: Quantity) -> bool:
    return one.schemes == other.schemes or bool(one.schemes & other.schemes)
