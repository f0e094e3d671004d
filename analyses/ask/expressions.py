"""A small safe language for conditions and amounts on a table's columns; no figure is made here.

Names, numbers, quoted text, comparisons, ``in (a, b)``, ``and``, ``or``, ``not``, ``+ - * /``,
brackets and ``missing(x)``. The text is parsed by Python's ``ast`` and every part is checked against
a list of what is allowed; nothing is ever evaluated as Python.
"""

import ast
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from data_contracts.errors import InputError

Kind = Literal["number", "text", "truth"]
ALLOWED = (
    "write names, numbers, 'quoted text', == != < <= > >=, in (a, b), and, or, not, + - * /, "
    "brackets, missing(x); a name with spaces or of a Python word goes in `backticks`"
)
BLANKS = ("", "NA", "NaN", ".")  # a text column's ways to say nothing, where numbers are wanted
HUGE = 1e300
LONGEST = 1000  # characters; keeps a deep tree from exhausting the stack
_COMPARE: dict[type[ast.cmpop], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`([^`]+)`""")


@dataclass(frozen=True)
class Value:
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
    parsed = _Parsed(text)
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
    plain = _QUOTED.sub(lambda found: "x" * len(found[0]), text)
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
    parsed = _Parsed(text)
    reading = _Reading(parsed, frame)
    expression, kind = reading.value(parsed.tree)
    series = frame.select(expression.alias("value")).to_series()
    if series.len() == 1 and frame.height != 1:
        series = series.new_from_index(0, frame.height)
    if kind == "number":
        series = series.cast(pl.Float64)
        series = series.set(~series.is_finite(), None)
    return Value(series, kind, tuple(dict.fromkeys(reading.notes)))


def find_column(frame: pl.DataFrame, name: str) -> str:
    """Give a column's name as it is in the table.

    Raises:
        InputError: no column has this name, or several have it in different cases.
    """
    if name in frame.columns:
        return name
    wanted = _folded(name)
    found = [column for column in frame.columns if _folded(column) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{len(found)} columns have this name (large and small letters count as the same)",
            "write it exactly as it is in the file",
            column=name,
        )
    raise InputError("the column is missing", "check its name in the file", column=name)


def as_number(series: pl.Series) -> tuple[pl.Series, str | None]:
    """Give a column as Float64 and a note when it was text.

    Raises:
        InputError: it holds text that is no number.
    """
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return series.cast(pl.Float64).fill_nan(None), None
    if series.dtype != pl.String:
        raise InputError("the column is not a number", "use another column", column=series.name)
    stripped = series.str.strip_chars()
    stripped = stripped.set(stripped.is_in(BLANKS), None)
    numbers = stripped.cast(pl.Float64, strict=False)
    bad = stripped.is_not_null() & ~numbers.is_finite().fill_null(value=False)
    if bad.any():
        raise InputError(
            "the column holds text where a number is wanted",
            "compare it with quoted text, or correct the file",
            column=series.name,
            row=1 + int(bad.arg_max() or 0),
            rows=int(bad.sum()),
        )
    return numbers, f"{series.name} is text and was read as numbers"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().lower()


class _Parsed:
    """An expression's syntax tree, with the way back to positions and backticked names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quoted: dict[str, str] = {}
        code = _QUOTED.sub(self._placeholder, text)
        self.lead = len(code) - len(code.lstrip())
        self.code = code.strip()
        if not self.code or "\n" in self.code or len(self.code) > LONGEST:
            raise InputError(f"an expression is one line of 1 to {LONGEST} characters", ALLOWED)
        try:
            self.tree = ast.parse(self.code, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._unreadable(error) from None

    def _placeholder(self, found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        stand_in = f"_{chr(ord('A') + len(self.quoted) % 26)}{len(self.quoted) // 26 or ''}"
        stand_in = stand_in.ljust(len(found[0]), "_")
        while stand_in in self.text or stand_in in self.quoted:
            stand_in += "_"
        self.quoted[stand_in] = found[1]
        return stand_in

    def _unreadable(self, error: BaseException) -> InputError:
        at = (getattr(error, "offset", None) or 1) + self.lead
        if re.search(r"(?<![=!<>])=(?!=)", _QUOTED.sub("", self.text)):
            return self.refused(at, "a single = asks nothing; equality is ==")
        return self.refused(at, "this cannot be read")

    def refused(self, at: int, rule: str) -> InputError:
        """Give the error for the character at a position, counted from 1."""
        return InputError(f"in `{self.text}` at character {at}: {rule}", ALLOWED)

    def position(self, node: ast.AST) -> int:
        """Give where a part begins in the text, counted from 1."""
        before = self.code.encode()[: getattr(node, "col_offset", 0)]
        return len(before.decode(errors="ignore")) + 1 + self.lead

    def written(self, node: ast.Name) -> str:
        """Give a name as it was written: Python's own names are in another Unicode form (NFKC)."""
        name = self.code.encode()[node.col_offset : node.end_col_offset].decode()
        return self.quoted.get(name, name).strip()


@dataclass
class _Reading:
    """Turns the allowed parts of a tree into polars expressions with their kind."""

    parsed: _Parsed
    frame: pl.DataFrame
    notes: list[str] = field(default_factory=list)

    def value(self, node: ast.expr) -> tuple[pl.Expr, Kind]:
        """Give a part as an expression."""
        reader = self._readers().get(type(node))
        if reader is None:
            raise self._refused(node, "this is not part of the language" + _hint(node))
        return reader(node)

    def _readers(self) -> dict[type[ast.expr], Callable[[Any], tuple[pl.Expr, Kind]]]:
        return {
            ast.Name: self._column,
            ast.Constant: self._constant,
            ast.BoolOp: self._both,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._arithmetic,
            ast.Compare: self._compare,
            ast.Call: self._missing,
        }

    def _constant(self, node: ast.Constant) -> tuple[pl.Expr, Kind]:
        if isinstance(node.value, str):
            return pl.lit(node.value), "text"
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self._refused(node, "this is not part of the language")
        if not abs(node.value) < HUGE:
            raise self._refused(node, "this number is too large")
        return pl.lit(float(node.value)), "number"

    def _arithmetic(self, node: ast.BinOp) -> tuple[pl.Expr, Kind]:
        if type(node.op) not in _ARITHMETIC:
            raise self._refused(node, "this sign is not part of the language" + _hint(node))
        left, right = self._number(node.left), self._number(node.right)
        return _ARITHMETIC[type(node.op)](left, right), "number"

    def _refused(self, node: ast.AST, rule: str) -> InputError:
        return self.parsed.refused(self.parsed.position(node), rule)

    def _column(self, node: ast.Name) -> tuple[pl.Expr, Kind]:
        written = self.parsed.written(node)
        try:
            name = find_column(self.frame, written)
        except InputError as error:
            raise self._refused(node, f"column {written}: {error.rule}") from None
        kind = self.frame.schema[name]
        column = pl.col(name)
        if kind == pl.Boolean:
            return column, "truth"
        if kind.is_float():
            return column.cast(pl.Float64).fill_nan(None), "number"
        if kind.is_numeric():
            return column.cast(pl.Float64), "number"
        text = column.cast(pl.String)
        return pl.when(text.str.strip_chars() != "").then(text), "text"

    def _truth(self, node: ast.expr) -> pl.Expr:
        found, kind = self.value(node)
        if kind != "truth":
            raise self._refused(node, "a condition is wanted here, such as x == 1")
        return found

    def _number(self, node: ast.expr) -> pl.Expr:
        found, kind = self.value(node)
        if kind == "text":
            return self._parsed_text(node)
        return found.cast(pl.Float64)

    def _parsed_text(self, node: ast.expr) -> pl.Expr:
        """Give a text column as numbers."""
        if not isinstance(node, ast.Name):
            raise self._refused(node, "text and numbers do not go together; compare like with like")
        name = find_column(self.frame, self.parsed.written(node))
        numbers, note = as_number(self.frame[name])
        if note:
            self.notes.append(note)
        return pl.lit(numbers)

    def _both(self, node: ast.BoolOp) -> tuple[pl.Expr, Kind]:
        parts = [self._truth(part) for part in node.values]
        found = parts[0]
        for part in parts[1:]:
            found = found & part if isinstance(node.op, ast.And) else found | part
        return found, "truth"

    def _unary(self, node: ast.UnaryOp) -> tuple[pl.Expr, Kind]:
        if isinstance(node.op, ast.Not):
            return ~self._truth(node.operand), "truth"
        if isinstance(node.op, ast.USub):
            return -self._number(node.operand), "number"
        if isinstance(node.op, ast.UAdd):
            return self._number(node.operand), "number"
        raise self._refused(node, "this sign is not part of the language; use not")

    def _compare(self, node: ast.Compare) -> tuple[pl.Expr, Kind]:
        sides = [node.left, *node.comparators]
        found: pl.Expr | None = None
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            if isinstance(operator, (ast.In, ast.NotIn)):
                part = self._in(left, right)
                part = ~part if isinstance(operator, ast.NotIn) else part
            elif type(operator) in _COMPARE:
                part = _COMPARE[type(operator)](*self._alike(left, right))
            else:
                raise self._refused(node, "this comparison is not part of the language")
            found = part if found is None else found & part
        if found is None:
            raise TypeError
        return found, "truth"

    def _in(self, left: ast.expr, right: ast.expr) -> pl.Expr:
        if not isinstance(right, (ast.Tuple, ast.List)):
            choices: list[ast.expr] = [right]  # Python reads (1) as 1
        else:
            choices = right.elts
        found: pl.Expr | None = None
        for choice in choices:
            if not isinstance(choice, (ast.Constant, ast.UnaryOp)):
                raise self._refused(choice, "the list after `in` holds numbers or quoted text")
            one, other = self._alike(left, choice)
            found = one == other if found is None else found | (one == other)
        if found is None:
            raise self._refused(right, "the list after `in` is empty")
        return found

    def _alike(self, left: ast.expr, right: ast.expr) -> tuple[pl.Expr, pl.Expr]:
        """Give both sides of a comparison as text, or both as numbers."""
        one, kind = self.value(left)
        other, other_kind = self.value(right)
        if kind == "text" and other_kind == "text":
            return one, other
        if kind == "text" or other_kind == "text":
            number, text = (left, right) if other_kind == "text" else (right, left)
            if isinstance(text, ast.Constant):
                raise self._refused(
                    number,
                    "this is a number and is compared with quoted text; leave the quotes off",
                )
        return self._number(left), self._number(right)

    def _missing(self, node: ast.Call) -> tuple[pl.Expr, Kind]:
        named = isinstance(node.func, ast.Name) and node.func.id.lower() == "missing"
        if not named or len(node.args) != 1 or node.keywords:
            raise self._refused(node, "the only function is missing(x)")
        found, _ = self.value(node.args[0])
        return found.is_null(), "truth"


def _hint(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        return "; use and / or"
    if isinstance(node, (ast.Tuple, ast.List)):
        return "; a list stands after `in` alone"
    return ""
