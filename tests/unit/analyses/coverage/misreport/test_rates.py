"""Wrong answers: points and bounds, by hand and by drawing."""

import numpy as np
import pytest

from analyses.coverage.misreport.bounds import bounds_by_rates, ranges
from analyses.coverage.misreport.rates import (
    Answers,
    corrected_total,
    expected_reports,
    rogan_gladen,
)
from data_contracts.errors import InputError

SURE = Answers(0.85, 0.99, 0.0, 0.0, "test")


def test_rogan_and_gladen_by_hand():
    # (0.14 + 0.99 - 1) / (0.85 + 0.99 - 1) = 0.13 / 0.84; se 0.01 / 0.84.
    assert rogan_gladen(0.14, 0.01, SURE) == (
        pytest.approx(0.13 / 0.84),
        pytest.approx(0.01 / 0.84),
    )


def test_a_herd_with_23_of_150_positive():
    # Sensitivity 0.96, specificity 0.89 (the example on the help page of R's epiR::epi.prev); by
    # hand (23/150 + 0.89 - 1) / 0.85 = 0.0433333 / 0.85.
    herd = Answers(0.96, 0.89, 0.0, 0.0, "test")
    assert rogan_gladen(23 / 150, 0.0, herd)[0] == pytest.approx(0.0509804, abs=1e-7)


def test_uncertain_rates_widen_the_error_as_drawing_them_does():
    answers = Answers(0.85, 0.99, 0.02, 0.002, "test")
    value, se = rogan_gladen(0.14, 0.005, answers)
    # By hand: (0.005² + (0.154762 x 0.02)² + (0.845238 x 0.002)²) / 0.84²
    # = 3.743821e-05 / 0.7056 = 5.305868e-05.
    assert se == pytest.approx(np.sqrt(5.305868e-05), rel=1e-6)
    rng = np.random.default_rng(1)
    p, sens, spec = (
        rng.normal(m, s, 200_000) for m, s in ((0.14, 0.005), (0.85, 0.02), (0.99, 0.002))
    )
    drawn = (p + spec - 1) / (sens + spec - 1)
    assert drawn.std() == pytest.approx(se, rel=0.02)
    assert drawn.mean() == pytest.approx(value, rel=0.01)


def test_totals_are_corrected_with_their_covariance():
    # (90,000 - 0.01 x 200,000) / 0.84 persons; variance (2500² - 2 x 0.01 x 5e6 + 0.01² 4000²)/0.84².
    value, se = corrected_total([90_000, 200_000], [[2500**2, 5e6], [5e6, 4000**2]], SURE)
    assert value == pytest.approx(88_000 / 0.84)
    assert se == pytest.approx(np.sqrt(6_250_000 - 100_000 + 1_600) / 0.84)


def test_expected_reports_undo_the_correction():
    value, _ = corrected_total([90_000, 200_000], np.zeros((2, 2)), SURE)
    assert expected_reports((value, 0), (200_000, 0), SURE)[0] == pytest.approx(90_000)
    # Error by hand: 0.84 x 100 by the covered, 0.01 x 4,000 by the employed.
    assert expected_reports((1000, 100), (200_000, 4000), SURE)[1] == pytest.approx(
        np.hypot(84, 40)
    )


def test_bounds_stand_at_the_corners_of_the_rates():
    found = bounds_by_rates([0.14, 1.0], np.zeros((2, 2)), (0.8, 0.9), (0.98, 0.995))
    # By hand: (0.14 - 0.02) / (0.9 + 0.98 - 1), (0.14 - 0.005) / (0.8 + 0.995 - 1).
    assert found.lower == pytest.approx(0.12 / 0.88)
    assert found.upper == pytest.approx(0.135 / 0.795)
    assert (found.lower_limit, found.upper_limit) == (found.lower, found.upper)
    grid = [
        (0.14 + spec - 1) / (sens + spec - 1)
        for sens in np.linspace(0.8, 0.9, 21)
        for spec in np.linspace(0.98, 0.995, 21)
    ]
    assert (min(grid), max(grid)) == (pytest.approx(found.lower), pytest.approx(found.upper))


def test_the_limits_add_t_standard_errors_and_stop_at_nobody():
    se = [[0.01**2, 0.0], [0.0, 0.0]]
    found = bounds_by_rates([0.14, 1.0], se, (1.0, 1.0), (0.9, 1.0))
    # By hand: (0.14 - 0.1) / 0.9 with the error 0.01 / 0.9, and 0.14 with 0.01.
    assert found.lower_limit == pytest.approx((0.04 - 1.959964 * 0.01) / 0.9, abs=1e-6)
    assert found.upper_limit == pytest.approx(0.14 + 1.959964 * 0.01, abs=1e-6)
    few = bounds_by_rates([0.03, 1.0], se, (1.0, 1.0), (0.9, 1.0))
    assert (few.lower, few.lower_limit) == (0, 0)


def test_bounds_hold_the_truth_in_200_of_200_surveys():
    rng, held = np.random.default_rng(3), 0
    ends = ranges(Answers())
    for _ in range(200):
        truth = rng.uniform(0.05, 0.4)
        sens, spec = rng.normal(0.85, 0.015), rng.normal(0.99, 0.0015)
        yes = rng.binomial(4000, truth * sens + (1 - truth) * (1 - spec)) / 4000
        found = bounds_by_rates([yes, 1.0], [[yes * (1 - yes) / 4000, 0], [0, 0]], *ends)
        held += found.lower_limit <= truth <= found.upper_limit
    assert held == 200


def test_answers_that_tell_nothing_are_refused():
    with pytest.raises(InputError, match="tells nothing"):
        Answers(0.4, 0.6)
    with pytest.raises(InputError, match="tells nothing"):
        bounds_by_rates([0.1, 1], np.zeros((2, 2)), (0.3, 0.9), (0.5, 0.9))
    with pytest.raises(InputError, match="no range"):
        bounds_by_rates([0.1, 1], np.zeros((2, 2)), (0.9, 0.8), (0.5, 0.9))
