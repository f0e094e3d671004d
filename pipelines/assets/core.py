"""Survey files to raw and core tables, one partition a wave."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from data_contracts.profile.lexicon import check_labels
from data_contracts.profile.profile import Profile, load_profile, profile_names
from pipelines.assets.tables import asset_key, contract_check, stored
from pipelines.figures.survey_checks import refuse_if_blocking, subject_of
from pipelines.guard import guarded
from pipelines.provenance import accept_delivery, record_delivery
from pipelines.settings import load_settings
from pipelines.warehouse.warehouse import Warehouse
from transforms.read.files import RawTable, read_table
from transforms.survey.harmonise import Harmonised, harmonise
from transforms.survey.informality import informality
from transforms.survey.labour_force import labour_force_status

waves = dg.StaticPartitionsDefinition(profile_names(load_settings().own_profiles))


def raw_name(survey_id: str) -> str:
    """Give the raw table of a wave."""
    return f"raw.{survey_id.lower()}"


def wave_profile(survey_id: str) -> Profile:
    """Load a wave's profile with the workspace's settings."""
    settings = load_settings()
    return load_profile(survey_id, settings.profile_settings(survey_id), settings.own_profiles)


def read_survey(profile: Profile) -> RawTable:
    """Read the wave's file: the columns its profile maps, as delivered."""
    path = load_settings().survey_file(profile.survey_id)
    return read_table(path, profile.raw_names(), profile.get("encoding"))


def derive(profile: Profile, harmonised: Harmonised) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Derive labour-force status and informality; jobs are narrowed to the employed."""
    parameters = dict(profile.get("parameters", {}))
    person = labour_force_status(
        harmonised.person,
        {
            "icls_native": profile["standards"]["icls"],
            "min_age_labour": profile["min_age_labour"],
            **{key: value for key, value in parameters.items() if key in LABOUR_FORCE_VARIANTS},
        },
    )
    employed = person.filter(pl.col("lfs_status") == "employed").select("hh_id", "person_id")
    job = harmonised.job.join(
        employed, on=["hh_id", "person_id"], how="semi", maintain_order="left"
    )
    rules = {key: value for key, value in parameters.items() if key not in LABOUR_FORCE_VARIANTS}
    if "informality" in profile.get("unavailable", {}):
        job = job.with_columns(pl.lit("not_asked").alias("institutional_unit"))
    return person, informality(job, rules).drop("own_use_producer")


def file_facts(raw: RawTable) -> dict[str, Any]:
    """Give what the file says of itself, and what its reader noted."""
    return {"synthetic": raw.synthetic, "scale": raw.scale, "notes": list(raw.notes)}


def tried(
    profile: Profile, raw: RawTable, warehouse: Warehouse | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Try the road to core and the checks that refuse a file; nothing is stored.

    Args:
        profile: the wave's profile.
        raw: the file as read.
        warehouse: where other waves are stored; without it the file is judged alone.

    Returns:
        The rows of core.person and core.job, not sorted.

    Raises:
        InputError: the file's labels contradict the profile, the profile cannot carry the file,
            or a quality check of severity error fails.
    """
    check_labels(profile, raw.variables, raw.name)
    harmonised = harmonise(profile, raw.frame, raw.name)
    person, job = derive(profile, harmonised)
    file = {"sha256": raw.sha256, **file_facts(raw)}
    refuse_if_blocking(subject_of(profile, person, job, file, warehouse), raw.name)
    return person, job


LABOUR_FORCE_VARIANTS = {
    "market_orientation_unknown", "absence_unattached_icls13", "own_use_goods_icls13",
}  # fmt: skip


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
    profile = wave_profile(context.partition_key)
    raw = read_survey(profile)
    with Warehouse(load_settings().workspace) as warehouse:
        tried(profile, raw, warehouse)
        report = warehouse.put(raw_name(profile.survey_id), raw.frame, replace=None)
    record_delivery(
        load_settings().workspace,
        profile.survey_id,
        "lfs",
        name=raw.name,
        sha256=raw.sha256,
        rows=report.rows,
        **file_facts(raw),
    )
    yield dg.MaterializeResult(
        asset_key=asset_key("raw.survey"),
        metadata={"file": raw.name, "file sha256": raw.sha256, "rows": report.rows},
    )


@dg.multi_asset(
    name="harmonised_survey",
    partitions_def=waves,
    specs=[
        dg.AssetSpec(
            asset_key(name),
            deps=[asset_key("raw.survey")],
            partitions_def=waves,
            group_name="core",
            kinds={"duckdb"},
            description=description,
        )
        for name, description in (
            ("core.person", "Persons in canonical columns, with labour-force status by both standards."),
            ("core.job", "Main jobs of the employed, with informality and the step that decided it."),
        )
    ],
    check_specs=[contract_check("core.person"), contract_check("core.job")],
)  # fmt: skip
@guarded
def harmonised_survey(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Raw to canonical, statuses derived; rows sorted by stratum and PSU."""
    profile = wave_profile(context.partition_key)
    survey = profile.survey_id
    with Warehouse(load_settings().workspace) as warehouse:
        raw = warehouse.get(raw_name(survey))
        harmonised = harmonise(profile, raw, survey)
        person, job = derive(profile, harmonised)
        person = person.sort("strata", "psu", "hh_id", "person_id")
        job = job.sort("hh_id", "person_id")
        tables = {"core.person": person, "core.job": job}
        yield from stored(warehouse, tables, {"survey_id": survey})
    for stratum, rows in harmonised.collapsed.items():
        context.log.info("stratum %s: %d rows joined by the collapse map", stratum, rows)
    accept_delivery(load_settings().workspace, survey)
