"""R's glm as it stops by default and its likelihood interval, to show what explains R's output.

R leaves its loop when the deviance moves by less than 1e-8 of itself, and ``svyglm`` takes the
weights of the last step, which are one step behind the coefficients.
"""

import numpy as np
from scipy.special import expit, fdtri, ndtr, stdtrit

from analyses.engine.sample import Sample

EARLY = {
    "reason": "default R stops on the deviance; stopped as R, we agree (next rows)",
    "reach": 1e-4,
}


def logit_with_early_stop(s: Sample, x, y, within=None):
    """Give coefficients and covariance as default ``svyglm(family=quasibinomial)`` prints them."""
    return _stopped(s, x, y, within)[:2]


def _stopped(s: Sample, x, y, within):
    """Give coefficients, covariance, and the inverse information that R calls unscaled."""
    inside = (s.weight > 0) & (True if within is None else within > 0)
    rows = np.flatnonzero(inside & np.isfinite(y) & np.isfinite(x).all(axis=1))
    x, y = x[rows], y[rows]
    w = s.weight[rows] / s.weight[inside].mean()  # R scales before it leaves blanks out
    mean = (w * y + 0.5) / (w + 1)
    predictor = np.log(mean / (1 - mean))
    last = _deviance(y, mean, w)
    for _ in range(25):
        slope = mean * (1 - mean)
        working = w * slope
        z = predictor + (y - mean) / slope
        inverse = np.linalg.inv((x * working[:, None]).T @ x)
        beta = inverse @ (x.T @ (working * z))
        predictor = x @ beta
        mean = expit(predictor)
        deviance = _deviance(y, mean, w)
        if abs(deviance - last) / (abs(deviance) + 0.1) < 1e-8:
            break
        last = deviance
    residual = (y - mean) / (mean * (1 - mean))
    influence = np.zeros((len(s.weight), x.shape[1]))
    influence[rows] = (residual * working / s.weight[rows])[:, None] * x @ inverse
    return beta, s.covariance_of(influence), inverse


def _deviance(y, mean, w):
    return float(-2 * w @ np.where(y > 0, np.log(mean), np.log1p(-mean)))


def likelihood_off_a_spline(s: Sample, y, df, within=None):
    """Give the likelihood interval of a proportion as R reads it: few points, a spline, then chords.

    R profiles its early-stopped fit at steps of a fifth of the cut-off, lays a spline of Forsythe,
    Malcolm and Moler through the signed roots and joins three times as many points of it by lines.
    """
    beta, covariance, inverse = _stopped(s, np.ones((len(y), 1)), y, within)
    inside = np.isfinite(y) & (True if within is None else within > 0)
    p, n = float(s.weight[inside] @ y[inside] / s.weight[inside].sum()), int(inside.sum())
    eta, own = float(beta[0]), float(np.sqrt(covariance[0, 0]))
    cut = float(stdtrit(df, 0.975)) * own / float(np.sqrt(inverse[0, 0]))
    alpha = float(ndtr(-cut)) / 2
    reach = float(np.sqrt(fdtri(1, n - 1, 1 - alpha)))

    def root(at):
        mean = expit(at)
        away = p * np.log(p / mean) + (1 - p) * np.log((1 - p) / (1 - mean))
        return np.sign(at - eta) * np.sqrt(2 * n * away * (n - 1) / n)

    points = [eta]
    for side in (-1, 1):
        for step in range(1, 10):
            points.append(eta + side * step * reach / 5 * own)
            if abs(root(points[-1])) >= reach:
                break
    x = np.sort(points)
    y = np.array([0.0 if at == eta else root(at) for at in x])
    fine = np.linspace(x[0], x[-1], 3 * len(x))
    return expit(np.interp([-cut, cut], _spline(x, y, fine), fine))


def _spline(x, y, at):
    """Give the cubic spline whose end cubics go through the first and the last four points."""
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    n = len(x)
    a, b = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        a[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        b[i] = 6 * (slope[i] - slope[i - 1])
    second = np.diff(slope) / (x[2:] - x[:-2])
    third = np.diff(second) / (x[3:] - x[:-3])
    a[0, :2], b[0] = (-1, 1), 6 * third[0] * h[0]
    a[-1, -2:], b[-1] = (-1, 1), 6 * third[-1] * h[-1]
    m = np.linalg.solve(a, b)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    left, right = at - x[i], x[i + 1] - at
    return (
        (m[i] * right**3 + m[i + 1] * left**3) / (6 * h[i])
        + (y[i] / h[i] - m[i] * h[i] / 6) * right
        + (y[i + 1] / h[i] - m[i + 1] * h[i] / 6) * left
    )
