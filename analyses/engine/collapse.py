"""Rows to PSU totals: the only pass over rows; no variance and no indicator is defined here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.engine.collapse_batch import Pair, columns_of
from analyses.engine.collapse_tables import Key, RunningTables, Table, gathered, products_of
from analyses.engine.design import Design, Psus, number_psus
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

TOTAL = ("total", "TOTAL")
SLICE = 131_072  # rows at a time: the table of their PSUs by the cells stays in the cache


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


@dataclass(frozen=True, repr=False)
class PsuTotals(Discreet):
    """Weighted sums by PSU and cell: everything a linear statistic, its variance and deff need.

    Args:
        design: the design the rows were read with.
        psus: all PSUs of the design, also those without rows of a domain.
        cells: (breakdown, category) of each cell; the first is ("total", "TOTAL").
        scores: the figures.
        sums: key -> table (PSUs, cells) of weight times the key's columns, in the weight
            column's units; Int64 and exact when weight and scores are integers.
            Keys with equal sums share one table.
        counts: column -> table (PSUs, cells), Int32, of rows with a score other than zero, for
            denominators and for numerators without one; "" counts rows.
        binary: the columns that hold only 0 and 1.
    """

    design: Design
    psus: Psus
    cells: tuple[tuple[str, str], ...]
    scores: tuple[Score, ...]
    sums: dict[Key, Table]
    counts: dict[str, Table]
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
                        "n": self.counts[den or score.numerator][kept].astype(np.int64),
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
    category, only to the total. Results are the same bit for bit for any cut into batches. It is
    fastest on rows sorted by PSU with weights and scores that are integers.

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
    # The total is the sum of the first breakdown's cells and of its rows without a category.
    counted = sorted({s.denominator or s.numerator for s in scores})
    keys = _keys(scores, counted)
    tables = [RunningTables(keys, 1 + len(counted)) for _ in breakdowns or ("",)]
    psus: dict[Pair, int] = {}
    categories: list[dict[str, int]] = [{} for _ in tables]
    binary = set(names)
    for batch in [batches] if isinstance(batches, pl.DataFrame) else batches:
        for part in batch.iter_slices(SLICE):
            rows = columns_of(part, design, names, breakdowns, psus, categories)
            products = products_of(rows.scores, keys)
            binary -= {name for name in names if rows.scores[name].dtype != np.int8}
            for number, table in enumerate(tables):
                width = 1 + len(categories[number])
                category = rows.categories[number] if breakdowns else None
                table.add(rows, products, category, len(psus), width)
    if not psus:
        raise InputError("there are no rows", "check that the survey's file has been read")
    sorted_psus, order = number_psus([(str(stratum), str(psu)) for stratum, psu in psus])
    cells, places = [TOTAL], []
    for breakdown, known in zip(breakdowns, categories, strict=bool(breakdowns)):
        ranked = sorted(known)
        cells += [(breakdown, name) for name in ranked]
        places.append([known[name] for name in ranked])
    sums, counts = gathered(tables, order, places or [[]])
    return PsuTotals(
        design=design,
        psus=sorted_psus,
        cells=tuple(cells),
        scores=scores,
        sums=sums,
        counts={name: counts[(name,) if name else ()] for name in ["", *counted]},
        binary=frozenset(binary),
    )


def _keys(scores: Sequence[Score], counted: Sequence[str]) -> list[Key]:
    """List the products needed: the rows' weight, single columns, then products of two."""
    columns = [*counted, *sorted({score.numerator for score in scores})]
    keys: dict[Key, None] = dict.fromkeys([(), *((name,) for name in columns)])
    for score in scores:
        num, den = score.numerator, score.denominator
        more: list[Key] = [(num, num)]
        if den is not None:
            more += [(den, den), (num, den)]
        keys.update(dict.fromkeys(more))
    return list(keys)
