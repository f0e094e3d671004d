"""The allowed parts of a text's syntax tree as the one tree of conditions; the text is parsed in syntax.py."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from analyses.ask.columns import as_number, find_column
from analyses.ask.syntax import ParsedText
from data_contracts.conditions import Clause, column, constant, joined
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Kind = Literal["number", "text", "truth"]
HUGE = 1e300
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


@dataclass(repr=False)
class Reading(Discreet):
    """Turns the allowed parts of a text into a tree of conditions, with the columns that it reads.

    Attributes:
        parsed: the text.
        frame: the table whose columns it names.
        columns: the columns that the tree reads, by the name that it reads them by.
        notes: what was done that a person must know; column names and counts, no values.
    """

    parsed: ParsedText
    frame: pl.DataFrame
    columns: dict[str, pl.Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def value(self, node: ast.expr) -> tuple[Clause, Kind]:
        """Give a part of the text as a part of the tree."""
        reader = self._readers().get(type(node))
        if reader is None:
            raise self._refused(node, "this is not part of the language" + _hint(node))
        return reader(node)

    def _readers(self) -> dict[type[ast.expr], Callable[[Any], tuple[Clause, Kind]]]:
        return {
            ast.Name: self._column,
            ast.Constant: self._constant,
            ast.BoolOp: self._both,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._arithmetic,
            ast.Compare: self._compare,
            ast.Call: self._missing,
        }

    def _constant(self, node: ast.Constant) -> tuple[Clause, Kind]:
        if isinstance(node.value, str):
            return constant(node.value), "text"
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self._refused(node, "this is not part of the language")
        if not abs(node.value) < HUGE:
            raise self._refused(node, "this number is too large")
        return constant(float(node.value)), "number"

    def _arithmetic(self, node: ast.BinOp) -> tuple[Clause, Kind]:
        if type(node.op) not in _ARITHMETIC:
            raise self._refused(node, "this sign is not part of the language" + _hint(node))
        sides = (self._number(node.left), self._number(node.right))
        if isinstance(node.op, ast.Div):  # by zero it is missing, in comparisons too
            sides = (sides[0], Clause("divisor", (sides[1],)))
        return Clause(_ARITHMETIC[type(node.op)], sides), "number"

    def _refused(self, node: ast.AST, rule: str) -> InputError:
        return self.parsed.refused(self.parsed.position(node), rule)

    def _column(self, node: ast.Name) -> tuple[Clause, Kind]:
        written = self.parsed.written(node)
        try:
            series = self.frame[find_column(self.frame, written)]
        except InputError as error:
            raise self._refused(node, f"column {written}: {error.rule}") from None
        if series.dtype == pl.Boolean:
            return self._read(series, "truth"), "truth"
        if series.dtype.is_numeric():
            return self._read(series.cast(pl.Float64).fill_nan(None), "number"), "number"
        text = series.cast(pl.String)
        return self._read(text.set(text.str.strip_chars() == "", None), "text"), "text"

    def _read(self, series: pl.Series, kind: Kind) -> Clause:
        name = f"{series.name} as {kind}"
        self.columns[name] = series.alias(name)
        return column(name)

    def _truth(self, node: ast.expr) -> Clause:
        found, kind = self.value(node)
        if kind != "truth":
            raise self._refused(node, "a condition is wanted here, such as x == 1")
        return found

    def _number(self, node: ast.expr) -> Clause:
        found, kind = self.value(node)
        if kind == "text":
            return self._parsed_text(node)
        return Clause("number", (found,)) if kind == "truth" else found

    def _parsed_text(self, node: ast.expr) -> Clause:
        """Give a text column as numbers."""
        if not isinstance(node, ast.Name):
            raise self._refused(node, "text and numbers do not go together; compare like with like")
        name = find_column(self.frame, self.parsed.written(node))
        numbers, note = as_number(self.frame[name])
        if note:
            self.notes.append(note)
        return self._read(numbers, "number")

    def _both(self, node: ast.BoolOp) -> tuple[Clause, Kind]:
        parts = [self._truth(part) for part in node.values]
        return joined("and" if isinstance(node.op, ast.And) else "or", parts), "truth"

    def _unary(self, node: ast.UnaryOp) -> tuple[Clause, Kind]:
        if isinstance(node.op, ast.Not):
            return Clause("not", (self._truth(node.operand),)), "truth"
        if isinstance(node.op, ast.USub):
            return Clause("minus", (self._number(node.operand),)), "number"
        if isinstance(node.op, ast.UAdd):
            return self._number(node.operand), "number"
        raise self._refused(node, "this sign is not part of the language; use not")

    def _compare(self, node: ast.Compare) -> tuple[Clause, Kind]:
        sides = [node.left, *node.comparators]
        steps = zip(sides, node.ops, sides[1:], strict=False)
        return joined("and", [self._step(*step) for step in steps]), "truth"

    def _step(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Clause:
        if isinstance(sign, (ast.In, ast.NotIn)):
            found = self._in(left, right)
            return Clause("not", (found,)) if isinstance(sign, ast.NotIn) else found
        if type(sign) not in _COMPARE:
            raise self._refused(left, "this comparison is not part of the language")
        return Clause(_COMPARE[type(sign)], self._alike(left, right))

    def _in(self, left: ast.expr, right: ast.expr) -> Clause:
        if not isinstance(right, (ast.Tuple, ast.List)):
            choices: list[ast.expr] = [right]  # Python reads (1) as 1
        else:
            choices = right.elts
        for choice in choices:
            if not isinstance(choice, (ast.Constant, ast.UnaryOp)):
                raise self._refused(choice, "the list after `in` holds numbers or quoted text")
        if not choices:
            raise self._refused(right, "the list after `in` is empty")
        return joined("or", [Clause("==", self._alike(left, choice)) for choice in choices])

    def _alike(self, left: ast.expr, right: ast.expr) -> tuple[Clause, Clause]:
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

    def _missing(self, node: ast.Call) -> tuple[Clause, Kind]:
        named = isinstance(node.func, ast.Name) and node.func.id.lower() == "missing"
        if not named or len(node.args) != 1 or node.keywords:
            raise self._refused(node, "the only function is missing(x)")
        found, _ = self.value(node.args[0])
        return Clause("missing", (found,)), "truth"


def _hint(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        return "; use and / or"
    if isinstance(node, (ast.Tuple, ast.List)):
        return "; a list stands after `in` alone"
    return ""
