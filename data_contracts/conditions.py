"""The small condition language of the YAML contracts, for polars and Ibis; no condition lives here."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, TypeAlias

from data_contracts.errors import InputError

if TYPE_CHECKING:
    import ibis
    import polars as pl

Test: TypeAlias = Sequence[object] | Mapping[str, float]
Condition: TypeAlias = Mapping[str, Test] | Sequence[Mapping[str, Test]]

_REMEDY = (
    "write a mapping of column to a list of values or to {min: , max: }, or a list of such mappings"
)


def expression(condition: Condition) -> "pl.Expr":
    """Give the Boolean expression of a condition; a null cell makes its test false.

    A mapping's tests are all needed (and); of a list of mappings one suffices (or).
    A test is a list of allowed values, or a range ``{min: , max: }``, both ends included.

    Args:
        condition: the parsed YAML value.

    Returns:
        An expression that is true or false, never null.

    Raises:
        InputError: the value has another form.
    """
    import polars as pl  # noqa: PLC0415 - the command line must start fast

    return pl.any_horizontal([_all(way) for way in ways(condition)])


def expression_on(table: "ibis.Table", condition: Condition) -> "ibis.expr.types.BooleanValue":
    """Give the same Boolean for a table of Ibis; errors and meaning as for ``expression``.

    Written a second time on purpose: the two collapses that check each other read the conditions
    by different code (tests/unit/analyses/wave/test_collapse_ibis.py holds that they agree).
    """
    return reduce(
        or_,
        [
            reduce(and_, [_test_on(table[name], test) for name, test in way.items()])
            for way in ways(condition)
        ],
    )


def columns(condition: Condition) -> tuple[str, ...]:
    """Give the names of the columns a condition reads, sorted, each once."""
    return tuple(sorted({name for way in ways(condition) for name in way}))


def ways(condition: Condition) -> list[Mapping[str, Test]]:
    """Give the mappings of which one suffices; errors as for ``expression``."""
    parts = [condition] if isinstance(condition, Mapping) else condition
    if not isinstance(parts, list | tuple) or not parts:
        raise InputError("a condition is neither a mapping nor a list of mappings", _REMEDY)
    for way in parts:
        if not isinstance(way, Mapping) or not way:
            raise InputError(
                "a condition holds a part that is no mapping, or an empty one", _REMEDY
            )
    return list(parts)


def _all(way: Mapping[str, Test]) -> "pl.Expr":
    import polars as pl  # noqa: PLC0415 - the command line must start fast

    return pl.all_horizontal([_test(name, test) for name, test in way.items()])


def _test(name: str, test: Test) -> "pl.Expr":
    import polars as pl  # noqa: PLC0415 - the command line must start fast

    column, test = pl.col(name), _well_formed(name, test)
    if isinstance(test, Mapping):
        ends = []
        if "min" in test:
            ends.append(column >= test["min"])
        if "max" in test:
            ends.append(column <= test["max"])
        return pl.all_horizontal(ends).fill_null(value=False)
    return column.is_in(list(test)).fill_null(value=False)


def _test_on(column: "ibis.Value", test: Test) -> "ibis.expr.types.BooleanValue":
    test = _well_formed(column.get_name(), test)
    if isinstance(test, Mapping):
        ends = []
        if "min" in test:
            ends.append(column >= test["min"])
        if "max" in test:
            ends.append(column <= test["max"])
        return reduce(and_, ends).fill_null(False)
    return column.isin(list(test)).fill_null(False)


def _well_formed(name: str, test: Test) -> Test:
    """Give the test back if it is a list of values or a range."""
    if isinstance(test, Mapping):
        if not test or set(test) - {"min", "max"}:
            raise InputError("a range has other parts than min and max", _REMEDY, column=name)
        return test
    if isinstance(test, str) or not isinstance(test, Sequence) or not test:
        raise InputError("a test is neither a list of values nor a range", _REMEDY, column=name)
    if any(value is None for value in test):
        raise InputError("a list of allowed values holds null", _REMEDY, column=name)
    return test
