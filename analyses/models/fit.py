"""Survey-weighted generalised linear models with their design-based covariance; no covariate is coded here."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.engine.delta import se_of
from analyses.engine.design import DfMethod, Floats, Ints
from analyses.engine.independence import FTest, wald_test
from analyses.engine.intervals import interval
from analyses.engine.sample import Replicates, Sample
from analyses.models.families import Family, FamilyName, family_of
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Information = Literal["expected", "observed"]
STEPS = 100
FIXED = 1e-13  # a relative step as small as this is rounding
FAR = 30.0  # a linear predictor of a share as large as this is infinite
NO_SOLUTION = (
    "the model has no finite solution: the covariates together predict the outcome perfectly for "
    "some people"
)


@dataclass(frozen=True, repr=False)
class FittedModel(Discreet):
    """A fitted model.

    Args:
        coefficients: shape (columns,).
        covariance: design-based, shape (columns, columns).
        df: residual degrees of freedom of its t statistics.
        n: rows used.
        n_psu: PSUs that hold them.
        n_strata: strata that hold them.
        rows: places of the rows used, shape (n,).
        influence: derivative of the coefficients by the weight of each row used, (n, columns).
        fitted: expected outcome of each row of the sample; NaN where a row was not used.
        deviance: of the fit, weights scaled to mean 1.
        dispersion: weighted variance of the Pearson residuals, as R's ``summary.svyglm``.
    """

    coefficients: Floats
    covariance: Floats
    df: int
    n: int
    n_psu: int
    n_strata: int
    rows: Ints
    influence: Floats
    fitted: Floats
    deviance: float
    dispersion: float

    @property
    def se(self) -> Floats:
        """Standard errors of the coefficients."""
        return se_of(np.diag(self.covariance))

    @property
    def p(self) -> Floats:
        """Two-sided p-values of the coefficients by Student's t; NaN without an error."""
        from scipy.special import stdtr  # noqa: PLC0415  here alone

        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.se > 0, np.abs(self.coefficients / self.se), np.nan)
        return np.asarray(2 * stdtr(self.df, -t), dtype=np.float64)

    def intervals(self, level: float = 0.95, df: float | None = None) -> Floats:
        """Give the coefficients' intervals; shape (columns, 2)."""
        free = self.df if df is None else df
        return np.stack(interval(self.coefficients, self.se, free, level), axis=1)

    def term(self, columns: list[int]) -> FTest:
        """Test that some coefficients are zero together (R ``regTermTest``, method Wald)."""
        kept = self.covariance[np.ix_(columns, columns)]
        return wald_test(self.coefficients[columns], kept, self.df)


