"""The running tables of PSUs by categories, exact where they can be; rows are checked elsewhere."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from analyses.engine.collapse_batch import Rows, ScoreColumn
from analyses.engine.design import Floats, Ints

Key = tuple[str, ...]  # the columns multiplied with the weight: (), (a,), (a, a) or (a, b)
Table: TypeAlias = npt.NDArray[Any]  # Int64 (exact) or Float64; counts are Int32
# By key the product, None if it is one everywhere; before it the first key with an equal product.
Products: TypeAlias = dict[Key, tuple[Key, ScoreColumn | None]]
BLOCK = 2_048  # PSUs sorted at a time
FEW = 0.25  # share of rows below which picking them costs less than going over all


class _Bins:
    """The bins (PSU by category) that some rows fall into, and how to add over them."""

    def __init__(self, at: Ints, count: int, weight: Floats) -> None:
        """Count the rows in each bin."""
        self.at, self.weight, self.size = at, weight, count
        self.n: Ints = np.bincount(at, minlength=count).astype(np.int64)
        self.work: Floats = np.empty(len(at))

    @cached_property
    def whole(self) -> Floats:
        """The weights' sums, exact if they are integers."""
        return self.added(self.at, self.weight)

    def added(self, at: Ints, amount: Floats | ScoreColumn) -> Floats:
        """Add amounts up by bin."""
        found = np.bincount(at, weights=amount, minlength=self.size)
        return found.astype(np.float64, copy=False)

    def whole_sums(self, binary: ScoreColumn | None) -> Ints:
        """Add integer weights where a score is 1 (None: everywhere); exact, so in any order.

        Where few rows are 1, or few are 0, only those are added, or taken from the whole.
        """
        if binary is None:
            return self.whole.astype(np.int64)
        flags = binary.view(np.bool_)
        held, few = int(np.count_nonzero(flags)), FEW * len(flags)
        if few < held < len(flags) - few:
            amount = np.multiply(self.weight, binary, out=self.work)
            return self.added(self.at, amount).astype(np.int64)
        rows = np.flatnonzero(flags if held <= few else ~flags)
        part = self.added(self.at.take(rows), self.weight.take(rows))
        return (part if held <= few else self.whole - part).astype(np.int64)

    def counted(self, score: ScoreColumn) -> Ints:
        """Count the rows that are not zero."""
        return self.added(self.at, score != 0).astype(np.int64)

    def float_sums(self, score: ScoreColumn | None, running: Floats) -> Floats:
        """Add weight times score to running sums, one row after another in the file's order.

        So no cut into batches shows in the last digits.
        """
        amount = self.weight if score is None else self.weight * score
        at = np.concatenate((np.arange(self.size), self.at))
        both = np.concatenate((running, amount))
        return np.bincount(at, weights=both, minlength=self.size).astype(np.float64, copy=False)


class RunningTables:
    """The sums and counts of one breakdown by PSU (rows) and category (columns; the first: none).

    Keys whose products have been equal on all rows so far share a table, held by the first of
    them: a 0/1 score and its square, say, or a denominator of everybody and the weight alone.
    """

    def __init__(self, keys: Sequence[Key], counted: int) -> None:
        """Start empty.

        Args:
            keys: the products to sum: (), the columns whose rows are counted, other columns,
                products of two.
            counted: how many of the keys are counted, from the first.
        """
        self.counted = frozenset(keys[:counted])
        self.root: dict[Key, Key] = dict.fromkeys(keys, keys[0])
        self.sums: dict[Key, Table] = {}
        self.counts: dict[Key, Table] = {}

    def add(
        self, rows: Rows, products: Products, category: Ints | None, height: int, width: int
    ) -> None:
        """Add some rows.

        Args:
            rows: the rows.
            products: their scores' ``products_of``.
            category: their categories; None where there is no breakdown.
            height: PSUs seen so far.
            width: categories seen so far, with none.
        """
        self._part(products)
        at = rows.psu * width
        if category is not None:
            at += category
        bins = _Bins(at, len(rows.ids) * width, rows.weight)
        place, shape = _place(rows.ids), (len(rows.ids), width)
        for key, root in self.root.items():
            if key != root:
                continue
            product = products[key][1]
            if rows.whole and (product is None or product.dtype == np.int8):
                table = _grow(self.sums, key, height, width, np.int64)
                table[place, :width] += bins.whole_sums(product).reshape(shape)
            else:
                table = _grow(self.sums, key, height, width, np.float64)
                running = table[place, :width]
                table[place, :width] = bins.float_sums(product, running.ravel()).reshape(shape)
            if key in self.counted:
                count = bins.n if product is None else bins.counted(product)
                held = _grow(self.counts, key, height, width, np.int32)
                held[place, :width] += count.reshape(shape)

    def _part(self, products: Products) -> None:
        """Give keys that have shared a table, but differ on these rows, tables of their own."""
        heads: dict[tuple[Key, Key], Key] = {}
        for key, root in self.root.items():
            head = heads.setdefault((root, products[key][0]), key)
            self.root[key] = head
            if head == key != root and root in self.sums:
                self.sums[key] = self.sums[root].copy()
                if key in self.counted:
                    self.counts[key] = self.counts[root].copy()


