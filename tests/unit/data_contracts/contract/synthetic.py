"""Synthetic rows that keep every promise of a contract, for tests; no real row is ever looked at."""

import math
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from data_contracts.contract.shapes import Contract, ContractColumn, RowRule
from data_contracts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

_LARGEST = {"TINYINT": 127, "SMALLINT": 32_767, "INTEGER": 2_147_483_647, "BIGINT": 10**12}
# Grids of numbers (step as numerator and denominator): fractions, percentages to 0.1, hundreds.
_WHOLE = ((1, 1), (10, 1), (1000, 1))
_BROKEN = ((1, 1000), (1, 10), (100, 1))
_POINTS = 1000
_BLANK = 0.15  # how often a value that may be missing is missing
_ROUNDS = 30  # of drawing candidates, before the contract counts as one that cannot be met
_PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
_REMEDY = "make the rule one that random rows can meet, or name how the column is derived"


def rows(contract: Contract, n: int, seed: int = 0) -> "pl.DataFrame":
    """Draw rows that satisfy a contract: types, codes, bounds, patterns, keys and row rules.

    Candidates are drawn column by column; those that break a rule about whole rows, or repeat a
    key, are thrown away (rejection sampling). The values mean nothing beyond the contract.

    Args:
        contract: what the rows must keep.
        n: how many rows.
        seed: the same seed gives the same rows.

    Returns:
        A frame of n rows with the contract's columns, order and polars types.

    Raises:
        InputError: a pattern or a rule is of a kind that no rows can be made for, or the
            contract leaves room for fewer rows.
    """
    import polars as pl

    draw = random.Random(seed)  # noqa: S311 - test rows, not secrets
    makers = [_maker(column, draw) for column in contract.columns]
    kept = pl.DataFrame(schema=contract.polars_schema())
    for _ in range(_ROUNDS):
        if kept.height >= n:
            break
        drawn = [[maker() for maker in makers] for _ in range(max(4 * n, 200))]
        candidates = pl.DataFrame(drawn, schema=contract.polars_schema(), orient="row")
        kept = _without_repeats(contract, pl.concat([kept, _keeping_rules(contract, candidates)]))
    if kept.height < n:
        raise InputError(
            f"only {kept.height} of {n} synthetic rows could be made", _REMEDY, file=contract.name
        )
    return kept.head(n)


def _keeping_rules(contract: Contract, candidates: "pl.DataFrame") -> "pl.DataFrame":
    """Fill the derived columns, then keep the rows that break no rule about whole rows."""
    import duckdb

    derived = {column.name: column.derived for column in contract.columns if column.derived}
    chosen = ", ".join(
        f'CAST({derived[column.name]} AS {column.type}) AS "{column.name}"'
        if column.name in derived
        else f'"{column.name}"'
        for column in contract.columns
    )
    broken = " OR ".join(f"coalesce(({_condition(rule)}), false)" for rule in contract.rules)
    with duckdb.connect() as connection:
        connection.register("candidates", candidates.to_arrow())
        return connection.execute(
            f"FROM (SELECT {chosen} FROM candidates) WHERE NOT ({broken or 'false'})"
        ).pl()


def _condition(rule: RowRule) -> str:
    """Give the SQL condition that no row may meet."""
    if rule.condition is not None:
        return rule.condition
    if rule.expectation != _PAIR:
        raise InputError(
            f"no synthetic rows can be made for the expectation {rule.expectation}", _REMEDY
        )
    sign = "<" if rule.arguments.get("or_equal") else "<="
    return f'"{rule.arguments["column_A"]}" {sign} "{rule.arguments["column_B"]}"'


def _without_repeats(contract: Contract, frame: "pl.DataFrame") -> "pl.DataFrame":
    """Drop rows that repeat the key, or a value of a column in which each is its own."""
    keys = [list(contract.primary_key)] if contract.primary_key else []
    keys += [[column.name] for column in contract.columns if column.unique]
    for key in keys:
        frame = frame.unique(subset=key, keep="first", maintain_order=True)
    return frame


