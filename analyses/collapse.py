"""Rows to PSU totals: the only pass over rows; no variance and no indicator is defined here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from analyses.design import Design, Floats, Ints, Psus, number_psus
from data_contracts.errors import InputError

TOTAL = ("total", "TOTAL")
EXACT = float(2**53)  # above this a double skips integers
Key = tuple[str, ...]  # the columns multiplied with the weight: (), (a,), (a, a) or (a, b)
Table: TypeAlias = npt.NDArray[Any]  # Int64 (exact) or Float64


@dataclass(frozen=True)
class Score:
    """One figure to estimate: the sum of a column, or the ratio of two sums.

    Args:
        name: the figure's name (an indicator id).
        numerator: column of scores: 0/1 as Boolean or Int8 (summed exactly), or an amount.
        denominator: column of scores; None for a total.
    """

    name: str
    numerator: str
    denominator: str | None = None


@dataclass(frozen=True)
class PsuTotals:
    """Weighted sums by PSU and cell: everything a linear statistic, its variance and deff need.

    Args:
        design: the design the rows were read with.
        psus: all PSUs of the design, also those without rows of a domain.
        cells: (breakdown, category) of each cell; the first is ("total", "TOTAL").
        scores: the figures.
        sums: key -> table (PSUs, cells) of weight times the key's columns, in the weight
            column's units; Int64 and exact when weight and scores are integers.
        counts: column -> table (PSUs, cells) of rows with a score other than zero; "" counts rows.
        binary: the columns that hold only 0 and 1.
    """

    design: Design
    psus: Psus
    cells: tuple[tuple[str, str], ...]
    scores: tuple[Score, ...]
    sums: dict[Key, Table]
    counts: dict[str, Ints]
    binary: frozenset[str]

    def cells_of(self, breakdown: str) -> list[int]:
        """Give the positions of a breakdown's cells."""
        return [i for i, (name, _) in enumerate(self.cells) if name == breakdown]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a score, PSU and cell that holds rows: sums in the weight's units."""
        kept, frames = self.counts[""] > 0, []
        at, cell = np.nonzero(kept)
        for score in self.scores:
            den = score.denominator
            frames.append(
                pl.DataFrame(
                    {
                        "indicator": [score.name] * len(at),
                        "strata": [self.psus.strata[i] for i in at],
                        "psu": [self.psus.labels[i] for i in at],
                        "breakdown": [self.cells[c][0] for c in cell],
                        "category": [self.cells[c][1] for c in cell],
                        "numerator": self.sums[(score.numerator,)][kept].astype(np.float64),
                        "denominator": self.sums[() if den is None else (den,)][kept].astype(
                            np.float64
                        ),
                        "n": self.counts[den or score.numerator][kept],
                    }
                )
            )
        return pl.concat(frames)


def collapse(
    batches: Iterable[pl.DataFrame] | pl.DataFrame,
    design: Design,
    scores: Sequence[Score],
    breakdowns: Sequence[str] = (),
) -> PsuTotals:
    """Sum weight times score by PSU and category in one streaming pass.

    No row is left out: outside a domain a score is zero (or null, which counts as zero), so every
    PSU of the design stays and domains keep their right variance. A null category belongs to no
    category, only to the total. Results are the same bit for bit for any cut into batches.

    Args:
        batches: the rows, whole or in batches, with the design's, scores' and breakdowns' columns.
        design: the sampling design.
        scores: the figures to prepare.
        breakdowns: columns whose categories are cells, beside the total of all rows.

    Returns:
        The totals, PSUs and categories sorted by their labels.

    Raises:
        InputError: a column is missing, a design column has blanks, a weight is not positive,
            a 0/1 score is something else, or there are no rows.
    """
    scores, breakdowns = tuple(scores), tuple(breakdowns)
    names = sorted({c for s in scores for c in (s.numerator, s.denominator) if c is not None})
    tables = {name: _Tables() for name in ("", *breakdowns)}
    state = _State(tables, tuple(names), _keys(scores), set(names))
    for batch in [batches] if isinstance(batches, pl.DataFrame) else batches:
        if batch.height:
            _add(state, batch, design)
    if not state.psus:
        raise InputError("there are no rows", "check that the survey's file has been read")
    return _finish(state, design, scores)


def _keys(scores: Sequence[Score]) -> list[Key]:
    keys: dict[Key, None] = {(): None}
    for score in scores:
        num, den = score.numerator, score.denominator
        more: list[Key] = [(num,), (num, num)]
        if den is not None:
            more += [(den,), (den, den), (num, den)]
        keys.update(dict.fromkeys(more))
    return list(keys)