def products_of(scores: dict[str, ScoreColumn], keys: Sequence[Key]) -> Products:
    """Multiply scores by key."""
    found: Products = {(): ((), None)}
    for key in keys[1:]:
        first, column = found.get(key[:1], ((), None))
        if len(key) == 1:
            column = scores[key[0]]
            everywhere = column.dtype == np.int8 and int(column.min()) == 1
            found[key] = ((), None) if everywhere else (key, column)
            continue
        second, other = found[key[1:]]
        binary = other is None or other.dtype == np.int8
        if other is None or (binary and first == second):
            found[key] = (first, column)
        elif column is None:
            found[key] = (second, other)
        else:
            product = column * other
            same = binary and np.array_equal(product, column)
            found[key] = (first, column) if same else (key, product)
    return found


def _place(ids: Ints) -> Ints | slice:
    """Give the PSUs' rows in the running tables, as a slice where they follow one another."""
    if (np.diff(ids) == 1).all():
        return slice(int(ids[0]), int(ids[-1]) + 1)
    return ids


def _grow(
    tables: dict[Key, Table], key: Key, height: int, width: int, dtype: type[np.generic]
) -> Table:
    """Give a table with room for the PSUs and categories seen so far, keeping what it holds."""
    old = tables.get(key)
    if old is None:
        tables[key] = np.zeros((height, width), dtype=dtype)
    elif old.shape[0] < height or old.shape[1] < width or not np.can_cast(dtype, old.dtype):
        room = 4 * height if old.shape[0] < height else old.shape[0]
        new: Table = np.zeros((room, width), dtype=np.promote_types(old.dtype, dtype))
        new[: old.shape[0], : old.shape[1]] = old
        tables[key] = new
    return tables[key]


def gathered(
    tables: Sequence[RunningTables], order: Ints, places: Sequence[Sequence[int]]
) -> tuple[dict[Key, Table], dict[Key, Table]]:
    """Put breakdowns side by side, sorted, after the total; the running tables are given up.

    Args:
        tables: the breakdowns' tables, or those of rows without any.
        order: the PSUs' numbers in the order wanted.
        places: by breakdown, the columns in the order wanted.

    Returns:
        By key the sums, and by counted key the counts, of shape (PSUs, 1 + categories). Keys
        that share a table in every breakdown share it here.
    """
    counted = tables[0].counted
    roots = {key: tuple(table.root[key] for table in tables) for key in tables[0].root}
    heads = {roots[key]: key for key in reversed(roots)}  # the first key of each group
    sums: dict[Key, Table] = {}
    counts: dict[Key, Table] = {}
    for root, head in heads.items():
        sums[head] = _side_by_side([t.sums for t in tables], root, order, places)
        if head in counted:
            counts[head] = _side_by_side([t.counts for t in tables], root, order, places)
        for table in tables if len(tables) == 1 else ():
            table.sums.pop(root[0])
            table.counts.pop(root[0], None)
    return (
        {key: sums[heads[root]] for key, root in roots.items()},
        {key: counts[heads[root]] for key, root in roots.items() if key in counted},
    )


def _side_by_side(
    tables: Sequence[dict[Key, Table]],
    root: tuple[Key, ...],
    order: Ints,
    places: Sequence[Sequence[int]],
) -> Table:
    own = [table[key] for table, key in zip(tables, root, strict=True)]
    found = np.empty((len(order), 1 + sum(map(len, places))), dtype=own[0].dtype)
    for first in range(0, len(order), BLOCK):
        block = order[first : first + BLOCK]
        place = 1
        for table, columns in zip(own, places, strict=True):
            # In the order of labels, so that floats do not depend on what appeared first.
            part = table.take(block, axis=0).take([0, *columns], axis=1)
            if place == 1:
                found[first : first + BLOCK, 0] = part.sum(axis=1)
            found[first : first + BLOCK, place : place + len(columns)] = part[:, 1:]
            place += len(columns)
    return found
