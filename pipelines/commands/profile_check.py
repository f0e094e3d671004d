"""`informality profile check`: the profile and the file found, the report printed; the checks are in figures."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan, resolve
from data_contracts.profile.profile import load_profile
from pipelines.figures.profile_report import Report, report_of
from pipelines.settings import Settings, load_settings
from transforms.survey.profile_check import WRONG


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
    settings = load_settings(workspace)
    plan = _plan(name or str(file), settings)
    if alone or not (settings.workspace / "vault" / "vault.duckdb").exists():
        return report_of(plan, None if alone else file, ddi)
    from pipelines.stored import beside
    from pipelines.warehouse.warehouse import Warehouse

    with Warehouse(settings.workspace) as warehouse:
        others = beside(plan, warehouse)
    return report_of(plan, file, ddi, **others)


def _plan(name: str, settings: Settings) -> WavePlan:
    first = load_profile(name, None, settings.own_profiles)
    chosen = settings.profile_settings(first.survey_id)
    return resolve(load_profile(name, chosen, settings.own_profiles), settings.conventions)


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
    if report.refused:
        console.print("A run would refuse the file:", report.refused, highlight=False, markup=False)
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
