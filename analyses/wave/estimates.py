"""PSU totals to figures with standard errors, intervals and a status; rows are never seen here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analyses.engine.collapse import PsuTotals, Score
from analyses.engine.collapse_tables import Key
from analyses.engine.delta import se_of
from analyses.engine.design import Floats, Ints, average_factor, between_psus, centred
from analyses.engine.intervals import interval
from analyses.engine.proportions import (
    exact_ends,
    proportion_interval,
    rare,
    size_without_variation,
)
from analyses.engine.reliability import DEFAULT, flags
from data_contracts.errors import InputError

CHUNK = 32_768  # PSUs by cells linearised at a time: they stay in the cache

Kind = Literal["wor", "wr"]


@dataclass(frozen=True)
class _Sums:
    """Sums over all PSUs by cell.

    Args:
        persons: by key, weighted sums in persons.
        rows: by counted column, rows; "" counts all.
        held: by counted column, the PSUs and the strata that hold such rows.
    """

    persons: dict[Key, Floats]
    rows: dict[str, Ints]
    held: dict[str, tuple[Ints, Ints]]


def estimate(
    totals: PsuTotals,
    *,
    ci_level: float = 0.95,
    rules: str = DEFAULT,
    deff: Kind = "wor",
) -> pl.DataFrame:
    """Estimate every score in every cell, by Taylor linearisation of PSU totals.

    Totals and means of 0/1 scores, and ratios of any scores, as R survey 4.5 ``svytotal``,
    ``svymean``, ``svyratio`` and ``svyby`` give them. Intervals: logit for proportions
    (``svyciprop(method="logit")`` at its fixed point), or ``beta`` (Korn and Graubard) with fewer
    than 30 effective cases (proportions.py, ``rare``); t-based Wald for the rest. For a proportion
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
        rules: the reliability rule set (analyses/engine/reliability.py).
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
    sums = _summed(totals)
    values = [_values(sums, score) for score in totals.scores]
    variances = _variances(totals, sums, values)
    frames = [
        _estimate_score(totals, sums, score, value, variance, ci_level, rules, deff)
        for score, value, variance in zip(totals.scores, values, variances, strict=True)
    ]
    floats = pl.selectors.float()
    return pl.concat(frames).with_columns(pl.when(floats.is_finite()).then(floats))


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
    scale, num, den = totals.design.weight_scale, chosen[0].numerator, chosen[0].denominator
    z = totals.sums[(num,)][:, places] * scale
    if den is not None:
        below = totals.sums[(den,)][:, places] * scale
        x = below.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (z - below * (z.sum(axis=0) / x)) / x
    z, factor = between_psus(z, totals.psus, totals.design.lonely)
    return tuple(totals.cells[i][1] for i in places), z.T @ z * factor


def _summed(totals: PsuTotals) -> _Sums:
    """Sum every table over PSUs, those that keys share once."""
    scale = totals.design.weight_scale
    once = {id(table): table for table in totals.sums.values()}
    persons = {at: np.asarray(t.sum(axis=0) * scale, np.float64) for at, t in once.items()}
    starts = np.concatenate(([0], np.cumsum(totals.psus.sizes)[:-1]))
    rows, held = {}, {}
    counted = {id(table): table for table in totals.counts.values()}
    for at, table in counted.items():
        rows[at] = table.sum(axis=0, dtype=np.int64)
        psus = np.count_nonzero(table, axis=0).astype(np.int64)
        strata = np.count_nonzero(np.maximum.reduceat(table, starts, axis=0), axis=0)
        held[at] = psus, strata.astype(np.int64)
    return _Sums(
        {key: persons[id(table)] for key, table in totals.sums.items()},
        {name: rows[id(table)] for name, table in totals.counts.items()},
        {name: held[id(table)] for name, table in totals.counts.items()},
    )


def _values(sums: _Sums, score: Score) -> Floats:
    """Give a score's total, in persons, or ratio by cell."""
    above = sums.persons[(score.numerator,)]
    if score.denominator is None:
        return above
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = above / sums.persons[(score.denominator,)]
    return ratio


def _variances(totals: PsuTotals, sums: _Sums, values: list[Floats]) -> list[Floats]:
    """Give the scores' variances by cell: of z = y for a total, of (y - R x) / X for a ratio.

    A few strata are looked at a time, all scores of them, in the weight's units.
    """
    lonely, scale, n = totals.design.lonely, totals.design.weight_scale, len(totals.psus.labels)
    totals.psus.check_lonely(lonely)
    squares = np.zeros((len(values), len(totals.cells)))
    for sizes, rows in _strata(totals):
        parts: dict[str, Floats] = {}
        for at, (score, value) in enumerate(zip(totals.scores, values, strict=True)):
            num, den = score.numerator, score.denominator
            for name in (num,) if den is None else (num, den):
                if name not in parts:
                    parts[name] = totals.sums[(name,)][rows].astype(np.float64)
            z = parts[num] if den is None else parts[num] - parts[den] * value
            # The mean over all PSUs: a ratio's z add up to zero.
            grand = value / scale / n if den is None else np.zeros(len(value))
            z = centred(z, sizes, grand if lonely == "adjust" else None)
            z *= z
            squares[at] += z.sum(axis=0)
    factor = average_factor(totals.psus) if lonely == "average" else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return [
            square * factor * (scale / sums.persons.get((score.denominator or "",), 1.0)) ** 2
            for score, square in zip(totals.scores, squares, strict=True)
        ]


