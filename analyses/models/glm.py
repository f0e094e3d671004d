"""Survey-weighted generalised linear models of a sample, with their covariance; no covariate is coded here.

``logit.py`` fits the pipeline's one model fast. This one is general: any family below, several stages,
finite populations, calibrated weights, replicates.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from scipy.special import stdtr

from analyses.ask.roads import degrees
from analyses.engine.delta import se_of
from analyses.engine.design import DfMethod, Floats, Ints
from analyses.engine.intervals import interval
from analyses.engine.sample import Sample
from analyses.models.association import Test, wald
from data_contracts.errors import InputError

Family = Literal["gaussian", "logit", "probit", "poisson"]
Information = Literal["expected", "observed"]
STEPS = 100
FIXED = 1e-13  # a relative step as small as this is rounding
NO_SOLUTION = "the model has no finite solution: the covariates predict the outcome perfectly"


@dataclass(frozen=True)
class Glm:
    """A fitted model.

    Args:
        coefficients: shape (columns,).
        covariance: design-based, shape (columns, columns).
        df: residual degrees of freedom of its t statistics.
        n: rows used.
        fitted: expected outcome of each row of the sample; NaN where a row was not used.
        deviance: of the fit, weights scaled to mean 1.
        dispersion: weighted variance of the Pearson residuals, as R's ``summary.svyglm``.
    """

    coefficients: Floats
    covariance: Floats
    df: int
    n: int
    fitted: Floats
    deviance: float
    dispersion: float

    @property
    def se(self) -> Floats:
        """Standard errors of the coefficients."""
        return se_of(np.diag(self.covariance))

    @property
    def p(self) -> Floats:
        """Two-sided p-values of the coefficients by Student's t."""
        t = np.abs(self.coefficients / self.se)
        return np.asarray(2 * stdtr(self.df, -t), dtype=np.float64)

    def intervals(self, level: float = 0.95, df: float | None = None) -> Floats:
        """Give the coefficients' intervals; shape (columns, 2)."""
        free = self.df if df is None else df
        return np.stack(interval(self.coefficients, self.se, free, level), axis=1)

    def term(self, columns: list[int]) -> Test:
        """Test that some coefficients are zero together (R ``regTermTest``, method Wald)."""
        kept = self.covariance[np.ix_(columns, columns)]
        return wald(self.coefficients[columns], kept, self.df)


def glm(
    sample: Sample,
    x: Floats,
    y: Floats,
    *,
    family: Family = "gaussian",
    within: Floats | None = None,
    offset: Floats | None = None,
    information: Information = "expected",
    df_method: DfMethod = "r",
) -> Glm:
    """Fit a weighted model and give its design-based covariance (Binder 1983; R ``svyglm``).

    Fisher scoring from statsmodels' fit to the fixed point (R's default stops earlier, on the
    deviance, and leaves standard errors up to 2e-7 off). The influence of a row is its score times
    the inverse information. Rows outside the domain, and those with a blank, have a score of zero;
    their PSUs stay. With replicates the model is fitted again under each, from the full solution.

    Args:
        sample: all rows with their design.
        x: model columns, (rows, columns); blanks as NaN.
        y: outcome, a row each; 0 to 1 for logit and probit. Blanks as NaN.
        family: ``gaussian``; ``logit`` and ``probit`` (quasi-binomial); ``poisson`` (quasi).
        within: 1 for rows of the domain, else 0; without it all rows.
        offset: known part of the linear predictor, a row each; blanks as NaN.
        information: ``expected`` (R) or ``observed`` (Stata); they differ for probit alone.
        df_method: ``r``: PSUs less strata that hold used rows, less columns, plus 1; ``stata``:
            all PSUs of these strata less the strata; ``design``: of the whole sample.

    Raises:
        InputError: no row is left, columns depend on each other, the outcome does not fit the
            family, too few PSUs, or there is no finite solution.
    """
    if family not in get_args(Family):
        raise InputError(
            f"there is no family {family}", f"use one of {', '.join(get_args(Family))}"
        )
    known = np.zeros(len(y)) if offset is None else offset
    kept = (sample.weight > 0) & np.isfinite(y) & np.isfinite(known) & np.isfinite(x).all(axis=1)
    if within is not None:
        kept &= within > 0
    rows = np.flatnonzero(kept)
    w = sample.weight[rows] / (sample.weight[rows].mean() if len(rows) else 1.0)
    model = _Model(x[rows], y[rows], known[rows], family, _family(family))
    _refuse(model, w)
    beta = model.solve(w, model.start(w))
    covariance = _covariance(sample, model, rows, beta, w, information)
    columns = x.shape[1]
    df = degrees(sample, kept, df_method)[2]
    if df_method == "r":
        df += 1 - columns
    if df < 1:
        raise InputError(
            "there are too few PSUs for this many covariates",
            "leave out covariates or merge categories",
        )
    mean = model.mean(beta)
    fitted = np.full(len(y), np.nan)
    fitted[rows] = mean
    pearson = (model.y - mean) / np.sqrt(model.families.variance(mean))
    spread = w @ (pearson - w @ pearson / w.sum()) ** 2 / w.sum() * len(rows) / (len(rows) - 1)
    deviance = float(model.families.deviance(model.y, mean, freq_weights=w))
    return Glm(beta, covariance, df, len(rows), fitted, deviance, float(spread))


