"""Survey-weighted logit models and average marginal effects; associations, never causes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from analyses.engine.design import Design, Floats
from analyses.engine.intervals import interval
from analyses.engine.sample import sample
from analyses.models.fit import FittedModel, fit, spread_out
from analyses.models.margins import average_effects
from analyses.models.model_matrix import Covariate, Dropped, Matrix, model_matrix
from analyses.wave.contract_table import contract_table
from data_contracts.errors import InputError, Refused

Population = Literal["all_employed", "non_employees"]
EMPLOYEES = ("STE_ICSE93_1", "STE_ICSE93_6")  # status 6 is judged like an employee: measurement 2.3
CIRCULAR = {"social_security", "employer_social_contribution", "nature_of_job"}
INFORMATION = "expected"  # R's default; for a logit the observed information is the same
ANSWERS = {"yes": 1.0, "no": 0.0, "informal": 1.0, "formal": 0.0}


def drivers(
    frame: pl.DataFrame,
    design: Design,
    outcome: str,
    population: str,
    covariates: Sequence[str | Covariate],
    *,
    df_rule: Literal["r", "design"] = "r",
    margins: Literal["unconditional", "conditional"] = "unconditional",
    ci_level: float = 0.95,
    ref_area: str | None = None,
    time_period: str | None = None,
) -> pl.DataFrame:
    """Relate an outcome to covariates in a population: odds ratios and average marginal effects.

    A pseudo-maximum-likelihood logit with weights (Binder 1983; R survey ``svyglm``). The
    population is a subpopulation: other rows have zero weight, their PSUs stay. Rows with a
    blank outcome or covariate have zero weight too. A category in which everyone has the same
    outcome, and a covariate without variation, are left out: their rows in the result have null
    figures (``notes`` puts them in words), and such a category's people leave the model.

    Average marginal effects, weighted: for a category the mean difference in probability from
    the reference category; for a number the mean derivative (with its square, of both terms;
    the square's own row has none). Intervals by the analytic delta method. ``unconditional``
    adds the sampling of the covariates themselves to the uncertainty of the coefficients
    (Korn and Graubard 1999; Stata's ``vce(unconditional)``); ``conditional`` takes the
    covariates as fixed (what most packages print).

    Args:
        frame: one row a person, all persons, main job joined; the design's columns, lfs_status,
            status_icse93, the outcome and the covariates.
        design: the sampling design.
        outcome: a 0/1 column, or one of yes/no (other answers are blank), or nature_of_job
            (1 = informal).
        population: ``all_employed``, or ``non_employees`` (status 2 to 5).
        covariates: columns; text and Booleans are categories, numbers enter linearly.
        df_rule: ``r``: PSUs less strata that hold members, less columns plus 1 (``svyglm``);
            ``design``: PSUs less strata of the design (Stata).
        margins: see above.
        ci_level: probability of the intervals.
        ref_area: written into the result.
        time_period: written into the result.

    Returns:
        The columns of est.driver, one row a coefficient, the intercept first. ``n`` is the
        category's rows for a category, else the model's rows; n_psu and n_strata are the model's.

    Raises:
        Refused: the question is circular (an outcome explained by what defines it).
        InputError: the population is unknown, the outcome does not vary, the covariates
            determine each other or the outcome, or a stratum has one PSU.
    """
    chosen = [c if isinstance(c, Covariate) else Covariate(c) for c in covariates]
    _refuse_circles(frame, outcome, population, [c.column for c in chosen])
    if not chosen:
        raise InputError("a model needs at least one covariate", "name the covariates")
    needed = [*design.one_stage(), "lfs_status", outcome]
    needed += [c.column for c in chosen]
    needed += ["status_icse93"] if population == "non_employees" else []
    for name in needed:
        if name not in frame.columns:
            raise InputError("the column is missing", "join core.job to core.person", column=name)
    y = _outcome(frame[outcome])
    member = frame.select(_members(population)).to_series().to_numpy() & ~np.isnan(y)
    matrix = model_matrix(frame, y, member, chosen)
    held = sample(frame.select(design.columns), design)
    x = spread_out(matrix.x, np.flatnonzero(matrix.member), frame.height, np.nan)
    model = fit(held, x, y, family="logit", df_method=df_rule)
    effects = average_effects(held, matrix, model, unconditional=margins == "unconditional")
    rows = _rows(matrix, model, effects, ci_level) + [_dropped_row(d) for d in matrix.dropped]
    survey = frame["survey_id"][0] if "survey_id" in frame.columns else None
    head = {
        "survey_id": survey,
        "ref_area": ref_area,
        "time_period": time_period,
        "outcome": outcome,
        "population": population,
    }
    tail = {
        "df": model.df,
        "n_psu": model.n_psu,
        "n_strata": model.n_strata,
        "df_method": df_rule,
        "information": INFORMATION,
    }
    made = contract_table("est.driver", [{**head, **row, **tail} for row in rows])
    return made.with_columns(pl.selectors.float().fill_nan(None))


def notes(drivers_table: pl.DataFrame) -> list[str]:
    """Say in words what ``drivers`` left out: the rows whose coefficient is null."""
    said = []
    for row in drivers_table.filter(pl.col("coefficient").is_null()).iter_rows(named=True):
        if row["category"]:
            said.append(
                f"{row['covariate']} {row['category']}: everyone has the same outcome; "
                "the category and its people were left out of the model."
            )
        else:
            said.append(f"{row['covariate']}: does not vary in the model's population; left out.")
    return said


def _rows(
    matrix: Matrix, model: FittedModel, effects: dict[int, tuple[float, float]], level: float
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    figures = np.stack([model.coefficients, model.se, model.p], axis=1).tolist()
    for j, column in enumerate(matrix.columns):
        b, se, p = figures[j]
        ame, ame_se = effects.get(j, (float("nan"), float("nan")))
        low, high = interval(ame, ame_se, model.df, level)
        rows.append(
            {
                "covariate": column.covariate,
                "category": column.category,
                "reference_category": column.reference,
                "coefficient": b,
                "coefficient_se": se,
                "odds_ratio": float(np.exp(b)),
                "ame": ame,
                "ame_se": ame_se,
                "ame_ci_lower": low,
                "ame_ci_upper": high,
                "p_value": p,
                "n": column.n,
            }
        )
    return rows


def _dropped_row(dropped: Dropped) -> dict[str, object]:
    return {"covariate": dropped.covariate, "category": dropped.category, "n": dropped.n}


def _members(population: str) -> pl.Expr:
    employed = (pl.col("lfs_status") == "employed").fill_null(value=False)
    if population == "all_employed":
        return employed
    status = pl.col("status_icse93")
    return employed & status.is_not_null() & ~status.is_in(EMPLOYEES).fill_null(value=True)


def _outcome(column: pl.Series) -> Floats:
    """Give 1.0, 0.0 or NaN (blank)."""
    if column.dtype == pl.String or isinstance(column.dtype, pl.Enum | pl.Categorical):
        known = column.cast(pl.String).replace_strict(
            ANSWERS, default=None, return_dtype=pl.Float64
        )
        return known.fill_null(float("nan")).to_numpy()
    number = column.cast(pl.Float64)
    if not number.drop_nulls().is_in([0.0, 1.0]).all():
        raise InputError("the outcome is not 0/1 or yes/no", "make it so", column=column.name)
    return number.fill_null(float("nan")).to_numpy()


def _refuse_circles(
    frame: pl.DataFrame, outcome: str, population: str, covariates: list[str]
) -> None:
    reason = (
        "for employees, a formal job is defined by the social-security answer, so coverage within "
        "a group chosen by nature of job is 0 or 1 by construction and explains nothing"
    )
    remedy = "model all_employed or non_employees"
    if "formal" in population:
        raise Refused(reason, remedy)
    if population not in {"all_employed", "non_employees"}:
        raise InputError("this population is not known", remedy)
    circle = sorted(CIRCULAR & set(covariates))
    if outcome in covariates or (outcome in CIRCULAR and circle):
        raise Refused(
            "a covariate defines the outcome or is defined by it: for employees the nature of the "
            "job follows from the social-security answer",
            "leave it out of the covariates",
            column=circle[0] if circle else outcome,
        )
    if population == "all_employed" and {"nature_of_job", "status_icse93"} <= set(frame.columns):
        natures = frame.filter(
            pl.col("status_icse93").is_in(EMPLOYEES) & (pl.col("lfs_status") == "employed")
        )["nature_of_job"]
        if len(natures) > 1 and natures.null_count() == 0 and natures.n_unique() == 1:
            raise Refused(
                f"all employees in the rows have the same nature of job; {reason}", remedy
            )
