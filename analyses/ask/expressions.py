"""A small safe language for conditions and amounts on a table's columns; no figure is made here.

Names, numbers, quoted text, comparisons, ``in (a, b)``, ``and``, ``or``, ``not``, ``+ - * /``,
brackets and ``missing(x)``. The text is parsed by Python's ``ast`` and every part is checked against
a list of what is allowed; nothing is ever evaluated as Python.
"""

import ast
from dataclasses import dataclass

import polars as pl

from analyses.ask.columns import find_column
from analyses.ask.reading import Kind, Reading
from analyses.ask.syntax import QUOTED, ParsedText
from data_contracts.conditions import in_polars
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError, near

MOST_CODES, FEW_CODES = 100, 12


@dataclass(frozen=True, repr=False)
class Value(Discreet):
    """What an expression gives on a table: one entry a row, null where an answer is missing.

    Attributes:
        series: Boolean, Float64 or String.
        kind: ``truth``, ``number`` or ``text``.
        notes: what was done that a person must know; column names and counts, no values.
    """

    series: pl.Series
    kind: Kind
    notes: tuple[str, ...]


def names(text: str) -> list[str]:
    """Give the column names in an expression as they are matched: lower case, in order, once each."""
    parsed = ParsedText(text)
    called = {id(node.func) for node in ast.walk(parsed.tree) if isinstance(node, ast.Call)}
    found = [
        (parsed.position(node), parsed.written(node).lower())
        for node in ast.walk(parsed.tree)
        if isinstance(node, ast.Name) and id(node) not in called
    ]
    return list(dict.fromkeys(name for _, name in sorted(found)))


def split_ratio(text: str) -> tuple[str, str]:
    """Give both sides of ``numerator / denominator``: the one slash outside brackets and quotes.

    Raises:
        InputError: there is none, or more than one.
    """
    plain = QUOTED.sub(lambda found: "x" * len(found[0]), text)
    depth, slashes = 0, []
    for at, sign in enumerate(plain):
        depth += (sign in "([") - (sign in ")]")
        if sign == "/" and depth == 0:
            slashes.append(at)
    if len(slashes) != 1:
        raise InputError(
            f"a ratio has one slash between its sides, and `{text}` has {len(slashes)}",
            "write numerator / denominator, with brackets around a side that divides",
        )
    return text[: slashes[0]].strip(), text[slashes[0] + 1 :].strip()


def evaluate(text: str, frame: pl.DataFrame) -> Value:
    """Give an expression's value on every row.

    Names match columns without regard to case (an exact match wins). Comparisons with a missing
    answer are missing; ``and``, ``or`` and ``not`` follow Kleene's logic (false and missing is
    false). Text columns compare as text; one that is compared with a number is read as numbers.
    A division by zero is missing.

    Args:
        text: the expression.
        frame: the table.

    Returns:
        The values with their kind and notes.

    Raises:
        InputError: the text is not of this language, names no column, or compares text with
            numbers.
    """
    parsed = ParsedText(text)
    reading = Reading(parsed, frame)
    found, kind = reading.value(parsed.tree)
    read = pl.DataFrame(reading.columns)
    series = read.select(in_polars(found).alias("value")).to_series()
    if series.len() == 1 and frame.height != 1:
        series = series.new_from_index(0, frame.height)
    if kind == "number":
        series = series.cast(pl.Float64)
        series = series.set(~series.is_finite(), None)
    return Value(series, kind, tuple(dict.fromkeys(reading.notes)))


def codes_near(text: str, frame: pl.DataFrame) -> str:
    """Say which codes of a column are near to one that an expression asks for and nobody has; else nothing.

    Only columns of few codes are looked at: an amount is a person's own.

    Args:
        text: the expression.
        frame: the table.
    """
    parsed = ParsedText(text)
    for node in ast.walk(parsed.tree):
        if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Name):
            continue
        codes = [
            _code(code)
            for code in frame[find_column(frame, parsed.written(node.left))]
            .drop_nulls()
            .unique()
            .to_list()
        ]
        if not 0 < len(codes) <= MOST_CODES or not isinstance(node.ops[0], (ast.Eq, ast.In)):
            continue
        wanted = [
            one.value for one in ast.walk(node.comparators[0]) if isinstance(one, ast.Constant)
        ]
        said = [near(_code(one), codes) for one in wanted if _code(one) not in codes]
        listed = f"; its codes are {', '.join(sorted(codes))}" if len(codes) <= FEW_CODES else ""
        return f"{''.join(said)}{listed}"
    return ""


def _code(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
