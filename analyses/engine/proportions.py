"""Confidence intervals of proportions, by name; those of other figures are in intervals.py."""

from typing import Literal, get_args

import numpy as np

from analyses.engine.design import Floats, Ints, Truths
from analyses.engine.intervals import critical, interval, t_quantile
from data_contracts.errors import InputError

CiMethod = Literal["wald", "logit", "xlogit", "asin", "beta", "wilson", "likelihood"]
METHODS: tuple[str, ...] = get_args(CiMethod)
RARE = 30.0  # effective cases below which the usual interval is beta: ``rare``


def proportion_interval(
    share: float, se: float, df: float, method: str, level: float, *, n: int
) -> tuple[float, float]:
    """Give the interval of a proportion, as R survey's ``svyciprop`` of that name.

    Args:
        share: the proportion, 0 to 1.
        se: its design-based standard error.
        df: degrees of freedom of the design.
        method: ``wald`` (R's mean); ``logit`` and ``xlogit`` (Wald on the log odds, which agree at
            the fit's fixed point); ``asin`` (on the arcsine of the root); ``beta`` (Korn and
            Graubard 1998: Clopper-Pearson with the effective n corrected for df); ``wilson``
            (Wilson 1927 with the effective n so corrected); ``likelihood`` (where the deviance of
            an intercept-only quasi-binomial fit, over its dispersion n / (n - 1), reaches t^2
            times the design effect: Rao and Scott 1984. R reads the same curve off a spline, so
            it agrees to about 1e-5).
        level: probability of the interval.
        n: rows of the proportion's denominator, for the effective n and the dispersion.

    Returns:
        Lower and upper end; NaN where the method has none (logit and likelihood at 0 or 1). ``beta`` and
        ``wilson`` take n as the effective n where the sample shows no variation.

    Raises:
        InputError: there is no such method.
    """
    if method not in METHODS:
        raise InputError(f"there is no interval {method}", f"use one of {', '.join(METHODS)}")
    if method == "wald":
        return interval(share, se, df, level)
    outside = not 0 < share < 1 and method in {"logit", "xlogit", "likelihood"}
    if df <= 0 or not np.isfinite(share) or outside:
        return np.nan, np.nan
    if method in {"beta", "wilson"}:
        return _from_effective_size(share, effective_size(share, se, df, level, n), method, level)
    if method == "asin":
        with np.errstate(divide="ignore", invalid="ignore"):
            error = float(np.divide(se, 2 * np.sqrt(share * (1 - share))))
        ends = interval(float(np.arcsin(np.sqrt(share))), error, df, level)
        low, high = np.sin(np.clip(ends, 0, np.pi / 2)) ** 2
        return float(low), float(high)
    if method == "likelihood":
        return _likelihood(share, se, critical(level, df) ** 2 * n / max(n - 1, 1))
    return interval(share, se, df, level, "logit")


def _from_effective_size(
    share: float, size: float, method: str, level: float
) -> tuple[float, float]:
    tail = (1 - level) / 2
    if method == "beta":
        from scipy.special import betaincinv  # noqa: PLC0415  most tables need none of its 0.2 s

        hits = size * share
        low = float(betaincinv(hits, size - hits + 1, tail)) if share > 0 else 0.0
        high = float(betaincinv(hits + 1, size - hits, 1 - tail)) if share < 1 else 1.0
        return low, high
    z2 = critical(level, np.inf) ** 2
    middle = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * (share * (1 - share) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    return middle - half, middle + half


def effective_size(share: float, se: float, df: float, level: float, n: int) -> float:
    """Give the rows of a simple random sample worth as much, corrected for few df (Korn-Graubard)."""
    size = share * (1 - share) / se**2 if se > 0 else float(n)
    return float(size * (critical(level, max(n - 1, 1)) / critical(level, df)) ** 2)


def rare(share: Floats, se: Floats, df: Ints, n: Ints, level: float) -> Truths:
    """Tell which proportions have too few effective cases for the logit interval.

    Effective cases are the effective n (corrected for few df, as ``beta`` has it) times the
    rarer side's share. Below 30 of them ``beta`` is the usual method, else ``logit``. In 1,000
    redraws of the twin's survey (benchmarks/simulation.py), in domains that expect 1 to 5 such
    cases, beta is narrower than logit and holds the truth more often; with 5 to 20 and the whole
    design's df it holds it in 93.5 %, logit in 92.7 %.
    """
    factor = t_quantile(np.maximum(n - 1, 1), level) / t_quantile(np.maximum(df, 1), level)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = share * (1 - share) / se**2 * factor**2
        few = size * np.minimum(share, 1 - share) < RARE
    return np.asarray(few & (df > 0) & (se > 0))


def _likelihood(share: float, se: float, limit: float) -> tuple[float, float]:
    """Find where the deviance of the effective rows reaches a limit, by halving."""
    if se == 0:
        return share, share
    reach = limit * se**2 / (2 * share * (1 - share))

    def away(p: float) -> float:
        return share * float(np.log(share / p)) + (1 - share) * float(np.log((1 - share) / (1 - p)))

    def end(inner: float, outer: float) -> float:
        while (middle := (inner + outer) / 2) not in {inner, outer}:
            inner, outer = (middle, outer) if away(middle) < reach else (inner, middle)
        return middle

    return end(share, 0.0), end(share, 1.0)


def size_without_variation(
    n: Ints, n_psu: Ints, df: Ints, deff_of_total: float, level: float
) -> Floats:
    """Give the rows of a simple random sample worth as much, for proportions of 0 or 1 by cell.

    n over the design effect of the indicator's total (at least 1), or the number of PSUs where
    the total has none, with the factor of Korn and Graubard for few df; at least 1.
    """
    whole = deff_of_total
    size = n / max(1.0, whole) if np.isfinite(whole) else n_psu.astype(np.float64)
    factor = t_quantile(np.maximum(n - 1, 1), level) / t_quantile(np.maximum(df, 1), level)
    return np.asarray(np.maximum(size * np.minimum(1.0, factor) ** 2, 1.0), dtype=np.float64)


def exact_ends(value: Floats, size: Floats, level: float) -> tuple[Floats, Floats]:
    """Give Clopper-Pearson intervals for proportions of 0 (or else 1) in ``size`` rows."""
    reached = np.log((1 - level) / 2) / size  # the beta distributions of (size, 1) and (1, size)
    none = value <= 0
    return np.where(none, 0.0, np.exp(reached)), np.where(none, -np.expm1(reached), 1.0)
