"""A survey-weighted logit fit with its design-based covariance; no covariate is coded here."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.special import expit

from analyses.engine.design import Design, Floats, Ints, Psus, between_psus, number_psus
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Logit:
    """A fitted survey-weighted logit.

    Args:
        coefficients: shape (columns,).
        covariance: design-based, shape (columns, columns).
        df: degrees of freedom of its t statistics.
        n: rows of the population used.
        n_psu: PSUs that hold them.
        n_strata: strata that hold them.
        influence: PSU totals of the coefficients' influence, shape (PSUs, columns).
        row_psu: PSU of each row used.
        psus: all PSUs of the design.
    """

    coefficients: Floats
    covariance: Floats
    df: int
    n: int
    n_psu: int
    n_strata: int
    influence: Floats
    row_psu: Ints
    psus: Psus


def logit(
    frame: pl.DataFrame,
    design: Design,
    x: Floats,
    y: Floats,
    member: np.ndarray,
    *,
    df_rule: Literal["r", "design"] = "r",
) -> Logit:
    """Fit a survey-weighted logit to a subpopulation and give its design-based covariance.

    Newton's method (equal to iteratively reweighted least squares) to a relative step of 1e-12;
    covariance A^-1 B A^-1 with A the expected information and B the between-PSU variance of the
    weighted scores over all PSUs of the design (Binder 1983; equals ``svyglm``).

    Args:
        frame: all rows, with the design's columns.
        design: the sampling design.
        x: model columns of the members, shape (members, columns).
        y: outcome of all rows; only members' are used.
        member: Boolean, shape (rows,).
        df_rule: see ``drivers``.

    Returns:
        The fit.

    Raises:
        InputError: the columns are collinear, or the outcome is perfectly predicted.
    """
    strata, psu, weight = design.one_stage()
    pairs = frame.select(
        pl.col(strata).cast(pl.String).alias("s"),
        pl.col(psu).cast(pl.String).alias("p"),
    )
    if pairs["s"].null_count() or pairs["p"].null_count():
        raise InputError("a design column has blanks", "every row needs its stratum and PSU")
    found = pairs.unique(maintain_order=True)
    psus, order = number_psus(found.rows())
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    number = pairs.join(
        found.with_columns(pl.Series("i", place)), on=["s", "p"], how="left", maintain_order="left"
    )["i"].to_numpy()[member]
    w = frame[weight].cast(pl.Float64).to_numpy()[member]
    w = w / w.mean()
    beta, inverse = _newton(x, y[member], w)
    residual = w * (y[member] - expit(x @ beta))
    influence = psu_sums(residual[:, None] * x, number, len(psus.labels)) @ inverse
    z, factor = between_psus(influence, psus, design.lonely)
    held = np.unique(number)
    n_strata = len(np.unique(psus.stratum[held]))
    df = len(held) - n_strata - x.shape[1] + 1 if df_rule == "r" else psus.df
    if df < 1:
        raise InputError(
            "there are too few PSUs for this many covariates",
            "leave out covariates or merge categories",
        )
    return Logit(beta, z.T @ z * factor, df, len(w), len(held), n_strata, influence, number, psus)


def _newton(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Give the coefficients and the inverse of the expected information."""
    scale = np.sqrt((x * x).mean(axis=0))
    z = x / scale
    if np.linalg.matrix_rank(z) < z.shape[1]:
        raise InputError(
            "the covariates determine each other, so their effects cannot be told apart",
            "leave one of them out",
        )
    beta = np.zeros(z.shape[1])
    best = -np.inf
    for _ in range(60):
        p = expit(z @ beta)
        score = z.T @ (w * (y - p))
        information = (z * (w * p * (1 - p))[:, None]).T @ z
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
        likelihood, taken = _likelihood(z @ (beta + step), y, w), step
        while likelihood < best - 1e-9 * abs(best) and np.abs(taken).max() > 1e-10:
            taken = taken / 2
            likelihood = _likelihood(z @ (beta + taken), y, w)
        beta, best = beta + taken, likelihood
        if np.abs(beta).max() > 1e3:
            break
        if np.abs(taken).max() <= 1e-12 * max(1.0, np.abs(beta).max()):
            p = expit(z @ beta)
            if np.abs(z @ beta).max() > 30:
                break
            information = (z * (w * p * (1 - p))[:, None]).T @ z
            return beta / scale, np.linalg.inv(information) / np.outer(scale, scale)
    raise InputError(
        "the covariates together predict the outcome perfectly for some people",
        "leave out a covariate or merge small categories",
    )


def _likelihood(eta: Floats, y: Floats, w: Floats) -> float:
    return float(np.sum(w * (y * eta - np.logaddexp(0, eta))))


def psu_sums(values: Floats, number: Ints, n_psus: int) -> Floats:
    """Sum the columns of ``values`` by PSU, in row order."""
    return np.column_stack(
        [np.bincount(number, weights=column, minlength=n_psus) for column in values.T]
    )