@dataclass
class _Tables:
    """The running tables of one breakdown; PSUs and categories are numbered as they appear."""

    categories: dict[str, int] = field(default_factory=dict)
    sums: dict[Key, Table] = field(default_factory=dict)
    counts: dict[str, Ints] = field(default_factory=dict)


@dataclass
class _State:
    tables: dict[str, _Tables]  # by breakdown; "" is the total
    names: tuple[str, ...]
    keys: list[Key]
    binary: set[str]
    psus: dict[tuple[str, str], int] = field(default_factory=dict)


def _add(state: _State, batch: pl.DataFrame, design: Design) -> None:
    names, keys = state.names, state.keys
    breakdowns = [name for name in state.tables if name]
    for name in (design.strata, design.psu, design.weight, *names, *breakdowns):
        if name not in batch.columns:
            raise InputError("the column is missing", "add it to the survey's map", column=name)
    local, ids = _number_psus_of_batch(state, batch, design)
    weight = _weights(batch, design)
    score = {name: _score(batch[name]) for name in names}
    state.binary -= {name for name in names if score[name].dtype != np.int8}
    products, same = _products(weight, score, keys)
    for breakdown, tables in state.tables.items():
        category = _categories(tables, batch, breakdown)
        width = len(tables.categories)
        # One bin more than there are categories takes the rows of none and is then dropped.
        at = local * (width + 1) + category
        shape = (len(ids), width + 1)
        for name in ["", *names]:
            rows = at if name == "" else at[score[name] != 0]
            add = np.bincount(rows, minlength=shape[0] * shape[1]).reshape(shape)
            _grow(tables.counts, name, len(state.psus), width, np.int64)[ids, :width] += add[:, :-1]
        made: dict[Key, Ints] = {}
        for key in keys:
            product = products[same[key]]
            if product.dtype == np.int64:
                if same[key] not in made:
                    bins = np.bincount(at, weights=product, minlength=shape[0] * shape[1])
                    made[same[key]] = bins.astype(np.int64).reshape(shape)[:, :-1]
                table = _grow(tables.sums, key, len(state.psus), width, np.int64)
                table[ids, :width] += made[same[key]]
            else:
                table = _grow(tables.sums, key, len(state.psus), width, np.float64)
                _add_in_order(table, product, at, ids, shape)


def _add_in_order(
    table: Table, product: Table, at: Ints, ids: Ints, shape: tuple[int, int]
) -> None:
    """Add a product of floats row after row in file order, so that no cut into batches shows."""
    running = np.zeros(shape)
    running[:, :-1] = table[ids, : shape[1] - 1]
    np.add.at(running.reshape(-1), at, product)
    table[ids, : shape[1] - 1] = running[:, :-1]


def _grow(
    tables: dict[Key, Table] | dict[str, Ints],
    key: Key | str,
    height: int,
    width: int,
    dtype: type[np.int64 | np.float64],
) -> Table:
    """Give a table with room for the PSUs and categories seen so far, keeping what it holds."""
    store: dict[Key | str, Table] = tables  # type: ignore[assignment]
    old: Table | None = store.get(key)
    if old is None:
        store[key] = np.zeros((height, width), dtype=dtype)
    elif old.shape[0] < height or old.shape[1] < width:
        room = (max(height, 2 * old.shape[0]) if height > old.shape[0] else old.shape[0], width)
        new: Table = np.zeros(room, dtype=dtype)
        new[: old.shape[0], : old.shape[1]] = old
        store[key] = new
    return store[key]


def _number_psus_of_batch(state: _State, batch: pl.DataFrame, design: Design) -> tuple[Ints, Ints]:
    """Give each row's PSU, numbered within the batch, and the batch's PSUs' numbers in the run."""
    pair = batch.select(
        pl.col(design.strata).cast(pl.String).alias("s"),
        pl.col(design.psu).cast(pl.String).alias("p"),
    )
    for name, column in ((design.strata, "s"), (design.psu, "p")):
        if blank := pair[column].null_count():
            raise InputError(
                "a design column has blanks",
                "every row needs its stratum and PSU; correct the profile or the file",
                column=name,
                row=1 + int(pair[column].is_null().arg_max() or 0),
                rows=blank,
            )
    found = pair.unique(maintain_order=True).with_row_index("local")
    local = pair.join(found, on=["s", "p"], how="left", maintain_order="left")["local"]
    ids = [state.psus.setdefault((s, p), len(state.psus)) for _, s, p in found.iter_rows()]
    return local.cast(pl.Int64).to_numpy(), np.array(ids, dtype=np.int64)


