"""A delivered file tried down the whole road to core, and a wave brought before the quality checks."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import polars as pl

from analyses.quality.finding import ERROR
from analyses.quality.judge import blocking, judge
from analyses.quality.subject import Subject
from data_contracts.contract.canonical_codes import refuse_strange_codes
from data_contracts.errors import InputError
from data_contracts.profile.finished import refuse_unfinished
from data_contracts.profile.label_check import check_labels
from data_contracts.profile.plan import WavePlan
from data_contracts.profile.profile import Profile
from data_contracts.quality.rules import load_rules
from pipelines.figures.core import derive
from pipelines.figures.promises import refuse_broken
from transforms.read.table import RawTable
from transforms.survey.harmonise import harmonise

NO_HOUSEHOLD = "the file names no households"


def file_facts(raw: RawTable) -> dict[str, Any]:
    """Give what the file says of itself, and what its reader noted."""
    return {"synthetic": raw.synthetic, "scale": raw.scale, "notes": list(raw.notes)}


def refuse_unready(profile: Profile) -> None:
    """Refuse a profile by which no file may be read: a draft, or one with codes that there are not.

    Raises:
        InputError: naming every open line, or every such code.
    """
    refuse_unfinished(profile)
    refuse_strange_codes(profile)


def tried(plan: WavePlan, raw: RawTable, **beside: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Try the road to core and the checks that refuse a file.

    Args:
        plan: the wave's.
        raw: the file as read.
        beside: fields ``others`` and ``delivered`` of Subject; without them the file is judged
            alone.

    Returns:
        The rows of core.person and core.job, not sorted.

    Raises:
        InputError: the profile is a draft or maps to codes that there are not, the file's labels
            contradict the profile, the profile cannot carry the file,
            or a quality check of severity error fails.
    """
    profile = plan.profile
    refuse_unready(profile)
    check_labels(profile, raw.variables, raw.name)
    person, job = derive(profile, harmonise(profile, raw.frame, raw.name))
    refuse_broken(profile, {"core.person": person, "core.job": job}, raw.name)
    file = {"sha256": raw.sha256, **file_facts(raw)}
    refuse_if_blocking(subject_of(plan, person, job, file, **beside), raw.name)
    return person, job


def asked_or_derived(plan: WavePlan) -> dict[str, tuple[bool, str]]:
    """Say of every canonical column, status and informality included, whether the wave has it."""
    known: dict[str, tuple[bool, str]] = dict(plan.asked)
    for name in ("sex", "age"):
        known.setdefault(name, plan.profile.asked(name))
    status = any(plan.has(name) for name in ("lfs_status_given", "worked_for_pay"))
    known["lfs_status"] = (status, "" if status else "the employment questions were not asked")
    known["hh_id"] = (
        bool(plan.profile.household),
        "" if plan.profile.household else NO_HOUSEHOLD,
    )
    return known | plan.told


def subject_of(
    plan: WavePlan,
    person: pl.DataFrame,
    job: pl.DataFrame,
    file: Mapping[str, Any],
    **more: Any,
) -> Subject:
    """Bring together what the checks look at.

    Args:
        plan: the wave's.
        person: rows of core.person, stored or not yet.
        job: rows of core.job, likewise.
        file: sha256, synthetic, scale and notes of the file.
        more: further fields of Subject (evidence, figures, others, delivered).
    """
    profile = plan.profile
    facts = {
        "ref_area": profile.ref_area,
        "reference_year": profile.reference_year,
        "population": profile.population.model_dump() if profile.population else {},
        "expected": profile.expected.model_dump(exclude_none=True),
    }
    return Subject(
        profile.survey_id,
        person,
        job,
        asked_or_derived(plan),
        sha256=file["sha256"],
        facts=facts,
        synthetic=file["synthetic"],
        scale=file.get("scale"),
        margins=published_margins(),
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
