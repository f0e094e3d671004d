"""Rows bound to their design, and the variance of any linearised statistic; no statistic lives here.

``collapse.py`` is the fast road for totals and ratios of a whole table. This one is general: several
stages, finite populations, calibrated weights, replicates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import polars as pl

from analyses.engine.design import Design, Floats, Ints, lonely_error
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Stage:
    """One stage of sampling, an entry a row.

    Args:
        stratum: number of the stratum within the unit of the stage before.
        unit: number of the sampled unit (nested: equal labels in two strata are two units).
        population: units in the stratum's population; infinity where it is not given.
        names: the strata's labels by their number, for messages.
    """

    stratum: Ints
    unit: Ints
    population: Floats
    names: tuple[str, ...] = ()


class Statistic(Protocol):
    """A statistic of weighted rows, with as many figures as it likes."""

    def value(self, weight: Floats) -> Floats:
        """Give the figures under some weights, one a row; shape (figures,)."""

    def influence(self, weight: Floats, value: Floats) -> Floats:
        """Give the derivative of the figures by each row's weight; shape (rows, figures)."""


@dataclass(frozen=True)
class Replicates:
    """Replicate weights: one column a replicate.

    The variance is scale times the sum over replicates of rscale times the squared distance from
    the full-sample figure (``mse``) or from the replicates' mean (R survey's ``svrVar``).
    """

    weights: Floats  # (rows, replicates)
    scale: float
    rscales: Floats
    mse: bool = False
    kind: str = "replicates"
    df: int | None = None


