"""A wave's rows from harmonised to core: statuses derived, main jobs beside persons; nothing is stored here."""

import polars as pl

from data_contracts.profile.plan import WavePlan, resolve
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

    Sector and nature are blank in every row where the wave as a whole cannot tell them.

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
    judged = informality(job, rules).drop("own_use_producer")
    return person, judged.with_columns(_withheld(resolve(profile)))


def _withheld(plan: WavePlan) -> list[pl.Expr]:
    """Blank what the wave as a whole cannot tell, so that no figure stands on the rows that can."""
    steps = {"unit_of_production": "sector_rule_step", "nature_of_job": "nature_rule_step"}
    return [
        pl.lit(None, pl.String if name == column else pl.Int8).alias(name)
        for column, step in steps.items()
        if not plan.told[column].usable
        for name in (column, step)
    ]


def in_order(person: pl.DataFrame, job: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Give core.person by stratum and PSU, and core.job by person, under their names."""
    return {
        "core.person": person.sort("strata", "psu", "hh_id", "person_id"),
        "core.job": job.sort("hh_id", "person_id"),
    }


def with_main_job(person: pl.DataFrame, job: pl.DataFrame) -> pl.DataFrame:
    """Give one row a person, all persons kept, with the main job's columns beside it."""
    return person.join(job, on=KEY, how="left", maintain_order="left")
