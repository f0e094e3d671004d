"""pub tables to briefs and pages; nothing else is read."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.coverage import WAVE_SAID
from pipelines.assets.partitions import wave_plan, waves
from pipelines.assets.publication import TABLES
from pipelines.assets.tables import asset_key
from pipelines.figures.pages import national_brief as brief_of
from pipelines.figures.pages import wave_coverage_page
from pipelines.files import write_page
from pipelines.guard import guarded
from pipelines.provenance import code_version, inputs, is_made_up
from pipelines.settings import REGISTER, load_settings
from pipelines.stored import wave_tables
from pipelines.warehouse.warehouse import Warehouse
from reports.writers.files import write_brief

PRINTED = (*TABLES, *WAVE_SAID)
BRIEF, COVERAGE = dg.AssetKey(["brief", "national"]), dg.AssetKey(["brief", "coverage"])


@dg.multi_asset(
    name="national_brief",
    partitions_def=waves,
    specs=[dg.AssetSpec(
        BRIEF,
        deps=[asset_key(f"pub.{name}") for name in PRINTED],
        partitions_def=waves,
        group_name="briefs",
        kinds={"html", "typst", "excel"},
        description="The national brief in English: HTML, PDF, XLSX and a manifest that binds "
        "every printed number to its cell.",
    )],
)  # fmt: skip
@guarded
def national_brief(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Write the files and report their names."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    files = inputs(settings.workspace, plan.survey_id), inputs(settings.workspace, REGISTER)
    with Warehouse(settings.workspace) as warehouse:
        pub = wave_tables(warehouse, plan.survey_id, tuple(f"pub.{name}" for name in PRINTED))
    brief = brief_of(plan.profile, pub, *files, code_version())
    paths = write_brief(brief, settings.briefs / plan.survey_id)
    metadata = {kind: path.name for kind, path in paths.items()}
    yield dg.MaterializeResult(asset_key=BRIEF, metadata=metadata)


@dg.multi_asset(
    name="coverage_page",
    partitions_def=waves,
    specs=[
        dg.AssetSpec(
            COVERAGE,
            deps=[asset_key(f"pub.{name}") for name in PRINTED],
            partitions_def=waves,
            group_name="briefs",
            kinds={"html"},
            description="The coverage gap step by step, from published tables alone.",
        )
    ],
)
@guarded
def coverage_page_of(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Write the page of one wave."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    survey = plan.survey_id
    files = inputs(settings.workspace, survey), inputs(settings.workspace, REGISTER)
    with Warehouse(settings.workspace) as warehouse:
        pub = wave_tables(warehouse, survey, tuple(f"pub.{name}" for name in PRINTED))
        if "pub.adjustment" in warehouse.tables():
            pub["adjustment"] = warehouse.get("pub.adjustment")
    page = wave_coverage_page(plan.profile, pub, *files, code_version())
    made_up = is_made_up([file for source in files for file in source])
    path = write_page(settings.briefs / survey, "coverage", page, made_up=made_up)
    yield dg.MaterializeResult(asset_key=COVERAGE, metadata={"html": path.name})
