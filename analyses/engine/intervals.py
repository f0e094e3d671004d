"""Student's t, and the interval of any figure from its error; those of proportions are in proportions.py.

SciPy has the quantiles of t, but its import takes longer than a whole table of figures does. What
fewer figures need (beta quantiles, p-values) is SciPy's, imported where it is used.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from analyses.engine.design import Floats

Scale = Literal["identity", "log", "logit"]
POINTS = 32  # of the quadrature; 64 change no figure beyond rounding
SHIFT = 16  # the series for the gamma functions is used from here on
STEPS = 100
NEAR = 1e-9  # after a step this small, whose error is at most its square, there is no other


@overload
def interval(
    value: float, se: float, df: float, level: float = 0.95, scale: Scale = "identity"
) -> tuple[float, float]: ...


@overload
def interval(
    value: Floats, se: Floats, df: npt.ArrayLike, level: float = 0.95, scale: Scale = "identity"
) -> tuple[Floats, Floats]: ...


def interval(
    value: Any, se: Any, df: Any, level: float = 0.95, scale: Scale = "identity"
) -> tuple[Any, Any]:
    """Give the figure plus and minus t standard errors, taken on a scale (R ``confint(df=)``).

    On the log scale the error of log R is se / R, on that of the log odds it is se / (p (1 - p))
    (delta method). Both keep the ends where the figure can lie: above 0, between 0 and 1.

    Args:
        value: the figure, or figures; NaN where there is none.
        se: its standard error, of the same shape.
        df: degrees of freedom, one or one a figure; infinite for a known variance.
        level: probability of the interval.
        scale: ``identity``; ``log`` for ratios, which has no ends at 0 unless the error is 0 as
            well; ``logit`` for proportions, which has none at 0 and 1.

    Returns:
        Lower and upper end, of the shape of ``value``; NaN without degrees of freedom.
    """
    middle, spread = np.asarray(value, dtype=np.float64), np.asarray(se, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        low, high = _SCALES[scale](middle, spread, _critical_of(df, level))
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def _identity(value: Floats, se: Floats, t: Floats) -> tuple[Floats, Floats]:
    return np.asarray(value - t * se), np.asarray(value + t * se)


def _log(value: Floats, se: Floats, t: Floats) -> tuple[Floats, Floats]:
    above = np.where(value > 0, value, np.nan)
    width = np.exp(t * np.where((value == 0) & (se == 0), 0.0, se / above))
    return np.asarray(value / width), np.asarray(value * width)


def _logit(value: Floats, se: Floats, t: Floats) -> tuple[Floats, Floats]:
    inside = np.where((value > 0) & (value < 1), value, np.nan)
    middle, half = np.log(inside / (1 - inside)), t * se / (inside * (1 - inside))
    return np.asarray(1 / (1 + np.exp(half - middle))), np.asarray(1 / (1 + np.exp(-half - middle)))


_SCALES: dict[Scale, Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]] = {
    "identity": _identity,
    "log": _log,
    "logit": _logit,
}


@cache
def critical(level: float, df: float) -> float:
    """Give the two-sided critical value of Student's t; of the normal for infinite ``df``."""
    return float(t_quantile(df, level))


def _critical_of(df: npt.ArrayLike, level: float) -> Floats:
    """Give the critical values; NaN without degrees of freedom."""
    free = np.asarray(df, dtype=np.float64)
    if free.ndim == 0:
        return np.asarray(critical(level, float(free)) if free > 0 else np.nan)
    return np.where(free > 0, t_quantile(np.where(free > 0, free, 1.0), level), np.nan)


def t_quantile(df: npt.ArrayLike, level: float) -> Floats:
    """Give the two-sided critical value of Student's t: P(-t < T < t) is the level.

    With t = sqrt(df) tan(angle) the probability is an integral of cos(u)^(df - 1) from 0 to the
    angle (Abramowitz and Stegun 1964, 26.7.3 and 4), which is smooth for every df: Gauss-Legendre
    quadrature, and Newton's steps on the angle, which rise to the root as the integral is concave.
    It agrees with ``scipy.special.stdtrit`` to about 1e-14.

    Args:
        df: degrees of freedom, above 0; infinite is taken as 1e10.
        level: probability between the two, 0 to 1.

    Returns:
        The critical values, of the shape of ``df``.
    """
    asked = np.minimum(np.asarray(df, dtype=np.float64), 1e10)
    free, back = np.unique(asked, return_inverse=True)
    factor = 2 / math.sqrt(math.pi) * _gamma_ratio(free / 2)
    angle, (nodes, weights) = np.zeros(len(free)), _quadrature(POINTS)
    for _ in range(STEPS):
        inside = factor * angle * (_power_of_cos(angle[:, None] * nodes, free[:, None]) @ weights)
        moved = angle + (level - inside) / (factor * _power_of_cos(angle, free))
        done = (moved - angle <= NEAR * moved).all()
        angle = np.maximum(moved, angle)
        if done:
            break
    found: Floats = (np.sqrt(free) * np.tan(angle))[back].reshape(asked.shape)
    return found


def _quadrature(points: int) -> tuple[Floats, Floats]:
    """Give the nodes and weights of Fejer's first rule (1933) on 0 to 1."""
    theta = (np.arange(points) + 0.5) * np.pi / points
    k = np.arange(1, points // 2 + 1)
    weights = (1 - 2 * (np.cos(2 * theta[:, None] * k) / (4 * k**2 - 1)).sum(axis=1)) / points
    return (1 + np.cos(theta)) / 2, weights


def _power_of_cos(angle: Floats, df: Floats) -> Floats:
    """Give cos(angle)^(df - 1), exact also for small angles."""
    power: Floats = np.exp((df - 1) / 2 * np.log1p(-(np.sin(angle) ** 2)))
    return power


def _gamma_ratio(a: Floats) -> Floats:
    """Give gamma(a + 1/2) / gamma(a): the series in 1/a from 16 on, the recurrence below."""
    high = a + SHIFT
    series = (
        -1 / (8 * high)
        + 1 / (192 * high**3)
        - 1 / (640 * high**5)
        + 17 / (14336 * high**7)
        - 31 / (18432 * high**9)
    )
    k = np.arange(SHIFT)
    below = np.prod((a[:, None] + k) / (a[:, None] + k + 0.5), axis=1)
    ratio: Floats = np.sqrt(high) * np.exp(series) * below
    return ratio
