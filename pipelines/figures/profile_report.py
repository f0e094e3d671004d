"""What `profile draft` and `profile check` do and print; guessing and comparing live in transforms."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile, load_profile
from pipelines.figures.computable import judged
from pipelines.settings import load_settings
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


def checked(file: Path, name: str | None, ddi: Path | None, workspace: Path | None) -> Report:
    """Hold a profile against a data file, or look at a profile alone.

    Raises:
        InputError: the profile or the file cannot be read, or no profile is named for a data file.
    """
    alone = file.suffix == ".yaml"
    if name is None and not alone:
        raise InputError(
            "a data file is checked against a profile",
            "name it with --profile, or draft one with: informality profile draft FILE",
            file=file.name,
        )
    profile = _profile(name or str(file), workspace)
    if alone:
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


def _profile(name: str, workspace: Path | None) -> Profile:
    settings = load_settings(workspace)
    first = load_profile(name, None, settings.own_profiles)
    return load_profile(name, settings.profile_settings(first.survey_id), settings.own_profiles)


def _rows(file: Path, names: list[str], encoding: str | None) -> pl.DataFrame:
    if not names:
        return pl.DataFrame()
    frame = read_table(file, names, encoding).frame
    return frame.rename({name: name.strip().lower() for name in frame.columns})


def print_report(console: Console, report: Report) -> None:
    """Print the columns, then the indicators, then a sentence that sums up."""
    columns = Table("canonical column", "raw column", "status", "rows", "what was found")
    for one in report.findings:
        style = "red" if one.status in WRONG else None
        rows = f"{one.rows:,}" if one.rows else ""
        columns.add_row(
            *_plain(one.column, ", ".join(one.raw), one.status, rows, one.detail), style=style
        )
    console.print(columns)
    indicators = Table("indicator", "verdict", "why")
    for row in report.indicators:
        indicators.add_row(*_plain(row["indicator"], row["status"], row["reason"]))
    console.print(indicators)
    wrong = sum(one.status in WRONG for one in report.findings)
    verdicts: dict[str, int] = {}
    for row in report.indicators:
        verdicts[row["status"]] = verdicts.get(row["status"], 0) + 1
    said = ", ".join(f"{count} {status}" for status, count in verdicts.items())
    console.print(
        f"{report.survey_id}: {wrong or 'no'} problem{'' if wrong == 1 else 's'}; indicators: {said}.",
        highlight=False,
    )


def _plain(*texts: str) -> list[Any]:
    """Keep brackets in labels and codes from being read as markup."""
    from rich.text import Text

    return [Text(text) for text in texts]
