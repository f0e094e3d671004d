"""The quality checks of a stored wave or register brought together with their effects; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analyses.quality.effect import effects, places
from analyses.quality.finding import QualityFinding, frame
from analyses.quality.judge import judge
from data_contracts.contract.find import load
from data_contracts.discreet import Discreet
from data_contracts.profile.plan import WavePlan
from pipelines.figures.estimates import estimates_of
from pipelines.figures.survey_checks import subject_of
from transforms.survey.harmonise import harmonise

COMPARED = ("sex", "area_type", "economic_sector")  # breakdowns with published figures


@dataclass(frozen=True, repr=False)
class Judgement(Discreet):
    """What the checks found.

    Attributes:
        found: every check's finding.
        findings: the same as est.quality.
        effect: est.quality_effect: headline figures without the rows that break a rule.
        places: where the rows of failed checks lie, by area.
    """

    found: tuple[QualityFinding, ...]
    findings: pl.DataFrame
    effect: pl.DataFrame
    places: pl.DataFrame


def wave_judgement(
    plan: WavePlan,
    person: pl.DataFrame,
    job: pl.DataFrame,
    raw: pl.DataFrame,
    file: Mapping[str, Any],
    **beside: Any,
) -> Judgement:
    """Run all checks of one wave.

    Args:
        plan: the wave's.
        person: core.person of the wave.
        job: core.job of the wave.
        raw: its rows as delivered, in which jobs are not yet narrowed to the employed.
        file: what is known of the delivered file.
        beside: other waves and files, as ``stored.beside`` gives them.
    """
    evidence = harmonise(plan.profile, raw, file["name"]).job
    subject = subject_of(plan, person, job, file, evidence=evidence, **beside)
    # Published figures are compared with the wave's own.
    outcomes = judge(replace(subject, figures=estimates_of(plan, subject.rows, COMPARED)))
    found = tuple(outcome.finding for outcome in outcomes)
    can = [indicator.id for indicator in plan.indicators]
    return Judgement(
        found, frame(found), effects(subject, outcomes, can), places(subject, outcomes)
    )


def register_judgement(found: list[QualityFinding]) -> Judgement:
    """Bring the register's findings into the same form; no headline figure stands on single rows of it."""
    schema = load("est.quality_effect").polars_schema()
    where = {**schema, "admin1_code": pl.String(), "failed": pl.Int64(), "checked": pl.Int64()}
    none = pl.DataFrame(schema=schema)
    return Judgement(tuple(found), frame(found), none, pl.DataFrame(schema=where))
