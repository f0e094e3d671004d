"""Variances of functions of totals: what cancels is nothing, of either sign of its rounding."""

import numpy as np
import pytest

from analyses.engine.delta import Linearised, crossed, se_of, variance_of


@pytest.mark.parametrize(
    ("persons", "yes"), [(2237.4, 19.05), (16901.775, 257.65), (1210.95, 340.55)]
)
def test_the_share_of_a_constant_yes_among_all_who_answered_has_no_error(persons, yes):
    """By the delta method: yes / answered x everybody is yes, whose variance is 0 (R svycontrast)."""
    spread = np.zeros((3, 3))
    spread[:2, :2] = 113.55**2  # everybody and answered are one total
    everybody = Linearised(np.array([persons]), np.array([[1.0, 0.0, 0.0]]))
    answered = Linearised(np.array([persons]), np.array([[0.0, 1.0, 0.0]]))
    said = Linearised(np.array([yes]), np.array([[0.0, 0.0, 1.0]]))
    reported = said / answered * everybody
    assert reported.se(spread[None])[0] == 0.0
    assert variance_of(reported.slope[0], spread) == 0.0
    both = crossed(np.stack([everybody.slope[0], reported.slope[0]]), spread)
    assert both[0, 0] == pytest.approx(113.55**2)
    assert both[0, 1] == both[1, 1] == 0.0


def test_a_small_variance_is_not_taken_for_rounding():
    assert variance_of([1.0, -1.0], [[1.0, 1.0 - 1e-9], [1.0 - 1e-9, 1.0]]) == pytest.approx(
        2e-9, rel=1e-6
    )


def test_the_root_of_a_variance_below_zero_is_zero_and_of_an_unknown_one_unknown():
    assert se_of([4.0, -1e-18, 0.0]).tolist() == [2.0, 0.0, 0.0]
    assert np.isnan(se_of(float("nan")))
