"""Weights brought to known population totals, and the residual step that their variance takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analyses.engine.calibration_solver import Distance, distance_of, multipliers
from analyses.engine.design import Floats, Ints
from analyses.engine.sample import Sample
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

PROJECTIONS = 10  # R's svyrecvar projects this often on a raked sample's margins


@dataclass(frozen=True, repr=False)
class Calibrated(Discreet):
    """A calibrated sample with what it took.

    Args:
        sample: the sample with its new weights.
        g: new weight over old, a row.
        iterations: how many the solver took.
        misfit: the largest relative distance of a weighted total from its target.
        unequal_weighting: 1 + CV^2 of the new weights (Kish 1965), beside that of the old ones.
    """

    sample: Sample
    g: Floats
    iterations: int
    misfit: float
    unequal_weighting: tuple[float, float]


def calibrate(
    sample: Sample,
    x: Floats,
    totals: Floats,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Calibrated:
    """Calibrate weights to population totals (Deville and Sarndal 1992), as R's ``calibrate``.

    Args:
        sample: rows with their design.
        x: auxiliary amounts, (rows, totals); give a column of ones for the size of the population.
        totals: what weight times ``x`` must sum to.
        distance: ``linear`` (generalised regression), ``bounded`` (linear, cut at the bounds),
            ``raking`` (multiplicative) or ``logit`` (multiplicative within the bounds).
        bounds: least and largest new weight over old, for ``bounded`` and ``logit``.

    Returns:
        The sample whose variance is that of the residuals from ``x`` (GREG residuals under the
        old weights, scaled by the new), with diagnostics.

    Raises:
        InputError: the columns of ``x`` depend on each other, the bounds do not hold 1, or the
            totals cannot be met within them.
    """
    low, high = bounds
    if distance in {"bounded", "logit"} and not low < 1 < high:
        raise InputError("the bounds must lie on both sides of 1", "use for instance 0.5 and 2")
    old = sample.weight
    if np.linalg.matrix_rank(x * np.sqrt(old)[:, None]) < x.shape[1]:
        raise InputError(
            "the calibration variables depend on each other in this sample",
            "leave one category of each further margin out",
        )
    factor, slope = distance_of(distance, low, high)
    lam, iterations = multipliers(x, old, totals, factor, slope)
    g = factor(x @ lam)
    half = np.sqrt(old)
    q, _ = np.linalg.qr(x * half[:, None])

    def residual(z: Floats) -> Floats:
        scaled = np.divide(
            z, (g * half)[:, None], out=np.zeros_like(z), where=(g * half)[:, None] != 0
        )
        kept: Floats = (scaled - q @ (q.T @ scaled)) * (g * half)[:, None]
        return kept

    return _told(sample, g, residual, iterations, x, totals)


def poststratify(sample: Sample, cell: Ints, totals: Floats) -> Calibrated:
    """Scale weights to known cell totals (R ``postStratify``).

    Args:
        sample: rows with their design.
        cell: number of each row's cell, 0 to cells - 1.
        totals: persons in each cell of the population.

    Raises:
        InputError: a cell of the population has no row in the sample.
    """
    have = _sums(cell, sample.weight, len(totals))
    _refuse_empty(have, totals)
    g = np.divide(totals, have, out=np.zeros_like(have), where=have > 0)[cell]
    weight = sample.weight * g

    def residual(z: Floats) -> Floats:
        return _within(z, weight, cell, weight)

    return _told(sample, g, residual, 1, _dummies(cell, len(totals)), totals)


def rake(
    sample: Sample,
    margins: Sequence[tuple[Ints, Floats]],
    *,
    tolerance: float = 1e-12,
    most: int = 1000,
) -> Calibrated:
    """Scale weights to several margins in turn until all hold (R ``rake``; Deming-Stephan 1940).

    The variance takes R's ten rounds of projections on the margins.

    Args:
        sample: rows with their design.
        margins: for each margin each row's category number, and the persons in each category.
        tolerance: largest relative distance from a margin at the end.
        most: rounds after which the margins are said not to fit together.

    Raises:
        InputError: a category has no row in the sample, or the margins do not converge.
    """
    weight = sample.weight.copy()
    for rounds in range(1, most + 1):  # noqa: B007 - told at the end
        for category, totals in margins:
            have = _sums(category, weight, len(totals))
            _refuse_empty(have, totals)
            weight = (
                weight * np.divide(totals, have, out=np.zeros_like(have), where=have > 0)[category]
            )
        worst = max(
            float(np.max(np.abs(_sums(c, weight, len(t)) - t) / np.maximum(t, 1)))
            for c, t in margins
        )
        if worst <= tolerance:
            break
    else:
        raise InputError(
            "the margins do not fit together", "check that all margins have the same total"
        )

    def residual(z: Floats) -> Floats:
        for _ in range(PROJECTIONS):
            for category, _totals in margins:
                z = _within(z, weight, category)
        return z

    x = np.concatenate([_dummies(c, len(t)) for c, t in margins], axis=1)
    g = np.divide(weight, sample.weight, out=np.ones_like(weight), where=sample.weight > 0)
    return _told(sample, g, residual, rounds, x, np.concatenate([t for _, t in margins]))


def through_replicates(sample: Sample, how: Callable[[Sample], Calibrated]) -> Sample:
    """Calibrate a sample and each of its replicates on its own (R's methods for ``svyrep.design``).

    Args:
        sample: rows with replicate weights.
        how: one way to calibrate, for instance ``lambda s: rake(s, margins)``.

    Raises:
        InputError: the sample has no replicates, or a replicate cannot meet the totals.
    """
    reps = sample.replicates
    if reps is None:
        raise InputError("the sample has no replicate weights", "give or make them first")
    plain = replace(sample, replicates=None)
    each = [how(replace(plain, weight=column)).sample.weight for column in reps.weights.T]
    weights = replace(reps, weights=np.stack(each, axis=1))
    return replace(sample, weight=how(plain).sample.weight, replicates=weights)


def trim(weight: Floats, low: float, high: float, *, strict: bool = False) -> Floats:
    """Cut weights at bounds and spread what was cut over the others (R ``trimWeights``)."""
    new = weight
    while True:
        outside = (new < low) | (new > high)
        if not outside.any():
            return new
        cut = np.clip(new, low, high)
        spread = (new - cut).sum() / (~outside).sum()
        new = np.where(outside, cut, cut + spread)
        if not strict:
            return new


def _within(z: Floats, weight: Floats, group: Ints, by: Floats | None = None) -> Floats:
    """Take the mean of influence within each group away; weights as they stand on the influence.

    The mean counts rows by ``by`` (post-strata), or each row once (as R does for raked margins).
    """
    scale = weight[:, None]
    influence = np.divide(z, scale, out=np.zeros_like(z), where=scale != 0)
    counted = np.ones(len(z)) if by is None else by
    size = np.bincount(group, weights=counted)
    sums = [np.bincount(group, weights=counted * column) for column in influence.T]
    means = np.stack(sums, axis=1) / np.where(size > 0, size, 1.0)[:, None]
    found: Floats = (influence - means[group]) * scale
    return found


def _told(
    sample: Sample,
    g: Floats,
    residual: Callable[[Floats], Floats],
    iterations: int,
    x: Floats,
    totals: Floats,
) -> Calibrated:
    new = sample.weight * g
    misfit = float(np.max(np.abs(new @ x - totals) / np.maximum(np.abs(totals), 1.0)))
    return Calibrated(
        sample.reweighted(new, residual), g, iterations, misfit, (_kish(sample.weight), _kish(new))
    )


def _sums(group: Ints, weight: Floats, count: int) -> Floats:
    return np.asarray(np.bincount(group, weights=weight, minlength=count), dtype=np.float64)


def _kish(weight: Floats) -> float:
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)


def _dummies(group: Ints, count: int) -> Floats:
    found: npt.NDArray[Any] = np.zeros((len(group), count))
    found[np.arange(len(group)), group] = 1.0
    return found


def _refuse_empty(have: Floats, totals: Floats) -> None:
    empty = int(((have <= 0) & (totals > 0)).sum())
    if empty:
        raise InputError(
            f"{empty} cells of the population have no row in the sample",
            "join them with the cells most like them",
        )
