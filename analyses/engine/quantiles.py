"""Quantiles of weighted rows by R's rules, with Woodruff intervals; means and totals live elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.engine.delta import se_of
from analyses.engine.design import Floats
from analyses.engine.intervals import critical
from analyses.engine.proportions import CiMethod, proportion_interval
from analyses.engine.sample import Sample
from analyses.engine.statistics import Ratio
from data_contracts.errors import InputError

Rule = Literal["math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"]


@dataclass(frozen=True)
class Quantile:
    """One quantile with its Woodruff interval; ``se`` is the interval's half width over t."""

    probability: float
    value: float
    se: float
    ci_lower: float
    ci_upper: float


def quantiles(
    sample: Sample,
    y: Floats,
    within: Floats,
    probabilities: list[float],
    *,
    rule: Rule = "math",
    method: CiMethod = "wald",
    level: float = 0.95,
    df: float | None = None,
) -> list[Quantile]:
    """Estimate quantiles and their intervals (Woodruff 1952), as R survey's ``svyquantile``.

    Args:
        sample: all rows with their design.
        y: amounts, one a row.
        within: 1 for rows of the domain, else 0.
        probabilities: between 0 and 1.
        rule: how a quantile is read off the weighted distribution (Hyndman and Fan 1996 for hf1
            to hf9; math is hf1, school is hf2).
        method: the interval of the proportion below the quantile, which is turned into amounts.
        level: probability of the interval.
        df: degrees of freedom; without it the design's.

    Raises:
        InputError: a probability is not between 0 and 1, the rule is unknown or no row is within.
    """
    if rule not in _RULES:
        raise InputError(f"there is no quantile rule {rule}", f"use one of {', '.join(_RULES)}")
    if not all(0 < p < 1 for p in probabilities):
        raise InputError("a quantile's probability lies between 0 and 1", "use 0.5 for the median")
    kept = (within > 0) & (sample.weight > 0)
    if not kept.any():
        raise InputError("no row lies in the domain", "look at its condition")
    order = np.argsort(y[kept], kind="stable")
    x, w = y[kept][order], sample.weight[kept][order]
    read = _RULES[rule]
    free = sample.df() if df is None else df
    found = []
    for p in probabilities:
        value = read(x, w, p)
        below = Ratio(((y <= value) * within)[:, None], within[:, None])
        share = below.value(sample.weight)
        error = float(se_of(sample.covariance(below, share, within > 0)[0, 0]))
        low, high = proportion_interval(
            float(share[0]), error, free, method, level, n=int((sample.weight > 0).sum())
        )
        lower = read(x, w, low) if low >= 0 else np.nan
        upper = read(x, w, high) if high <= 1 else np.nan
        se = (upper - lower) / (2 * critical(level, free))
        found.append(Quantile(p, value, se, lower, upper))
    return found


def _place(w: Floats, p: float) -> tuple[int, float, float]:
    """Give the last row whose cumulated share is at most ``p``, and the distances to it and the next.

    R adds in extended precision and compares in double: whether p meets a step is decided there.
    """
    reached = np.cumsum(w.astype(np.longdouble)).astype(np.float64)
    whole = reached[-1]
    at = int(np.searchsorted(reached, p * whole, side="right")) - 1
    low = p - float(reached[at]) / whole if at >= 0 else p
    following = min(at + 1, len(w) - 1)
    return at, low, float(reached[following]) / whole - p


def _step(even: Callable[[Floats, int], float]) -> Callable[[Floats, Floats, float], float]:
    def read(x: Floats, w: Floats, p: float) -> float:
        at, low, _ = _place(w, p)
        if at >= 0 and low == 0.0:
            return even(x, at)
        return float(x[min(at + 1, len(x) - 1)])

    return read


def _next(x: Floats, at: int) -> float:
    return float(x[min(at + 1, len(x) - 1)])


def _hf4(x: Floats, w: Floats, p: float) -> float:
    at, low, up = _place(w, p)
    if at < 0:
        return float(x[0])
    gamma = low / (low + up) if low + up else 0.0
    return float(x[at]) * (1 - gamma) + _next(x, at) * gamma


def _line(points: Callable[[Floats, Floats], Floats]) -> Callable[[Floats, Floats, float], float]:
    """Read between points of the cumulated weights, level beyond the first and the last."""

    def read(x: Floats, w: Floats, p: float) -> float:
        at = points(np.cumsum(w), w)
        return float(np.interp(p, at, x[: len(at)]))

    return read


_RULES: dict[str, Callable[[Floats, Floats, float], float]] = {
    "math": (first := _step(lambda x, at: float(x[at]))),
    "school": (middle := _step(lambda x, at: (float(x[at]) + _next(x, at)) / 2)),
    "hf1": first,
    "hf2": middle,
    "hf3": _step(lambda x, at: float(x[at]) if at % 2 else _next(x, at)),
    "hf4": _hf4,
    "hf5": _line(lambda c, w: (c - w / 2) / c[-1]),
    "hf6": _line(lambda c, w: c / (c[-1] + w[-1])),
    "hf7": _line(lambda c, _: np.concatenate(([0.0], c[:-1])) / c[-2] if len(c) > 1 else c * 0),
    "hf8": _line(lambda c, w: (c - w / 3) / (c[-1] + w[-1] / 3)),
    "hf9": _line(lambda c, w: (c - 3 * w / 8) / (c[-1] + w[-1] / 4)),
}
