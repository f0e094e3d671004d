"""Two ways from scored rows to figures by cell: over PSU totals (fast) or over all rows (general).

What a figure is, its interval and its flag are decided in face.py and tables.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analyses.engine.collapse import Score, collapse
from analyses.engine.delta import se_of
from analyses.engine.design import Design, DfMethod, Floats, Ints, Truths
from analyses.engine.figures import DeffKind, Figures
from analyses.engine.psu_figures import figures_of, summed
from analyses.engine.sample import Sample
from analyses.engine.statistics import Ratio, Total
from data_contracts.discreet import Discreet

CHUNK = 4_000_000  # entries of a matrix of rows by cells that the general road holds at a time


@dataclass(frozen=True, repr=False)
class Cells(Discreet):
    """The rows' cells for one figure.

    Args:
        number: -1 outside the domain, 0 in it without a category, else the category, from 1.
        count: number of categories. Figures come for the whole domain first, then for each.
    """

    number: Ints
    count: int

    def rows(self, cell: int) -> Truths:
        """Tell which rows a cell holds; cell 0 is the whole domain."""
        found: Truths = self.number >= 0 if cell == 0 else self.number == cell
        return found


@dataclass(frozen=True, repr=False)
class Scored(Discreet):
    """One figure's scores, zero outside its domain.

    Args:
        y: the numerator or the total's score: Int8 of 0 and 1, or Float64.
        x: the denominator, likewise; None for a total.
    """

    y: pl.Series
    x: pl.Series | None

    @property
    def is_mean(self) -> bool:
        """Tell whether the denominator picks rows and the numerator is zero outside them."""
        if self.x is None or self.x.dtype != pl.Int8:
            return False
        return not bool(((self.x == 0) & (self.y != 0)).any())

    @property
    def is_proportion(self) -> bool:
        """Tell whether it is a mean of zeros and ones."""
        return self.is_mean and self.y.dtype == pl.Int8


def from_psus(
    frame: pl.DataFrame,
    design: Design,
    scored: Sequence[Scored],
    cells: Cells,
    method: DfMethod,
    kind: DeffKind,
) -> list[Figures]:
    """Estimate over PSU totals: one-stage designs, weights above zero.

    Args:
        frame: the design's columns.
        design: the design, with strata and PSUs.
        scored: the figures' scores; they share their cells.
        cells: the cell of each row.
        method: which PSUs count for the degrees of freedom.
        kind: the simple random sample of the design effect.
    """  # fmt: skip
    number = pl.Series("number", cells.number)
    work = frame.with_columns(
        pl.when(number >= 0).then(pl.lit("0")).alias("all of the domain"),
        pl.when(number >= 1).then(number.cast(pl.String)).alias("cell of the domain"),
        *(s.y.alias(f"score {i} above") for i, s in enumerate(scored)),
        *(s.x.alias(f"score {i} below") for i, s in enumerate(scored) if s.x is not None),
    )
    scores = [
        Score(f"{i}", f"score {i} above", None if s.x is None else f"score {i} below")
        for i, s in enumerate(scored)
    ]
    breakdowns = ["all of the domain", *(["cell of the domain"] if cells.count else [])]
    totals = collapse(work, replace(design, df_method=method), scores, breakdowns)
    places = [p for name in breakdowns for p in totals.cells_of(name)]
    numbers = np.array([int(totals.cells[p][1]) for p in places], dtype=np.int64)
    return [
        found.placed(np.array(places, dtype=np.int64), numbers, cells.count + 1)
        for found in figures_of(totals, summed(totals), deff=kind, total_in="cell")
    ]


def from_rows(
    sample: Sample, scored: Scored, cells: Cells, method: DfMethod, kind: DeffKind
) -> Figures:
    """Estimate over all rows: any design, calibrated weights, replicates."""
    y = scored.y.cast(pl.Float64).to_numpy()
    x = None if scored.x is None else scored.x.cast(pl.Float64).to_numpy()
    wide = max(1, CHUNK // max(len(y), 1))
    value, se = np.empty(cells.count + 1), np.empty(cells.count + 1)
    for first in range(0, cells.count + 1, wide):
        chunk = range(first, min(first + wide, cells.count + 1))
        within = np.stack([cells.rows(c) for c in chunk], axis=1)
        above = y[:, None] * within
        statistic = Total(above) if x is None else Ratio(above, x[:, None] * within)
        value[first : chunk.stop] = statistic.value(sample.weight)
        with np.errstate(invalid="ignore"):
            held = within if x is None or not scored.is_mean else within & (x != 0)[:, None]
            spread = np.diag(sample.covariance(statistic, value[first : chunk.stop], held))
            se[first : chunk.stop] = se_of(spread)
    se = np.where(np.isnan(value), np.nan, se)
    deff, n = np.empty(len(value)), np.empty(len(value), dtype=np.int64)
    counts = np.empty((3, len(value)), dtype=np.int64)
    live = sample.weight > 0
    for c in range(cells.count + 1):
        rows = cells.rows(c) & live
        counted = rows & (y != 0) if x is None else rows & (x != 0)
        n[c] = counted.sum()
        simple = _simple_variance(sample.weight, y, x, rows, scored.is_mean, kind, value[c])
        with np.errstate(divide="ignore", invalid="ignore"):
            deff[c] = np.float64(se[c] ** 2) / simple
        counts[:, c] = sample.degrees(rows if x is None else counted, method)
    deff[~np.isfinite(deff)] = np.nan
    return Figures(value, se, deff, n, *counts)


def _simple_variance(
    w: Floats,
    y: Floats,
    x: Floats | None,
    rows: Truths,
    is_mean: bool,
    kind: DeffKind,
    value: float,
) -> float:
    """Give the variance under simple random sampling of as many rows, as R does.

    ``svymean`` takes the rows of the denominator, ``svytotal`` and ``svyratio`` those of the cell.
    """
    if x is not None and is_mean:
        rows = rows & (x != 0)
    n, size = int(rows.sum()), float(w[rows].sum())
    if n < 2 or (kind == "wor" and size <= n * (1 + 1e-6)):
        return np.nan
    score, scale = y[rows], size
    if x is not None and is_mean:
        scale = 1.0
    elif x is not None:
        below = float(w[rows] @ x[rows])
        score = (y[rows] - value * x[rows]) / below if below else score * np.nan
    mean = float(w[rows] @ score) / size
    spread = float(w[rows] @ (score - mean) ** 2) / size * n / (n - 1)
    left = 1.0 if kind == "wr" else (size - n) / size
    return spread * scale**2 * left / n
