"""Quantiles of t without SciPy, against SciPy's."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.special import stdtrit

from analyses.engine.distributions import t_quantile

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


def test_a_table_of_figures_is_made_without_the_slow_imports():
    script = """
import sys
import polars as pl
from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.wave.estimates import estimate
rows = pl.DataFrame({"strata": [1, 1, 1, 1] * 50, "psu": [1, 2, 3, 4] * 50,
    "weight_micro": [10**6] * 200, "d": [1] * 200, "y": [int(i % 3 == 0) for i in range(200)],
    "area": ["a", "b"] * 100}, schema_overrides={"d": pl.Int8, "y": pl.Int8})
scores = [Score("rate", "y", "d"), Score("count", "y")]
table = estimate(collapse(rows, Design(), scores, ["area"]))
assert "logit" in table["ci_method"].to_list()
print(sorted({"scipy", "numpy.ma", "pandas", "duckdb"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
