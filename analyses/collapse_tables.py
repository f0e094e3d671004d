"""The running tables of PSUs by categories, exact where they can be; rows are checked elsewhere."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from analyses.collapse_batch import EXACT, Rows, ScoreColumn
from analyses.design import Floats, Ints

Key = tuple[str, ...]  # the columns multiplied with the weight: (), (a,), (a, a) or (a, b)
Table: TypeAlias = npt.NDArray[Any]  # Int64 (exact) or Float64; counts are Int32
BLOCK = 2_048  # PSUs sorted at a time


class _Bins:
    """The bins (PSU by category) that some rows fall into, and how to add over them."""

    def __init__(self, at: Ints, count: int, weight: Floats) -> None:
        """Count the rows in each bin."""
        self.at, self.weight, self.size = at, weight, count
        self.n: Ints = np.bincount(at, minlength=count).astype(np.int64)
        self.whole: Floats = np.empty(0)
        self.packed: Floats | None = None
        self.bits = 0

    def pack(self) -> None:
        """Add integer weights; and put a 1 above the bits of all sums, to count in the same pass."""
        whole = np.bincount(self.at, weights=self.weight, minlength=self.size)
        self.whole = whole.astype(np.float64, copy=False)
        self.bits = int(self.whole.max()).bit_length()
        if float(self.n.max() + 1) * float(1 << self.bits) < EXACT:
            self.packed = self.weight + float(1 << self.bits)
            self.work = np.empty(len(self.at))

    def whole_sums(self, binary: ScoreColumn | None) -> tuple[Ints, Ints]:
        """Add integer weights where a score is 1 (None: everywhere), exactly, and count them."""
        if binary is None:
            return self.whole.astype(np.int64), self.n
        if self.packed is None:
            found = np.bincount(self.at, weights=self.weight * binary, minlength=self.size)
            return found.astype(np.int64), self.counted(binary)
        np.multiply(self.packed, binary, out=self.work)
        both = np.bincount(self.at, weights=self.work, minlength=self.size).astype(np.int64)
        sums = both & ((1 << self.bits) - 1)
        both >>= self.bits
        return sums, both

    def counted(self, binary: ScoreColumn) -> Ints:
        """Count the rows that are true or 1."""
        found = np.bincount(self.at, weights=binary, minlength=self.size)
        return found.astype(np.int64)

    def float_sums(self, score: ScoreColumn | None, running: Floats) -> Floats:
        """Add weight times score to running sums, one row after another in the file's order.

        So no cut into batches shows in the last digits.
        """
        amount = self.weight if score is None else self.weight * score
        at = np.concatenate((np.arange(self.size), self.at))
        both = np.concatenate((running, amount))
        return np.bincount(at, weights=both, minlength=self.size).astype(np.float64, copy=False)


class Tables:
    """The sums and counts of one breakdown by PSU (rows) and category (columns; the first: none).

    Keys whose products have been equal on all rows so far share a table, held by the first of
    them: a 0/1 score and its square, say, or a denominator of everybody and the weight alone.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        """Start empty.

        Args:
            keys: the products to sum; single columns before products of two.
        """
        self.root: dict[Key, Key] = dict.fromkeys(keys, keys[0])
        self.sums: dict[Key, Table] = {}
        self.counts: dict[Key, Table] = {}  # of (), and of single columns

    def add(self, rows: Rows, category: Ints | None, height: int, width: int) -> None:
        """Add some rows.

        Args:
            rows: the rows.
            category: their categories; None where there is no breakdown.
            height: PSUs seen so far.
            width: categories seen so far, with none.
        """
        products = _products(rows.scores, list(self.root))
        self._part(products)
        at = rows.psu * width
        if category is not None:
            at += category
        bins = _Bins(at, len(rows.ids) * width, rows.weight)
        if rows.whole:
            bins.pack()
        place, shape = _place(rows.ids), (len(rows.ids), width)
        for key, root in self.root.items():
            if key != root:
                continue
            product = products[key][1]
            if rows.whole and (product is None or product.dtype == np.int8):
                added, count = bins.whole_sums(product)
                table = _grow(self.sums, key, height, width, np.int64)
                table[place, :width] += added.reshape(shape)
            else:
                table = _grow(self.sums, key, height, width, np.float64)
                running = table[place, :width]
                table[place, :width] = bins.float_sums(product, running.ravel()).reshape(shape)
                count = bins.n if product is None else bins.counted(product != 0)
            if len(key) < 2:
                held = _grow(self.counts, key, height, width, np.int32)
                held[place, :width] += count.reshape(shape)

    def _part(self, products: dict[Key, tuple[Key, ScoreColumn | None]]) -> None:
        """Give keys that have shared a table, but differ on these rows, tables of their own."""
        heads: dict[tuple[Key, Key], Key] = {}
        for key, root in self.root.items():
            head = heads.setdefault((root, products[key][0]), key)
            self.root[key] = head
            if head == key != root and root in self.sums:
                self.sums[key] = self.sums[root].copy()
                if len(key) < 2:
                    self.counts[key] = self.counts[root].copy()


def _products(
    scores: dict[str, ScoreColumn], keys: Sequence[Key]
) -> dict[Key, tuple[Key, ScoreColumn | None]]:
    """Multiply scores by key; None is one everywhere. First of a pair: the equal key before it."""
    found: dict[Key, tuple[Key, ScoreColumn | None]] = {(): ((), None)}
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
    tables: Sequence[Tables], order: Ints, places: Sequence[Sequence[int]]
) -> tuple[dict[Key, Table], dict[Key, Table]]:
    """Put breakdowns side by side, sorted, after the total; the running tables are given up.

    Args:
        tables: the breakdowns' tables, or those of rows without any.
        order: the PSUs' numbers in the order wanted.
        places: by breakdown, the columns in the order wanted.

    Returns:
        By key the sums, and by single column the counts, of shape (PSUs, 1 + categories). Keys
        that share a table in every breakdown share it here.
    """
    roots = {key: tuple(table.root[key] for table in tables) for key in tables[0].root}
    heads = {roots[key]: key for key in reversed(roots)}  # the first key of each group
    sums: dict[Key, Table] = {}
    counts: dict[Key, Table] = {}
    for root, head in heads.items():
        sums[head] = _side_by_side([t.sums for t in tables], root, order, places)
        if len(head) < 2:
            counts[head] = _side_by_side([t.counts for t in tables], root, order, places)
        for table in tables if len(tables) == 1 else ():
            table.sums.pop(root[0])
            table.counts.pop(root[0], None)
    return (
        {key: sums[heads[root]] for key, root in roots.items()},
        {key: counts[heads[root]] for key, root in roots.items() if len(key) < 2},
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
        # In the order of labels, so that floats do not depend on what appeared first.
        parts = [
            table.take(block, axis=0).take([0, *columns], axis=1)
            for table, columns in zip(own, places, strict=True)
        ]
        found[first : first + BLOCK, 0] = parts[0].sum(axis=1)
        found[first : first + BLOCK, 1:] = np.concatenate([p[:, 1:] for p in parts], axis=1)
    return found
