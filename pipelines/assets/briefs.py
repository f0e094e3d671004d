"""pub tables to briefs; nothing else is read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from analyses.engine.reliability import RULE_SETS
from data_contracts.profile.profile import Profile
from pipelines.assets.core import wave_profile, waves
from pipelines.assets.publication import TABLES
from pipelines.assets.tables import asset_key
from pipelines.guard import guarded
from pipelines.provenance import code_version, inputs
from pipelines.settings import REGISTER, Settings, load_settings
from pipelines.warehouse.warehouse import Warehouse
from reports.brief.brief import build_brief
from reports.writers.files import write_brief


def survey_facts(profile: Profile, settings: Settings) -> dict[str, Any]:
    """Give what a brief says of the survey itself, and the rules of reliability in words."""
    synthetic = any(file.get("synthetic") for file in inputs(settings.workspace, profile.survey_id))
    return {
        "survey_id": profile.survey_id,
        "title": profile["title"],
        "ref_area": profile["ref_area"],
        "time_period": profile["time_period"],
        "citation": profile["citation"],
        "standard": profile["standards"]["icls"],
        "status": "synthetic" if synthetic else profile["status"],
        "design": profile["design"].get("description", ""),
        "admin1_labels": profile.get("admin1_labels", {}),
        "min_age_labour": profile["min_age_labour"],
        "reliability": {name: rules.said for name, rules in RULE_SETS.items()},
    }


def write_national_brief(survey_id: str) -> dict[str, Path]:
    """Write the national brief of one wave from published tables alone."""
    settings, profile = load_settings(), wave_profile(survey_id)
    with Warehouse(settings.workspace) as warehouse:
        pub = {name: warehouse.get(f"pub.{name}", {"survey_id": survey_id}) for name in TABLES}
    sources = [survey_id, *([REGISTER] if pub["register_coverage"].height else [])]
    provenance = {
        "code_version": code_version(),
        "inputs": inputs(settings.workspace, *sources),
        "release_date": f"{profile['reference_year']}-12-31",
    }
    brief = build_brief(pub, survey_facts(profile, settings), provenance)
    return write_brief(brief, settings.briefs / survey_id)


@dg.multi_asset(
    name="national_brief",
    partitions_def=waves,
    specs=[dg.AssetSpec(
        dg.AssetKey(["brief", "national"]),
        deps=[asset_key(f"pub.{name}") for name in TABLES],
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
    paths = write_national_brief(context.partition_key)
    yield dg.MaterializeResult(
        asset_key=dg.AssetKey(["brief", "national"]),
        metadata={kind: path.name for kind, path in paths.items()},
    )
