"""Covariates to model columns, with what must be left out of a logit; nothing is fitted here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analyses.engine.design import Floats
from data_contracts.errors import InputError

Flags = np.ndarray


@dataclass(frozen=True)
class Covariate:
    """A covariate of a model.

    Args:
        column: the column's name; text and Booleans are categories, numbers enter linearly.
        reference: the category the others are compared with; None takes the most frequent one
            in the sample, the first by code among equals.
        squared: add the number's square.
        as_category: treat a number's values as categories.
    """

    column: str
    reference: str | None = None
    squared: bool = False
    as_category: bool = False


@dataclass(frozen=True)
class Column:
    """One column of the model: what it stands for, and the rows behind it."""

    kind: Literal["intercept", "category", "number", "square"]
    covariate: str
    category: str
    reference: str | None
    n: int


@dataclass(frozen=True)
class Dropped:
    """A category without variation in the outcome, or a covariate without variation."""

    covariate: str
    category: str
    n: int


@dataclass(frozen=True)
class Matrix:
    """Model columns of the members, shape (members, columns), and what they stand for."""

    x: Floats
    columns: tuple[Column, ...]
    member: Flags
    dropped: tuple[Dropped, ...]

    def square_of(self, j: int) -> int | None:
        """Give the position of the square of column j, if the model has it."""
        name = self.columns[j].covariate + "^2"
        found = [
            k for k, c in enumerate(self.columns) if c.kind == "square" and c.covariate == name
        ]
        return found[0] if found else None


def model_matrix(
    frame: pl.DataFrame, y: Floats, member: Flags, covariates: Sequence[Covariate]
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
    codes = {
        c.column: frame[c.column].cast(pl.String).to_numpy() for c in covariates if _coded(frame, c)
    }
    member, dropped = _without_certain(codes, y, member)
    n = int(member.sum())
    if n == 0 or len(np.unique(y[member])) < 2:
        raise InputError(
            "everyone in the model has the same outcome, or nobody is left",
            "choose another outcome, population or fewer covariates",
        )
    columns = [Column("intercept", "(intercept)", "", None, n)]
    parts: list[Floats] = [np.ones(n)]
    for covariate in covariates:
        made = (
            _category(codes[covariate.column][member], covariate)
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


def _without_certain(
    codes: dict[str, np.ndarray], y: Floats, member: Flags
) -> tuple[Flags, list[Dropped]]:
    """Take out categories whose members all have the same outcome, until none is left."""
    dropped: list[Dropped] = []
    again = True
    while again:
        again = False
        for name, values in codes.items():
            found = np.unique(values[member])
            for category in found if len(found) > 1 else []:
                inside = member & (values == category)
                if inside.any() and len(np.unique(y[inside])) < 2:
                    dropped.append(Dropped(name, str(category), int(inside.sum())))
                    member = member & ~inside
                    again = True
    return member, dropped


def _number(values: Floats, covariate: Covariate) -> list[tuple[Column, Floats]]:
    if values.min() == values.max():
        return []
    made = [(Column("number", covariate.column, "", None, len(values)), values)]
    if covariate.squared:
        square = Column("square", f"{covariate.column}^2", "", None, len(values))
        made.append((square, values**2))
    return made


def _category(values: np.ndarray, covariate: Covariate) -> list[tuple[Column, Floats]]:
    names, counts = np.unique(values.astype(str), return_counts=True)
    if len(names) < 2:
        return []
    reference = covariate.reference or str(names[np.argmax(counts)])
    if reference not in names:
        raise InputError(
            "the reference category has nobody in the model, or only one outcome",
            "choose another reference category",
            column=covariate.column,
        )
    return [
        (
            Column("category", covariate.column, str(name), reference, int(count)),
            (values == name).astype(np.float64),
        )
        for name, count in zip(names, counts, strict=True)
        if name != reference
    ]
