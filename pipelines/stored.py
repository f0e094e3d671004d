"""A wave and a register as a workspace holds them: read for figures, the register judged; figures are elsewhere."""

from typing import Any

import polars as pl

from analyses.quality.finding import QualityFinding
from analyses.quality.register import register_findings
from data_contracts.profile.plan import WavePlan
from data_contracts.profile.profile import Profile
from pipelines.figures.change import StoredWave
from pipelines.figures.core import with_main_job
from pipelines.figures.coverage import RegisterSide
from pipelines.figures.pages import register_quality_page
from pipelines.figures.quality import register_judgement
from pipelines.files import write_page
from pipelines.provenance import code_version, inputs, is_made_up, known_hashes
from pipelines.settings import REGISTER, Settings
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse

TALLY, ADJUSTMENT = "linked.register_tally", "est.adjustment"


def raw_name(survey_id: str) -> str:
    """Give the raw table of a wave."""
    return f"raw.{survey_id.lower()}"


def wave_rows(warehouse: Warehouse, survey_id: str) -> pl.DataFrame:
    """Give one row a person, with the main job's columns beside it, all persons kept."""
    where = {"survey_id": survey_id}
    return with_main_job(warehouse.get("core.person", where), warehouse.get("core.job", where))


def stored_wave(warehouse: Warehouse, profile: Profile) -> StoredWave:
    """Give a wave to be compared: its rows, and its file's rows when they are asked for."""
    survey = profile.survey_id
    return StoredWave(
        profile, wave_rows(warehouse, survey), lambda: warehouse.get(raw_name(survey))
    )


def wave_tables(warehouse: Warehouse, survey_id: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Give one wave's rows of some tables, by their names after the schema."""
    where = {"survey_id": survey_id}
    return {name.partition(".")[2]: warehouse.get(name, where) for name in names}


def beside(plan: WavePlan, warehouse: Warehouse) -> dict[str, Any]:
    """Give what the checks hold a wave against: rows of the country's other waves, files of all others."""
    known = known_hashes(warehouse.workspace, "lfs")
    delivered = {survey: digest for survey, digest in known.items() if survey != plan.survey_id}
    return {"others": _other_waves(plan, warehouse), "delivered": delivered}


def _other_waves(plan: WavePlan, warehouse: Warehouse) -> dict[str, pl.DataFrame]:
    if "core.person" not in warehouse.tables():
        return {}
    surveys = warehouse.get("core.person").filter(
        pl.col("survey_id").str.starts_with(plan.ref_area),
        pl.col("survey_id") != plan.survey_id,
    )
    if surveys.is_empty():
        return {}
    rows = with_main_job(surveys, warehouse.get("core.job"))
    return {str(name): part for (name,), part in rows.group_by("survey_id", maintain_order=True)}


def register_side(warehouse: Warehouse) -> RegisterSide | None:
    """Give the stored tally, or None where no register was run."""
    if TALLY not in warehouse.tables():
        return None
    month = warehouse.get(ADJUSTMENT)["register_date"][0]
    return RegisterSide(REGISTER, str(month), warehouse.get(TALLY))


def judge_register(
    warehouse: Warehouse, settings: Settings, found: list[QualityFinding] | None = None
) -> list[QualityFinding]:
    """Judge the register's tables, store what was found in est.quality and write the report.

    Args:
        warehouse: holds the tables.
        settings: where the report lies.
        found: what was found in these very tables already.

    Raises:
        InputError: the tables are not in the warehouse.
    """
    judgement = register_judgement(found or register_findings(Tables(warehouse)))
    warehouse.put("est.quality", judgement.findings, replace={"survey_id": REGISTER})
    files = inputs(settings.workspace, REGISTER)
    page = register_quality_page(judgement, files, code_version())
    write_page(settings.quality / REGISTER, "quality", page, made_up=is_made_up(files))
    return list(judgement.found)
