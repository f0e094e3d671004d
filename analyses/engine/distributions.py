"""Quantiles of Student's t, which every interval needs; no interval is made here.

SciPy has them, but its import takes longer than a whole table of figures does. What fewer figures
need (beta quantiles of rare outcomes) is SciPy's, imported where it is used.
"""

import math

import numpy as np
import numpy.typing as npt

from analyses.engine.design import Floats

POINTS = 32  # of the quadrature; 64 change no figure beyond rounding
SHIFT = 16  # the series for the gamma functions is used from here on
STEPS = 100
NEAR = 1e-9  # after a step this small, whose error is at most its square, there is no other


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
