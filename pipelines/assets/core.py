"""Survey files to raw and core tables, one partition a wave."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.partitions import wave_plan, waves
from pipelines.assets.tables import asset_key, contract_check, stored, table_specs
from pipelines.figures.core import derive, in_order
from pipelines.figures.survey_checks import file_facts, tried
from pipelines.guard import guarded
from pipelines.provenance import accept_delivery, record_delivery
from pipelines.settings import load_settings
from pipelines.stored import beside, raw_name
from pipelines.warehouse.warehouse import Warehouse
from transforms.read.files import read_table
from transforms.survey.harmonise import harmonise

CORE = {
    "core.person": "Persons in canonical columns, with labour-force status by both standards.",
    "core.job": "Main jobs of the employed, with informality and the step that decided it.",
}


@dg.multi_asset(
    name="survey_file",
    group_name="sources",
    partitions_def=waves,
    specs=[dg.AssetSpec(
        asset_key("raw.survey"),
        partitions_def=waves,
        group_name="sources",
        kinds={"duckdb"},
        description="One wave's file as delivered, columns that its profile maps. Refused whole "
        "when the profile cannot carry it, so that a bad file changes nothing.",
    )],
)  # fmt: skip
@guarded
def survey_file(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Read, try the whole road to core without storing, then store the file as delivered."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    survey = plan.survey_id
    profile = plan.profile
    raw = read_table(settings.survey_file(survey), profile.raw_names(), profile.encoding)
    with Warehouse(settings.workspace) as warehouse:
        tried(plan, raw, **beside(plan, warehouse))
        report = warehouse.put(raw_name(survey), raw.frame, replace=None)
    told = {"name": raw.name, "sha256": raw.sha256, "rows": report.rows}
    record_delivery(settings.workspace, survey, "lfs", **told, **file_facts(raw))
    yield dg.MaterializeResult(
        asset_key=asset_key("raw.survey"),
        metadata={"file": raw.name, "file sha256": raw.sha256, "rows": report.rows},
    )


@dg.multi_asset(
    name="harmonised_survey",
    partitions_def=waves,
    specs=table_specs(CORE, deps=("raw.survey",), group="core", partitions=waves),
    check_specs=[contract_check(name) for name in CORE],
)
@guarded
def harmonised_survey(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Raw to canonical, statuses derived; rows sorted by stratum and PSU."""
    plan, workspace = wave_plan(context.partition_key), load_settings().workspace
    survey = plan.survey_id
    with Warehouse(workspace) as warehouse:
        harmonised = harmonise(plan.profile, warehouse.get(raw_name(survey)), survey)
        tables = in_order(*derive(plan.profile, harmonised))
        yield from stored(warehouse, tables, {"survey_id": survey})
    for stratum, rows in harmonised.collapsed.items():
        context.log.info("stratum %s: %d rows joined by the collapse map", stratum, rows)
    accept_delivery(workspace, survey)
