"""Core tables to what a statistics officer must know of them: est.quality and the quality report."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from analyses.quality.effect import effects, places
from analyses.quality.finding import BLOCKS, FAILED, Finding, frame
from analyses.quality.judge import judge
from analyses.quality.subject import Subject
from data_contracts.profile.profile import Profile
from pipelines.assets.core import raw_name, wave_profile, waves
from pipelines.assets.estimates import estimates_of
from pipelines.assets.tables import asset_key, contract_check, stored
from pipelines.figures.computable import judged
from pipelines.figures.survey_checks import subject_of
from pipelines.guard import guarded
from pipelines.provenance import code_version, inputs
from pipelines.settings import load_settings
from pipelines.warehouse.warehouse import Warehouse
from reports.quality.page import quality_page
from transforms.survey.harmonise import harmonise

TABLES = ("est.quality", "est.quality_effect")
COMPARED = ("sex", "area_type", "economic_sector")  # breakdowns with published figures


def stored_subject(profile: Profile, warehouse: Warehouse) -> tuple[Subject, dict[str, Any]]:
    """Give the stored wave as the checks see it, and the facts of its file."""
    where = {"survey_id": profile.survey_id}
    person, job = warehouse.get("core.person", where), warehouse.get("core.job", where)
    (file,) = inputs(warehouse.workspace, profile.survey_id)
    raw = warehouse.get(raw_name(profile.survey_id))
    evidence = harmonise(profile, raw, file["name"]).job
    subject = subject_of(profile, person, job, file, warehouse, evidence=evidence)
    return subject, file


def with_figures(profile: Profile, subject: Subject) -> Subject:
    """Add the wave's estimates where published figures are to be compared."""
    return replace(subject, figures=estimates_of(profile, subject.rows, COMPARED))


def report_path(survey_id: str) -> Path:
    """Give the place of a wave's quality report."""
    return load_settings().workspace / "quality" / survey_id / "quality.html"


def block_checks(findings: Sequence[Finding]) -> Iterator[dg.AssetCheckResult]:
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
        dg.AssetSpec(
            asset_key(name),
            deps=[asset_key("core.person"), asset_key("core.job")],
            partitions_def=waves,
            group_name="quality",
            kinds={"duckdb", "html"},
            description=description,
        )
        for name, description in zip(TABLES, (
            "Every check of the wave, with its counts or why it was not judged; HTML beside it.",
            "The headline figures without the rows that break a rule.",
        ), strict=True)
    ],
    check_specs=[
        *(contract_check(name) for name in TABLES),
        *(
            dg.AssetCheckSpec(block, asset=asset_key("est.quality"), blocking=False)
            for block in BLOCKS
            if block != "register"
        ),
    ],
)  # fmt: skip
@guarded
def survey_quality(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Run all checks, store what they found, write the report."""
    profile = wave_profile(context.partition_key)
    with Warehouse(load_settings().workspace) as warehouse:
        subject, file = stored_subject(profile, warehouse)
        outcomes = judge(with_figures(profile, subject))
        found = [outcome.finding for outcome in outcomes]
        can = [row["indicator"] for row in judged(profile) if row["status"] != "NOT COMPUTABLE"]
        effect = effects(subject, outcomes, can)
        tables = {TABLES[0]: frame(found), TABLES[1]: effect}
        yield from stored(warehouse, tables, {"survey_id": profile.survey_id})
    write_report(profile, file, tables[TABLES[0]], effect, places(subject, outcomes))
    yield from block_checks(found)


def write_report(
    profile: Profile,
    file: dict[str, Any],
    findings: pl.DataFrame,
    effect: pl.DataFrame,
    where: pl.DataFrame,
) -> Path:
    """Write the wave's quality report."""
    path = report_path(profile.survey_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "survey_id": profile.survey_id,
        "title": profile["title"],
        "ref_area": profile["ref_area"],
        "files": [file],
        "admin1_labels": profile.get("admin1_labels", {}),
        "code_version": code_version(),
    }
    path.write_bytes(quality_page(findings, effect, where, facts))
    return path
