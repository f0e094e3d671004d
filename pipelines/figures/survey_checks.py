"""A wave's rows brought before the quality checks, and a file refused by them; storing is elsewhere."""

from importlib.resources import files
from typing import Any

import polars as pl

from analyses.quality.finding import ERROR
from analyses.quality.judge import blocking, judge
from analyses.quality.subject import KEY, Subject
from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile
from data_contracts.quality.rules import load_rules
from pipelines.figures.computable import asked
from pipelines.provenance import known_hashes
from pipelines.warehouse.warehouse import Warehouse


def asked_or_derived(profile: Profile) -> dict[str, tuple[bool, str]]:
    """Say of every canonical column, status and informality included, whether the wave has it."""
    known = asked(profile)
    for name in ("sex", "age"):
        known.setdefault(name, profile.asked(name))
    status = any(known.get(name, (False, ""))[0] for name in ("lfs_status_given", "worked_for_pay"))
    known["lfs_status"] = (status, "" if status else "the employment questions were not asked")
    refused = profile.get("unavailable", {}).get("informality")
    unit = known.get("institutional_unit", profile.asked("institutional_unit"))
    known["nature_of_job"] = (False, str(refused)) if refused else unit
    return known


def subject_of(
    profile: Profile,
    person: pl.DataFrame,
    job: pl.DataFrame,
    file: dict[str, Any],
    warehouse: Warehouse | None,
    **more: Any,
) -> Subject:
    """Bring together what the checks look at.

    Args:
        profile: the wave's profile.
        person: rows of core.person, stored or not yet.
        job: rows of core.job, likewise.
        file: sha256, synthetic, scale and notes of the file.
        warehouse: for other waves of the country; None where there is none.
        more: further fields of Subject (evidence, figures).
    """
    facts = {name: profile[name] for name in ("ref_area", "reference_year")}
    facts |= {name: profile.get(name, {}) for name in ("population", "expected")}
    return Subject(
        profile.survey_id,
        person,
        job,
        asked_or_derived(profile),
        sha256=file["sha256"],
        facts=facts,
        synthetic=file["synthetic"],
        scale=file.get("scale"),
        margins=published_margins(),
        others=other_waves(profile, warehouse) if warehouse else {},
        delivered=other_files(profile, warehouse) if warehouse else {},
        notes=tuple(file.get("notes", ())),
        **more,
    )


def refuse_if_blocking(subject: Subject, file: str) -> None:
    """Run the checks that a file must pass before anything is stored.

    Raises:
        InputError: naming the first failed check, its count and what must hold.
    """
    found = blocking(judge(subject, (ERROR,)))
    if not found:
        return
    first, further = found[0], [finding.check_id for finding in found[1:]]
    counted = f" for {first.failed:,} of {first.checked:,}" if first.failed else ""
    measured = f" (found {first.measure:.4g})" if first.measure is not None else ""
    reason = f"; {first.reason}" if first.reason else ""
    more = f"; further failed checks: {', '.join(further)}" if further else ""
    raise InputError(
        f"the quality check {first.check_id} fails{counted}{measured}: "
        f"{first.statement.rstrip('.')}{reason}{more}",
        load_rules("survey")[first.check_id].remedy,
        file=file,
    )


def published_margins() -> pl.DataFrame:
    """Give the published figures, every column as text."""
    text = (files("data_contracts") / "codes" / "published_margins.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False)


def other_files(profile: Profile, warehouse: Warehouse) -> dict[str, str]:
    """Give the SHA-256 of the files that other waves came from."""
    known = known_hashes(warehouse.workspace, "lfs")
    return {survey: digest for survey, digest in known.items() if survey != profile.survey_id}


def other_waves(profile: Profile, warehouse: Warehouse) -> dict[str, pl.DataFrame]:
    """Give the stored rows of the country's other waves, the main job beside the person."""
    if "core.person" not in warehouse.tables():
        return {}
    surveys = warehouse.get("core.person").filter(
        pl.col("survey_id").str.starts_with(profile["ref_area"]),
        pl.col("survey_id") != profile.survey_id,
    )
    if surveys.is_empty():
        return {}
    rows = surveys.join(warehouse.get("core.job"), on=KEY, how="left", maintain_order="left")
    return {str(name): part for (name,), part in rows.group_by("survey_id", maintain_order=True)}
