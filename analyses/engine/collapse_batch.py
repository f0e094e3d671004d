"""The columns of some rows as arrays, checked: PSUs, weights, scores, categories; nothing is summed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from analyses.engine.design import Design, Floats, Ints, Truths
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

ScoreColumn: TypeAlias = npt.NDArray[Any]  # Int8 of 0 and 1, or Float64
Pair = tuple[int | str, int | str]  # labels of a stratum and a PSU: text, or whole numbers
EXACT = float(2**53)  # above this a double skips integers
SPARSE = 1 << 16  # a wider range of whole numbers is not a list of codes


@dataclass(frozen=True, repr=False)
class Rows(Discreet):
    """Some rows.

    Args:
        psu: each row's PSU, numbered within these rows.
        ids: number of each of those PSUs in the run.
        weight: weights, as Float64.
        whole: the weights are integers, and their sum is exact.
        scores: the scores by column.
        categories: by breakdown, each row's category, from 1; 0 for none.
    """

    psu: Ints
    ids: Ints
    weight: Floats
    whole: bool
    scores: dict[str, ScoreColumn]
    categories: list[Ints]


def columns_of(
    batch: pl.DataFrame,
    design: Design,
    names: Sequence[str],
    breakdowns: Sequence[str],
    psus: dict[Pair, int],
    categories: Sequence[dict[str, int]],
) -> Rows:
    """Check and number the columns; new PSUs and categories are added to the two dictionaries.

    Raises:
        InputError: as ``collapse``.
    """
    columns = design.one_stage()
    for name in (*columns, *names, *breakdowns):
        if name not in batch.columns:
            raise InputError("the column is missing", "add it to the survey's map", column=name)
    strata, psu, weight = columns
    local, ids = _psus(batch, strata, psu, psus)
    persons, whole = _weights(batch[weight])
    return Rows(
        local,
        ids,
        persons,
        whole,
        {name: _score(batch[name]) for name in names},
        [_category(batch[name], categories[i]) for i, name in enumerate(breakdowns)],
    )


def _psus(batch: pl.DataFrame, strata: str, psu: str, psus: dict[Pair, int]) -> tuple[Ints, Ints]:
    """Number the rows' PSUs from the places where they change: few in a sorted file."""
    for name in (strata, psu):
        if blank := batch[name].null_count():
            raise InputError(
                "a design column has blanks",
                "every row needs its stratum and PSU; correct the profile or the file",
                column=name,
                row=1 + int(batch[name].is_null().arg_max() or 0),
                rows=blank,
            )
    above, units, n = batch[strata], batch[psu], batch.height
    starts = np.flatnonzero(np.concatenate(([True], _changes(above) | _changes(units))))
    if 8 * len(starts) > n:
        return _scattered(above, units, psus)
    heads = zip(_labels(above, starts), _labels(units, starts), strict=True)
    ids = np.array([psus.setdefault(head, len(psus)) for head in heads], dtype=np.int64)
    ids, local = np.unique(ids, return_inverse=True)
    return np.repeat(local, np.diff(starts, append=n)), ids


def _labels(column: pl.Series, at: Ints) -> list[Any]:
    """Give the labels of some rows: whole numbers as they are, all else as text."""
    if column.dtype.is_integer():
        found: list[Any] = column.to_numpy()[at].tolist()
        return found
    return column.gather(at).cast(pl.String).to_list()


def _changes(column: pl.Series) -> Truths:
    """Tell where a row differs from the one before it, from the second row on."""
    if column.dtype.is_integer():
        values = column.to_numpy()
        return np.asarray(values[1:] != values[:-1])
    return (column.slice(1) != column.head(len(column) - 1)).to_numpy()


def _scattered(strata: pl.Series, units: pl.Series, psus: dict[Pair, int]) -> tuple[Ints, Ints]:
    """Number PSUs whose rows do not lie together."""
    pair = pl.DataFrame({"s": strata, "p": units})
    found = pair.unique(maintain_order=True).with_row_index("local")
    joined = pair.join(found, on=["s", "p"], how="left", maintain_order="left")
    every = np.arange(len(found))
    heads = zip(_labels(found["s"], every), _labels(found["p"], every), strict=True)
    ids = [psus.setdefault(head, len(psus)) for head in heads]
    return joined["local"].cast(pl.Int64).to_numpy(), np.array(ids, dtype=np.int64)


def _weights(column: pl.Series) -> tuple[Floats, bool]:
    if not column.dtype.is_numeric():
        raise InputError("the weight is not a number", "correct the profile", column=column.name)
    whole = column.dtype.is_integer()
    found = column.cast(pl.Float64).to_numpy()  # NaN where blank, which is not above zero
    low, high = float(found.min()), float(found.max())
    if not (low > 0 and high < np.inf):
        bad = ~((found > 0) & (found < np.inf))
        raise InputError(
            "a weight is blank, not finite or not above zero",
            "correct the weight, or take the rows without one out of the file",
            column=column.name,
            row=1 + int(bad.argmax()),
            rows=int(bad.sum()),
        )
    if whole and high * len(found) >= EXACT and float(found.sum()) >= EXACT:
        raise InputError(
            "the weights are too large to sum exactly",
            "give them in larger units",
            column=column.name,
        )
    return found, whole


def _score(column: pl.Series) -> ScoreColumn:
    """Give a score column as Int8 of 0 and 1, or as Float64; null is zero."""
    blank = column.null_count() > 0
    if column.dtype in (pl.Boolean, pl.Int8):
        whole = column.cast(pl.Int8)
        found = (whole.fill_null(0) if blank else whole).to_numpy()
        if column.dtype == pl.Int8 and found.view(np.uint8).max() > 1:  # below zero is above 127
            raise InputError(
                "a 0/1 score holds something else",
                "give an amount as Float64",
                column=column.name,
            )
        return found
    amount = column.cast(pl.Float64).fill_null(0.0)
    if not amount.is_finite().all():
        raise InputError("a score is not finite", "correct the amount", column=column.name)
    return amount.to_numpy()


def _category(column: pl.Series, known: dict[str, int]) -> Ints:
    """Number each row's category in the order of appearance, from 1; a null has 0."""
    if column.dtype.is_integer() and column.null_count() == 0:
        codes = column.to_numpy()
        low, high = int(codes.min()), int(codes.max())
        if high - low < SPARSE:
            return _code(np.subtract(codes, low, dtype=np.int64), low, high, known)
    text = column.cast(pl.String)
    for name in text.drop_nulls().unique(maintain_order=True).to_list():
        known.setdefault(name, 1 + len(known))
    if not known:
        return np.zeros(len(text), dtype=np.int64)
    numbers = text.replace_strict(
        list(known), list(known.values()), default=0, return_dtype=pl.Int64
    )
    return numbers.to_numpy()


def _code(codes: Ints, low: int, high: int, known: dict[str, int]) -> Ints:
    """Number categories that are whole numbers: look each up in a table of their range."""
    lookup = np.array([known.get(str(code), 0) for code in range(low, high + 1)], dtype=np.int64)
    found: Ints = lookup.take(codes)
    if found.min() == 0:
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            lookup[code] = known.setdefault(str(low + code), 1 + len(known))
        found = lookup.take(codes)
    return found
