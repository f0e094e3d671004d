"""Concentration indices: is a good held by the poor or the rich, and the index's influence function."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.engine.contrasts import Contrast
from analyses.engine.delta import se_of
from analyses.engine.design import Floats, Ints
from analyses.engine.intervals import interval
from analyses.engine.sample import Sample
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Correction = Literal["standard", "wagstaff", "erreygers"]


@dataclass(frozen=True, repr=False)
class Concentration(Discreet):
    """The weighted concentration index, as a statistic for ``Sample.covariance``.

    Standard: C = 2 cov(h, r) / mean(h), with r the weighted fractional rank, ties at their middle
    (Kakwani, Wagstaff and van Doorslaer 1997). For a good between ``bounds`` (a, b), m its mean:
    Wagstaff (2005) C m (b - a) / ((b - m)(m - a)); Erreygers (2009) 4 m C / (b - a). With the good
    itself as the rank the standard index is the Gini coefficient.

    Args:
        good: amount or 0/1, one a row.
        rank: what rows are ranked by, such as income.
        within: 1 for rows of the domain, else 0.
        correction: which index.
        bounds: least and largest possible amount of the good.
    """

    good: Floats
    rank: Floats
    within: Floats
    correction: Correction = "standard"
    bounds: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        """Refuse a correction that does not exist or does not fit the good."""
        if self.correction not in {"standard", "wagstaff", "erreygers"}:
            raise InputError(
                f"there is no correction {self.correction}", "use standard, wagstaff or erreygers"
            )
        kept = self.good[self.within > 0]
        if self.correction != "standard" and (
            kept.min() < self.bounds[0] or kept.max() > self.bounds[1]
        ):
            raise InputError(
                "the good lies outside its bounds",
                "give the least and the largest amount that are possible",
            )

    def value(self, weight: Floats) -> Floats:
        """Give the index; shape (1,)."""
        index, mean, *_ = self._parts(weight)
        return np.array([self._corrected(index, mean)[0]])

    def influence(self, weight: Floats, value: Floats) -> Floats:  # noqa: ARG002 - one interface
        """Give the derivative of the index by each row's weight, through the ranks as well.

        C = 2 S / (W M) - 1 with S the sum over all pairs of w_i w_j h_i K(x_j, x_i), K = 1 below,
        1/2 at a tie; W the persons, M the total of the good. The derivative of S by w_k is
        h_k W r_k plus the good held above k, half of that at its tie.
        """
        index, mean, place, above = self._parts(weight)
        size = float(weight @ self.within)
        held = size * mean
        good = self.good
        pairs = (index + 1) / 2 * size * held
        of_pairs = good * place * size + above
        of_index = 2 * (
            of_pairs / (size * held) - pairs / (size**2 * held) - pairs * good / (size * held**2)
        )
        of_mean = (good - mean) / size
        _, by_index, by_mean = self._corrected(index, mean)
        found: Floats = ((by_index * of_index + by_mean * of_mean) * self.within)[:, None]
        return found

    def _parts(self, weight: Floats) -> tuple[float, float, Floats, Floats]:
        """Give the index, the mean, each row's fractional rank and the good held above it."""
        w = weight * self.within
        size, held = float(w.sum()), float(w @ self.good)
        if size <= 0 or held <= 0:
            raise InputError("nobody in the domain holds any of the good", "look at the condition")
        tie: Ints = np.unique(self.rank, return_inverse=True)[1]
        people = np.bincount(tie, weights=w)
        goods = np.bincount(tie, weights=w * self.good)
        place = ((np.cumsum(people) - people / 2) / size)[tie]
        above = (held - np.cumsum(goods) + goods / 2)[tie]
        index = 2 * float((w * self.good) @ place) / held - 1
        return index, held / size, place, above

    def _corrected(self, index: float, mean: float) -> tuple[float, float, float]:
        """Give the corrected index and its derivatives by the index and by the mean."""
        low, high = self.bounds
        if self.correction == "standard":
            return index, 1.0, 0.0
        if self.correction == "erreygers":
            factor = 4 * mean / (high - low)
            return index * factor, factor, index * 4 / (high - low)
        room = (high - mean) * (mean - low)
        if room <= 0:
            raise InputError(
                "all hold the same amount of the good", "Wagstaff's index needs variation"
            )
        factor = mean * (high - low) / room
        slope = (high - low) * (room - mean * (high + low - 2 * mean)) / room**2
        return index * factor, factor, index * slope


def concentration_index(
    sample: Sample, statistic: Concentration, *, level: float = 0.95
) -> Contrast:
    """Estimate a concentration index with its design-based standard error (linearised).

    Args:
        sample: all rows with their design.
        statistic: the index and its variables.
        level: probability of the interval.
    """
    value = statistic.value(sample.weight)
    se = float(se_of(sample.covariance(statistic, value, statistic.within > 0)[0, 0]))
    free = sample.df((statistic.within > 0) & (sample.weight > 0))
    return Contrast(float(value[0]), se, *interval(float(value[0]), se, free, level))
