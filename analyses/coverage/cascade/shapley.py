"""How much of a fall over several stages each stage stands for, over all orders; no stage is named here.

Shapley (1953) on the loss E (1 - prod r): what a stage takes away when the stages come in any order,
each order as likely (Shorrocks 2013). Against the plain gaps, no stage gains from coming first.
"""

from __future__ import annotations

import itertools
from math import factorial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyses.engine.delta import Linearised


def shapley(stages: Sequence[Linearised]) -> list[Linearised]:
    """Share the fall from the first stage to the last among the steps between them.

    With r_s = stage s over stage s - 1 and E the first stage,
    phi_s = E (1 - r_s) sum_m m! (k - m - 1)! / k! e_m(other rates), e_m the elementary symmetric
    polynomial: the sum over all sets of m other stages of the product of their rates.

    Args:
        stages: totals of the stages, the first one first; at least two.

    Returns:
        One figure a step, in the unit of the stages; they sum to the first stage less the last.
        NaN where a stage before the last is zero: then a rate has no value.
    """
    rates = [later / earlier for earlier, later in itertools.pairwise(stages)]
    k = len(rates)
    found = []
    for s, rate in enumerate(rates):
        polynomials = _symmetric([r for t, r in enumerate(rates) if t != s], stages[0])
        weights = (factorial(m) * factorial(k - m - 1) / factorial(k) for m in range(k))
        first, *more = (p * w for p, w in zip(polynomials, weights, strict=True))
        for term in more:
            first = first + term
        found.append(stages[0] * (1.0 - rate) * first)
    return found


def _symmetric(rates: Sequence[Linearised], like: Linearised) -> list[Linearised]:
    """Give the elementary symmetric polynomials of degree 0, 1, ... of some rates."""
    zero = like * 0.0
    found = [zero + 1.0]
    for rate in rates:
        higher = [*found[1:], zero]
        found = [found[0], *(h + rate * f for h, f in zip(higher, found, strict=True))]
    return found
