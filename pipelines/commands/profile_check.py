"""`informality profile check`: the profile and the file found, the report printed; the checks are in figures."""

from collections import Counter
from pathlib import Path

from rich.text import Text

from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan, resolve
from data_contracts.profile.profile import load_profile
from pipelines.commands.options import asked_survey
from pipelines.commands.printout import Block, Printout, frame, table
from pipelines.figures.profile_report import Report, report_of
from pipelines.settings import Settings, holds_run, load_settings
from transforms.survey.profile_check import WRONG

COLUMNS = ("canonical column", "raw column", "status", "rows", "what was found")
VERDICTS = ("indicator", "verdict", "why")


def named(file: Path, survey: str | None, profile: str | None) -> str:
    """Give the survey whose profile is checked: one that is named, or the file, itself a profile.

    Raises:
        InputError: no profile is named for a data file.
    """
    if survey or profile:
        return asked_survey(survey, profile)
    if file.suffix == ".yaml":
        return str(file)
    raise InputError(
        "a data file is checked against a profile",
        "name it with --survey ID or --profile PATH, or draft one with: informality profile "
        "draft FILE",
        file=file.name,
    )


def checked(file: Path, name: str, ddi: Path | None, workspace: Path | None) -> Report:
    """Hold a profile against a data file, or look at a profile alone.

    Raises:
        InputError: the profile or the file cannot be read.
    """
    alone = file.suffix == ".yaml"
    settings = load_settings(workspace)
    plan = _plan(name, settings)
    if alone or not holds_run(settings.workspace):
        return report_of(plan, None if alone else file, ddi)
    from pipelines.stored import beside
    from pipelines.warehouse.warehouse import Warehouse

    with Warehouse(settings.workspace, read_only=True) as warehouse:
        others = beside(plan, warehouse)
    return report_of(plan, file, ddi, **others)


def _plan(name: str, settings: Settings) -> WavePlan:
    first = load_profile(name, None, settings.own_profiles)
    chosen = settings.profile_settings(first.survey_id)
    return resolve(load_profile(name, chosen, settings.own_profiles), settings.conventions)


def printout(report: Report) -> Printout:
    """Give the columns, then the indicators, then a sentence that sums up."""
    rows = [
        (
            one.column,
            ", ".join(one.raw),
            one.status,
            f"{one.rows:,}" if one.rows else "",
            one.detail,
        )
        for one in report.findings
    ]
    columns = table(COLUMNS, rows)
    for row, one in zip(columns.rows, report.findings, strict=True):
        row.style = "red" if one.status in WRONG else None
    verdicts = [(row["indicator"], row["status"], row["reason"]) for row in report.indicators]
    parts: list[Block] = [columns, table(VERDICTS, verdicts)]
    parts += [Text(f"A run would warn: {warning}") for warning in report.warnings]
    if report.refused:
        parts.append(Text(f"A run would refuse the file: {report.refused}"))
    wrong = sum(one.status in WRONG for one in report.findings)
    counted = Counter(row["status"] for row in report.indicators)
    said = ", ".join(f"{count} {status}" for status, count in counted.items())
    plural = "" if wrong == 1 else "s"
    warned = f"{len(report.warnings)} warnings; " if len(report.warnings) != 1 else "1 warning; "
    parts.append(
        Text(f"{report.survey_id}: {wrong or 'no'} problem{plural}; {warned}indicators: {said}.")
    )
    tables = {"columns": frame(COLUMNS, rows), "indicators": frame(VERDICTS, verdicts)}
    return Printout(tables, parts, report.to_json(), code=2 if report.wrong else 0)
