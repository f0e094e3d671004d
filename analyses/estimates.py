"""PSU totals to figures with standard errors, intervals and a status; rows are never seen here."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from scipy.special import stdtrit

from analyses.collapse import PsuTotals, Score
from analyses.design import Floats, Ints, between_psus
from analyses.intervals import exact_ends, proportion_interval, rare, size_without_variation
from analyses.reliability import DEFAULT, flags
from data_contracts.errors import InputError

CHUNK = 500_000  # PSUs by cells held at a time


@dataclass(frozen=True)
class _Cells:
    """Sums over PSUs of one score in some cells, in persons; arrays of one entry a cell."""

    at: list[int]
    n: Ints
    numerator: Floats
    denominator: Floats
    linearised: Floats  # (PSUs, cells)


def estimate(
    totals: PsuTotals,
    *,
    ci_level: float = 0.95,
    rules: str = DEFAULT,
    deff: Literal["wor", "wr"] = "wor",
) -> pl.DataFrame:
    """Estimate every score in every cell, by Taylor linearisation of PSU totals.

    Totals and means of 0/1 scores, and ratios of any scores, as R survey 4.5 ``svytotal``,
    ``svymean``, ``svyratio`` and ``svyby`` give them. Intervals: logit for proportions
    (``svyciprop(method="logit")`` at its fixed point), or ``beta`` (Korn and Graubard) with fewer
    than 30 effective cases (intervals.py, ``rare``); t-based Wald for the rest. For a proportion
    of 0 or 1: Clopper-Pearson (``beta``) with effective size n / max(1, deff of the same
    indicator's total row), or the number of PSUs in the cell when that row has none, and the
    Korn-Graubard factor (t(n-1) / t(df))^2. Design effects: for proportions and means ``svymean(deff=TRUE)``
    on the rows of the denominator, for totals ``svytotal`` on the rows of the cell, for other
    ratios ``svyratio`` on the rows of the cell.

    ``n`` counts the rows of the denominator; for a total, the rows that are counted (the ILO's
    cell). ``n_psu`` and ``n_strata`` count those that hold such rows. ``obs_status`` follows the named
    reliability rules.

    Args:
        totals: what ``collapse`` gives.
        ci_level: probability of the interval.
        rules: the reliability rule set (analyses/reliability.py).
        deff: the simple random sample that the design effect compares with: drawn without (R's
            ``deff=TRUE``) or with replacement (``deff="replace"``).

    Returns:
        One row a score and cell, unrounded: indicator, breakdown, category, unit_measure (PS or
        RATIO), obs_value, se, ci_lower, ci_upper, ci_level, ci_method, cv, deff, df, n, n_psu,
        n_strata, numerator, denominator (persons), lonely_psu, df_method, obs_status, note.
        A ratio over nobody is null, with status S.

    Raises:
        InputError: a stratum has one PSU and the design says ``fail``.
    """
    if not 0 < ci_level < 1:
        raise InputError("a confidence level lies between 0 and 1", "use 0.95")
    frames = [_estimate_score(totals, score, ci_level, rules, deff) for score in totals.scores]
    return pl.concat(frames)


def covariance(totals: PsuTotals, score: str, breakdown: str) -> tuple[tuple[str, ...], Floats]:
    """Give a breakdown's categories and the covariance matrix of the score's figures in them.

    Needed for contrasts: categories share PSUs, so their figures are not independent.

    Args:
        totals: what ``collapse`` gives.
        score: name of the score.
        breakdown: name of the breakdown.

    Returns:
        The categories, and a matrix (categories, categories) in the figure's squared units;
        NaN where a ratio has no denominator.
    """
    chosen = [s for s in totals.scores if s.name == score]
    places = totals.cells_of(breakdown)
    if not chosen or not places:
        raise InputError("this score or breakdown was not collapsed", "collapse it first")
    cells = _cells(totals, chosen[0], places)
    z, factor = between_psus(cells.linearised, totals.psus, totals.design.lonely)
    return tuple(totals.cells[i][1] for i in places), z.T @ z * factor


def _sum(totals: PsuTotals, *key: str) -> Floats:
    """Give a key's weighted sums over all PSUs, in persons, by cell."""
    return np.asarray(totals.sums[key].sum(axis=0) * totals.design.weight_scale, dtype=np.float64)


def _cells(totals: PsuTotals, score: Score, at: list[int]) -> _Cells:
    """Sum a score over PSUs and linearise it: z = y for a total, (y - R x) / X for a ratio."""
    scale, num, den = totals.design.weight_scale, score.numerator, score.denominator
    first, last = at[0], at[-1] + 1
    own: slice | list[int] = slice(first, last) if at == list(range(first, last)) else at
    by_psu = totals.sums[(num,)][:, own]
    y = by_psu.sum(axis=0) * scale
    n = totals.counts[den or num][:, own].sum(axis=0)
    if den is None:
        return _Cells(at, n, y, np.full(len(at), np.nan), (by_psu * scale).astype(np.float64))
    below = totals.sums[(den,)][:, own]
    x = below.sum(axis=0) * scale
    with np.errstate(divide="ignore", invalid="ignore"):
        z = below * (y / x)
        np.subtract(by_psu, z, out=z)
        z *= scale
        z /= x
    return _Cells(at, n, y, x, z)


def _with_variance(totals: PsuTotals, score: Score) -> tuple[_Cells, Floats]:
    """Sum and linearise all cells and give their variances, a few cells at a time for the cache."""
    step = max(1, CHUNK // len(totals.psus.labels))
    parts, variances = [], []
    for first in range(0, len(totals.cells), step):
        part = _cells(totals, score, list(range(first, min(first + step, len(totals.cells)))))
        z, factor = between_psus(part.linearised, totals.psus, totals.design.lonely)
        variances.append((z * z).sum(axis=0) * factor)
        parts.append(replace(part, linearised=np.empty((0, len(part.at)))))
    whole = _Cells(
        list(range(len(totals.cells))),
        np.concatenate([part.n for part in parts]),
        np.concatenate([part.numerator for part in parts]),
        np.concatenate([part.denominator for part in parts]),
        np.empty((0, len(totals.cells))),
    )
    return whole, np.concatenate(variances)


def _is_mean(totals: PsuTotals, score: Score) -> bool:
    """Tell whether the denominator picks rows (0/1) and the numerator is zero outside them."""
    num, den = score.numerator, score.denominator
    if den is None or den not in totals.binary:
        return False
    both, above = totals.sums[(num, den)], totals.sums[(num,)]
    return both is above or bool(np.array_equal(both, above))


def _estimate_score(
    totals: PsuTotals, score: Score, level: float, rules: str, kind: Literal["wor", "wr"]
) -> pl.DataFrame:
    cells, variance = _with_variance(totals, score)
    at = cells.at
    mean = _is_mean(totals, score)
    proportion = mean and score.numerator in totals.binary
    total = score.denominator is None
    with np.errstate(divide="ignore", invalid="ignore"):
        value = cells.numerator if total else cells.numerator / cells.denominator
        se = np.sqrt(variance)
        cv = se / np.abs(value)
        deff = variance / _simple_variance(totals, score, value, kind, mean=mean)
    n_psu, n_strata = _held(totals, score)
    by_domain = totals.design.df_method == "domain"
    df = n_psu - n_strata if by_domain else np.full(len(at), totals.psus.df, dtype=np.int64)
    low, high = _interval(value, se, df, level, logit=proportion)
    ends = proportion & (cells.n > 0) & ((value <= 0) | (value >= 1))
    size = size_without_variation(cells.n, n_psu, df, float(deff[0]), level)
    exact_low, exact_high = exact_ends(value, size, level)
    low, high = np.where(ends, exact_low, low), np.where(ends, exact_high, high)
    few = proportion & rare(value, se, df, cells.n, level)
    for i in np.flatnonzero(few).tolist():
        low[i], high[i] = proportion_interval(
            value[i], se[i], df[i], "beta", level, n=int(cells.n[i])
        )
    usual = "logit" if proportion else "wald"
    method = [
        "beta" if beta else None if np.isnan(at_low) else usual
        for beta, at_low in zip(ends | few, low, strict=True)
    ]
    said = "no variation in the sample; Clopper-Pearson interval, effective n"
    notes = [f"{said} {k:.0f}" if end else None for end, k in zip(ends, size, strict=True)]
    status = flags(
        rules, n=cells.n, value=value, se=se, low=low, high=high, df=df, proportion=proportion
    )
    frame = pl.DataFrame(
        {
            "indicator": [score.name] * len(at),
            "breakdown": [name for name, _ in totals.cells],
            "category": [category for _, category in totals.cells],
            "unit_measure": ["PS" if total else "RATIO"] * len(at),
            "obs_value": value,
            "se": se,
            "ci_lower": low,
            "ci_upper": high,
            "ci_level": [level] * len(at),
            "ci_method": pl.Series(method, dtype=pl.String),
            "cv": cv,
            "deff": deff,
            "df": df,
            "n": cells.n,
            "n_psu": n_psu,
            "n_strata": n_strata,
            "numerator": cells.numerator,
            "denominator": cells.denominator,
            "lonely_psu": [totals.design.lonely_rule] * len(at),
            "df_method": [totals.design.df_method] * len(at),
            "obs_status": status,
            "note": pl.Series(notes, dtype=pl.String),
        }
    )
    floats = pl.selectors.float()
    return frame.with_columns(pl.when(floats.is_finite()).then(floats))


def _held(totals: PsuTotals, score: Score) -> tuple[Ints, Ints]:
    """Count, by cell, the PSUs and strata that hold rows of the score."""
    held = totals.counts[score.denominator or score.numerator] > 0
    starts = np.concatenate(([0], np.cumsum(totals.psus.sizes)[:-1]))
    strata = np.logical_or.reduceat(held, starts, axis=0)
    return held.sum(axis=0).astype(np.int64), strata.sum(axis=0).astype(np.int64)


def _simple_variance(
    totals: PsuTotals, score: Score, value: Floats, kind: Literal["wor", "wr"], *, mean: bool
) -> Floats:
    """Give the variance under simple random sampling of as many rows."""
    num, den = score.numerator, score.denominator
    if den is not None and not mean:
        return _simple_variance_of_ratio(totals, num, den, value, kind)
    if den is None:
        n, size = totals.counts[""].sum(axis=0), _sum(totals)
    else:
        n, size = totals.counts[den].sum(axis=0), _sum(totals, den)
    spread = _sum(totals, num, num) / size - (_sum(totals, num) / size) ** 2
    of_mean: Floats = spread * n / (n - 1) * _left(size, n, kind) / n
    return of_mean if den is not None else of_mean * size**2


def _left(size: Floats, n: Ints, kind: Literal["wor", "wr"]) -> Floats:
    """Give the share of the population that a sample without replacement leaves out, else 1."""
    return np.ones(len(n)) if kind == "wr" else np.where(size >= n, (size - n) / size, np.nan)


def _simple_variance_of_ratio(
    totals: PsuTotals, num: str, den: str, value: Floats, kind: Literal["wor", "wr"]
) -> Floats:
    """Give the same for a ratio of amounts: the total of residuals (y - R x) / X, as svyratio."""
    n, size, x = totals.counts[""].sum(axis=0), _sum(totals), _sum(totals, den)
    squares: Floats = (
        _sum(totals, num, num)
        - 2 * value * _sum(totals, num, den)
        + value**2 * _sum(totals, den, den)
    ) / x**2
    found: Floats = squares * n / (n - 1) * size * _left(size, n, kind) / n
    return found


def _interval(
    value: Floats, se: Floats, df: Ints, level: float, *, logit: bool
) -> tuple[Floats, Floats]:
    t = np.where(df > 0, stdtrit(np.maximum(df, 1), (1 + level) / 2), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if not logit:
            return value - t * se, value + t * se
        middle, half = np.log(value / (1 - value)), t * se / (value * (1 - value))
        return 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))
