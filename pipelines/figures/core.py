"""A wave's rows from harmonised to core: statuses derived, main jobs beside persons; nothing is stored here."""

import polars as pl

from data_contracts.profile.profile import Profile
from transforms.survey.harmonise import Harmonised
from transforms.survey.informality import informality
from transforms.survey.labour_force import labour_force_status

KEY = ("survey_id", "hh_id", "person_id")
LABOUR_FORCE_VARIANTS = {
    "market_orientation_unknown", "absence_unattached_icls13", "own_use_goods_icls13",
}  # fmt: skip


def derive(profile: Profile, harmonised: Harmonised) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Derive labour-force status and informality; jobs are narrowed to the employed.

    Returns:
        core.person and core.job, their rows in the file's order.
    """
    parameters = dict(profile.parameters)
    person = labour_force_status(
        harmonised.person,
        {
            "icls_native": profile.standards.icls,
            "min_age_labour": profile.min_age_labour,
            **{key: value for key, value in parameters.items() if key in LABOUR_FORCE_VARIANTS},
        },
    )
    employed = person.filter(pl.col("lfs_status") == "employed").select("hh_id", "person_id")
    job = harmonised.job.join(
        employed, on=["hh_id", "person_id"], how="semi", maintain_order="left"
    )
    rules = {key: value for key, value in parameters.items() if key not in LABOUR_FORCE_VARIANTS}
    if "informality" in profile.unavailable:
        job = job.with_columns(pl.lit("not_asked").alias("institutional_unit"))
    return person, informality(job, rules).drop("own_use_producer")


def in_order(person: pl.DataFrame, job: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Give core.person by stratum and PSU, and core.job by person, under their names."""
    return {
        "core.person": person.sort("strata", "psu", "hh_id", "person_id"),
        "core.job": job.sort("hh_id", "person_id"),
    }


def with_main_job(person: pl.DataFrame, job: pl.DataFrame) -> pl.DataFrame:
    """Give one row a person, all persons kept, with the main job's columns beside it."""
    return person.join(job, on=KEY, how="left", maintain_order="left")
