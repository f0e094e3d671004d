"""A wave's rows to its estimates and models, and the same figures by the second collapse; nothing is stored."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analyses.engine.collapse import collapse
from analyses.engine.design import Design
from analyses.wave.collapse_ibis import BLANK, as_stored, finest_totals, with_main_job
from analyses.wave.core_design import core_design
from analyses.wave.estimates import estimate
from analyses.wave.indicators import annotate, left_out, score_of, scores
from analyses.wave.psu_totals import differences, totals_of
from data_contracts.catalogue.breakdowns import breakdowns, job_breakdowns
from data_contracts.catalogue.indicators import NOT_COMPUTABLE
from data_contracts.profile.plan import WavePlan


def design_of(plan: WavePlan) -> Design:
    """Give the sampling design as the core tables hold it; strata are joined there already."""
    return core_design(
        lonely=plan.profile.lonely,  # type: ignore[arg-type]
        df_method=plan.conventions.df_method,
        joined=len(plan.profile.collapse),
    )


def estimates_of(
    plan: WavePlan, rows: pl.DataFrame, wanted: Sequence[str] | None = None
) -> pl.DataFrame:
    """Estimate every indicator that the wave can give, in every breakdown that it has.

    Where the file names no sampling units no figure is graded better than U.

    Args:
        plan: the wave's.
        rows: one row a person with the main job's columns, all persons.
        wanted: breakdowns; all of the catalogue where not given.

    Returns:
        est.estimate of the wave.
    """
    chosen, rules = plan.indicators, plan.conventions
    scored, asked_for = scores(rows, chosen), [score_of(i) for i in chosen]
    totals = collapse(scored, design_of(plan), asked_for, plan.present(wanted))
    everybody = [indicator.id for indicator in chosen if not indicator.of_the_employed]
    by_job = pl.col("breakdown").is_in(job_breakdowns()) & pl.col("indicator").is_in(everybody)
    figures = estimate(totals, ci_level=rules.level, rules=rules.reliability).filter(~by_job)
    return _labelled(plan, annotate(figures, chosen, plan.standards, left_out(rows, chosen)))


def _labelled(plan: WavePlan, figures: pl.DataFrame) -> pl.DataFrame:
    """Add what each figure carries of its survey: dates, standards, rules, notes on the design."""
    date, grade = pl.lit(plan.time_period), pl.col("obs_status")
    design = " ".join(plan.notes) or None
    return figures.with_columns(
        reliability=pl.lit(plan.conventions.reliability),
        obs_status=grade if plan.units_known else grade.replace("A", "U"),
        note=pl.concat_str(pl.lit(design, pl.String), "note", separator=" ", ignore_nulls=True)
        if design
        else pl.col("note"),
        survey_id=pl.lit(plan.survey_id),
        ref_area=pl.lit(plan.ref_area),
        time_period=date,
        standard=pl.col("standard").fill_null("none"),
        numerator_date=date,
        denominator_date=pl.when(pl.col("denominator").is_not_null()).then(date),
    )


def psu_totals(plan: WavePlan, person: Any, job: Any) -> pl.DataFrame:
    """Give est.psu_total of one wave, summed by the engine in one scan of the core tables.

    Args:
        plan: the wave's.
        person: core.person as an Ibis table.
        job: core.job, likewise.

    Returns:
        est.psu_total; the column of a breakdown that the wave lacks is blank.
    """
    survey, present = plan.survey_id, plan.present()
    rows = with_main_job(*(table.filter(table.survey_id == survey) for table in (person, job)))
    wide = finest_totals(rows, design_of(plan), plan.indicators, present).to_polars()
    return as_stored(wide, plan.indicators, present).with_columns(
        pl.lit(survey).alias("survey_id"),
        *(pl.lit(BLANK).alias(name) for name in breakdowns() if name not in present),
    )


def apart(plan: WavePlan, figures: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Find the figures of est.estimate that est.psu_total gives differently (1e-9, relative)."""
    again = totals_of(totals, design_of(plan), plan.indicators, plan.present())
    return differences(figures, estimate(again))


def verdicts(plan: WavePlan, refused: Mapping[str, str]) -> pl.DataFrame:
    """Give est.computability of the wave: every indicator, whether it can be given, and why not.

    Args:
        plan: the wave's, settled with its rows.
        refused: models that could not be fitted, to the reason.
    """
    rows = [(plan.survey_id, v.indicator.id, v.status, v.reason) for v in plan.verdicts]
    rows += [(plan.survey_id, name, NOT_COMPUTABLE, reason) for name, reason in refused.items()]
    names = ("survey_id", "indicator", "status", "reason")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
