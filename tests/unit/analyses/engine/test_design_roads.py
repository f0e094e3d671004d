"""One design for both roads, and what it refuses."""

import numpy as np
import polars as pl
import pytest

from analyses.ask.face import estimate, prop
from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.engine.sample import sample
from analyses.engine.statistics import Total
from analyses.wave import estimates
from analyses.wave.core_design import core_design
from data_contracts.errors import InputError

ROWS = pl.DataFrame(
    {
        "s": ["a"] * 6 + ["b"] * 6,
        "p": [1, 1, 2, 2, 3, 3] * 2,
        "w": [1.5, 2.0, 1.0, 2.5, 3.0, 1.0] * 2,
        "y": [1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0],
    },
    schema_overrides={"y": pl.Int8},
)


def test_both_roads_take_the_same_design():
    design = Design("w", "s", "p")
    asked = estimate(ROWS, prop("y == 1"), design=design).row(0, named=True)
    frame = ROWS.with_columns(one=pl.lit(1, pl.Int8))
    wave = estimates.estimate(collapse(frame, design, [Score("y", "y", "one")]))
    found = wave.row(0, named=True)
    assert found["obs_value"] == pytest.approx(asked["estimate"], rel=1e-14)
    assert found["se"] == pytest.approx(asked["se"], rel=1e-13)
    assert (found["df"], found["df_method"]) == (asked["df"], asked["df_method"]) == (4, "r")


def test_core_tables_hold_joined_strata_and_millionths():
    design = core_design(joined=2)
    assert design.one_stage() == ("strata", "psu", "weight_micro")
    assert (design.weight_scale, design.lonely_rule) == (1e-6, "collapse by map")
    assert core_design(lonely="adjust").lonely_rule == "adjust"


@pytest.mark.parametrize("missing", ["weight", "strata", "psu"])
def test_sums_by_psu_need_all_three_columns(missing):
    named = {"weight": "w", "strata": "s", "psu": "p"} | {missing: None}
    with pytest.raises(InputError, match="need a column of strata, of PSUs and of weights"):
        collapse(ROWS, Design(**named), [Score("y", "y")])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"lonely": "ignore"}, "lonely-PSU rule does not exist"),
        ({"df_method": "sas"}, "rule for degrees of freedom does not exist"),
        ({"joins": {"a": "b"}, "lonely": "adjust"}, "are both given"),
        ({"joined": 1, "lonely": "adjust"}, "are both given"),
    ],
)
def test_a_rule_that_does_not_exist_is_refused(wrong, said):
    with pytest.raises(InputError, match=said):
        Design("w", **wrong)


def test_a_census_whose_population_was_rounded_down_has_no_variance():
    """20 of 19.9999999999 units sampled: the finite population leaves nothing out, not a NaN."""
    rows = pl.DataFrame({"y": np.arange(20.0), "n": [20 - 1e-10] * 20})
    held = sample(rows, Design(fpc=("n",)))
    assert held.covariance(Total(rows["y"].to_numpy()[:, None])).tolist() == [[0.0]]
