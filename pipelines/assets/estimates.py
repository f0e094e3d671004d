"""Core tables to est tables: figures with their uncertainty. Here the person disappears."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.agreement import AGREE_CHECK, agreement, disagreement
from pipelines.assets.partitions import wave_plan, waves
from pipelines.assets.tables import contract_check, empty, stored, table_specs
from pipelines.figures.answers import answered
from pipelines.figures.estimates import apart, estimates_of, psu_totals, verdicts
from pipelines.figures.models import drivers_of
from pipelines.figures.register import register_over_survey as over_survey
from pipelines.guard import guarded
from pipelines.settings import load_settings
from pipelines.stored import wave_rows
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse

ESTIMATES = {
    "est.psu_total": "Exact sums by stratum, PSU and finest cell; every figure follows from them.",
    "est.estimate": "Every figure with standard error, interval, n and reliability; not yet for print.",
}
MODELS = {
    "est.driver": "Survey-weighted logit of coverage: average marginal effects of the employed, "
    "and of those who are not employees. Never of informal employees: that is circular.",
    "est.computability": "What the wave can and cannot give, models included, with the reason.",
}
FROM_CORE = ("core.person", "core.job")


@dg.multi_asset(
    name="survey_estimates",
    partitions_def=waves,
    specs=table_specs(ESTIMATES, deps=FROM_CORE, group="estimates", partitions=waves),
    check_specs=[*(contract_check(name) for name in ESTIMATES), AGREE_CHECK],
)
@guarded
def survey_estimates(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Sum the rows to PSU totals by two roads, store the figures only if both give the same."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    survey = plan.survey_id
    with Warehouse(settings.workspace) as warehouse:
        rows = wave_rows(warehouse, survey)
        plan = answered(plan, rows)
        figures = estimates_of(plan, rows)
        totals = psu_totals(plan, *(Tables(warehouse)(name) for name in FROM_CORE))
        wrong = apart(plan, figures, totals)
        if wrong.height:
            yield agreement(figures.height, wrong)
            raise disagreement(figures.height, wrong)
        made = dict(zip(ESTIMATES, (totals, figures), strict=True))
        yield from stored(warehouse, made, {"survey_id": survey})
        yield agreement(figures.height, wrong)


@dg.multi_asset(
    name="survey_drivers",
    partitions_def=waves,
    specs=table_specs(MODELS, deps=FROM_CORE, group="estimates", partitions=waves),
    check_specs=[contract_check(name) for name in MODELS],
)
@guarded
def survey_drivers(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Fit the two models; store what could be fitted, and of the wave's every question what could not."""
    plan = wave_plan(context.partition_key)
    with Warehouse(load_settings().workspace) as warehouse:
        rows = wave_rows(warehouse, plan.survey_id)
        fitted = drivers_of(plan, rows)
        told = verdicts(answered(plan, rows), fitted.refused)
        made = dict(zip(MODELS, (fitted.table, told), strict=True))
        yield from stored(warehouse, made, {"survey_id": plan.survey_id})


@dg.multi_asset(
    name="register_over_survey",
    partitions_def=waves,
    specs=table_specs(
        {
            "est.register_coverage": "Members and active contributors by scheme and sex, over the "
            "survey's employed with the denominator's sampling error."
        },
        deps=("core.member", "core.contribution", "est.estimate"),
        group="estimates",
        partitions=waves,
    ),
    check_specs=[contract_check("est.register_coverage")],
)
@guarded
def register_over_survey(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Count the register as of its last month and divide by the survey's employed."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    where, name = {"survey_id": plan.survey_id}, "est.register_coverage"
    with Warehouse(settings.workspace) as warehouse:
        frame = empty(name)
        if plan.ref_area == "LAO" and "core.contribution" in warehouse.tables():
            tables, figures = Tables(warehouse), warehouse.get("est.estimate", where)
            sides = tables("core.member"), tables("core.contribution")
            frame = over_survey(plan, *sides, figures, settings)
        yield from stored(warehouse, {name: frame}, where)
