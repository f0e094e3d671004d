"""Covariates to model columns, with what must be left out of a logit; nothing is fitted here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analyses.engine.design import Floats, Ints, Truths
from data_contracts.code_lists import is_unknown
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Covariate:
    """A covariate of a model.

    Args:
        column: the column's name; text and Booleans are categories, numbers enter linearly.
        reference: the category the others are compared with; None takes the most frequent one
            in the sample, the first by code among equals; never an unknown category (``_X``),
            which stands last.
        squared: add the number's square.
        as_category: treat a number's values as categories.
    """

    column: str
    reference: str | None = None
    squared: bool = False
    as_category: bool = False


@dataclass(frozen=True)
class ModelColumn:
    """One column of the model: what it stands for, and the rows behind it."""

    kind: Literal["intercept", "category", "number", "square"]
    covariate: str
    category: str
    reference: str | None
    n: int


@dataclass(frozen=True, repr=False)
class _Codes(Discreet):
    """A covariate's categories, sorted, and each row's number among them (-1: blank)."""

    names: list[str]
    number: Ints


@dataclass(frozen=True)
class Dropped:
    """A category without variation in the outcome, or a covariate without variation."""

    covariate: str
    category: str
    n: int


@dataclass(frozen=True, repr=False)
class Matrix(Discreet):
    """Model columns of the members, shape (members, columns), and what they stand for."""

    x: Floats
    columns: tuple[ModelColumn, ...]
    member: Truths
    dropped: tuple[Dropped, ...]

    def square_of(self, j: int) -> int | None:
        """Give the position of the square of column j, if the model has it."""
        name = self.columns[j].covariate + "^2"
        found = [
            k for k, c in enumerate(self.columns) if c.kind == "square" and c.covariate == name
        ]
        return found[0] if found else None


def model_matrix(
    frame: pl.DataFrame, y: Floats, member: Truths, covariates: Sequence[Covariate]
) -> Matrix:
    """Build the columns: intercept, numbers and their squares, categories but the reference.

    Members with a blank covariate are no members. Categories in which all members have the same
    outcome are left out with their people, again and again until none is left (as Stata's logit).

    Args:
        frame: all rows.
        y: outcome of all rows, 0 or 1 for members.
        member: Boolean, shape (rows,).
        covariates: what enters.

    Raises:
        InputError: the outcome does not vary, nothing varies, or a reference does not exist.
    """
    for covariate in covariates:
        member = member & frame[covariate.column].is_not_null().to_numpy()
        if frame[covariate.column].dtype.is_float():
            member = member & frame[covariate.column].is_finite().fill_null(value=False).to_numpy()
    codes = {c.column: _codes(frame[c.column]) for c in covariates if _coded(frame, c)}
    member, dropped = _without_certain(codes, y, member)
    n = int(member.sum())
    if n == 0 or len(np.unique(y[member])) < 2:
        raise InputError(
            "everyone in the model has the same outcome, or nobody is left",
            "choose another outcome, population or fewer covariates",
        )
    columns = [ModelColumn("intercept", "(intercept)", "", None, n)]
    parts: list[Floats] = [np.ones(n)]
    for covariate in covariates:
        made = (
            _category(codes[covariate.column], member, covariate)
            if _coded(frame, covariate)
            else _number(frame[covariate.column].cast(pl.Float64).to_numpy()[member], covariate)
        )
        if not made:
            dropped.append(Dropped(covariate.column, "", n))
        for column, values in made:
            columns.append(column)
            parts.append(values)
    if len(columns) == 1:
        raise InputError("no covariate varies in the model's population", "choose other covariates")
    return Matrix(np.column_stack(parts), tuple(columns), member, tuple(dropped))


def _coded(frame: pl.DataFrame, covariate: Covariate) -> bool:
    return covariate.as_category or not frame[covariate.column].dtype.is_numeric()


def _codes(column: pl.Series) -> _Codes:
    text = column.cast(pl.String)
    names = text.drop_nulls().unique().sort().to_list()
    numbers = text.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1)
    return _Codes(names, numbers.to_numpy())


def _without_certain(
    codes: dict[str, _Codes], y: Floats, member: Truths
) -> tuple[Truths, list[Dropped]]:
    """Take out categories whose members all have the same outcome, until none is left."""
    dropped: list[Dropped] = []
    again = True
    while again:
        again = False
        for name, own in codes.items():
            number, size = own.number[member], len(own.names)
            n = np.bincount(number, minlength=size)
            ones = np.bincount(number, weights=y[member], minlength=size)
            certain = (n > 0) & ((ones == 0) | (ones == n))
            if (n > 0).sum() < 2 or not certain.any():
                continue
            found = np.flatnonzero(certain).tolist()
            dropped += [Dropped(name, own.names[k], int(n[k])) for k in found]
            member = member & ~np.isin(own.number, found)
            again = True
    return member, dropped


def _number(values: Floats, covariate: Covariate) -> list[tuple[ModelColumn, Floats]]:
    if values.min() == values.max():
        return []
    made = [(ModelColumn("number", covariate.column, "", None, len(values)), values)]
    if covariate.squared:
        square = ModelColumn("square", f"{covariate.column}^2", "", None, len(values))
        made.append((square, values**2))
    return made


def _category(
    codes: _Codes, member: Truths, covariate: Covariate
) -> list[tuple[ModelColumn, Floats]]:
    number = codes.number[member]
    counts = np.bincount(number, minlength=len(codes.names))
    names = {codes.names[k]: k for k in np.flatnonzero(counts).tolist()}
    if len(names) < 2:
        return []
    reference = covariate.reference or _most_frequent(codes.names, counts)
    if reference not in names:
        raise InputError(
            "the reference category has nobody in the model, or only one outcome",
            "choose another reference category",
            column=covariate.column,
        )
    return [
        (
            ModelColumn("category", covariate.column, name, reference, int(counts[k])),
            (number == k).astype(np.float64),
        )
        for name, k in sorted(names.items(), key=lambda one: is_unknown(one[0]))
        if name != reference
    ]


def _most_frequent(names: list[str], counts: Ints) -> str:
    """Give the most frequent known category; an unknown one is compared with, and never compares."""
    known = [0 if is_unknown(name) else int(n) for name, n in zip(names, counts, strict=True)]
    return names[int(np.argmax(known if any(known) else counts))]