def fit(
    sample: Sample,
    x: Floats,
    y: Floats,
    *,
    family: FamilyName = "gaussian",
    within: Floats | None = None,
    offset: Floats | None = None,
    information: Information = "expected",
    df_method: DfMethod = "r",
) -> FittedModel:
    """Fit a weighted model and give its design-based covariance (Binder 1983; R ``svyglm``).

    Fisher scoring to the fixed point (R's default stops earlier, on the deviance, and leaves standard
    errors up to 2e-7 off), steps halved while the loss grows. The influence of a row is its score
    times the inverse information. Rows outside the domain, and those with a blank, have a score of
    zero; their PSUs stay. With replicates the model is fitted again under each, from the full solution.

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
    chosen = family_of(family)
    known = np.zeros(len(y)) if offset is None else offset
    kept = (sample.weight > 0) & np.isfinite(y) & np.isfinite(known) & np.isfinite(x).all(axis=1)
    if within is not None:
        kept &= within > 0
    rows = np.flatnonzero(kept)
    mean_weight = float(sample.weight[rows].mean()) if len(rows) else 1.0
    w = sample.weight[rows] / mean_weight
    model = _Model(x[rows], y[rows], known[rows], chosen)
    model.check(w)
    beta = model.solve(w)
    inverse = np.linalg.inv(model.information(beta, w, information))
    # w is the weight over its mean, so the mean comes back with the inverse information.
    influence = (model.score(beta)[:, None] * model.x) @ (inverse / mean_weight)
    n_psu, n_strata, df = sample.degrees(kept, df_method)
    if df_method in {"r", "domain"}:
        df += 1 - x.shape[1]
    if df < 1:
        raise InputError(
            "there are too few PSUs for this many covariates",
            "leave out covariates or merge categories",
        )
    mean = model.mean(beta)
    away, spread = model.y - mean, np.sqrt(chosen.variance(mean))
    pearson = np.divide(away, spread, out=np.zeros_like(away), where=spread > 0)
    dispersion = w @ (pearson - w @ pearson / w.sum()) ** 2 / w.sum() * len(rows) / (len(rows) - 1)
    return FittedModel(
        coefficients=beta,
        covariance=_covariance(sample, model, rows, beta, influence),
        df=df,
        n=len(rows),
        n_psu=n_psu,
        n_strata=n_strata,
        rows=rows,
        influence=influence,
        fitted=spread_out(mean, rows, len(y), np.nan),
        deviance=float(w @ chosen.deviance(model.y, model.predictor(beta))),
        dispersion=float(dispersion),
    )


def spread_out(values: Floats, rows: Ints, size: int, nothing: float = 0.0) -> Floats:
    """Give values of some rows as values of all rows, along the first axis."""
    found = np.full((size, *values.shape[1:]), nothing)
    found[rows] = values
    return found


@dataclass(frozen=True, repr=False)
class _Model(Discreet):
    """The rows used, with their family."""

    x: Floats
    y: Floats
    offset: Floats
    family: Family

    def check(self, w: Floats) -> None:
        """Refuse what cannot be fitted."""
        if len(self.y) <= self.x.shape[1]:
            raise InputError("no rows are left for the model", "look at its domain and its blanks")
        self.family.check(self.y)
        size = np.sqrt(w @ self.x**2 / w.sum())
        if (size == 0).any() or _rank(self.x / size) < self.x.shape[1]:
            raise InputError(
                "the covariates determine each other, so their effects cannot be told apart",
                "leave one of them out",
            )

    def predictor(self, beta: Floats) -> Floats:
        found: Floats = self.x @ beta + self.offset
        return found

    def mean(self, beta: Floats) -> Floats:
        return self.family.mean(self.predictor(beta))

    def score(self, beta: Floats) -> Floats:
        """Give each row's score by its linear predictor."""
        eta = self.predictor(beta)
        mean = self.family.mean(eta)
        return (self.y - mean) * self.family.step(eta, mean)[0]

    def information(self, beta: Floats, w: Floats, kind: Information) -> Floats:
        """Give the expected information, or the observed one where the link is not canonical."""
        eta = self.predictor(beta)
        mean = self.family.mean(eta)
        weight = self.family.step(eta, mean)[1]
        if kind == "observed":
            weight = self.family.observed(self.y, eta, mean)
        found: Floats = (self.x * (w * weight)[:, None]).T @ self.x
        return found

    def solve(self, w: Floats) -> Floats:
        """Give the coefficients, from the family's own start."""
        with np.errstate(all="ignore"):  # an infinite solution overflows on its way
            found = self._fixed_point(w, None)
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

    def _fixed_point(self, w: Floats, beta: Floats | None) -> Floats | None:
        """Iterate Fisher scoring on columns of size 1; None where there is no finite solution."""
        scale = np.sqrt(w @ self.x**2 / w.sum())
        scale[scale == 0] = 1.0
        z = self.x / scale
        at = np.zeros(z.shape[1]) if beta is None else beta * scale
        eta = self.family.start(self.y) if beta is None else z @ at + self.offset
        first, last, best = beta is None, np.inf, np.inf
        for _ in range(STEPS):
            mean = self.family.mean(eta)
            by_residual, weight = self.family.step(eta, mean)
            # From a start without coefficients the first step leads to them: weighted least squares.
            aim = w * (
                (self.y - mean) * by_residual + (weight * (eta - self.offset) if first else 0)
            )
            try:
                step = np.linalg.solve((z * (w * weight)[:, None]).T @ z, z.T @ aim)
            except np.linalg.LinAlgError:
                return None
            at, eta, best = self._shorter(w, z, at, step, best)
            size = float(np.max(np.abs(step)) / max(1.0, np.max(np.abs(at))))
            if not np.isfinite(size):
                return None
            if size <= FIXED or (size < 1e-10 and size >= last / 2):  # rounding: no nearer
                far = self.family.binary and np.abs(eta - self.offset).max() > FAR
                return None if far else at / scale
            first, last = False, size
        return None

    def _shorter(
        self, w: Floats, z: Floats, at: Floats, step: Floats, best: float
    ) -> tuple[Floats, Floats, float]:
        """Take a step, halved while the loss grows by more than rounding; give where it leads."""
        while True:
            eta = z @ (at + step) + self.offset
            loss = float(w @ self.family.loss(self.y, eta))
            if not loss > best + 1e-9 * abs(best) or np.abs(step).max() <= 1e-10:
                return at + step, eta, loss
            step = step / 2


def _rank(x: Floats) -> int:
    """Give the rank of many rows by that of their triangle, whose singular values are the same."""
    triangle = np.linalg.qr(x, mode="r")
    return int(np.linalg.matrix_rank(triangle, rtol=max(x.shape) * np.finfo(np.float64).eps))


def _covariance(
    sample: Sample, model: _Model, rows: Ints, beta: Floats, influence: Floats
) -> Floats:
    reps: Replicates | None = sample.replicates
    if reps is None:
        held = np.zeros(len(sample.weight), np.bool_)
        held[rows] = True
        return sample.covariance_of(spread_out(influence, rows, len(sample.weight)), held)
    each = np.array([model.again(column[rows], beta) for column in reps.weights.T])
    return reps.covariance(each, beta)
