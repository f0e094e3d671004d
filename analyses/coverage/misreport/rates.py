"""Totals corrected for wrong answers of known sensitivity and specificity; bounds are in bounds.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyses.engine.delta import se_of, variance_of
from analyses.engine.design import Floats
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Answers:
    """How well a yes tells the truth.

    Args:
        sensitivity: share of the truly covered who say yes.
        specificity: share of the truly not covered who say no.
        sensitivity_se: standard error (or prior standard deviation) of the sensitivity.
        specificity_se: likewise of the specificity; the two are taken as independent.
        source: where they come from; printed.
    """

    sensitivity: float = 0.85
    specificity: float = 0.99
    sensitivity_se: float = 0.02
    specificity_se: float = 0.002
    source: str = "prior"

    @property
    def youden(self) -> float:
        """Sensitivity plus specificity less 1."""
        return self.sensitivity + self.specificity - 1

    def __post_init__(self) -> None:
        """Refuse an answer that tells nothing."""
        for name in ("sensitivity", "specificity"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"the {name} is no share", "give a number from 0 to 1")
        if min(self.sensitivity_se, self.specificity_se) < 0:
            raise InputError("a standard error is below zero", "give it as a number from 0 up")
        if self.youden <= 0:
            raise InputError(
                "sensitivity and specificity together do not exceed 1, so a yes tells nothing",
                "give the shares of right answers",
            )


def rogan_gladen(share: float, se: float, answers: Answers) -> tuple[float, float]:
    """Correct a share of yes answers.

    Rogan and Gladen (1978, Am. J. Epidemiology 107): p = se q + (1-sp)(1-q) gives
    q = (p + sp - 1)/(se + sp - 1). With J = se + sp - 1 its gradient is dq/dp = 1/J,
    dq/dse = -q/J, dq/dsp = (1-q)/J, so Var q = (Var p + q² Var se + (1-q)² Var sp)/J².

    Args:
        share: observed share of yes.
        se: its standard error.
        answers: sensitivity and specificity.

    Returns:
        The corrected share (not cut off at 0 and 1, so that it stays unbiased) and its standard
        error.
    """
    covariance = np.array([[se**2, 0.0], [0.0, 0.0]])
    return corrected_total(np.array([share, 1.0]), covariance, answers)


def corrected_total(
    totals: Sequence[float] | Floats, covariance: npt.ArrayLike, answers: Answers
) -> tuple[float, float]:
    """Correct a survey total of persons, or of amounts, of those who say yes.

    T = (T_rep - (1-sp) T_all)/J estimates the total over the truly covered, if the chance of a
    wrong answer does not depend on the amount. Gradient: 1/J by T_rep, -(1-sp)/J by T_all, -T/J by
    se, (T_all - T)/J by sp.

    Args:
        totals: over those who say yes, and over all asked.
        covariance: of the two, shape (2, 2).
        answers: sensitivity and specificity.

    Returns:
        The corrected total and its standard error, delta method.
    """
    reported, everybody = (float(x) for x in totals)
    j, wrong = answers.youden, 1 - answers.specificity
    value = (reported - wrong * everybody) / j
    g = np.array([1 / j, -wrong / j])
    variance = variance_of(g, covariance)
    variance += (value / j * answers.sensitivity_se) ** 2
    variance += ((everybody - value) / j * answers.specificity_se) ** 2
    return value, float(se_of(variance))


def expected_reports(
    covered: tuple[float, float], employed: tuple[float, float], answers: Answers
) -> tuple[float, float]:
    """Give how many would say yes, and its standard error, if so many were truly covered.

    se A + (1-sp)(E-A), A and E independent: gradient J by A, 1-sp by E, A by se, A-E by sp.

    Args:
        covered: truly covered persons and their standard error.
        employed: persons asked and their standard error.
        answers: sensitivity and specificity.
    """
    (a, a_se), (e, e_se) = covered, employed
    wrong = 1 - answers.specificity
    value = answers.sensitivity * a + wrong * (e - a)
    parts = (
        answers.youden * a_se,
        wrong * e_se,
        a * answers.sensitivity_se,
        (e - a) * answers.specificity_se,
    )
    return value, float(se_of(sum(part**2 for part in parts)))
