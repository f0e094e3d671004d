"""Named reliability rules against cases worked by hand from their published limits."""

import numpy as np
import pytest

from analyses.engine.reliability import RULE_SETS, dropped, flags, rule_set
from data_contracts.errors import InputError


def grade(rules, n, value, se, *, proportion=False, low=None, high=None, df=50):
    low, high = (value - 2 * se, value + 2 * se) if low is None else (low, high)
    one = {"value": value, "se": se, "low": low, "high": high}
    arrays = {name: np.array([float(v)]) for name, v in one.items()}
    found = flags(rules, n=np.array([n]), df=np.array([df]), proportion=proportion, **arrays)
    return found[0]


@pytest.mark.parametrize(("n", "flag"), [(4, "S"), (5, "U"), (14, "U"), (15, "A")])
def test_ilo_counts_rows(n, flag):
    assert grade("ilo", n, 100, 90) == flag


def test_ilo_drops_a_table_when_a_third_is_suppressed():
    assert dropped("ilo", ["S", "A"])
    assert dropped("ilo", ["S"] * 334 + ["A"] * 666)
    assert not dropped("ilo", ["S", "A", "A", "A"])
    assert not dropped("nso", ["S", "S"])
    assert not dropped("ilo", [])


@pytest.mark.parametrize(
    ("rules", "cv", "flag"),
    [
        ("nso", 0.33, "A"), ("nso", 0.34, "U"),
        ("statcan", 0.16, "A"), ("statcan", 0.17, "U"), ("statcan", 0.34, "S"),
        ("abs", 0.24, "A"), ("abs", 0.25, "U"), ("abs", 0.6, "U"),
        ("toolkit", 0.29, "A"), ("toolkit", 0.31, "U"), ("toolkit", 0.51, "S"),
    ],
)  # fmt: skip
def test_bands_of_the_coefficient_of_variation(rules, cv, flag):
    assert grade(rules, 100, 1000, 1000 * cv) == flag


def test_the_rarer_side_of_a_proportion_is_judged():
    # se 0.02 is 2% of 0.97 and 67% of 0.03
    assert grade("nso", 100, 0.97, 0.02, proportion=True) == "U"
    assert grade("nso", 100, 0.97, 0.02) == "A"


def test_nothing_observed_in_a_wide_interval_is_unreliable():
    assert grade("nso", 20, 0.0, 0.0, proportion=True, low=0, high=0.31) == "U"
    assert grade("nso", 20, 0.0, 0.0, proportion=True, low=0, high=0.29) == "A"


@pytest.mark.parametrize(
    ("n", "p", "se", "df", "flag"),
    [
        (29, 0.5, 0.05, 50, "S"),  # n < 30
        (500, 0.5, 0.1, 50, "S"),  # effective n 25
        (100, 0.5, 0.05, 50, "A"),  # Korn-Graubard width about 0.20, relative 41%
        (60, 0.5, 0.085, 50, "S"),  # wider than 0.30
        (4000, 0.02, 0.003, 50, "A"),  # narrower than 0.05
        (400, 0.03, 0.015, 50, "S"),  # 0.074 wide, 250% of 0.03
        (400, 0.97, 0.015, 50, "S"),  # the rarer side again
        (400, 0.5, 0.03, 7, "U"),  # few degrees of freedom
        (400, 0.0, 0.0, 50, "U"),  # no variation
    ],
)
def test_nchs_standard_for_proportions(n, p, se, df, flag):
    assert grade("nchs", n, p, se, proportion=True, df=df) == flag


def test_nobody_is_never_normal():
    for name in RULE_SETS:
        assert grade(name, 0, np.nan, np.nan) == "S"


def test_every_rule_set_says_its_rule_and_unknown_ones_are_refused():
    assert all(rules.said for rules in RULE_SETS.values())
    with pytest.raises(InputError, match="no reliability rule set mine"):
        rule_set("mine")


@pytest.mark.parametrize(
    ("se", "low", "high"), [(np.nan, 90, 110), (1, np.nan, 110), (1, 90, np.inf)]
)
def test_nothing_without_an_error_or_with_an_open_interval_is_normal(se, low, high):
    assert grade("ilo", 500, 100, 1, low=90, high=110) == "A"
    assert grade("ilo", 500, 100, se, low=low, high=high) == "U"
