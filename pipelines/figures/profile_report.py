"""What `profile check` reports: a profile held against a file as a run would; comparing lives in transforms."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analyses.quality.finding import FAILED, QualityFinding
from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan
from data_contracts.quality.rules import said_of
from pipelines.figures.answers import answered
from pipelines.figures.core import with_main_job
from pipelines.figures.quality import wave_judgement
from pipelines.figures.survey_checks import file_facts, refuse_unready, tried
from transforms.read.ddi import read_codebook
from transforms.read.files import describe, read_table
from transforms.survey.profile_check import BAD, WRONG, Finding, against_codebook, check

WHOLE = "(the whole file)"


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        survey_id: the wave.
        file: the data file's name; empty for a profile alone.
        findings: the columns, one by one.
        indicators: each indicator's computability with its reason.
        refused: the words with which a run would refuse the file; empty where it would not.
        warnings: what the quality checks of a run would warn of, each in a sentence.
    """

    survey_id: str
    file: str
    findings: list[Finding]
    indicators: list[dict[str, str]]
    refused: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether something that the profile needs is missing or does not fit, or a run would refuse."""
        return bool(self.refused) or any(one.status in WRONG for one in self.findings)

    def to_json(self) -> str:
        """Give the report for a script."""
        return json.dumps(
            {
                "survey_id": self.survey_id,
                "file": self.file,
                "ok": not self.wrong,
                "refused": self.refused,
                "warnings": list(self.warnings),
                "columns": [asdict(one) for one in self.findings],
                "indicators": self.indicators,
            },
            ensure_ascii=False,
            indent=1,
        )


def report_of(plan: WavePlan, file: Path | None, ddi: Path | None, **beside: Any) -> Report:
    """Hold a profile against a data file, or look at a profile alone.

    The file goes down the road that a run takes, so that both refuse the same in the same words.

    Args:
        plan: the wave's.
        file: the data file; None to look at the profile alone.
        ddi: the file's codebook, whose counts must agree.
        beside: other waves and files, as ``stored.beside`` gives them.

    Raises:
        InputError: the file or the codebook cannot be read.
    """
    profile = plan.profile
    if file is None:
        alone = check(profile, {}, None)
        return Report(plan.survey_id, "", alone, _verdicts(plan), _refusal_of(plan))
    _, variables = describe(file, profile.encoding)
    codebook = read_codebook(ddi) if ddi is not None else {}
    counted = [raw for raw, one in codebook.items() if one.frequencies]
    told = _as_a_run(plan, file, beside)
    there = [name for name in [*profile.raw_names(), *counted] if name in variables]
    frame = _rows(file, list(dict.fromkeys(there)), profile.encoding)
    needed = frame.select(name for name in profile.raw_names() if name in frame.columns)
    findings = check(profile, variables, needed)
    refused = told.refused
    if refused is not None and not any(one.status in WRONG for one in findings):
        place = (refused.column or "",)
        findings.append(Finding(WHOLE, place, BAD, refused.rule, refused.rows or 0))
    findings += against_codebook(codebook, frame)
    verdicts = _verdicts(told.plan)
    said = str(refused or "")
    return Report(plan.survey_id, file.name, findings, verdicts, said, told.warnings)


@dataclass(frozen=True)
class _Told:
    """What the road of a run says of a file: the plan settled with its rows, the refusal, the warnings."""

    plan: WavePlan
    refused: InputError | None = None
    warnings: tuple[str, ...] = ()


def _as_a_run(plan: WavePlan, file: Path, beside: Mapping[str, Any]) -> _Told:
    """Go down the road of a run, without storing anything."""
    profile = plan.profile
    try:
        raw = read_table(file, profile.raw_names(), profile.encoding)
        person, job = tried(plan, raw, **beside)
    except InputError as error:
        return _Told(plan, error)
    facts = {"name": raw.name, "sha256": raw.sha256, **file_facts(raw)}
    judged = wave_judgement(plan, person, job, raw.frame, facts, **beside)
    warned = tuple(_sentence(one) for one in judged.found if one.status == FAILED)
    return _Told(answered(plan, with_main_job(person, job)), None, warned)


def _refusal_of(plan: WavePlan) -> str:
    """Give the words with which a run would refuse the profile alone; empty where it would not."""
    try:
        refuse_unready(plan.profile)
    except InputError as error:
        return str(error)
    return ""


def _sentence(one: QualityFinding) -> str:
    counted = f" ({one.failed:,} of {one.checked:,})" if one.failed else ""
    found = said_of(
        "survey", one.check_id, one.statement, (one.failed, one.checked, one.measure, one.category)
    )
    return f"{one.check_id}{counted}: {one.reason or found}"


def _rows(file: Path, names: list[str], encoding: str | None) -> pl.DataFrame:
    if not names:
        return pl.DataFrame()
    frame = read_table(file, names, encoding).frame
    return frame.rename({name: name.strip().lower() for name in frame.columns})


def _verdicts(plan: WavePlan) -> list[dict[str, str]]:
    """Give every indicator with what the wave can say of it, as rows for print."""
    return [
        {
            "survey_id": plan.survey_id,
            "indicator": one.indicator.id,
            "status": one.status,
            "reason": one.reason,
        }
        for one in plan.verdicts
    ]