@dataclass(frozen=True)
class _Model:
    """The rows used, with the family that statsmodels knows."""

    x: Floats
    y: Floats
    offset: Floats
    name: Family
    families: Any

    def mean(self, beta: Floats) -> Floats:
        found: Floats = self.families.link.inverse(self.x @ beta + self.offset)
        return found

    def peer(self, w: Floats) -> Any:
        """Give statsmodels' model of the same rows."""
        from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415 - slow to load

        return GLM(self.y, self.x, self.families, offset=self.offset, freq_weights=w)

    def start(self, w: Floats) -> Floats:
        """Give statsmodels' own solution."""
        with warnings.catch_warnings():  # solve() judges perfect prediction
            warnings.simplefilter("ignore")
            fit = self.peer(w).fit(tol=1e-12, maxiter=STEPS)
        return np.asarray(fit.params, dtype=np.float64)

    def scores(self, beta: Floats) -> tuple[Floats, Floats]:
        """Give each row's score by its linear predictor, and its weight in the information."""
        predictor = self.x @ beta + self.offset
        mean = self.families.link.inverse(predictor)
        slope = self.families.link.inverse_deriv(predictor)
        variance = self.families.variance(mean)
        return (self.y - mean) * slope / variance, slope**2 / variance

    def solve(self, w: Floats, beta: Floats) -> Floats:
        """Iterate Fisher scoring to the fixed point."""
        with np.errstate(all="ignore"):  # an infinite solution overflows on its way
            found = self._fixed_point(w, beta)
        if found is None:
            raise InputError(NO_SOLUTION, "leave out a covariate or merge small categories")
        return found

    def again(self, w: Floats, beta: Floats) -> Floats:
        """Fit under a replicate's weights, from the full solution."""
        with np.errstate(all="ignore"):
            found = self._fixed_point(w / w.mean(), beta)
        if found is None:
            raise InputError(
                "under one of the replicate weights the model has no finite solution",
                "merge small categories, or take the variance from the design",
            )
        return found

    def _fixed_point(self, w: Floats, beta: Floats) -> Floats | None:
        scale = np.sqrt(w @ self.x**2 / w.sum())
        scale[scale == 0] = 1.0
        z = self.x / scale
        last = np.inf
        for _ in range(STEPS):
            score, weight = self.scores(beta)
            try:
                step = np.linalg.solve((z * (w * weight)[:, None]).T @ z, z.T @ (w * score)) / scale
            except np.linalg.LinAlgError:
                return None
            beta = beta + step
            size = float(np.max(np.abs(step * scale)) / max(1.0, np.max(np.abs(beta * scale))))
            if not np.isfinite(size):
                return None
            if size <= FIXED or (size < 1e-10 and size >= last / 2):  # rounding: no nearer
                far = self.name in {"logit", "probit"} and np.abs(self.x @ beta).max() > 30
                return None if far else beta
            last = size
        return None

    def information(self, beta: Floats, w: Floats, kind: Information) -> Floats:
        """Give the expected information, or the observed one where the link is not canonical."""
        if kind == "observed" and self.name == "probit":
            return np.asarray(-self.peer(w).hessian(beta, observed=True), dtype=np.float64)
        weight = w * self.scores(beta)[1]
        found: Floats = (self.x * weight[:, None]).T @ self.x
        return found


def _covariance(
    sample: Sample, model: _Model, rows: Ints, beta: Floats, w: Floats, kind: Information
) -> Floats:
    reps = sample.replicates
    if reps is None:
        score, _ = model.scores(beta)
        influence = np.zeros((len(sample.weight), len(beta)))
        # w is the weight over its mean, so the mean comes back with the inverse information.
        scale = sample.weight[rows].mean()
        inverse = np.linalg.inv(model.information(beta, w, kind)) / scale
        influence[rows] = (score[:, None] * model.x) @ inverse
        return sample.covariance_of(influence)
    each = np.array([model.again(column[rows], beta) for column in reps.weights.T])
    centre = beta if reps.mse else each[reps.rscales > 0].mean(axis=0)
    away = (each - centre) * np.sqrt(reps.rscales)[:, None]
    found: Floats = reps.scale * (away.T @ away)
    return found


def _family(name: Family) -> Any:
    from statsmodels.genmod import families  # noqa: PLC0415 - slow to load

    if name == "probit":
        return families.Binomial(families.links.Probit())
    return {
        "gaussian": families.Gaussian,
        "logit": families.Binomial,
        "poisson": families.Poisson,
    }[name]()


def _refuse(model: _Model, w: Floats) -> None:
    if len(model.y) <= model.x.shape[1]:
        raise InputError("no rows are left for the model", "look at its domain and its blanks")
    if model.name in {"logit", "probit"} and ((model.y < 0) | (model.y > 1)).any():
        raise InputError("the outcome lies outside 0 to 1", "code it as 0 and 1")
    if model.name == "poisson" and (model.y < 0).any():
        raise InputError("a count is negative", "correct the outcome")
    size = np.sqrt(w @ model.x**2 / w.sum())
    if (size == 0).any() or np.linalg.matrix_rank(model.x / size) < model.x.shape[1]:
        raise InputError(
            "the covariates determine each other, so their effects cannot be told apart",
            "leave one of them out",
        )
