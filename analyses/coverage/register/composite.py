"""Two estimates of one number made into one; each comes from its own module."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.engine.delta import se_of
from analyses.engine.intervals import interval
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Composite:
    """A weighted mean of estimates.

    Args:
        value: the composite.
        se: its standard error, the weights taken as fixed.
        weights: one an estimate; they add up to 1.
        lower: lower limit of the interval.
        upper: upper limit.
        q: Cochran's Q, how far the estimates lie apart for their errors (chi squared with one
            degree of freedom less than there are estimates, if they estimate one number).
    """

    value: float
    se: float
    weights: tuple[float, ...]
    lower: float
    upper: float
    q: float


def composite(
    values: npt.ArrayLike, covariance: npt.ArrayLike, *, df: float = np.inf, level: float = 0.95
) -> Composite:
    """Combine unbiased estimates of one number with the least variance.

    Weights w = V^-1 1 / (1' V^-1 1) (generalised least squares; Rao and Molina 2015, ch. 4, for two
    independent estimates w_1 = V_2/(V_1+V_2)), variance 1/(1' V^-1 1). A weight may be negative
    where two estimates are strongly correlated. An estimate without error gets the whole weight.

    Args:
        values: the estimates, shape (k,).
        covariance: theirs, shape (k, k); or their variances, shape (k,), when independent.
        df: degrees of freedom for the interval.
        level: of the interval.

    Raises:
        InputError: a variance is negative, or more than one estimate has none.
    """
    y = np.asarray(values, dtype=np.float64)
    spread = np.asarray(covariance, dtype=np.float64)
    if spread.ndim == 1:
        spread = np.diag(spread)
    exact = np.diag(spread) == 0
    if (np.diag(spread) < 0).any() or exact.sum() > 1:
        raise InputError("the variances allow no weights", "give one above zero an estimate")
    if exact.any():
        weights = exact.astype(np.float64)
        variance, q = 0.0, float(np.sum((y - y[exact]) ** 2 / np.where(exact, 1, np.diag(spread))))
    else:
        ones = np.ones(len(y))
        solved = np.linalg.solve(spread, ones)
        variance = 1 / float(ones @ solved)
        weights = solved * variance
        apart = y - float(weights @ y)
        q = float(apart @ np.linalg.solve(spread, apart))
    value, se = float(weights @ y), float(se_of(variance))
    return Composite(value, se, tuple(weights.tolist()), *interval(value, se, df, level), q)
