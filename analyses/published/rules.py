"""Whether published numbers may be put together, and why not; the rules stand in data_contracts/published/rules.yaml."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from analyses.published.evaluator import holds, written
from analyses.published.quantity import Quantity
from data_contracts.errors import Refused
from data_contracts.published.concepts import concepts, refusals, sums
from data_contracts.published.tables import pair_rules


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


def refuse(what: str, operation: str, names: Mapping[str, Any], apart: Sequence[Reason]) -> None:
    """Refuse an operation for every reason that the table has against it.

    Args:
        what: the operation in words.
        operation: its name in the table.
        names: the quantities under the names that the table uses.
        apart: what the dates add, if they are not forgiven.

    Raises:
        Refused: there is a reason; the message gives all, ``why`` their codes.
    """
    found = [*reasons(operation, names), *apart]
    if found:
        raise NotAllowed(what, found)


def reasons(operation: str, names: Mapping[str, Any]) -> Iterator[Reason]:
    """Give the reasons against an operation in the table's order; arguments as of ``refuse``."""
    for rule in pair_rules(operation):
        for field in rule.each:
            told = {**_KNOWN, **names, "each": field}
            if holds(rule.when, told):
                yield Reason(
                    *(written(text, told) for text in (rule.code, rule.because, rule.remedy))
                )
                if rule.alone:
                    return


def dates_apart(above: Quantity, below: Quantity) -> list[Reason]:
    """Say that the reference periods have no year in common; empty where they have one."""
    return list(reasons("dates", {"above": above, "below": below}))


def footnotes_of_division(above: Quantity, below: Quantity) -> list[str]:
    """Write what a reader of an allowed quotient must know."""
    told = {**_KNOWN, "above": above, "below": below, "apart": dates_apart(above, below)}
    return [written(rule.note, told) for rule in pair_rules("footnotes") if holds(rule.when, told)]


def whole_of(parts: Sequence[Quantity]) -> str | None:
    """Name the whole of which the concepts are all the declared parts, if they are."""
    given = frozenset(q.concept for q in parts)
    return next((name for name, needed in sums().items() if needed == given), None)


def _parts_of(concept: str) -> frozenset[str]:
    return sums().get(concept, frozenset())


def _values(quantities: Sequence[Quantity], field: str) -> list[str]:
    return sorted({getattr(q, field) for q in quantities})


def _stated(quantities: Sequence[Quantity], field: str) -> list[str]:
    return [value for value in _values(quantities, field) if value]


def _twice(quantities: Sequence[Quantity]) -> bool:
    return any(
        one.part == other.part and (one.schemes == other.schemes or one.schemes & other.schemes)
        for one, other in combinations(quantities, 2)
    )


# What the table's expressions may call; rules.yaml says what each gives.
_KNOWN: Mapping[str, Any] = {
    "means": lambda concept: concepts()[concept].means,
    "over": lambda concept: concepts()[concept].over,
    "misleading": lambda above, below: refusals().get((above, below)),
    "parts_of": _parts_of,
    "whole_of": whole_of,
    "values": _values,
    "stated": _stated,
    "twice": _twice,
}
