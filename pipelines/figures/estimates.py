"""A wave's rows to its estimates and models, and the same figures by the second collapse; nothing is stored."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from analyses.engine.collapse import collapse
from analyses.engine.design import Design
from analyses.models.drivers import drivers
from analyses.wave.collapse_ibis import BLANK, as_stored, finest_totals, with_main_job
from analyses.wave.estimates import estimate
from analyses.wave.indicators import annotate, left_out, scores
from analyses.wave.psu_totals import differences, totals_of
from data_contracts.contract.find import load
from data_contracts.profile.profile import Profile
from pipelines.figures.computable import breakdowns_of, computable
from pipelines.settings import DEFAULTS, Conventions

BREAKDOWNS = (
    "sex", "age_aggregate", "area_type", "admin1_code", "status_icse93", "economic_sector",
    "education_aggregate",
)  # fmt: skip
# Only the employed have a job: by these, a figure about other persons as well has no meaning.
JOB_BREAKDOWNS = ("status_icse93", "economic_sector")
COVARIATES = (
    "sex", "age_aggregate", "area_type", "education_aggregate", "status_icse93",
    "economic_sector", "marital_status",
)  # fmt: skip
POPULATIONS = ("all_employed", "non_employees")


def survey_design(profile: Profile, conventions: Conventions = DEFAULTS) -> Design:
    """Give the sampling design as the core tables hold it; strata are joined there already."""
    return Design(
        lonely=profile.lonely,  # type: ignore[arg-type]
        df_method=conventions.df_method,  # type: ignore[arg-type]
        collapsed=len(profile.collapse),
    )


def estimates_of(
    profile: Profile,
    rows: pl.DataFrame,
    breakdowns: Sequence[str] = BREAKDOWNS,
    conventions: Conventions = DEFAULTS,
) -> pl.DataFrame:
    """Estimate every indicator that the wave can give, in every breakdown that it has.

    Where the file names no sampling units no figure is graded better than U.

    Returns:
        est.estimate of the wave.
    """
    chosen, present = computable(profile), breakdowns_of(profile, breakdowns)
    totals = collapse(
        scores(rows, chosen),
        survey_design(profile, conventions),
        [i.score for i in chosen],
        present,
    )
    everybody = [indicator.id for indicator in chosen if not indicator.of_the_employed]
    figures = annotate(
        estimate(totals, ci_level=conventions.level, rules=conventions.reliability).filter(
            ~(pl.col("breakdown").is_in(JOB_BREAKDOWNS) & pl.col("indicator").is_in(everybody))
        ),
        chosen,
        {"labour_force": profile["standards"]["icls"], "informality": "ICLS17_ILO@1"},
        left_out(rows, chosen),
    )
    return _labelled(profile, figures, conventions)


def _labelled(profile: Profile, figures: pl.DataFrame, conventions: Conventions) -> pl.DataFrame:
    """Add what each figure carries of its survey: dates, standards, rules, notes on the design."""
    date = str(profile["time_period"])
    design = " ".join(profile.design_notes) or None
    grade = pl.col("obs_status")
    return figures.with_columns(
        reliability=pl.lit(conventions.reliability),
        obs_status=grade if profile.psu else grade.replace("A", "U"),
        note=pl.concat_str(pl.lit(design, pl.String), "note", separator=" ", ignore_nulls=True)
        if design
        else pl.col("note"),
        survey_id=pl.lit(profile.survey_id),
        ref_area=pl.lit(profile["ref_area"]),
        time_period=pl.lit(date),
        standard=pl.col("standard").fill_null("none"),
        numerator_date=pl.lit(date),
        denominator_date=pl.when(pl.col("denominator").is_not_null()).then(pl.lit(date)),
    )


def psu_totals(
    profile: Profile,
    person: Any,
    job: Any,
    conventions: Conventions = DEFAULTS,
    breakdowns: Sequence[str] = BREAKDOWNS,
) -> pl.DataFrame:
    """Give est.psu_total of one wave, summed by the engine in one scan of the core tables.

    Args:
        profile: the wave's.
        person: core.person as an Ibis table.
        job: core.job, likewise.
        conventions: of which the rule for degrees of freedom matters.
        breakdowns: those wanted; where the wave lacks one its column is blank.
    """
    survey = profile.survey_id
    rows = with_main_job(*(table.filter(table.survey_id == survey) for table in (person, job)))
    chosen, present = computable(profile), breakdowns_of(profile, breakdowns)
    wide = finest_totals(rows, survey_design(profile, conventions), chosen, present).to_polars()
    return as_stored(wide, chosen, present).with_columns(
        pl.lit(survey).alias("survey_id"),
        *(pl.lit(BLANK).alias(name) for name in breakdowns if name not in present),
    )


def apart(
    profile: Profile,
    figures: pl.DataFrame,
    totals: pl.DataFrame,
    conventions: Conventions = DEFAULTS,
    breakdowns: Sequence[str] = BREAKDOWNS,
) -> pl.DataFrame:
    """Find the figures of est.estimate that est.psu_total gives differently (1e-9, relative)."""
    present, design = breakdowns_of(profile, breakdowns), survey_design(profile, conventions)
    return differences(figures, estimate(totals_of(totals, design, computable(profile), present)))


def drivers_of(profile: Profile, rows: pl.DataFrame) -> pl.DataFrame:
    """Fit the models of coverage with the covariates that vary; no rows where it was not asked.

    Returns:
        est.driver of the wave.
    """
    frames = [pl.DataFrame(schema=load("est.driver").polars_schema())]
    if profile.asked("social_security")[0]:
        employed = rows.filter(pl.col("lfs_status") == "employed")
        chosen = [name for name in COVARIATES if employed[name].n_unique() > 1]
        design = survey_design(profile)
        frames += [drivers(rows, design, "social_security", name, chosen) for name in POPULATIONS]
    fitted = pl.concat(frames, how="diagonal_relaxed")
    return fitted.with_columns(
        survey_id=pl.lit(profile.survey_id),
        ref_area=pl.lit(profile["ref_area"]),
        time_period=pl.lit(str(profile["time_period"])),
    )
