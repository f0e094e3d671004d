"""The wave's figures as a table: PSU totals to estimates with intervals and a status; rows are never seen here."""

import numpy as np
import polars as pl

from analyses.engine.collapse import PsuTotals, Score
from analyses.engine.figures import DeffKind, Figures, intervals_of
from analyses.engine.psu_figures import PsuSums, figures_of, is_proportion, summed
from analyses.engine.reliability import DEFAULT, flags
from data_contracts.errors import InputError


def estimate(
    totals: PsuTotals,
    *,
    ci_level: float = 0.95,
    rules: str = DEFAULT,
    deff: DeffKind = "wor",
) -> pl.DataFrame:
    """Estimate every score in every cell (psu_figures.py), with interval, counts and status.

    Intervals: logit for proportions
    (``svyciprop(method="logit")`` at its fixed point), or ``beta`` (Korn and Graubard) with fewer
    than 30 effective cases (proportions.py, ``rare``); t-based Wald for the rest. For a proportion
    of 0 or 1: Clopper-Pearson (``beta``) with effective size n / max(1, deff of the same
    indicator's total row), or the number of PSUs in the cell when that row has none, and the
    Korn-Graubard factor (t(n-1) / t(df))^2.

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
    sums = summed(totals)
    frames = [
        _table(totals, sums, score, found, ci_level, rules)
        for score, found in zip(totals.scores, figures_of(totals, sums, deff=deff), strict=True)
    ]
    floats = pl.selectors.float()
    return pl.concat(frames).with_columns(pl.when(floats.is_finite()).then(floats))


def _table(
    totals: PsuTotals, sums: PsuSums, score: Score, found: Figures, level: float, rules: str
) -> pl.DataFrame:
    cells, total = len(totals.cells), score.denominator is None
    proportion = is_proportion(totals, score)
    ends = intervals_of(found, level, proportion=proportion)
    status = flags(
        rules, n=found.n, value=found.value, se=found.se, low=ends.low, high=ends.high,
        df=found.df, proportion=proportion,
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = found.se / np.abs(found.value)
    over = np.full(cells, np.nan) if total else sums.persons[(score.denominator or "",)]
    columns = {
        "indicator": [score.name] * cells,
        "breakdown": [name for name, _ in totals.cells],
        "category": [category for _, category in totals.cells],
        "unit_measure": ["PS" if total else "RATIO"] * cells,
        "obs_value": found.value,
        "se": found.se,
        "ci_lower": ends.low,
        "ci_upper": ends.high,
        "ci_level": [level] * cells,
        "ci_method": pl.Series(ends.methods, dtype=pl.String),
        "cv": cv,
        "deff": found.deff,
        "df": found.df,
        "n": found.n,
        "n_psu": found.n_psu,
        "n_strata": found.n_strata,
        "numerator": sums.persons[(score.numerator,)],
        "denominator": over,
        "lonely_psu": [totals.design.lonely_rule] * cells,
        "df_method": [totals.design.df_method] * cells,
        "obs_status": status,
        "note": pl.Series([note or None for note in ends.notes], dtype=pl.String),
    }
    # Arrays go as lists: to take an array polars imports numpy.ma, which takes longer.
    return pl.DataFrame(
        {name: c.tolist() if isinstance(c, np.ndarray) else c for name, c in columns.items()}
    )
