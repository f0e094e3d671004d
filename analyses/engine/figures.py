"""Figures of one score by cell, and the interval of each; they are made in psu_figures.py and ask/roads.py."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.engine.design import Floats, Ints
from analyses.engine.intervals import Scale, interval
from analyses.engine.proportions import (
    CiMethod,
    exact_ends,
    proportion_interval,
    rare,
    size_without_variation,
)
from data_contracts.discreet import Discreet

DeffKind = Literal["wor", "wr"]  # the simple random sample of a design effect: R's TRUE, "replace"
AT_END = {"logit", "xlogit", "likelihood", "asin", "beta"}  # these take exact ends at 0 and 1

_SCALES: dict[CiMethod, Scale] = {"wald": "identity", "logit": "logit", "xlogit": "logit"}


@dataclass(frozen=True, repr=False)
class Figures(Discreet):
    """Figures of one score, an entry a cell, that of the whole first; NaN where there is none.

    Args:
        value: the total, mean or ratio.
        se: its design-based standard error.
        deff: its design effect.
        n: rows of the denominator; for a total, the rows that are counted.
        n_psu: PSUs that hold such rows.
        n_strata: strata that hold them.
        df: degrees of freedom.
    """

    value: Floats
    se: Floats
    deff: Floats
    n: Ints
    n_psu: Ints
    n_strata: Ints
    df: Ints

    def placed(self, cells: Ints, at: Ints, size: int) -> "Figures":
        """Give some cells at other places of a longer list; NaN and 0 where nobody is."""

        def amounts(values: Floats) -> Floats:
            full = np.full(size, np.nan)
            full[at] = values[cells]
            return full

        def counts(values: Ints) -> Ints:
            full = np.zeros(size, dtype=np.int64)
            full[at] = values[cells]
            return full

        return Figures(
            amounts(self.value), amounts(self.se), amounts(self.deff),
            counts(self.n), counts(self.n_psu), counts(self.n_strata), counts(self.df),
        )  # fmt: skip


@dataclass(frozen=True, repr=False)
class Intervals(Discreet):
    """The intervals of ``Figures``, an entry a cell, with their method (None without one) and notes."""

    low: Floats
    high: Floats
    methods: list[str | None]
    notes: list[str]


def intervals_of(
    found: Figures, level: float, *, proportion: bool, method: CiMethod | None = None
) -> Intervals:
    """Give the intervals of figures by their usual method, or of proportions by a named one.

    Args:
        found: the figures.
        level: probability of the intervals.
        proportion: shares of rows, 0 to 1; all others have t intervals (``wald``).
        method: of proportions; without it logit (R ``svyciprop``), or beta (Korn and Graubard
            1998) with fewer than 30 effective cases (proportions.py, ``rare``). At 0 and 1 the
            methods of ``AT_END`` give exact ends with the effective n.
    """
    value, se, df = found.value, found.se, found.df
    own: CiMethod = (method or "logit") if proportion else "wald"
    scale = _SCALES.get(own)
    low, high = interval(value, se, df, level, scale or "identity")
    beta = np.zeros(len(value), dtype=np.bool_)
    if proportion and method is None:
        beta = rare(value, se, df, found.n, level)
    for i in np.flatnonzero(beta).tolist() if scale else range(len(value)):
        low[i], high[i] = proportion_interval(
            float(value[i]), float(se[i]), float(df[i]), "beta" if beta[i] else own, level,
            n=int(found.n[i]),
        )  # fmt: skip
    ends = (value <= 0) | (value >= 1) if proportion and own in AT_END else np.zeros_like(beta)
    notes = [""] * len(value)
    if ends.any():
        size = size_without_variation(
            found.n[ends], found.n_psu[ends], df[ends], float(found.deff[0]), level
        )
        low[ends], high[ends] = exact_ends(value[ends], size, level)
        for i, k in zip(np.flatnonzero(ends).tolist(), size, strict=True):
            notes[i] = f"no variation in the sample; Clopper-Pearson interval, effective n {k:.0f}"
    methods: list[str | None] = [
        None if np.isnan(at_low) else "beta" if exact else own
        for at_low, exact in zip(low, beta | ends, strict=True)
    ]
    return Intervals(low, high, methods, notes)
