"""Distances of calibration and the multipliers that meet the totals; weights and variances are in calibration.py."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from analyses.engine.design import Floats
from data_contracts.errors import InputError

Distance = Literal["linear", "bounded", "raking", "logit"]
ENOUGH = 200


def distance_of(
    distance: Distance, low: float, high: float
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Give new weight over old as a function of the linear predictor, and its derivative.

    Args:
        distance: linear, bounded, raking or logit (Deville and Sarndal 1992, table 1).
        low: least new weight over old, for bounded and logit.
        high: largest.

    Raises:
        InputError: there is no such distance, or logit lacks a bound.
    """
    if distance == "linear":
        return (lambda u: 1 + u), np.ones_like
    if distance == "bounded":
        return (lambda u: np.clip(1 + u, low, high)), (
            lambda u: ((1 + u > low) & (1 + u < high)).astype(np.float64)
        )
    if distance == "raking":
        return np.exp, np.exp
    if distance != "logit":
        raise InputError(f"there is no distance {distance}", "use linear, bounded, raking or logit")
    if not np.isfinite([low, high]).all():
        raise InputError("logit calibration needs both bounds", "use for instance 0.5 and 2")
    a = (high - low) / ((1 - low) * (high - 1))

    def factor(u: Floats) -> Floats:
        e = np.exp(a * np.clip(u, -700 / a, 700 / a))
        found: Floats = (low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e)
        return found

    def slope(u: Floats) -> Floats:
        g = factor(u)
        found: Floats = a * (g - low) * (high - g) / (high - low)
        return found

    return factor, slope


def multipliers(
    x: Floats,
    weight: Floats,
    totals: Floats,
    factor: Callable[[Floats], Floats],
    slope: Callable[[Floats], Floats],
) -> tuple[Floats, int]:
    """Find the multipliers with which the totals are met, by Newton steps, halved while they lead away.

    Args:
        x: auxiliary amounts, (rows, totals).
        weight: weights before.
        totals: what the new weights times ``x`` must sum to.
        factor: new weight over old, by ``x`` times the multipliers.
        slope: its derivative.

    Returns:
        The multipliers, and how many steps they took.

    Raises:
        InputError: the totals cannot be met.
    """
    lam = np.zeros(x.shape[1])
    size = np.maximum(np.abs(totals), 1.0)

    def miss(at: Floats) -> Floats:
        return np.asarray(totals - (weight * factor(x @ at)) @ x, dtype=np.float64)

    away = miss(lam)
    for step in range(1, ENOUGH + 1):
        if np.max(np.abs(away) / size) < 1e-13:
            return lam, step - 1
        jacobian = (x * (weight * slope(x @ lam))[:, None]).T @ x
        change = np.linalg.lstsq(jacobian, away, rcond=None)[0]
        part = 1.0
        while part > 1e-6:
            tried = miss(lam + part * change)
            if np.all(np.isfinite(tried)) and np.linalg.norm(tried / size) < np.linalg.norm(
                away / size
            ):
                break
            part /= 2
        else:
            break
        lam, away = lam + part * change, tried
    if np.max(np.abs(away) / size) < 1e-9:
        return lam, step
    raise InputError(
        "the population totals cannot be met within the bounds",
        "widen the bounds, or calibrate to fewer totals",
    )
