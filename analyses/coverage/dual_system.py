"""How many persons there are from two lists and those on both, with linkage errors; links come in."""

from dataclasses import dataclass

import numpy as np

from analyses.intervals import critical
from data_contracts.errors import InputError


@dataclass(frozen=True)
class LinkageErrors:
    """How well links tell matches.

    Args:
        found: share of the persons on both lists who are linked.
        false: share of the second list's persons not on the first who are linked all the same.
        found_se: standard error of ``found``.
        false_se: standard error of ``false``.
    """

    found: float = 1.0
    false: float = 0.0
    found_se: float = 0.0
    false_se: float = 0.0

    def __post_init__(self) -> None:
        """Refuse links that tell nothing."""
        if not 0 <= self.false < self.found <= 1:
            raise InputError(
                "links are no likelier for persons on both lists than for others",
                "give 0 <= false < found <= 1",
            )


@dataclass(frozen=True)
class DualSystem:
    """An estimate of the number of persons.

    Args:
        persons: the estimate.
        se: its standard error.
        lower: lower limit, not below the persons that were seen.
        upper: upper limit.
        matches: persons on both lists after the correction.
        matches_se: their standard error.
    """

    persons: float
    se: float
    lower: float
    upper: float
    matches: float
    matches_se: float


def dual_system(
    first: float,
    second: float,
    linked: float,
    errors: LinkageErrors | None = None,
    *,
    chapman: bool = True,
    level: float = 0.95,
) -> DualSystem:
    """Estimate the persons of a population from two independent lists.

    Lincoln and Petersen: N = n1 n2 / m. Chapman (1951), nearly unbiased for small m:
    (n1+1)(n2+1)/(m+1) - 1. With links for matches, E(linked) = a m + b (n2 - m) for a the share
    found and b the share linked falsely, so m = (linked - b n2)/(a - b) (Ding and Fienberg 1994,
    Survey Methodology 20, links sought from the second list to the first).

    Delta variance over all that is random. Of linked, for fixed lists: a and b a trial a person,
    (a-b)² V(m) + m a(1-a) + (n2-m) b(1-b), where V(m) = n2 p(1-p)(1 - n2/N), p = m/n2, the
    hypergeometric variance with N-1 read as N. Of the rates: dm/da = -m/(a-b),
    db: -(n2-m)/(a-b). Then dN/dm = -N/m (Chapman: -(n1+1)(n2+1)/(m+1)²). Without linkage errors
    Lincoln-Petersen gets n1 n2 (n1-m)(n2-m)/m³ (Seber 1982, ch. 3), which the test holds.
    Chapman without linkage errors gets Seber's (1970) own variance, (n1+1)(n2+1)(n1-m)(n2-m) over
    (m+1)²(m+2).

    Args:
        first: persons on the first list, each once.
        second: persons on the second list, each once.
        linked: persons of the second list who are linked to the first.
        errors: of the links; None for none.
        chapman: Chapman's estimate instead of Lincoln and Petersen's.
        level: of the interval, on the log scale of the persons not seen (Chao 1987), or plus and
            minus where all were seen.

    Raises:
        InputError: the counts contradict each other, or no match is left after the correction.
    """
    if not 0 <= linked <= min(first, second):
        raise InputError("more persons are linked than a list holds", "link each person once")
    errors = errors or LinkageErrors()
    a, b, gap = errors.found, errors.false, errors.found - errors.false
    m = min((linked - b * second) / gap, first, second)
    if m <= 0:
        raise InputError(
            "no match is left after the linkage errors are taken off",
            "check the share of false links, or use longer lists",
        )
    population = first * second / m
    p = m / second
    spread = gap**2 * second * p * (1 - p) * (1 - second / population)
    spread += m * a * (1 - a) + (second - m) * b * (1 - b)
    spread = spread / gap**2
    rates = (m * errors.found_se / gap) ** 2 + ((second - m) * errors.false_se / gap) ** 2
    persons, slope = population, population / m
    if chapman:
        persons = (first + 1) * (second + 1) / (m + 1) - 1
        slope = (persons + 1) / (m + 1)
    variance = slope**2 * (spread + rates)
    if chapman and gap == 1:
        variance = (persons + 1) * (first - m) * (second - m) / ((m + 1) * (m + 2))
        variance += slope**2 * rates
    se = float(np.sqrt(variance))
    lower, upper = _limits(persons, se, first + second - m, level)
    return DualSystem(persons, se, lower, upper, m, float(np.sqrt(spread + rates)))


def _limits(persons: float, se: float, seen: float, level: float) -> tuple[float, float]:
    """Give the log-normal interval of the persons not seen, on top of the seen."""
    z, unseen = critical(level, np.inf), persons - seen
    if unseen <= 0:
        return max(seen, persons - z * se), persons + z * se
    factor = float(np.exp(z * np.sqrt(np.log1p((se / unseen) ** 2))))
    return seen + unseen / factor, seen + unseen * factor
