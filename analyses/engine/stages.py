"""The stages of a sample: rows numbered by stratum and unit, and the variance over them; no statistic here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.engine.design import (
    Design,
    Floats,
    Ints,
    Truths,
    average_factor,
    centred,
    domain_mean,
    lonely_error,
)
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError


@dataclass(frozen=True, repr=False)
class Stage(Discreet):
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


def stages_of(frame: pl.DataFrame, design: Design) -> tuple[Stage, ...]:
    """Number the strata and units of each stage; the design's columns are there, without blanks.

    Raises:
        InputError: a population is smaller than the sample from it, or differs in its stratum.
    """
    rows = frame.height
    units = design.units
    above = np.zeros(rows, dtype=np.int64)
    stages = []
    for level in range(max(1, len(units))):
        strata = (design.strata,) if level == 0 and design.strata else ()
        stratum = _numbered(above, [frame[name] for name in strata])
        labels = [frame[units[level]]] if units else [pl.int_range(rows, eager=True)]
        unit = _numbered(stratum, labels)
        names = _names(frame, strata, stratum)
        population = _population(frame, design, level, stratum, unit, names)
        stages.append(Stage(stratum, unit, population, names))
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
    frame: pl.DataFrame, design: Design, level: int, stratum: Ints, unit: Ints,
    names: tuple[str, ...],
) -> Floats:  # fmt: skip
    if level >= len(design.fpc):
        return np.full(frame.height, np.inf)
    name = design.fpc[level]
    given = frame[name].cast(pl.Float64).to_numpy()
    first = given[np.unique(stratum, return_index=True)[1]]
    differs = np.unique(stratum[np.abs(given - first[stratum]) > 1e-9 * np.abs(given)])
    if len(differs):
        where = f" {names[differs[0]]}" if names else ""
        raise InputError(
            f"the population differs within the stratum{where} of stage {level + 1}"
            f" ({len(differs)} such strata)",
            "give one number of units, or one sampled fraction, a stratum",
            column=name,
        )
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


def variance_over(
    z: Floats, stages: tuple[Stage, ...], design: Design, rows: Truths | None = None
) -> Floats:
    """Give the covariance of sums over rows, stage by stage (R ``svyrecvar``; Särndal et al. 1992, 4.3).

    The first stage is that of the units' totals; each later one is that within the units of the
    stage before, times the fraction that was sampled there. Without a finite population at a stage
    the stages below add nothing.

    Args:
        z: weighted influences, shape (rows, figures).
        stages: the stages of sampling, first stage first; none: rows drawn one by one.
        design: its lonely-PSU rule.
        rows: the rows of each figure's domain, shape (rows, figures): strata that hold none of
            them do not count for the rule; None: all rows.

    Returns:
        Shape (figures, figures).

    Raises:
        InputError: a stratum has one PSU and the rule is to fail.
    """
    if not stages:
        stages = (Stage(np.zeros(len(z), np.int64), np.arange(len(z)), np.full(len(z), np.inf)),)
    total = np.zeros((z.shape[1], z.shape[1]))
    fraction = np.ones(len(z))
    for level, stage in enumerate(stages):
        total += _one_stage(z, stage, design, fraction, rows, first=level == 0)
        sampled = _units_by(stage.stratum, stage.unit)[stage.stratum]
        fraction = fraction * np.where(np.isfinite(stage.population), sampled / stage.population, 0)
        if not fraction.any():
            break
    return total


def summed_by(values: Floats, number: Ints, count: int) -> Floats:
    """Sum the columns of ``values`` by unit, row after row; shape (count, columns)."""
    sums = [np.bincount(number, weights=column, minlength=count) for column in values.T]
    return np.stack(sums, axis=1).astype(np.float64, copy=False)


def _one_stage(
    z: Floats, stage: Stage, design: Design, fraction: Floats, rows: Truths | None, *, first: bool
) -> Floats:
    units, at = np.unique(stage.unit, return_index=True)
    sums = summed_by(z, np.searchsorted(units, stage.unit), len(units))
    stratum = stage.stratum[at]
    sizes = np.bincount(stratum).astype(np.int64)
    order = np.argsort(stratum, kind="stable")
    sums, at = sums[order], at[order]
    heads = at[np.cumsum(sizes) - sizes]
    population = stage.population[heads]
    alone = (sizes == 1) & ~(population <= sizes)  # a census of one adds nothing by any rule
    factor, grand_mean = np.ones(1), None
    if first and alone.any():
        if design.lonely == "fail":
            names = stage.names or ("(the only one)",) * len(sizes)
            raise lonely_error([names[i] for i in np.flatnonzero(alone)])
        reached = _reached(stage.stratum, rows, len(sizes))
        if design.lonely == "average":
            factor = np.sqrt(average_factor(reached, alone))
        if design.lonely == "adjust":
            mean = domain_mean(sums.sum(axis=0), sizes, reached)
            grand_mean = np.broadcast_to(mean, (len(sizes), sums.shape[1]))[sizes == 1]
    left = np.maximum(1.0 - sizes / population, 0.0) * fraction[heads]
    away = centred(sums, sizes, grand_mean) * np.sqrt(left).repeat(sizes)[:, None] * factor
    found: Floats = away.T @ away
    return found


def _reached(stratum: Ints, rows: Truths | None, strata: int) -> Truths:
    """Tell by stratum and figure whether the stratum holds rows of the figure's domain."""
    if rows is None:
        return np.ones((strata, 1), np.bool_)
    return summed_by(rows.astype(np.float64), stratum, strata) > 0
