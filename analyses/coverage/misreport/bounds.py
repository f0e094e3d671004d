"""What wrong answers leave open when their rates are known within limits only; points are in misreport.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.coverage.misreport.rates import Answers
from analyses.engine.delta import se_of, variance_of
from analyses.engine.design import Floats
from analyses.engine.intervals import interval
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Bounds:
    """Bounds of a total or share of the truly covered.

    Args:
        lower: the least that the limits of the rates allow for the survey's figures as they are.
        upper: the most.
        lower_limit: ``lower`` less what sampling may explain.
        upper_limit: ``upper`` plus what sampling may explain.
    """

    lower: float
    upper: float
    lower_limit: float
    upper_limit: float


def bounds_by_rates(
    totals: Sequence[float] | Floats,
    covariance: npt.ArrayLike,
    sensitivity: tuple[float, float],
    specificity: tuple[float, float],
    *,
    df: float = np.inf,
    level: float = 0.95,
) -> Bounds:
    """Bound the truly covered given ranges of sensitivity and specificity.

    The corrected total T = (T_rep - (1-sp) T_all)/(se + sp - 1) falls as se grows (dT/dse = -T/J)
    and grows with sp (dT/dsp = (T_all - T)/J) as long as 0 <= T <= T_all. So over the rectangle
    it is least at (highest se, lowest sp) and most at (lowest se, highest sp): the identification
    region of the direct misclassification approach (Molinari 2008, J. Econometrics 144), sharp
    when every pair in the rectangle is allowed. The limits take t standard errors off the lower
    and add them to the upper corner, each with its own corner's standard error, so the region as a
    whole lies within them at least at ``level`` (Horowitz and Manski 2000; wider than Imbens and
    Manski 2004, who cover the point only).

    Args:
        totals: over those who say yes, and over all asked; (share, 1) for shares.
        covariance: of the two, shape (2, 2).
        sensitivity: least and most.
        specificity: least and most.
        df: degrees of freedom of the survey.
        level: of the limits.

    Returns:
        Bounds in the unit of the totals, within 0 and the total of all asked.

    Raises:
        InputError: a range is no range of shares, or its worst corner tells nothing.
    """
    for name, (low, high) in (("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0 <= low <= high <= 1:
            raise InputError(f"the {name} has no range", "give least and most, from 0 to 1")
    if sensitivity[0] + specificity[0] <= 1:
        raise InputError(
            "the least sensitivity and specificity do not exceed 1 together, so a yes tells nothing",
            "narrow the ranges",
        )
    least = np.array([1.0, -(1 - specificity[0])]) / (sensitivity[1] + specificity[0] - 1)
    most = np.array([1.0, -(1 - specificity[1])]) / (sensitivity[0] + specificity[1] - 1)
    return _limits(totals, covariance, least, most, df, level)


def ranges(answers: Answers, times: float = 3.0) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give sensitivity and specificity plus and minus so many standard errors, within 0 and 1."""

    def around(value: float, se: float) -> tuple[float, float]:
        return max(0.0, value - times * se), min(1.0, value + times * se)

    return (
        around(answers.sensitivity, answers.sensitivity_se),
        around(answers.specificity, answers.specificity_se),
    )


def _limits(
    totals: Sequence[float] | Floats,
    covariance: npt.ArrayLike,
    least: Floats,
    most: Floats,
    df: float,
    level: float,
) -> Bounds:
    """Evaluate two linear forms of the totals with their sampling errors."""
    y, spread = np.asarray(totals, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    asked = float(y[1])
    most_asked = interval(asked, float(se_of(spread[1, 1])), df, level)[1]

    def at(g: Floats, side: int) -> tuple[float, float]:
        value = float(g @ y)
        limit = interval(value, float(se_of(variance_of(g, spread))), df, level)[side]
        return min(max(value, 0.0), asked), min(max(limit, 0.0), most_asked)

    (lower, lower_limit), (upper, upper_limit) = at(least, 0), at(most, 1)
    return Bounds(lower, upper, lower_limit, upper_limit)
