"""The one tree of conditions: read from YAML here and from text in analyses/ask, written to polars and Ibis.

No condition lives here. Both writers give the same answer on every row; they are written apart on
purpose, because the two collapses that check each other read the conditions by different code.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from data_contracts.errors import InputError

if TYPE_CHECKING:
    import ibis
    import polars as pl

Test: TypeAlias = Sequence[object] | Mapping[str, float]
Condition: TypeAlias = Mapping[str, Test] | Sequence[Mapping[str, Test]]
Written: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # with tests of another form

_REMEDY = (
    "write a mapping of column to a list of values or to {min: , max: }, or a list of such mappings"
)
SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "and": operator.and_,
    "or": operator.or_,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True)
class Clause:
    """One clause of a condition, made of others.

    Attributes:
        sign: ``column``, ``constant``, ``in`` (one of a list), ``missing`` (whether there is no
            answer), ``known`` (false where the answer is missing), ``number`` (the part read as a
            number, missing where it is none), ``divisor`` (missing where it is 0), ``not``, ``minus``, or one of ``SIGNS``. Missing
            answers follow Kleene's logic.
        parts: what it is made of.
        value: a column's name, a constant, or the list of ``in``.
    """

    sign: str
    parts: tuple["Clause", ...] = ()
    value: Any = None


def column(name: str) -> Clause:
    """Give a column as a part."""
    return Clause("column", value=name)


def constant(value: float | str) -> Clause:
    """Give a number or a text as a part."""
    return Clause("constant", value=value)


def joined(sign: str, parts: Sequence[Clause]) -> Clause:
    """Give parts joined by one of ``SIGNS``, from the left; one part is itself."""
    return parts[0] if len(parts) == 1 else Clause(sign, tuple(parts))


def known(part: Clause) -> Clause:
    """Give a truth that counts as false where the answer is missing."""
    return Clause("known", (part,))


def between(number: Clause, low: float | None, high: float | None) -> Clause:
    """Give whether a number lies between two ends, both included; at least one is there."""
    ends = [Clause(">=", (number, constant(low)))] if low is not None else []
    ends += [Clause("<=", (number, constant(high)))] if high is not None else []
    return joined("and", ends)


def tree(
    condition: Condition | Written, fits: Callable[[str, Any], Clause] | None = None
) -> Clause:
    """Give the tree of a condition as YAML writes it; it is true or false, never missing.

    A mapping's tests are all needed (and); of a list of mappings one suffices (or). A test is a
    list of allowed values, or a range ``{min: , max: }``, both ends included; a missing answer
    fits no test.

    Args:
        condition: the parsed YAML value.
        fits: what a test means for a column; as above where it is not given.

    Raises:
        InputError: the value has another form.
    """
    test = fits or _fits
    return joined(
        "or",
        [joined("and", [test(*named) for named in way.items()]) for way in ways(condition)],
    )


def expression(condition: Condition) -> "pl.Expr":
    """Give the Boolean expression of a YAML condition in polars; errors as for ``tree``."""
    return in_polars(tree(condition))


def expression_on(table: "ibis.Table", condition: Condition) -> "ibis.expr.types.BooleanValue":
    """Give the same Boolean for a table of Ibis; errors as for ``tree``."""
    return in_ibis(tree(condition), table)


def columns(condition: Condition) -> tuple[str, ...]:
    """Give the names of the columns a condition reads, sorted, each once."""
    return tuple(sorted({name for way in ways(condition) for name in way}))


def ways(condition: Condition | Written) -> list[Mapping[str, Any]]:
    """Give the mappings of which one suffices; errors as for ``tree``."""
    parts = [condition] if isinstance(condition, Mapping) else condition
    if not isinstance(parts, list | tuple) or not parts:
        raise InputError("a condition is neither a mapping nor a list of mappings", _REMEDY)
    for way in parts:
        if not isinstance(way, Mapping) or not way:
            raise InputError(
                "a condition holds a part that is no mapping, or an empty one", _REMEDY
            )
    return list(parts)


def in_polars(part: Clause) -> "pl.Expr":
    """Give a tree as an expression of polars."""
    import polars as pl  # noqa: PLC0415 - the command line must start fast

    inner = [in_polars(one) for one in part.parts]
    match part.sign:
        case "column":
            made = pl.col(part.value)
        case "constant":
            made = pl.lit(part.value)
        case "in":
            made = inner[0].is_in(list(part.value))
        case "missing":
            made = inner[0].is_null()
        case "known":
            made = inner[0].fill_null(value=False)
        case "number":
            made = inner[0].cast(pl.Float64, strict=False).fill_nan(None)
        case "divisor":
            made = pl.when(inner[0] != 0).then(inner[0])
        case "not":
            made = ~inner[0]
        case "minus":
            made = -inner[0]
        case sign:
            made = reduce(SIGNS[sign], inner)
    return made


def in_ibis(part: Clause, table: "ibis.Table") -> Any:
    """Give a tree as a value of an Ibis table."""
    if part.sign == "column":
        return table[part.value]
    if part.sign == "constant":
        import ibis  # noqa: PLC0415 - the command line must start fast

        return ibis.literal(part.value)
    first, *others = [in_ibis(one, table) for one in part.parts]
    of_one: Mapping[str, Callable[[], Any]] = {
        "in": lambda: first.isin(list(part.value)),
        "missing": first.isnull,
        "known": lambda: first.fill_null(False),
        "number": lambda: _finite(first.try_cast("float64")),
        "divisor": lambda: first.nullif(0),
        "not": lambda: ~first,
        "minus": lambda: -first,
    }
    return of_one[part.sign]() if part.sign in of_one else reduce(SIGNS[part.sign], others, first)


def _finite(number: Any) -> Any:
    return number.isnan().ifelse(None, number)


def _fits(name: str, test: Test) -> Clause:
    """Give whether a column passes a test of the YAML contracts."""
    if isinstance(test, Mapping):
        if not test or set(test) - {"min", "max"}:
            raise InputError("a range has other parts than min and max", _REMEDY, column=name)
        return known(between(column(name), test.get("min"), test.get("max")))
    if isinstance(test, str) or not isinstance(test, Sequence) or not test:
        raise InputError("a test is neither a list of values nor a range", _REMEDY, column=name)
    if any(value is None for value in test):
        raise InputError("a list of allowed values holds null", _REMEDY, column=name)
    return known(Clause("in", (column(name),), tuple(test)))