def _weights(batch: pl.DataFrame, design: Design) -> Table:
    column = batch[design.weight]
    if not column.dtype.is_numeric():
        raise InputError("the weight is not a number", "correct the profile", column=design.weight)
    good = (column.is_not_null() & (column > 0) & column.cast(pl.Float64).is_finite()).fill_null(
        value=False
    )
    if not good.all():
        raise InputError(
            "a weight is blank, not finite or not above zero",
            "correct the weight, or take the rows without one out of the file",
            column=design.weight,
            row=1 + int((~good).arg_max() or 0),
            rows=int((~good).sum()),
        )
    if column.dtype.is_integer():
        return column.cast(pl.Int64).to_numpy()
    return column.cast(pl.Float64).to_numpy()


def _score(column: pl.Series) -> npt.NDArray[np.int8] | Floats:
    """Give a score column as Int8 of 0 and 1, or as Float64; null is zero."""
    if column.dtype in (pl.Boolean, pl.Int8):
        whole = column.cast(pl.Int8).fill_null(0)
        if not whole.is_between(0, 1).all():
            raise InputError(
                "a 0/1 score holds something else",
                "give an amount as Float64",
                column=column.name,
            )
        return whole.to_numpy()
    amount = column.cast(pl.Float64).fill_null(0.0)
    if not amount.is_finite().all():
        raise InputError("a score is not finite", "correct the amount", column=column.name)
    return amount.to_numpy()


def _products(
    weight: Table, score: dict[str, npt.NDArray[np.int8] | Floats], keys: list[Key]
) -> tuple[dict[Key, Table], dict[Key, Key]]:
    """Multiply weight and scores; ``same`` names the equal product already made, where there is one."""
    products: dict[Key, Table] = {}
    same: dict[Key, Key] = {}
    if weight.dtype == np.int64 and float(weight.sum(dtype=np.float64)) >= EXACT:
        raise InputError(
            "the weights of one batch are too large to sum exactly", "use smaller batches"
        )
    for key in keys:
        first = key[:1]
        whole = len(key) == 2 and all(score[name].dtype == np.int8 for name in key)
        if whole and np.array_equal(score[key[0]] * score[key[1]], score[key[0]]):
            same[key] = same[first]
            continue
        product: Table = weight
        for name in key:
            product = product * score[name]
        products[key] = product
        same[key] = key
    return products, same


def _categories(tables: _Tables, batch: pl.DataFrame, breakdown: str) -> Ints:
    """Number each row's category; rows of none get the number after the last."""
    if breakdown == "":
        tables.categories[TOTAL[1]] = 0
        return np.zeros(batch.height, dtype=np.int64)
    column = batch[breakdown].cast(pl.String)
    for name in column.drop_nulls().unique().sort().to_list():
        tables.categories.setdefault(name, len(tables.categories))
    known = tables.categories
    numbers = (
        column.replace_strict(
            list(known), list(known.values()), default=len(known), return_dtype=pl.Int64
        )
        if known
        else pl.Series([0] * batch.height, dtype=pl.Int64)
    )
    return numbers.fill_null(len(known)).to_numpy()


def _finish(state: _State, design: Design, scores: tuple[Score, ...]) -> PsuTotals:
    psus, order = number_psus(list(state.psus))
    cells = [TOTAL]
    columns: list[tuple[_Tables, list[int]]] = [(state.tables[""], [0])]
    for breakdown, tables in list(state.tables.items())[1:]:
        ranked = sorted(tables.categories)
        cells += [(breakdown, name) for name in ranked]
        columns.append((tables, [tables.categories[name] for name in ranked]))

    def gather(pick: Callable[[_Tables], Table]) -> Table:
        return np.concatenate(
            [pick(tables)[order][:, places] for tables, places in columns if places], axis=1
        )

    return PsuTotals(
        design=design,
        psus=psus,
        cells=tuple(cells),
        scores=scores,
        sums={key: gather(lambda t, k=key: t.sums[k]) for key in state.keys},  # type: ignore[misc]
        counts={name: gather(lambda t, c=name: t.counts[c]) for name in ["", *state.names]},  # type: ignore[misc]
        binary=frozenset(state.binary),
    )