def _strata(totals: PsuTotals) -> Iterator[tuple[Ints, slice]]:
    """Cut the PSUs between strata: the strata's sizes and the rows of their PSUs, by turns."""
    sizes, step = totals.psus.sizes, max(1, CHUNK // len(totals.cells))
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        begun = int(ends[first] - sizes[first])
        last = max(first + 1, int(np.searchsorted(ends, begun + step, side="right")))
        yield sizes[first:last], slice(begun, int(ends[last - 1]))
        first = last


def _is_mean(totals: PsuTotals, score: Score) -> bool:
    """Tell whether the denominator picks rows (0/1) and the numerator is zero outside them."""
    num, den = score.numerator, score.denominator
    if den is None or den not in totals.binary:
        return False
    both, above = totals.sums[(num, den)], totals.sums[(num,)]
    return both is above or bool(np.array_equal(both, above))


def _estimate_score(
    totals: PsuTotals,
    sums: _Sums,
    score: Score,
    value: Floats,
    variance: Floats,
    level: float,
    rules: str,
    kind: Kind,
) -> pl.DataFrame:
    total = score.denominator is None
    counted = score.denominator or score.numerator
    n, (n_psu, n_strata) = sums.rows[counted], sums.held[counted]
    cells = len(totals.cells)
    mean = _is_mean(totals, score)
    proportion = mean and score.numerator in totals.binary
    with np.errstate(divide="ignore", invalid="ignore"):
        se = se_of(variance)
        cv = se / np.abs(value)
        deff = variance / _simple_variance(sums, score, value, kind, mean=mean)
    by_domain = totals.design.df_method == "domain"
    df = n_psu - n_strata if by_domain else np.full(cells, totals.psus.df, dtype=np.int64)
    low, high = interval(value, se, df, level, "logit" if proportion else "identity")
    ends = proportion & (n > 0) & ((value <= 0) | (value >= 1))
    notes: list[str | None] = [None] * cells
    if ends.any():
        size = size_without_variation(n[ends], n_psu[ends], df[ends], float(deff[0]), level)
        low[ends], high[ends] = exact_ends(value[ends], size, level)
        for i, k in zip(np.flatnonzero(ends).tolist(), size, strict=True):
            notes[i] = f"no variation in the sample; Clopper-Pearson interval, effective n {k:.0f}"
    few = proportion & rare(value, se, df, n, level)
    for i in np.flatnonzero(few).tolist():
        low[i], high[i] = proportion_interval(value[i], se[i], df[i], "beta", level, n=int(n[i]))
    usual = "logit" if proportion else "wald"
    method = [
        "beta" if beta else None if np.isnan(at_low) else usual
        for beta, at_low in zip(ends | few, low, strict=True)
    ]
    status = flags(rules, n=n, value=value, se=se, low=low, high=high, df=df, proportion=proportion)
    columns = {
        "indicator": [score.name] * cells,
        "breakdown": [name for name, _ in totals.cells],
        "category": [category for _, category in totals.cells],
        "unit_measure": ["PS" if total else "RATIO"] * cells,
        "obs_value": value,
        "se": se,
        "ci_lower": low,
        "ci_upper": high,
        "ci_level": [level] * cells,
        "ci_method": pl.Series(method, dtype=pl.String),
        "cv": cv,
        "deff": deff,
        "df": df,
        "n": n,
        "n_psu": n_psu,
        "n_strata": n_strata,
        "numerator": sums.persons[(score.numerator,)],
        "denominator": np.full(cells, np.nan) if total else sums.persons[(counted,)],
        "lonely_psu": [totals.design.lonely_rule] * cells,
        "df_method": [totals.design.df_method] * cells,
        "obs_status": status,
        "note": pl.Series(notes, dtype=pl.String),
    }
    # Arrays go as lists: to take an array polars imports numpy.ma, which takes longer.
    return pl.DataFrame(
        {name: c.tolist() if isinstance(c, np.ndarray) else c for name, c in columns.items()}
    )


def _simple_variance(sums: _Sums, score: Score, value: Floats, kind: Kind, *, mean: bool) -> Floats:
    """Give the variance under simple random sampling of as many rows."""
    num, den = score.numerator, score.denominator
    if den is not None and not mean:
        return _simple_variance_of_ratio(sums, num, den, value, kind)
    n, size = sums.rows[den or ""], sums.persons[() if den is None else (den,)]
    spread = sums.persons[(num, num)] / size - (sums.persons[(num,)] / size) ** 2
    of_mean: Floats = spread * n / (n - 1) * _left(size, n, kind) / n
    return of_mean if den is not None else of_mean * size**2


def _left(size: Floats, n: Ints, kind: Kind) -> Floats:
    """Give the share of the population that a sample without replacement leaves out, else 1."""
    return np.ones(len(n)) if kind == "wr" else np.where(size >= n, (size - n) / size, np.nan)


def _simple_variance_of_ratio(sums: _Sums, num: str, den: str, value: Floats, kind: Kind) -> Floats:
    """Give the same for a ratio of amounts: the total of residuals (y - R x) / X, as svyratio."""
    persons, n = sums.persons, sums.rows[""]
    size, x = persons[()], persons[(den,)]
    squares: Floats = (
        persons[(num, num)] - 2 * value * persons[(num, den)] + value**2 * persons[(den, den)]
    ) / x**2
    found: Floats = squares * n / (n - 1) * size * _left(size, n, kind) / n
    return found
