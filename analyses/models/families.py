"""Families of generalised linear models: link, mean, variance and deviance; nothing is fitted here.

Quasi-families, as R's: the dispersion is estimated where it is reported, and leaves the coefficients
alone. McCullagh and Nelder (1989), chapters 2, 4 and 6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import expit, log_ndtr, logit, ndtr, ndtri, xlogy

from analyses.engine.design import Floats
from data_contracts.errors import InputError

FamilyName = Literal["gaussian", "logit", "probit", "poisson"]
ROOT_TWO_PI = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True)
class Family:
    """How the expected outcome follows from the linear predictor, an entry a row.

    Args:
        name: its name.
        mean: the expected outcome, by the linear predictor.
        slope: the mean's derivative, by the predictor.
        variance: of the outcome, by its mean.
        step: what a row's residual is multiplied with in its score, and its weight in the expected
            information: slope / variance and slope^2 / variance, by the predictor and the mean.
        observed: its weight in the observed information, by outcome, predictor and mean.
        loss: the log-likelihood with its sign changed, but for what depends on the outcome alone,
            by outcome and predictor; convex and exact where the mean rounds to 0 or 1.
        least_loss: the least that it can be, by outcome: with a mean that is the outcome.
        start: a first linear predictor, by outcome.
        binary: the outcome lies between 0 and 1.
    """

    name: FamilyName
    mean: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]
    step: Callable[[Floats, Floats], tuple[Floats, Floats]]
    observed: Callable[[Floats, Floats, Floats], Floats]
    loss: Callable[[Floats, Floats], Floats]
    least_loss: Callable[[Floats], Floats]
    start: Callable[[Floats], Floats]
    binary: bool = False

    def deviance(self, outcome: Floats, eta: Floats) -> Floats:
        """Give each row's deviance: twice the loss beyond the least."""
        return 2 * (self.loss(outcome, eta) - self.least_loss(outcome))

    def check(self, outcome: Floats) -> None:
        """Refuse an outcome that the family cannot have.

        Raises:
            InputError: it lies outside 0 to 1, or a count is negative.
        """
        if self.binary and ((outcome < 0) | (outcome > 1)).any():
            raise InputError("the outcome lies outside 0 to 1", "code it as 0 and 1")
        if self.name == "poisson" and (outcome < 0).any():
            raise InputError("a count is negative", "correct the outcome")


def family_of(name: str) -> Family:
    """Give a family by its name.

    Raises:
        InputError: there is no such family.
    """
    if name not in get_args(FamilyName):
        raise InputError(
            f"there is no family {name}", f"use one of {', '.join(get_args(FamilyName))}"
        )
    return _FAMILIES[name]


def _of_shares(mean: Floats) -> Floats:
    return mean * (1 - mean)


def _least_loss_of_shares(y: Floats) -> Floats:
    found: Floats = -(xlogy(y, y) + xlogy(1 - y, 1 - y))
    return found


def _probit_loss(y: Floats, eta: Floats) -> Floats:
    found: Floats = -(y * log_ndtr(eta) + (1 - y) * log_ndtr(-eta))
    return found


def _normal(eta: Floats) -> Floats:
    found: Floats = np.exp(-(eta**2) / 2) / ROOT_TWO_PI
    return found


def _probit_step(eta: Floats, mean: Floats) -> tuple[Floats, Floats]:
    slope = _normal(eta)
    by_residual = slope / (mean * ndtr(-eta))
    return by_residual, by_residual * slope


def _probit_observed(y: Floats, eta: Floats, mean: Floats) -> Floats:
    above, below = _normal(eta) / mean, _normal(eta) / ndtr(-eta)
    found: Floats = y * above * (above + eta) + (1 - y) * below * (below - eta)
    return found


_FAMILIES: dict[str, Family] = {
    "gaussian": Family(
        "gaussian",
        mean=lambda eta: eta,
        slope=np.ones_like,
        variance=np.ones_like,
        step=lambda eta, _: (np.ones_like(eta), np.ones_like(eta)),
        observed=lambda _, eta, __: np.ones_like(eta),
        loss=lambda y, eta: (y - eta) ** 2 / 2,
        least_loss=np.zeros_like,
        start=lambda y: y,
    ),
    "logit": Family(
        "logit",
        mean=expit,
        slope=lambda eta: _of_shares(expit(eta)),
        variance=_of_shares,
        step=lambda _, mean: (np.ones_like(mean), _of_shares(mean)),
        observed=lambda _, __, mean: _of_shares(mean),
        loss=lambda y, eta: np.logaddexp(0, eta) - y * eta,
        least_loss=_least_loss_of_shares,
        start=lambda y: logit((y + 0.5) / 2),
        binary=True,
    ),
    "probit": Family(
        "probit",
        mean=ndtr,
        slope=_normal,
        variance=_of_shares,
        step=_probit_step,
        observed=_probit_observed,
        loss=_probit_loss,
        least_loss=_least_loss_of_shares,
        start=lambda y: ndtri((y + 0.5) / 2),
        binary=True,
    ),
    "poisson": Family(
        "poisson",
        mean=np.exp,
        slope=np.exp,
        variance=lambda mean: mean,
        step=lambda _, mean: (np.ones_like(mean), mean),
        observed=lambda _, __, mean: mean,
        loss=lambda y, eta: np.exp(eta) - y * eta,
        least_loss=lambda y: y - xlogy(y, y),
        start=lambda y: np.log((y + y.mean()) / 2),
    ),
}