def _maker(column: ContractColumn, draw: random.Random) -> Callable[[], Any]:
    """Give the function that draws one value of a column, blanks included."""
    make = _value_maker(column, draw)
    if column.required:
        return make
    return lambda: None if draw.random() < _BLANK else make()


def _value_maker(column: ContractColumn, draw: random.Random) -> Callable[[], Any]:
    if column.valid:
        codes = list(column.valid)
        return lambda: draw.choice(codes)
    if column.pattern is not None:
        parsed = import_module("re._parser").parse(column.pattern)
        return lambda: "".join(_text(parsed, draw, column))
    if column.type == "VARCHAR":
        return lambda: f"{column.name}-{draw.randrange(10_000):04d}"
    if column.type == "BOOLEAN":
        return lambda: draw.random() < 0.5
    if column.type == "DATE":
        return lambda: date(1990, 1, 1) + timedelta(days=draw.randrange(35 * 365))
    grids = _grids(column)
    whole = column.type != "DOUBLE"

    def number() -> float:
        numerator, denominator, first, last = draw.choice(grids)
        value = draw.randint(first, last) * numerator
        return value if whole else value / denominator

    return number


def _grids(column: ContractColumn) -> list[tuple[int, int, int, int]]:
    """Give the grids that have points within a column's bounds: step, first and last multiple."""
    bounds = column.bounds
    low = bounds.get("exclusiveMinimum", bounds.get("minimum"))
    high = bounds.get("exclusiveMaximum", bounds.get("maximum"))
    if column.type != "DOUBLE":
        high = _LARGEST[column.type] if high is None else min(high, _LARGEST[column.type])
    found = []
    for numerator, denominator in _BROKEN if column.type == "DOUBLE" else _WHOLE:
        step = numerator / denominator
        last = None if high is None else math.floor(high / step)
        if high is not None and last is not None and "exclusiveMaximum" in bounds:
            last -= last * step >= high
        if low is not None:
            first = math.ceil(low / step)
            first += "exclusiveMinimum" in bounds and first * step <= low
        else:
            first = 0 if last is None else min(0, last - _POINTS)
        last = first + _POINTS if last is None else min(last, first + _POINTS)
        if first <= last:
            found.append((numerator, denominator, first, last))
    if not found:
        raise InputError("no number lies within the bounds", _REMEDY, column=column.name)
    return found


def _text(parsed: Any, draw: random.Random, column: ContractColumn) -> Iterator[str]:
    """Draw a text that a parsed pattern matches: classes, ranges, repeats, groups, alternatives."""
    for kind, value in parsed:
        name = str(kind)
        if name == "LITERAL":
            yield chr(value)
        elif name == "IN":
            yield chr(draw.choice([code for item in value for code in _class(item, column)]))
        elif name in {"MAX_REPEAT", "MIN_REPEAT"}:
            least, most, part = value
            for _ in range(draw.randint(int(least), min(int(most), int(least) + 8))):
                yield from _text(part, draw, column)
        elif name == "BRANCH":
            yield from _text(draw.choice(value[1]), draw, column)
        elif name == "SUBPATTERN":
            yield from _text(value[3], draw, column)
        elif name != "AT":  # the ends of the text; they match nothing themselves
            raise _unknown_pattern(column)


def _class(item: tuple[Any, Any], column: ContractColumn) -> list[int]:
    kind, value = item
    if str(kind) == "LITERAL":
        return [value]
    if str(kind) == "RANGE":
        return list(range(value[0], value[1] + 1))
    if str(value) == "CATEGORY_DIGIT":
        return list(range(ord("0"), ord("9") + 1))
    raise _unknown_pattern(column)


def _unknown_pattern(column: ContractColumn) -> InputError:
    return InputError(
        "no synthetic text can be made for this pattern",
        "use characters, classes such as [0-9], repeats, groups and alternatives alone",
        column=column.name,
    )
