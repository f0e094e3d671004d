"""Published tables and facts of a survey to the pages that are printed; files are written elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analyses.engine.reliability import RULE_SETS
from data_contracts.catalogue.questions import survey_questions
from data_contracts.profile.profile import Profile
from pipelines.figures.quality import Judgement
from pipelines.settings import REGISTER
from reports.brief.brief import build_brief
from reports.coverage.page import coverage_page
from reports.model import Brief
from reports.quality.page import quality_page

COVER = "social_security_coverage"
Files = Sequence[Mapping[str, Any]]


def survey_facts(profile: Profile, files: Files) -> dict[str, Any]:
    """Give what a page says of the survey itself, and the rules of reliability in words."""
    synthetic = any(file.get("synthetic") for file in files)
    return {
        "survey_id": profile.survey_id,
        "title": profile.title,
        "ref_area": profile.ref_area,
        "time_period": profile.time_period,
        "citation": profile.citation,
        "standard": profile.standards.icls,
        "status": "synthetic" if synthetic else profile.status,
        "design": profile.design.description,
        "admin1_labels": profile.admin1_labels,
        "admin1_unit": profile.admin1_unit,
        "min_age_labour": profile.min_age_labour,
        "reliability": {name: rules.said for name, rules in RULE_SETS.items()},
    }


def national_brief(
    profile: Profile,
    pub: Mapping[str, pl.DataFrame],
    files: Files,
    register_files: Files,
    code_version: str,
) -> Brief:
    """Build the national brief of one wave.

    Args:
        profile: the wave's.
        pub: its published tables by name without ``pub.``.
        files: the survey's input files.
        register_files: the register's, which count where a figure is made of them.
        code_version: as provenance gives it.
    """
    used = pub["register_coverage"].height > 0
    provenance = {
        "code_version": code_version,
        "inputs": [*files, *(register_files if used else ())],
        "release_date": profile.release_date or "",
    }
    return build_brief(dict(pub), survey_facts(profile, files), provenance)


def wave_coverage_page(
    profile: Profile,
    pub: Mapping[str, pl.DataFrame],
    files: Files,
    register_files: Files,
    code_version: str,
) -> bytes:
    """Build the coverage page of one wave; arguments as for ``national_brief``."""
    used = pub["adjusted"].height > 0
    facts = survey_facts(profile, files) | {
        "files": [*files, *(register_files if used else ())],
        "code_version": code_version,
        "register_id": REGISTER if used else "",
        "register_date": str(pub["adjusted"]["register_date"][0]) if used else "",
        "why": _why(profile, pub["computability"]),
        "not_asked": _not_asked(profile),
        "min_age": profile.min_age_labour,
    }
    return coverage_page(dict(pub), facts)


def _why(profile: Profile, computability: pl.DataFrame) -> tuple[str, ...]:
    """Give the one reason why the wave has no figure of cover: not asked, else what its plan says."""
    asked, reason = profile.asked("social_security")
    if not asked:
        return (reason,)
    told = computability.filter(
        (pl.col("indicator") == COVER) & (pl.col("status") == "NOT COMPUTABLE")
    )
    return tuple(dict.fromkeys(str(reason) for reason in told["reason"] if reason))


def _not_asked(profile: Profile) -> tuple[str, ...]:
    """Name the questions about cover and informality that the wave did not ask."""
    return tuple(name for name in survey_questions() if not profile.asked(name)[0])


def wave_quality_page(
    profile: Profile, judgement: Judgement, file: Mapping[str, Any], code_version: str
) -> bytes:
    """Build the quality report of one wave."""
    facts = {
        "survey_id": profile.survey_id,
        "title": profile.title,
        "ref_area": profile.ref_area,
        "files": [file],
        "admin1_labels": profile.admin1_labels,
        "code_version": code_version,
    }
    return quality_page(judgement.findings, judgement.effect, judgement.places, facts)


def register_quality_page(judgement: Judgement, files: Files, code_version: str) -> bytes:
    """Build the register's quality report."""
    facts = {
        "survey_id": REGISTER,
        "title": "Register of social security",
        "ref_area": "LAO",
        "files": [{"synthetic": False, **file} for file in files],
        "admin1_labels": {},
        "code_version": code_version,
    }
    return quality_page(judgement.findings, judgement.effect, judgement.places, facts)
