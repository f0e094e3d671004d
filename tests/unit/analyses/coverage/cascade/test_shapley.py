"""The Shapley parts against all orders one by one, and derivatives against small steps."""

from itertools import pairwise, permutations

import numpy as np
import pytest

from analyses.coverage.cascade.shapley import shapley
from analyses.engine.delta import Linearised


def figures(values):
    """Stages of one domain that are their own basic totals."""
    return [Linearised(np.array([v]), np.eye(len(values))[[i]]) for i, v in enumerate(values)]


def over_all_orders(values):
    """Mean loss at each step when the steps come in every order, each as likely."""
    rates = [b / a for a, b in pairwise(values)]
    found = np.zeros(len(rates))
    orders = list(permutations(range(len(rates))))
    for order in orders:
        left = values[0]
        for step in order:
            found[step] += left * (1 - rates[step]) / len(orders)
            left *= rates[step]
    return found


@pytest.mark.parametrize(
    "values",
    [[10, 4], [1000, 600, 400, 330, 250], [3, 5, 4, 0], [100, 70, 230 / 3, 155 / 3, 40, 33.5]],
)
def test_it_is_the_mean_over_all_orders(values):
    found = [float(part.value[0]) for part in shapley(figures(values))]
    assert found == pytest.approx(over_all_orders(values).tolist(), rel=1e-12)
    assert sum(found) == pytest.approx(values[0] - values[-1])


def test_two_steps_by_hand():
    # 100 -> 50 -> 40: rates 1/2 and 4/5. First: 100 x 1/2 x (1 + 4/5) / 2 = 45; second:
    # 100 x 1/5 x (1 + 1/2) / 2 = 15.
    found = [float(part.value[0]) for part in shapley(figures([100, 50, 40]))]
    assert found == pytest.approx([45, 15])


def test_its_derivatives_are_those_of_small_steps():
    values, step = np.array([1000.0, 600, 400, 330, 250]), 1e-4
    for at, part in enumerate(shapley(figures(values))):
        for other in range(len(values)):
            up, down = values.copy(), values.copy()
            up[other] += step
            down[other] -= step
            slope = (over_all_orders(up)[at] - over_all_orders(down)[at]) / (2 * step)
            assert part.slope[0, other] == pytest.approx(slope, abs=1e-6)


def test_a_stage_of_nobody_in_the_middle_has_no_shares():
    assert np.isnan(shapley(figures([5, 0, 0]))[1].value[0])
