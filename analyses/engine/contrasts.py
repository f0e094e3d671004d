"""Differences, ratios and standardised figures of estimates, with their covariance; no rows here."""

from dataclasses import dataclass

import numpy as np

from analyses.engine.delta import se_of, variance_of
from analyses.engine.design import Floats
from analyses.engine.intervals import interval
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Contrast:
    """One function of several figures, with its standard error (delta method) and interval."""

    value: float
    se: float
    ci_lower: float
    ci_upper: float

    def p_value(self, df: float) -> float | None:
        """Give the two-sided p value that the figure is zero; None without degrees of freedom."""
        if df <= 0 or self.se <= 0:
            return None
        from scipy.special import stdtr  # noqa: PLC0415  its import takes longer than the contrast

        return float(2 * stdtr(df, -abs(self.value / self.se)))


def difference(
    value: Floats, covariance: Floats, one: int, other: int, df: float, level: float = 0.95
) -> Contrast:
    """Give figure ``one`` less figure ``other`` (R ``svycontrast`` with 1 and -1).

    Args:
        value: the figures.
        covariance: their covariance matrix: domains of one survey share PSUs, waves may as well.
        one: position of the first.
        other: position of the second.
        df: degrees of freedom of the interval.
        level: probability of the interval.
    """
    weights = np.zeros(len(value))
    weights[one] += 1
    weights[other] -= 1
    return linear(value, covariance, weights, df, level)


def linear(
    value: Floats, covariance: Floats, weights: Floats, df: float, level: float = 0.95
) -> Contrast:
    """Give a weighted sum of figures, such as a directly standardised rate (weights that sum to 1)."""
    found = float(weights @ value)
    se = float(se_of(variance_of(weights, covariance)))
    return Contrast(found, se, *interval(found, se, df, level))


def ratio(
    value: Floats, covariance: Floats, one: int, other: int, df: float, level: float = 0.95
) -> Contrast:
    """Give figure ``one`` over figure ``other`` by the delta method (R ``svycontrast(quote(a/b))``)."""
    if value[other] == 0:
        raise InputError("a ratio to a figure of zero has no value", "compare by difference")
    found = float(value[one] / value[other])
    slope = np.zeros(len(value))
    slope[one] = 1 / value[other]
    slope[other] -= found / value[other]
    se = float(se_of(variance_of(slope, covariance)))
    return Contrast(found, se, *interval(found, se, df, level))


def standardised(
    value: Floats, covariance: Floats, population: Floats, df: float, level: float = 0.95
) -> Contrast:
    """Give the rate that a standard population would have (direct standardisation).

    Args:
        value: the rates of the cells.
        covariance: their covariance matrix.
        population: persons of the standard population in each cell.
        df: degrees of freedom of the interval.
        level: probability of the interval.

    Raises:
        InputError: a cell of the standard population has no rate.
    """
    if not np.isfinite(value[population > 0]).all():
        raise InputError(
            "a cell of the standard population has no rate in the sample", "join it with another"
        )
    kept = population > 0
    share = population[kept] / population[kept].sum()
    return linear(value[kept], covariance[np.ix_(kept, kept)], share, df, level)
