"""The general model: what R does not print, and what must be refused (R's own figures: agreement/parity)."""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, log_ndtr
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from analyses.engine.calibration import poststratify, through_replicates
from analyses.engine.design import Design
from analyses.engine.replicates import made
from analyses.engine.sample import sample
from analyses.models.fit import fit as fit_model
from data_contracts.errors import InputError

ROWS = 240


@pytest.fixture
def survey():
    rng = np.random.default_rng(4)
    x = rng.normal(size=ROWS)
    frame = pl.DataFrame({
        "stratum": np.repeat(np.arange(6), ROWS // 6),
        "psu": np.repeat(np.arange(24), ROWS // 24),
        "w": rng.uniform(1, 5, ROWS),
        "x": x,
        "y": (rng.uniform(size=ROWS) < expit(0.3 + 0.8 * x)).astype(float),
    })  # fmt: skip
    return sample(frame, Design("w", "stratum", "psu"))


def matrix(s):
    return np.column_stack([np.ones(ROWS), s.frame["x"].to_numpy()])


def outcome(s):
    return s.frame["y"].to_numpy()


def test_a_blank_row_is_a_row_outside_the_domain_and_its_psu_stays(survey):
    x, y = matrix(survey), outcome(survey)
    inside = np.ones(ROWS)
    inside[:15] = 0  # a whole PSU and half of another
    blank = y.copy()
    blank[:15] = np.nan
    one = fit_model(survey, x, y, family="logit", within=inside)
    other = fit_model(survey, x, blank, family="logit")
    np.testing.assert_array_equal(one.covariance, other.covariance)
    assert one.n == ROWS - 15
    assert np.isnan(one.fitted[:15]).all()
    # R: 23 PSUs and 6 strata hold rows, 2 columns; Stata: all 24 PSUs of these strata.
    assert one.df == 23 - 6 - 2 + 1
    assert fit_model(survey, x, y, family="logit", within=inside, df_method="stata").df == 24 - 6
    # Filtering instead would lose the empty PSU: its stratum's mean would be one of three PSUs.
    kept = sample(survey.frame.filter(inside > 0), survey.design)
    filtered = fit_model(kept, x[inside > 0], y[inside > 0], family="logit")
    np.testing.assert_allclose(filtered.coefficients, one.coefficients, rtol=1e-10)
    assert not np.allclose(filtered.se, one.se, rtol=1e-4)


@pytest.mark.parametrize("family", ["gaussian", "logit", "probit", "poisson"])
def test_the_coefficients_are_those_of_statsmodels(survey, family):
    x, y = matrix(survey), outcome(survey)
    offset = 0.1 * np.arange(ROWS) / ROWS
    link = families.links.Probit() if family == "probit" else None
    known = {
        "gaussian": families.Gaussian(), "poisson": families.Poisson(),
        "logit": families.Binomial(), "probit": families.Binomial(link),
    }[family]  # fmt: skip
    witness = GLM(y, x, known, offset=offset, freq_weights=survey.weight).fit(tol=1e-14)
    ours = fit_model(survey, x, y, family=family, offset=offset)
    assert ours.coefficients == pytest.approx(witness.params, rel=1e-8)


def test_a_step_that_leads_away_is_halved():
    """Whole steps of Fisher scoring go ever further from the solution of these rows."""
    rng = np.random.default_rng(54)
    x = np.column_stack([np.ones(24), rng.standard_t(0.6, 24)])
    y, offset = (rng.uniform(size=24) < 0.5) * 1.0, rng.normal(0, 2, 24)
    rows = sample(pl.DataFrame({"psu": np.arange(24)}), Design(psu="psu"))
    found = fit_model(rows, x, y, family="probit", offset=offset)
    eta = x @ found.coefficients + offset
    sign = 2 * y - 1
    hazard = sign * np.exp(-(eta**2) / 2 - log_ndtr(sign * eta)) / np.sqrt(2 * np.pi)
    assert np.abs(x.T @ hazard).max() < 1e-9 * np.abs(x.T * hazard).max()


def test_the_observed_information_is_the_second_derivative_of_the_likelihood(survey):
    x, y, w = matrix(survey), outcome(survey), survey.weight
    fit = fit_model(survey, x, y, family="probit", information="observed")
    sign = 2 * y - 1

    def gradient(beta, step=1e-5):
        def likelihood(at):
            return w @ log_ndtr(sign * (x @ at))

        return np.array([(likelihood(beta + e) - likelihood(beta - e)) / (2 * step)
                         for e in step * np.eye(2)])  # fmt: skip

    h = 1e-3
    b = fit.coefficients
    second = np.array([(gradient(b + e) - gradient(b - e)) / (2 * h) for e in h * np.eye(2)])
    expected = fit_model(survey, x, y, family="probit")
    np.testing.assert_array_equal(expected.coefficients, fit.coefficients)
    # The two sandwiches have the same middle: A1 V1 A1 = A2 V2 A2.
    slope = np.exp(-((x @ b) ** 2) / 2) / np.sqrt(2 * np.pi)
    p = np.exp(log_ndtr(x @ b))
    first = (x * (w * slope**2 / (p * (1 - p)))[:, None]).T @ x
    middle = first @ expected.covariance @ first
    np.testing.assert_allclose(second @ fit.covariance @ second, middle, rtol=1e-4)
    assert not np.allclose(fit.covariance, expected.covariance, rtol=1e-4)


def test_jackknife_and_linearisation_agree_roughly_and_replicates_keep_their_df(survey):
    x, y = matrix(survey), outcome(survey)
    line = fit_model(survey, x, y, family="logit")
    jack = fit_model(made(survey, "JKn"), x, y, family="logit")
    np.testing.assert_array_equal(jack.coefficients, line.coefficients)
    np.testing.assert_allclose(jack.se, line.se, rtol=0.05)
    assert jack.df == line.df == 24 - 6 - 1


def test_a_model_of_the_constant_alone_is_the_mean(survey):
    one = np.ones((ROWS, 1))
    y = outcome(survey)
    mean = survey.weight @ y / survey.weight.sum()
    fits = {
        f: fit_model(survey, one, y, family=f) for f in ("gaussian", "logit", "probit", "poisson")
    }
    for fit in fits.values():
        np.testing.assert_allclose(fit.fitted, mean, rtol=1e-12)
    # Delta method: d log(mean) = d mean / mean.
    assert fits["poisson"].se[0] == pytest.approx(fits["gaussian"].se[0] / mean, rel=1e-10)


def test_calibrated_replicates_meet_the_totals_each(survey):
    cell = np.arange(ROWS) % 2
    totals = np.array([400.0, 500.0])
    s = through_replicates(made(survey, "JKn"), lambda one: poststratify(one, cell, totals))
    for weights in (s.weight, *s.replicates.weights.T):
        np.testing.assert_allclose(np.bincount(cell, weights=weights), totals, rtol=1e-12)
    with pytest.raises(InputError, match="no replicate weights"):
        through_replicates(survey, lambda one: poststratify(one, cell, totals))


def test_a_replicate_without_a_category_is_said_to_be_the_cause(survey):
    one_psu = (np.arange(ROWS) < ROWS // 24).astype(float)
    x = np.column_stack([np.ones(ROWS), one_psu])
    with pytest.raises(InputError, match="one of the replicate weights"):
        fit_model(made(survey, "JKn"), x, outcome(survey), family="logit")


@pytest.mark.parametrize(
    ("change", "family", "said"),
    [
        (lambda x, _: (x, (x[:, 1] > 0) * 1.0), "logit", "no finite solution"),
        (lambda x, _: (x, (x[:, 1] > 0) * 1.0), "probit", "no finite solution"),
        (lambda x, y: (np.column_stack([x, x[:, 1] * 2]), y), "logit", "determine each other"),
        (lambda x, y: (x, y + 1), "logit", "outside 0 to 1"),
        (lambda x, y: (x, y - 1), "poisson", "negative"),
        (lambda x, y: (x, y * np.nan), "gaussian", "rows are left for the model"),
        (lambda x, y: (x, y), "gamma", "no family gamma"),
        (lambda _, y: (np.random.default_rng(1).normal(size=(ROWS, 20)), y), "gaussian", "too few PSUs"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_refused(survey, change, family, said):
    x, y = change(matrix(survey), outcome(survey))
    with pytest.raises(InputError, match=said):
        fit_model(survey, x, y, family=family)
