"""Core tables to est tables: figures with their uncertainty. Here the person disappears."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import polars as pl

from analyses.engine.collapse import collapse
from analyses.engine.design import Design
from analyses.models.drivers import drivers
from analyses.wave.core_design import core_design
from analyses.wave.estimates import estimate
from analyses.wave.indicators import annotate, left_out, scores
from analyses.wave.register_coverage import register_coverage
from data_contracts.profile.profile import Profile
from pipelines.assets.agreement import AGREE_CHECK, agreement, apart, disagreement, psu_totals
from pipelines.assets.core import wave_profile, waves
from pipelines.assets.tables import asset_key, contract_check, empty, stored
from pipelines.figures.computable import breakdowns_of, computable, judged
from pipelines.guard import guarded
from pipelines.settings import DEFAULTS, REGISTER, Conventions, load_settings
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse
from transforms.register.counts import register_counts

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
KEY = ["survey_id", "hh_id", "person_id"]
ESTIMATES = ("est.psu_total", "est.estimate", "est.computability")


def survey_rows(warehouse: Warehouse, survey: str) -> pl.DataFrame:
    """Give one row a person, with the main job's columns beside it, all persons kept."""
    where = {"survey_id": survey}
    job = warehouse.get("core.job", where)
    return warehouse.get("core.person", where).join(job, on=KEY, how="left", maintain_order="left")


def survey_design(profile: Profile, conventions: Conventions = DEFAULTS) -> Design:
    """Give the sampling design as the core tables hold it; strata are joined there already."""
    return core_design(
        lonely=profile.lonely,  # type: ignore[arg-type]
        df_method=conventions.df_method,  # type: ignore[arg-type]
        joined=len(profile.collapse),
    )


def estimates_of(
    profile: Profile,
    rows: pl.DataFrame,
    breakdowns: Sequence[str] = BREAKDOWNS,
    conventions: Conventions = DEFAULTS,
) -> pl.DataFrame:
    """Estimate every indicator that the wave can give, in every breakdown that it has.

    Where the file names no sampling units no figure is graded better than U.
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


@dg.multi_asset(
    name="survey_estimates",
    partitions_def=waves,
    specs=[
        dg.AssetSpec(
            asset_key(name),
            deps=[asset_key("core.person"), asset_key("core.job")],
            partitions_def=waves,
            group_name="estimates",
            kinds={"duckdb"},
            description=description,
        )
        for name, description in zip(ESTIMATES, (
            "Exact sums by stratum, PSU and finest cell; every figure follows from them.",
            "Every figure with standard error, interval, n and reliability; not yet for print.",
            "What the wave can and cannot give, with the reason.",
        ), strict=True)
    ],
    check_specs=[
        *(contract_check(name) for name in ESTIMATES),
        AGREE_CHECK,
    ],
)  # fmt: skip
@guarded
def survey_estimates(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Sum the rows to PSU totals by two roads, store the figures only if both give the same."""
    profile = wave_profile(context.partition_key)
    where = {"survey_id": profile.survey_id}
    settings = load_settings()
    with Warehouse(settings.workspace) as warehouse:
        rows = survey_rows(warehouse, profile.survey_id)
        figures = estimates_of(profile, rows, conventions=settings.conventions)
        design = survey_design(profile, settings.conventions)
        totals = psu_totals(profile, warehouse, design, BREAKDOWNS)
        wrong = apart(profile, figures, totals, design, BREAKDOWNS)
        if wrong.height:
            yield agreement(figures.height, wrong)
            raise disagreement(figures.height, wrong)
        verdicts = pl.DataFrame(judged(profile))
        tables = dict(zip(ESTIMATES, (totals, figures, verdicts), strict=True))
        yield from stored(warehouse, tables, where)
        yield agreement(figures.height, wrong)


@dg.multi_asset(
    name="survey_drivers",
    partitions_def=waves,
    specs=[dg.AssetSpec(
        asset_key("est.driver"),
        deps=[asset_key("core.person"), asset_key("core.job")],
        partitions_def=waves,
        group_name="estimates",
        kinds={"duckdb"},
        description="Survey-weighted logit of coverage: average marginal effects of the employed, "
        "and of those who are not employees. Never of informal employees: that is circular.",
    )],
    check_specs=[contract_check("est.driver")],
)  # fmt: skip
@guarded
def survey_drivers(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Fit the two models where the wave asked about coverage, else store no rows."""
    profile = wave_profile(context.partition_key)
    with Warehouse(load_settings().workspace) as warehouse:
        frames = []
        if profile.asked("social_security")[0]:
            rows = survey_rows(warehouse, profile.survey_id)
            frames += [
                drivers_of(profile, rows, name) for name in ("all_employed", "non_employees")
            ]
        frame = pl.concat([empty("est.driver"), *frames], how="diagonal_relaxed")
        yield from stored(warehouse, {"est.driver": frame}, {"survey_id": profile.survey_id})


def drivers_of(profile: Profile, rows: pl.DataFrame, population: str) -> pl.DataFrame:
    """Fit one model with the covariates that vary in the wave."""
    employed = rows.filter(pl.col("lfs_status") == "employed")
    chosen = [name for name in COVARIATES if employed[name].n_unique() > 1]
    frame = drivers(rows, survey_design(profile), "social_security", population, chosen)
    return frame.with_columns(
        survey_id=pl.lit(profile.survey_id),
        ref_area=pl.lit(profile["ref_area"]),
        time_period=pl.lit(str(profile["time_period"])),
    )


@dg.multi_asset(
    name="register_over_survey",
    partitions_def=waves,
    specs=[dg.AssetSpec(
        asset_key("est.register_coverage"),
        deps=[asset_key(n) for n in ("core.member", "core.contribution", "est.estimate")],
        partitions_def=waves,
        group_name="estimates",
        kinds={"duckdb"},
        description="Members and active contributors by scheme, province and sex, over the "
        "survey's employed with the denominator's sampling error.",
    )],
    check_specs=[contract_check("est.register_coverage")],
)  # fmt: skip
@guarded
def register_over_survey(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Count the register as of its last month and divide by the survey's employed."""
    profile, settings = wave_profile(context.partition_key), load_settings()
    with Warehouse(settings.workspace) as warehouse:
        if profile["ref_area"] == "LAO" and "core.contribution" in warehouse.tables():
            frame = register_figures(warehouse, profile)
        else:
            frame = empty("est.register_coverage")
        where = {"survey_id": profile.survey_id}
        yield from stored(warehouse, {"est.register_coverage": frame}, where)


def register_figures(warehouse: Warehouse, profile: Profile) -> pl.DataFrame:
    """Give est.register_coverage of one wave."""
    settings = load_settings()
    tables = Tables(warehouse)
    contributions = tables("core.contribution")
    last = str(contributions.period.max().execute())
    counts = register_counts(
        tables("core.member"), contributions, last, settings.active_months, settings.active_window
    ).to_polars()
    figures = warehouse.get("est.estimate", {"survey_id": profile.survey_id})
    employed = figures.filter(pl.col("indicator") == "employed").select(
        "breakdown", "category", "obs_value", "se", "df"
    )
    return register_coverage(
        counts,
        employed,
        {
            "register_id": REGISTER,
            "register_date": last,
            "survey_id": profile.survey_id,
            "survey_date": str(profile["time_period"]),
            "rule": f">={settings.active_months} month in {settings.active_window}",
        },
    )
