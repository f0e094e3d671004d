"""Concentration indices: textbook formulas by another road, and the influence by differences."""

import numpy as np
import polars as pl
import pytest

from analyses.engine.concentration import Concentration, concentration_index
from analyses.engine.design import Design
from analyses.engine.sample import sample
from data_contracts.errors import InputError

RNG = np.random.default_rng(7)
N = 120
RANK = np.round(RNG.lognormal(0, 1, N), 1)  # with ties
GOOD = (RNG.random(N) < 1 / (1 + np.exp(-RANK + 1))).astype(float)
WEIGHT = RNG.uniform(0.5, 3, N)
WITHIN = (RNG.random(N) < 0.8).astype(float)


def by_pairs(good, rank, w):
    """C = 2 cov(h, r) / mean (Kakwani et al. 1997), the rank of each row counted over all pairs."""
    size = w.sum()
    r = [(w[rank < x].sum() + w[rank == x].sum() / 2) / size for x in rank]
    mean = (w * good).sum() / size
    middle = (w * r).sum() / size
    return 2 * (w * (good - mean) * (np.array(r) - middle)).sum() / size / mean


@pytest.mark.parametrize("correction", ["standard", "wagstaff", "erreygers"])
def test_index_by_the_covariance_formula(correction):
    w = WEIGHT * WITHIN
    mean = (w * GOOD).sum() / w.sum()
    factor = {"standard": 1, "wagstaff": 1 / (1 - mean), "erreygers": 4 * mean}[correction]
    found = Concentration(GOOD, RANK, WITHIN, correction).value(WEIGHT)[0]
    assert found == pytest.approx(factor * by_pairs(GOOD, RANK, w), rel=1e-12)


@pytest.mark.parametrize(
    ("correction", "bounds"), [("standard", (0, 1)), ("wagstaff", (-1, 2)), ("erreygers", (0, 1.5))]
)
def test_influence_is_the_derivative_by_each_weight(correction, bounds):
    index = Concentration(GOOD, RANK, WITHIN, correction, bounds)
    found = index.influence(WEIGHT, index.value(WEIGHT))[:, 0]
    step = 1e-5
    for row in range(N):
        up, down = WEIGHT.copy(), WEIGHT.copy()
        up[row] += step
        down[row] -= step
        slope = (index.value(up)[0] - index.value(down)[0]) / (2 * step)
        assert found[row] == pytest.approx(slope, rel=1e-6, abs=1e-10)


def test_gini_of_one_rich_among_ten():
    # Gini of (0, ..., 0, 1) in n rows is 1 - 1/n
    amount = np.r_[np.zeros(9), 1.0]
    assert Concentration(amount, amount, np.ones(10)).value(np.ones(10))[0] == pytest.approx(0.9)


def test_poor_and_rich_mirror_and_wagstaff_reaches_one():
    rank = np.arange(10.0)
    rich = (rank >= 5).astype(float)
    one = np.ones(10)
    for correction in ("standard", "wagstaff", "erreygers"):
        up = Concentration(rich, rank, one, correction).value(one)[0]
        down = Concentration(rich, -rank, one, correction).value(one)[0]
        assert up == pytest.approx(-down)
    assert Concentration(rich, rank, one, "wagstaff").value(one)[0] == pytest.approx(1.0)


def test_standard_error_agrees_with_the_jackknife():
    """Delete-a-PSU jackknife, an independent variance; they agree to first order."""
    from analyses.engine.replicates import made

    frame = pl.DataFrame({"w": WEIGHT, "s": np.arange(N) % 3, "p": np.arange(N) // 2})
    bound = sample(frame, Design("w", "s", "p"))
    index = Concentration(GOOD, RANK, WITHIN)
    linear = concentration_index(bound, index)
    jackknife = concentration_index(made(bound, "JKn"), index)
    assert linear.value == jackknife.value
    assert linear.se == pytest.approx(jackknife.se, rel=0.03)
    assert linear.ci_lower < linear.value < linear.ci_upper


def test_refusals():
    one = np.ones(3)
    with pytest.raises(InputError, match="outside its bounds"):
        Concentration(np.array([0, 1, 2.0]), one, one, "erreygers")
    with pytest.raises(InputError, match="no correction"):
        Concentration(one, one, one, "other")
    with pytest.raises(InputError, match="Nobody in the domain"):
        Concentration(np.zeros(3), one, one).value(one)
    with pytest.raises(InputError, match="same amount"):
        Concentration(one, one, one, "wagstaff").value(one)
