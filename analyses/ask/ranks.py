"""Quantiles and concentration indices by cell; totals and ratios are made in roads.py, tables in tables.py."""

import numpy as np
import polars as pl

from analyses.ask.figures import Part
from analyses.ask.options import Options
from analyses.engine.concentration import Concentration
from analyses.engine.delta import se_of
from analyses.engine.design import Floats, Truths
from analyses.engine.figures import Figures, Intervals, intervals_of
from analyses.engine.quantiles import quantiles
from analyses.engine.sample import Sample
from data_contracts.errors import InputError


def concentration_of(part: Part, options: Options, sample: Sample) -> tuple[Figures, Intervals]:
    """Make the index of each cell; a cell in which nobody holds the good has none.

    Raises:
        InputError: rows without an answer count as zero, which is no rank.
    """
    if options.missing == "zero":
        raise InputError("no answer is no rank", "leave such rows out of a concentration index")
    good, below = part.scored.y.cast(pl.Float64).to_numpy(), part.scored.x
    rank = np.zeros(len(good)) if below is None else below.cast(pl.Float64).to_numpy()
    rows = _rows(part, sample)
    value, se = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for c, inside in enumerate(rows):
        if good[inside].any():
            within = inside.astype(np.float64)
            index = Concentration(good, rank, within, part.figure.correction, part.figure.bounds)
            found = index.value(sample.weight)
            value[c] = found[0]
            se[c] = se_of(sample.covariance(index, found, inside)[0, 0])
    figures = _figures(value, se, rows, options, sample)
    return figures, intervals_of(figures, options.level, proportion=False)


def quantiles_of(part: Part, options: Options, sample: Sample) -> list[tuple[Figures, Intervals]]:
    """Make each probability's quantile of each cell, with Woodruff's interval."""
    method, rows = options.ci or "wald", _rows(part, sample)
    y = part.scored.y.cast(pl.Float64).to_numpy()
    made = []
    for probability in part.figure.probabilities:
        grid = np.full((4, len(rows)), np.nan)
        figures = _figures(grid[0], grid[1], rows, options, sample)
        for c in np.flatnonzero(figures.n).tolist():
            within = part.cells.rows(c).astype(np.float64)
            q = quantiles(
                sample, y, within, [probability], rule=options.quantile_rule, method=method,
                level=options.level, df=int(figures.df[c]),
            )[0]  # fmt: skip
            grid[:, c] = q.value, q.se, q.ci_lower, q.ci_upper
        methods = [None if np.isnan(low) else f"woodruff {method}" for low in grid[2]]
        made.append((figures, Intervals(grid[2], grid[3], methods, [""] * len(rows))))
    return made


def _rows(part: Part, sample: Sample) -> list[Truths]:
    return [part.cells.rows(c) & (sample.weight > 0) for c in range(part.cells.count + 1)]


def _figures(
    value: Floats, se: Floats, rows: list[Truths], options: Options, sample: Sample
) -> Figures:
    held = np.array([sample.degrees(inside, options.df_method) for inside in rows])
    n = np.array([inside.sum() for inside in rows])
    return Figures(value, se, np.full(len(n), np.nan), n, held[:, 0], held[:, 1], held[:, 2])
