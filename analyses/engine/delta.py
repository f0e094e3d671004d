"""The delta method: numbers with their derivatives, variances of what is made of them; no survey here.

``a - b``, ``a * b``, ``a / b`` of two such numbers keep the derivatives by the rules of calculus
(forward differentiation), and the variance of any result is slope' V slope (Särndal, Swensson and
Wretman 1992, 5.5; Wolter 2007, 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from data_contracts.discreet import Discreet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyses.engine.design import Floats, Truths

ROUNDING = 1e-12  # of the absolute terms that a variance was summed from


def crossed(slopes: npt.ArrayLike, covariance: npt.ArrayLike) -> Floats:
    """Give the covariance matrix of linear functions of totals; what is rounding alone is 0.

    Terms of a variance that cancel (everybody answered, so an answer's share has no variance)
    leave a rest of either sign, of the size of the terms' rounding: its root would be NaN, or an
    error that nothing makes.

    Args:
        slopes: derivatives of the functions by the totals, shape (functions, totals).
        covariance: of the totals, shape (totals, totals).

    Returns:
        Shape (functions, functions); NaN where a slope or a covariance is NaN.
    """
    g, spread = np.asarray(slopes, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    found: Floats = g @ spread @ g.T
    terms = np.abs(g) @ np.abs(spread) @ np.abs(g).T
    return np.where(np.abs(found) <= ROUNDING * terms, 0.0, found)


def variance_of(slope: npt.ArrayLike, covariance: npt.ArrayLike) -> float:
    """Give the variance slope' V slope of one linear function of totals; see ``crossed``."""
    return float(crossed(np.atleast_2d(np.asarray(slope)), covariance)[0, 0])


def se_of(variance: npt.ArrayLike) -> Floats:
    """Give standard errors of variances; one that rounding left below zero is zero, NaN stays NaN."""
    found: Floats = np.sqrt(np.maximum(np.asarray(variance, dtype=np.float64), 0.0))
    return found


@dataclass(frozen=True, repr=False)
class Linearised(Discreet):
    """One figure in several domains.

    Args:
        value: the figure, shape (domains,); NaN where there is none.
        slope: its derivative by each basic total of the domain, shape (domains, totals).
    """

    value: Floats
    slope: Floats

    def __add__(self, other: Linearised | float) -> Linearised:
        """Give the sum."""
        if isinstance(other, Linearised):
            return Linearised(self.value + other.value, self.slope + other.slope)
        return Linearised(self.value + other, self.slope)

    def __sub__(self, other: Linearised) -> Linearised:
        """Give the difference."""
        return Linearised(self.value - other.value, self.slope - other.slope)

    def __rsub__(self, other: float) -> Linearised:
        """Give a constant less the figure."""
        return Linearised(other - self.value, -self.slope)

    def __mul__(self, other: Linearised | float) -> Linearised:
        """Give the product."""
        if isinstance(other, Linearised):
            slope = self.slope * other.value[:, None] + other.slope * self.value[:, None]
            return Linearised(self.value * other.value, slope)
        return Linearised(self.value * other, self.slope * other)

    def __truediv__(self, other: Linearised) -> Linearised:
        """Give the ratio; NaN where the denominator is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            below = np.where(other.value == 0, np.nan, other.value)
            value = self.value / below
            slope = (self.slope - other.slope * value[:, None]) / below[:, None]
        return Linearised(value, slope)

    def where(self, keep: Truths, other: Linearised | float) -> Linearised:
        """Give the figure in the domains to keep, and another figure or a constant in the rest."""
        if isinstance(other, Linearised):
            slope = np.where(keep[:, None], self.slope, other.slope)
            return Linearised(np.where(keep, self.value, other.value), slope)
        return Linearised(
            np.where(keep, self.value, other), np.where(keep[:, None], self.slope, 0.0)
        )

    def se(self, covariance: Floats) -> Floats:
        """Give the standard error.

        Args:
            covariance: of the basic totals, shape (domains, totals, totals).
        """
        half = np.matmul(self.slope[:, None, :], covariance)[:, 0, :]
        sizes = np.matmul(np.abs(self.slope)[:, None, :], np.abs(covariance))[:, 0, :]
        found = (half * self.slope).sum(axis=1)
        terms = (sizes * np.abs(self.slope)).sum(axis=1)
        found = se_of(np.where(np.abs(found) <= ROUNDING * terms, 0.0, found))
        return np.where(np.isnan(self.value), np.nan, found)


def added(figures: Iterable[Linearised]) -> Linearised:
    """Give the sum of at least one figure."""
    first, *more = figures
    for figure in more:
        first = first + figure
    return first
