"""Quantiles of t without SciPy, against SciPy's; intervals against R's qt and plogis, by hand."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.special import stdtrit

from analyses.engine.intervals import critical, interval, t_quantile

DF = np.array([1, 2, 3, 4, 5, 7.5, 10, 29, 31, 32, 100, 1e3, 6e4, 1e7, 1e10])


@pytest.mark.parametrize(
    ("level", "digits"), [(0.5, 1e-14), (0.9, 1e-14), (0.95, 1e-14), (0.999, 1e-12)]
)
def test_t_quantiles_are_those_of_scipy(level, digits):
    assert t_quantile(DF, level) == pytest.approx(stdtrit(DF, (1 + level) / 2), rel=digits)


def test_t_quantiles_keep_the_shape_and_take_the_infinite():
    assert t_quantile(DF.reshape(3, 5), 0.95).shape == (3, 5)
    assert float(t_quantile(np.inf, 0.95)) == pytest.approx(1.959963984540054, rel=1e-9)
    # Printed table, 10 df, 95 %: 2.228
    assert round(float(t_quantile(10, 0.95)), 3) == 2.228


T10 = 2.2281388519862739  # R qt(0.975, 10)


def test_an_interval_is_t_standard_errors_to_both_sides():
    assert interval(5.0, 2.0, 10) == pytest.approx((5 - 2 * T10, 5 + 2 * T10), rel=1e-14)
    half = 2 * 1.6448536269514722  # R qnorm(0.95)
    assert interval(5.0, 2.0, np.inf, 0.9) == pytest.approx((5 - half, 5 + half), rel=1e-9)
    low, high = interval(np.array([5.0, -1.0]), np.array([2.0, 0.0]), np.array([10, 3]))
    assert low == pytest.approx([5 - 2 * T10, -1.0], rel=1e-14)
    assert high == pytest.approx([5 + 2 * T10, -1.0], rel=1e-14)


def test_on_the_log_scale_the_ends_have_the_ratios_distance():
    low, high = interval(0.4, 0.1, 10, scale="log")
    # R 0.4 * exp(c(-1, 1) * qt(0.975, 10) / 4)
    assert (low, high) == pytest.approx((0.22916215057838984, 0.69819557721975811), rel=1e-14)
    assert interval(0.0, 0.0, 10, scale="log") == (0.0, 0.0)
    assert np.isnan(interval(0.0, 0.1, 10, scale="log")).all()
    assert np.isnan(interval(-0.4, 0.1, 10, scale="log")).all()


def test_on_the_logit_scale_the_ends_stay_between_0_and_1():
    # R plogis(qlogis(0.02) + c(-1, 1) * qt(0.975, 10) * 0.015 / (0.02 * 0.98))
    found = interval(0.02, 0.015, 10, scale="logit")
    assert found == pytest.approx((0.0036951630062803716, 0.1009591954027899419), rel=1e-13)
    for end in (0.0, 1.0):
        assert np.isnan(interval(end, 0.1, 10, scale="logit")).all()


@pytest.mark.parametrize("scale", ["identity", "log", "logit"])
@pytest.mark.parametrize("df", [0, -1, np.nan])
def test_without_degrees_of_freedom_there_is_no_interval(scale, df):
    assert np.isnan(interval(0.4, 0.1, df, scale=scale)).all()
    both = interval(np.array([0.4, 0.4]), np.array([0.1, 0.1]), np.array([df, 5.0]), scale=scale)
    assert np.isnan(both).tolist() == [[True, False], [True, False]]


def test_one_figure_and_many_have_the_same_critical_value():
    for df in DF:
        assert critical(0.95, df) == pytest.approx(t_quantile(DF, 0.95)[df == DF][0], rel=1e-15)


def test_a_table_of_figures_is_made_without_the_slow_imports():
    script = """
import sys
import polars as pl
from analyses.engine.collapse import Score, collapse
from analyses.wave.core_design import core_design
from analyses.wave.estimates import estimate
rows = pl.DataFrame({"strata": [1, 1, 1, 1] * 50, "psu": [1, 2, 3, 4] * 50,
    "weight_micro": [10**6] * 200, "d": [1] * 200, "y": [int(i % 3 == 0) for i in range(200)],
    "area": ["a", "b"] * 100}, schema_overrides={"d": pl.Int8, "y": pl.Int8})
scores = [Score("rate", "y", "d"), Score("count", "y")]
table = estimate(collapse(rows, core_design(), scores, ["area"]))
assert "logit" in table["ci_method"].to_list()
print(sorted({"scipy", "numpy.ma", "pandas", "duckdb"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
