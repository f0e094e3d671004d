"""Average marginal effects of a fitted logit, with their errors; the model is fitted in fit.py."""

import numpy as np
from scipy.special import expit

from analyses.engine.delta import se_of
from analyses.engine.design import Floats
from analyses.engine.sample import Sample
from analyses.models.fit import FittedModel, spread_out
from analyses.models.model_matrix import Matrix


def average_effects(
    sample: Sample, matrix: Matrix, fit: FittedModel, *, unconditional: bool
) -> dict[int, tuple[float, float]]:
    """Give the weighted average effect of each category and number on the probability.

    For a category the mean difference in probability from the reference; for a number the mean
    derivative (with its square, of both terms). Errors by the analytic delta method.

    Args:
        sample: all rows with their design.
        matrix: the model's columns, of the rows that the fit used.
        fit: the logit.
        unconditional: add the sampling of the covariates to the uncertainty of the coefficients
            (Korn and Graubard 1999; Stata's ``vce(unconditional)``).

    Returns:
        By column of the matrix, the average and its standard error.
    """
    w = sample.weight[fit.rows]
    share = w / w.sum()
    chosen = [j for j, c in enumerate(matrix.columns) if c.kind in {"category", "number"}]
    made = [_effect(matrix, fit.coefficients, share, j) for j in chosen]
    each = np.stack([of_rows for of_rows, _ in made], axis=1)
    averages = share @ each
    influence = fit.influence @ np.stack([gradient for _, gradient in made], axis=1)
    if unconditional:
        influence += (each - averages) / w.sum()
    spread = sample.covariance_of(spread_out(influence, fit.rows, len(sample.weight)))
    figures = zip(chosen, averages.tolist(), se_of(np.diag(spread)).tolist(), strict=True)
    return {j: (average, se) for j, average, se in figures}


def _effect(matrix: Matrix, beta: Floats, share: Floats, j: int) -> tuple[Floats, Floats]:
    """Give each person's effect of one column, and the gradient of their mean by coefficient."""
    made = _difference if matrix.columns[j].kind == "category" else _derivative
    return made(matrix, beta, share, j)


def _difference(matrix: Matrix, beta: Floats, share: Floats, j: int) -> tuple[Floats, Floats]:
    """Give each person's difference in probability from the reference, and the mean's gradient."""
    siblings = [
        k
        for k, c in enumerate(matrix.columns)
        if c.kind == "category" and c.covariate == matrix.columns[j].covariate
    ]
    without = matrix.x.copy()
    without[:, siblings] = 0.0
    with_it = without.copy()
    with_it[:, j] = 1.0
    p1, p0 = expit(with_it @ beta), expit(without @ beta)
    gradient = (share * p1 * (1 - p1)) @ with_it - (share * p0 * (1 - p0)) @ without
    return p1 - p0, gradient


def _derivative(matrix: Matrix, beta: Floats, share: Floats, j: int) -> tuple[Floats, Floats]:
    """Give each person's derivative of the probability, and the mean's gradient."""
    p = expit(matrix.x @ beta)
    slope = np.full(len(p), beta[j])
    square = matrix.square_of(j)
    if square is not None:
        slope = slope + 2 * beta[square] * matrix.x[:, j]
    density = p * (1 - p)
    gradient = (share * density * (1 - 2 * p) * slope) @ matrix.x
    gradient[j] += share @ density
    if square is not None:
        gradient[square] += 2 * (share * density) @ matrix.x[:, j]
    return density * slope, gradient
