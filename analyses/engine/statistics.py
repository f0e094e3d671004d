"""Statistics of weighted rows with their influence functions; their variance lives in sample.py.

A domain is a matrix of scores that are zero outside it: no row is ever left out.
"""

from dataclasses import dataclass

import numpy as np

from analyses.engine.design import Floats
from data_contracts.discreet import Discreet


@dataclass(frozen=True, repr=False)
class Total(Discreet):
    """Totals: the sum of weight times score (R ``svytotal``). ``y`` is (rows, figures)."""

    y: Floats

    def value(self, weight: Floats) -> Floats:
        """Give the totals."""
        found: Floats = weight @ self.y
        return found

    def influence(self, weight: Floats, value: Floats) -> Floats:  # noqa: ARG002 - one interface
        """Give the scores themselves."""
        return self.y


@dataclass(frozen=True, repr=False)
class Ratio(Discreet):
    """Ratios of totals (R ``svyratio``); a mean has the domain's 0/1 as ``x`` (R ``svymean``)."""

    y: Floats
    x: Floats

    def value(self, weight: Floats) -> Floats:
        """Give the ratios; NaN where the denominator is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = (weight @ self.y) / (weight @ self.x)
        return found

    def influence(self, weight: Floats, value: Floats) -> Floats:
        """Give (y - R x) / X."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = (self.y - value * self.x) / (weight @ self.x)
        return found


@dataclass(frozen=True, repr=False)
class Variance(Discreet):
    """Population variances and covariances of amounts (R ``svyvar``), as their upper triangle.

    Args:
        y: amounts, (rows, variables).
        within: 1 for rows of the domain, else 0.
    """

    y: Floats
    within: Floats

    def pairs(self) -> list[tuple[int, int]]:
        """Give the variables of each figure."""
        k = self.y.shape[1]
        return [(i, j) for i in range(k) for j in range(k)]

    def _products(self, weight: Floats) -> Floats:
        n = float((self.within * (weight != 0)).sum())
        mean = (weight * self.within) @ self.y / (weight @ self.within)
        away = (self.y - mean) * self.within[:, None]
        return np.stack([away[:, i] * away[:, j] for i, j in self.pairs()], axis=1) * n / (n - 1)

    def value(self, weight: Floats) -> Floats:
        """Give them with the n / (n - 1) that R uses."""
        found: Floats = weight @ self._products(weight) / (weight @ self.within)
        return found

    def influence(self, weight: Floats, value: Floats) -> Floats:
        """Give the derivative, the mean held as R holds it."""
        found: Floats = (self._products(weight) - value * self.within[:, None]) / (
            weight @ self.within
        )
        return found
