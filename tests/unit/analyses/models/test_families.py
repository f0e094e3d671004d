"""Families against statsmodels', and their derivatives against differences."""

import numpy as np
import pytest
from statsmodels.genmod import families

from analyses.models.families import family_of
from data_contracts.errors import InputError

WITNESS = {
    "gaussian": families.Gaussian(),
    "logit": families.Binomial(),
    "probit": families.Binomial(families.links.Probit()),
    "poisson": families.Poisson(),
}
ETA = np.linspace(-4, 4, 17)
SHARES = np.array([0.0, 1.0, 0.3] * 6)[: len(ETA)]


@pytest.mark.parametrize("name", WITNESS)
def test_a_family_has_the_mean_variance_and_deviance_of_statsmodels(name):
    ours, witness = family_of(name), WITNESS[name]
    mean = ours.mean(ETA)
    assert mean == pytest.approx(witness.link.inverse(ETA), rel=1e-12)
    assert ours.slope(ETA) == pytest.approx(witness.link.inverse_deriv(ETA), rel=1e-12)
    assert ours.variance(mean) == pytest.approx(witness.variance(mean), rel=1e-12)
    total = witness.deviance(SHARES, mean)
    assert ours.deviance(SHARES, ETA).sum() == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("name", WITNESS)
def test_the_scores_factors_are_slope_over_variance(name):
    ours = family_of(name)
    mean = ours.mean(ETA)
    by_residual, weight = ours.step(ETA, mean)
    assert by_residual == pytest.approx(ours.slope(ETA) / ours.variance(mean), rel=1e-12)
    assert weight == pytest.approx(ours.slope(ETA) ** 2 / ours.variance(mean), rel=1e-12)


@pytest.mark.parametrize("name", WITNESS)
def test_the_observed_weight_is_the_scores_own_derivative(name):
    ours, h = family_of(name), 1e-5

    def score(eta):
        mean = ours.mean(eta)
        return (SHARES - mean) * ours.step(eta, mean)[0]

    slope = (score(ETA + h) - score(ETA - h)) / (2 * h)
    assert ours.observed(SHARES, ETA, ours.mean(ETA)) == pytest.approx(-slope, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", WITNESS)
def test_a_start_is_finite_for_every_outcome(name):
    assert np.isfinite(family_of(name).start(SHARES)).all()


def test_an_unknown_family_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="use one of gaussian, logit, probit, poisson"):
        family_of("gamma")
