"""What `profile draft` writes and `profile check` reports; guessing and comparing live in transforms."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile
from pipelines.figures.computable import judged
from transforms.draft.guess import Draft
from transforms.draft.guess import draft as guess
from transforms.draft.write import NO_ID, profile_yaml, schema_pattern
from transforms.read.ddi import read_codebook
from transforms.read.files import describe, read_table
from transforms.survey.profile_check import WRONG, Finding, against_codebook, check


@dataclass(frozen=True)
class Report:
    """What a check found: the columns, and each indicator's computability with its reason."""

    survey_id: str
    file: str
    findings: list[Finding]
    indicators: list[dict[str, str]]

    @property
    def wrong(self) -> bool:
        """Whether something that the profile needs is missing or does not fit."""
        return any(one.status in WRONG for one in self.findings)

    def to_json(self) -> str:
        """Give the report for a script."""
        return json.dumps(
            {
                "survey_id": self.survey_id,
                "file": self.file,
                "ok": not self.wrong,
                "columns": [asdict(one) for one in self.findings],
                "indicators": self.indicators,
            },
            ensure_ascii=False,
            indent=1,
        )


def drafted(file: Path, ddi: Path | None, encoding: str | None) -> Draft:
    """Guess a file's columns, with a codebook's words if there is one."""
    codebook = None
    if ddi is not None:
        codebook = {name: one.variable for name, one in read_codebook(ddi).items()}
    return guess(file, codebook, encoding)


def draft_yaml(made: Draft, survey_id: str | None) -> str:
    """Write the draft profile.

    Raises:
        InputError: the survey id is not of the form that profiles have.
    """
    name = survey_id or NO_ID
    if not re.match(schema_pattern(), name):
        raise InputError(
            f"{name} is no survey id",
            "give country, year and name in capitals, such as CRI_2020_ENAHO",
        )
    return profile_yaml(made, name)


def draft_json(made: Draft) -> str:
    """Give every guess with its candidates and their evidence, for a script."""
    guesses = {
        name: {
            "chosen": one.chosen.raw if one.chosen else None,
            "candidates": [asdict(candidate) for candidate in one.ranked],
            "codes_without_label": list(one.unlabelled),
        }
        for name, one in made.guesses.items()
    }
    described = {"file": made.file, "rows": made.rows, "columns": len(made.variables)}
    return json.dumps({**described, "guesses": guesses}, ensure_ascii=False, indent=1) + "\n"


def report_of(profile: Profile, file: Path | None, ddi: Path | None) -> Report:
    """Hold a profile against a data file, or look at a profile alone.

    Args:
        profile: the wave's.
        file: the data file; None to look at the profile alone.
        ddi: the file's codebook, whose counts must agree.

    Raises:
        InputError: the file or the codebook cannot be read.
    """
    if file is None:
        return Report(profile.survey_id, "", check(profile, {}, None, ""), judged(profile))
    encoding = profile.get("encoding")
    _, variables = describe(file, encoding)
    codebook = read_codebook(ddi) if ddi is not None else {}
    counted = [raw for raw, one in codebook.items() if one.frequencies]
    read = [raw for raw in [*profile.raw_names(), *counted] if raw in variables]
    frame = _rows(file, list(dict.fromkeys(read)), encoding)
    needed = frame.select(raw for raw in profile.raw_names() if raw in frame.columns)
    findings = check(profile, variables, needed, file.name)
    findings += against_codebook(codebook, frame)
    return Report(profile.survey_id, file.name, findings, judged(profile))


def _rows(file: Path, names: list[str], encoding: str | None) -> pl.DataFrame:
    if not names:
        return pl.DataFrame()
    frame = read_table(file, names, encoding).frame
    return frame.rename({name: name.strip().lower() for name in frame.columns})
