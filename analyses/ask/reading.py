"""The allowed parts of a syntax tree as polars expressions with their kind; the text is parsed in syntax.py."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from analyses.ask.columns import as_number, find_column
from analyses.ask.syntax import ParsedText
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Kind = Literal["number", "text", "truth"]
HUGE = 1e300
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


@dataclass(repr=False)
class Reading(Discreet):
    """Turns the allowed parts of a tree into polars expressions with their kind."""

    parsed: ParsedText
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
