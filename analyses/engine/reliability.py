"""When a figure is too uncertain to use: named rule sets as data, and one function that applies them.

Confidentiality is another matter: it is decided in analyses/disclosure/estimates.py.
"""

from dataclasses import dataclass

import numpy as np

from analyses.engine.design import Floats, Ints, Truths
from analyses.engine.proportions import proportion_interval
from data_contracts.errors import InputError


@dataclass(frozen=True)
class RuleSet:
    """The limits of one body's rule for publishing estimates.

    A figure is S (not to be used) or U (unreliable: to be used with care), else A.

    Args:
        said: the rule in words, printed under each table, with its source.
        few: fewer rows are S.
        some: fewer rows are U.
        bad_cv: a larger coefficient of variation is U; of a proportion that of its rarer side.
        worst_cv: a larger one is S.
        widest_end: a wider interval of a proportion of 0 or 1 is U.
        nchs: proportions are judged by ``_nchs`` as well.
        dropped: the share of S figures from which a whole table is dropped.
    """

    said: str
    few: int = 0
    some: int = 0
    bad_cv: float = np.inf
    worst_cv: float = np.inf
    widest_end: float = np.inf
    nchs: bool = False
    dropped: float | None = None


DEFAULT = "nso"
RULE_SETS = {
    "nso": RuleSet(
        "S: n < 5. U: n < 15, or CV above 33.3% (of a proportion's rarer side), or the interval of "
        "a proportion of 0 or 1 wider than 0.30 (ILO counts with Statistics Canada's cut).",
        few=5,
        some=15,
        bad_cv=1 / 3,
        widest_end=0.3,
    ),
    "ilo": RuleSet(
        "S: n < 5. U: n < 15. A table with more than a third (0.334) of its figures S is dropped "
        "(ILO, microdata processing rules 2018-2023).",
        few=5,
        some=15,
        dropped=0.334,
    ),
    "statcan": RuleSet(
        "U: CV above 16.5%. S: CV above 33.3% (Statistics Canada's bands; of a proportion the CV "
        "of its rarer side).",
        bad_cv=0.165,
        worst_cv=1 / 3,
    ),
    "abs": RuleSet(
        "U: relative standard error of 25% or more (Australian Bureau of Statistics; of a "
        "proportion that of its rarer side).",
        bad_cv=float(np.nextafter(0.25, 0)),
    ),
    "toolkit": RuleSet(
        "S: n < 5 or CV above 50%. U: n < 15 or CV above 30% (of a proportion's rarer side), or "
        "the interval of a proportion of 0 or 1 wider than 0.30.",
        few=5,
        some=15,
        bad_cv=0.3,
        worst_cv=0.5,
        widest_end=0.3,
    ),
    "nchs": RuleSet(
        "Proportions: S when n or effective n < 30, the Korn-Graubard interval is 0.30 wide or "
        "more, or wider than 0.05 and than 130% of the rarer side; U when df < 8 or the "
        "proportion is 0 or 1 (NCHS 2017, Series 2 No. 175). Other figures: U when n < 30.",
        nchs=True,
    ),
}


def rule_set(name: str) -> RuleSet:
    """Give a rule set by its name.

    Raises:
        InputError: there is none of this name.
    """
    if name not in RULE_SETS:
        raise InputError(
            f"there is no reliability rule set {name}", f"use one of {', '.join(RULE_SETS)}"
        )
    return RULE_SETS[name]


def flags(
    name: str,
    *,
    n: Ints,
    value: Floats,
    se: Floats,
    low: Floats,
    high: Floats,
    df: Ints,
    proportion: bool,
) -> list[str]:
    """Grade each figure: S not to be used, U unreliable, A normal.

    A needs a standard error and an interval with two ends.

    Args:
        name: of the rule set.
        n: rows behind each figure (of the denominator; for a total the rows counted).
        value: the figures; NaN where there is none.
        se: their standard errors.
        low: lower ends of their intervals.
        high: upper ends.
        df: their degrees of freedom.
        proportion: they are proportions.

    Raises:
        InputError: there is no such rule set.
    """
    rules = rule_set(name)
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = se / (np.minimum(value, 1 - value) if proportion else np.abs(value))
        at_end = (n > 0) & ((value <= 0) | (value >= 1)) & proportion
        withheld = (n < rules.few) | (cv > rules.worst_cv)
        unsure = (n < rules.some) | (cv > rules.bad_cv) | (at_end & (high - low > rules.widest_end))
    if rules.nchs:
        more, doubtful = _nchs(n, value, se, df) if proportion else (n < 0, n < 30)
        withheld, unsure = withheld | more, unsure | doubtful
    withheld = withheld | (n == 0)
    unsure = unsure | ~(np.isfinite(se) & np.isfinite(low) & np.isfinite(high))
    return [
        "S" if bad else "U" if weak else "A" for bad, weak in zip(withheld, unsure, strict=True)
    ]


def dropped(name: str, found: list[str]) -> bool:
    """Tell whether so many figures of a table are S that the rule set drops it whole."""
    limit = rule_set(name).dropped
    return limit is not None and bool(found) and found.count("S") / len(found) >= limit


def _nchs(n: Ints, value: Floats, se: Floats, df: Ints) -> tuple[Truths, Truths]:
    """Judge proportions by the NCHS data presentation standards (Parker et al. 2017).

    The relative width is judged on the rarer side. The effective n is at most n.
    """
    withheld, unsure = np.zeros(len(n), np.bool_), np.zeros(len(n), np.bool_)
    for i, (rows, p, error, free) in enumerate(zip(n, value, se, df, strict=True)):
        rarer = min(p, 1 - p)
        effective = min(rows, p * (1 - p) / error**2) if error > 0 else rows
        low, high = proportion_interval(p, error, free, "beta", 0.95, n=int(rows))
        width = high - low
        withheld[i] = (
            not np.isfinite(p)
            or min(rows, effective) < 30
            or not width < 0.30
            or (width > 0.05 and rarer > 0 and width > 1.3 * rarer)
        )
        unsure[i] = free < 8 or rarer <= 0
    return withheld, unsure
