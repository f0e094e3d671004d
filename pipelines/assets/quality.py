"""Core tables to what a statistics officer must know of them: est.quality and the quality report."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from analyses.quality.finding import BLOCKS, FAILED, QualityFinding
from pipelines.assets.partitions import wave_plan, waves
from pipelines.assets.tables import asset_key, contract_check, stored, table_specs
from pipelines.figures.pages import wave_quality_page
from pipelines.figures.quality import wave_judgement
from pipelines.files import write_page
from pipelines.guard import guarded
from pipelines.provenance import code_version, inputs, is_made_up
from pipelines.settings import load_settings
from pipelines.stored import beside, raw_name, wave_tables
from pipelines.warehouse.warehouse import Warehouse

QUALITY = {
    "est.quality": "Every check of the wave, with its counts or why it was not judged; HTML beside it.",
    "est.quality_effect": "The headline figures without the rows that break a rule.",
}
FROM_CORE = ("core.person", "core.job")


def block_checks(findings: Sequence[QualityFinding]) -> Iterator[dg.AssetCheckResult]:
    """Give one warning check a block: how many checks passed and failed, and which failed."""
    for block in BLOCKS:
        inside = [finding for finding in findings if finding.block == block]
        failed = [finding for finding in inside if finding.status == FAILED]
        if inside:
            yield dg.AssetCheckResult(
                check_name=block,
                asset_key=asset_key("est.quality"),
                passed=not failed,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"checks": len(inside), "failed": len(failed)}
                | {f"{f.check_id} {f.category}": f"{f.failed} of {f.checked}" for f in failed},
            )


@dg.multi_asset(
    name="survey_quality",
    partitions_def=waves,
    specs=[
        spec.merge_attributes(kinds={"html"})
        for spec in table_specs(QUALITY, deps=FROM_CORE, group="quality", partitions=waves)
    ],
    check_specs=[
        *(contract_check(name) for name in QUALITY),
        *(
            dg.AssetCheckSpec(block, asset=asset_key("est.quality"), blocking=False)
            for block in BLOCKS
            if block != "register"
        ),
    ],
)
@guarded
def survey_quality(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Run all checks, store what they found, write the report."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    survey = plan.survey_id
    (file,) = inputs(settings.workspace, survey)
    with Warehouse(settings.workspace) as warehouse:
        core = wave_tables(warehouse, survey, FROM_CORE)
        raw, others = warehouse.get(raw_name(survey)), beside(plan, warehouse)
        judgement = wave_judgement(plan, **core, raw=raw, file=file, **others)
        tables = {"est.quality": judgement.findings, "est.quality_effect": judgement.effect}
        yield from stored(warehouse, tables, {"survey_id": survey})
    page = wave_quality_page(plan.profile, judgement, file, code_version())
    write_page(settings.quality / survey, "quality", page, made_up=is_made_up([file]))
    yield from block_checks(judgement.found)
