"""Where published figures contradict each other, judged over their rounding; the contradictions stand in YAML."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from analyses.published.arithmetic import Quotient, base_of, ratio
from analyses.published.bases import bases_that_print
from analyses.published.evaluator import value_of, written
from analyses.published.figures import Figures, PublishedFile, derive
from analyses.published.lines import AuditLine, quantity_line, quotient_lines
from analyses.published.quantity import Quantity, limits_of
from analyses.published.rules import dates_apart
from data_contracts.published.tables import audit_steps

DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Flag:
    """One contradiction or trap.

    Attributes:
        id: its name.
        holds: ``always``, ``sometimes`` or ``never``: over the values that rounding allows.
        statement: what contradicts what, with the numbers; untrue where ``holds`` is ``never``.
        numbers: the figures that the statement rests on.
        explanations: what could explain it.
    """

    id: str
    holds: str
    statement: str
    numbers: tuple[AuditLine, ...]
    explanations: tuple[str, ...] = ()


class Apart(NamedTuple):
    """The difference of two concepts, which no Quantity may hold, with its limits."""

    value: float
    low: float
    high: float


WithLimits: TypeAlias = Quantity | Quotient | Apart


def flags(published: PublishedFile, figures: Figures) -> list[Flag]:
    """Judge every contradiction of data_contracts/published/audit.yaml.

    Args:
        published: the declared file.
        figures: as given by ``derive``.

    Raises:
        Refused: a statement rests on a quotient of figures that must not be divided.
    """
    known = {
        **_KNOWN,
        **figures,
        "claims": published.claims,
        "if_of": lambda base: derive(figures, base),
        "named": lambda start: [q for name, q in figures.items() if name.startswith(start)],
    }
    told = audit_steps()["flags"]
    return [_flag(published, figures, known, name, entry) for name, entry in told.items()]


def _flag(
    published: PublishedFile,
    figures: Figures,
    known: Mapping[str, Any],
    flag: str,
    entry: Mapping[str, Any],
) -> Flag:
    names = dict(known)
    for name, expression in entry.get("let", {}).items():
        names[name] = value_of(expression, names)
    cases = (case for case in ("always", "sometimes") if case in entry)
    numbers: list[AuditLine] = []
    for number in entry["numbers"]:
        if isinstance(number, str):
            found = value_of(number, names)
            several = [found] if isinstance(found, Quantity) else found
            numbers += [quantity_line(published, q) for q in several]
        else:
            numbers += quotient_lines(published, figures, number)
    return Flag(
        flag,
        next((case for case in cases if value_of(entry[case], names)), "never"),
        written(entry["statement"], names),
        tuple(numbers),
        tuple(published.explanations.get(flag, ())),
    )


def _apart(one: Quantity, other: Quantity) -> Apart:
    low, high = limits_of([one, other], lambda v: v[0] - v[1])
    return Apart(one.value - other.value, low, high)


def _persons(q: WithLimits) -> str:
    return f"{q.value:,.0f}" if q.low == q.high else _between(q)


def _between(q: WithLimits) -> str:
    return f"{q.value:,.0f} [{q.low:,.0f}{DASH}{q.high:,.0f}]"


def _million(q: WithLimits) -> str:
    return f"{q.value / 1e6:.3f} million [{q.low / 1e6:.3f}{DASH}{q.high / 1e6:.3f}]"


def _percent(fraction: float, decimals: int = 1) -> str:
    return f"{100 * fraction:.{decimals}f} %"


# What the expressions and sentences may call beside the figures; audit.yaml says what each gives.
_KNOWN: Mapping[str, Any] = {
    "over": ratio,
    "over_mixed": lambda above, below: ratio(above, below, allow_mixed_dates=True),
    "apart": _apart,
    "mixed": lambda one, other: bool(dates_apart(one, other)),
    "base_of": base_of,
    "bases_that_print": bases_that_print,
    "persons": _persons,
    "between": _between,
    "million": _million,
    "percent": _percent,
}