@dataclass(frozen=True)
class Sample:
    """Rows with their design.

    Args:
        frame: the rows; every row of the sample, also those outside a domain.
        design: which columns carry the design.
        weight: persons that each row stands for.
        stages: the stages of sampling, first stage first; empty when the design is unknown.
        residual: takes a matrix of weighted influences to its calibration residuals.
        replicates: replicate weights, when the variance comes from them.
    """

    frame: pl.DataFrame
    design: Design
    weight: Floats
    stages: tuple[Stage, ...]
    residual: Callable[[Floats], Floats] | None = None
    replicates: Replicates | None = None

    def covariance(self, statistic: Statistic, value: Floats | None = None) -> Floats:
        """Give the covariance matrix of a statistic's figures; shape (figures, figures).

        Raises:
            InputError: a stratum has one unit and the design's rule is to fail.
        """
        value = statistic.value(self.weight) if value is None else value
        if self.replicates is not None:
            return self._from_replicates(statistic, value)
        return self.covariance_of(statistic.influence(self.weight, value))

    def covariance_of(self, influence: Floats) -> Floats:
        """Give the covariance matrix of sums of weight times influence; shape (figures, figures)."""
        z = influence * self.weight[:, None]
        if self.residual is not None:
            z = self.residual(z)
        return _stages(z, self.stages, self.design)

    def _from_replicates(self, statistic: Statistic, value: Floats) -> Floats:
        reps = self.replicates
        if reps is None:
            raise TypeError
        each = np.array([statistic.value(column) for column in reps.weights.T])
        centre = value if reps.mse else each[reps.rscales > 0].mean(axis=0)
        away = (each - centre) * np.sqrt(reps.rscales)[:, None]
        found: Floats = reps.scale * (away.T @ away)
        return found

    def df(self, rows: "np.ndarray[tuple[int], np.dtype[np.bool_]] | None" = None) -> int:
        """Give the degrees of freedom: PSUs less strata, of all rows or of those that hold ``rows``.

        For replicates the rank of their weights less one, as R's ``degf``.
        """
        if self.replicates is not None:
            if self.replicates.df is not None:
                return self.replicates.df
            return int(np.linalg.matrix_rank(self.replicates.weights, tol=1e-5)) - 1
        if not self.stages:
            return len(self.weight) - 1
        first = self.stages[0]
        keep = self.weight != 0 if rows is None else rows
        return len(np.unique(first.unit[keep])) - len(np.unique(first.stratum[keep]))

    def psus(self, rows: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[int, int]:
        """Count the PSUs and the strata that hold some rows."""
        if not self.stages:
            return int(rows.sum()), 1
        first = self.stages[0]
        return len(np.unique(first.unit[rows])), len(np.unique(first.stratum[rows]))

    def reweighted(self, weight: Floats, residual: Callable[[Floats], Floats] | None) -> "Sample":
        """Give the sample with calibrated weights and the residual step of its variance."""
        return replace(self, weight=weight, residual=residual)


def sample(frame: pl.DataFrame, design: Design) -> Sample:
    """Bind rows to a design.

    Args:
        frame: the rows of the whole sample.
        design: the design's columns, by their exact names.

    Raises:
        InputError: a column is missing, blank or not a number, or a population is smaller than
            the sample from it.
    """
    for name in design.columns:
        if name not in frame.columns:
            raise InputError("the column is missing", "name the right one", column=name)
        blanks = frame[name].null_count()
        if blanks:
            raise InputError(
                "a design column has blanks",
                "every row needs its design; correct the file",
                column=name,
                row=1 + int(frame[name].is_null().arg_max() or 0),
                rows=blanks,
            )
    if design.weight is None:
        weight = np.full(frame.height, design.weight_scale)
    else:
        weight = frame[design.weight].cast(pl.Float64).to_numpy() * design.weight_scale
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise InputError(
            "a weight is negative or not finite", "correct the file", column=design.weight
        )
    return Sample(frame, design, weight, _bind(frame, design))


def _bind(frame: pl.DataFrame, design: Design) -> tuple[Stage, ...]:
    rows = frame.height
    units = design.units
    above = np.zeros(rows, dtype=np.int64)
    stages = []
    for level in range(max(1, len(units))):
        strata = (design.strata,) if level == 0 and design.strata else ()
        stratum = _numbered(above, [frame[name] for name in strata])
        labels = [frame[units[level]]] if units else [pl.int_range(rows, eager=True)]
        unit = _numbered(stratum, labels)
        population = _population(frame, design, level, stratum, unit)
        stages.append(Stage(stratum, unit, population, _names(frame, strata, stratum)))
        above = unit
    return tuple(stages)


def _names(frame: pl.DataFrame, strata: Sequence[str], stratum: Ints) -> tuple[str, ...]:
    """Give the strata's labels by their number; none where there are no strata."""
    if not strata:
        return ()
    first = np.unique(stratum, return_index=True)[1]
    return tuple(frame[strata[0]][first.tolist()].cast(pl.String).to_list())


def _numbered(above: Ints, labels: Sequence[pl.Series]) -> Ints:
    """Number the distinct combinations of a number and labels, in their sorted order."""
    columns = [pl.Series("0", above), *(s.rename(str(i)) for i, s in enumerate(labels, start=1))]
    return pl.DataFrame(columns).select(pl.struct(pl.all()).rank("dense") - 1).to_series().cast(
        pl.Int64
    ).to_numpy()  # fmt: skip


def _population(
    frame: pl.DataFrame, design: Design, level: int, stratum: Ints, unit: Ints
) -> Floats:
    if level >= len(design.fpc):
        return np.full(frame.height, np.inf)
    name = design.fpc[level]
    given = frame[name].cast(pl.Float64).to_numpy()
    sampled = _units_by(stratum, unit)[stratum]
    population = sampled / given if (given <= 1).all() else given
    if (population < sampled - 1e-9).any():
        raise InputError(
            "a population is smaller than the sample from it",
            "give the number of units in each stratum's population, or the sampled fraction",
            column=name,
        )
    return population


def _units_by(stratum: Ints, unit: Ints) -> Floats:
    """Count the distinct units of each stratum."""
    _, first = np.unique(unit, return_index=True)
    return np.bincount(stratum[first], minlength=int(stratum.max()) + 1).astype(np.float64)


def _stages(z: Floats, stages: tuple[Stage, ...], design: Design) -> Floats:
    """Add up the variance of the stages (R survey's ``svyrecvar``; Särndal et al. 1992, 4.3).

    The first stage is that of the units' totals; each later one is that within the units of the
    stage before, times the fraction that was sampled there. Without a finite population at a stage
    the stages below add nothing.
    """
    if not stages:
        stages = (Stage(np.zeros(len(z), np.int64), np.arange(len(z)), np.full(len(z), np.inf)),)
    total = np.zeros((z.shape[1], z.shape[1]))
    fraction = np.ones(len(z))
    for level, stage in enumerate(stages):
        total += _one_stage(z, stage, design, fraction, first=level == 0)
        sampled = _units_by(stage.stratum, stage.unit)[stage.stratum]
        fraction = fraction * np.where(np.isfinite(stage.population), sampled / stage.population, 0)
        if not fraction.any():
            break
    return total


def _one_stage(z: Floats, stage: Stage, design: Design, fraction: Floats, *, first: bool) -> Floats:
    units, at = np.unique(stage.unit, return_index=True)
    sums = np.zeros((len(units), z.shape[1]))
    np.add.at(sums, np.searchsorted(units, stage.unit), z)
    stratum = stage.stratum[at]
    sizes = np.bincount(stratum).astype(np.float64)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    order = np.argsort(stratum, kind="stable")
    sums, stratum, at = sums[order], stratum[order], at[order]
    means = np.add.reduceat(sums, starts, axis=0) / sizes[:, None]
    population = stage.population[at][starts]
    certain = np.isfinite(population) & (population <= sizes)
    alone = (sizes == 1) & ~certain
    factor = 1.0
    if first and alone.any():
        factor = _lonely(design, stage, np.flatnonzero(alone), sizes)
        if design.lonely == "adjust":
            means[alone] = sums.mean(axis=0)
    left = np.maximum(1.0 - sizes / population, 0.0)
    scale = np.sqrt(left * sizes / np.maximum(sizes - 1, 1) * fraction[at][starts])
    centred = (sums - means[stratum]) * scale[stratum][:, None]
    found: Floats = centred.T @ centred * factor
    return found


def _lonely(design: Design, stage: Stage, alone: Ints, sizes: Floats) -> float:
    if design.lonely == "fail":
        raise lonely_error([stage.names[i] if stage.names else "(the only one)" for i in alone])
    if design.lonely != "average":
        return 1.0
    if len(alone) == len(sizes):
        raise InputError("every stratum has one PSU", "give the design its real strata")
    return len(sizes) / (len(sizes) - len(alone))
