"""`informality run`: files in, figures and a brief out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from data_contracts.catalogue.headlines import headlines
from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile
from pipelines.settings import (
    AGGREGATE,
    REGISTER,
    REGISTER_FILES,
    SOURCES_FILE,
    Settings,
    load_settings,
    record_source,
)


def command(
    profile: Annotated[
        str,
        typer.Option(help="Survey id, see `informality profile list`, or your own profile's path."),
    ],
    lfs: Annotated[
        Path | None, typer.Option(help="The survey's file; without it, the one in landing/.")
    ] = None,
    register: Annotated[
        Path | None, typer.Option(help="Folder with members, contributions and employers.")
    ] = None,
    workspace: Annotated[Path | None, typer.Option(help="The workspace folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a script.")] = False,
) -> None:
    """Run one survey, and the register when it is given, from files to the brief.

    Everything is checked before it replaces anything: after an error the warehouse keeps what
    it had. Running twice on the same files gives the same bytes.
    """
    settings = load_settings(workspace)
    folder, profile = settings.workspace, adopted(settings, profile)
    recorded = folder / SOURCES_FILE
    before = recorded.read_bytes() if recorded.exists() else None
    if lfs is not None:
        if not lfs.is_file():
            raise InputError("there is no such file", "check its name and folder", file=lfs.name)
        record_source(folder, profile, {"lfs": lfs})
    if register is not None:
        record_source(folder, REGISTER, found_register(register))
    console = Console()
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("reading what is there")
        try:
            run_all(folder, [profile], lambda text: progress.update(task, description=text))
        except InputError:  # a refused file is not the one that later runs should find
            if before is None:
                recorded.unlink(missing_ok=True)
            else:
                recorded.write_bytes(before)
            raise
    summary = headline_rows(folder, profile)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    else:
        show(console, folder, profile, summary)


def adopted(settings: Settings, name: str) -> str:
    """Give the survey id of a profile; one given by its path is copied into the workspace."""
    if name.endswith(".yaml"):
        survey = load_profile(name).survey_id
        settings.own_profiles.mkdir(parents=True, exist_ok=True)
        copy = settings.own_profiles / f"{survey}.yaml"
        if Path(name).resolve() != copy.resolve():
            copy.write_bytes(Path(name).read_bytes())
        name = survey
    return load_profile(name, settings.profile_settings(name), settings.own_profiles).survey_id


def found_register(folder: Path) -> dict[str, Path]:
    """Give the register's three files in a folder, and its own counts when they are there.

    Raises:
        InputError: one of them is not there, or not once.
    """
    files = {}
    for role in REGISTER_FILES:
        found = sorted(folder.glob(f"{role}.*"))
        if len(found) != 1:
            raise InputError(
                f"{len(found)} files are named {role} where one is expected",
                "put members, contributions and employers into one folder",
                file=folder.name,
            )
        files[role] = found[0]
    for counts in sorted(folder.glob(f"{AGGREGATE}.*")):
        files[AGGREGATE] = counts
    return files


def run_all(folder: Path, surveys: list[str], on_step: Callable[[str], None]) -> None:
    """Run the register when there is one, then each survey."""
    from pipelines.runner import run_register, run_survey

    if load_settings(folder).register_files() and any(s.startswith("LAO") for s in surveys):
        on_step("the register")
        run_register(folder, on_step)
    for survey in surveys:
        on_step(survey)
        run_survey(folder, survey, on_step)


def headline_rows(folder: Path, survey: str) -> dict[str, object]:
    """Give the published headline figures, what is not computable, and the briefs' paths."""
    from pipelines.warehouse.warehouse import Warehouse

    where = {"survey_id": survey}
    with Warehouse(folder) as warehouse:
        figures = warehouse.get("pub.estimate", where)
        unable = warehouse.get("pub.computability", where)
    national = figures.filter(figures["breakdown"] == "total")
    rows = [
        {
            key: row[key]
            for key in (
                "indicator",
                "obs_value",
                "ci_lower",
                "ci_upper",
                "unit_measure",
                "obs_status",
            )
        }
        for name in headlines()
        for row in national.filter(national["indicator"] == name).iter_rows(named=True)
    ]
    missing = unable.filter(unable["status"] == "NOT COMPUTABLE")
    made = load_settings(folder).briefs / survey
    briefs = [*sorted(made.glob("*gap*")), made / "coverage.html"]
    return {
        "survey_id": survey,
        "figures": rows,
        "not_computable": missing.select("indicator", "reason").to_dicts(),
        "briefs": [str(path) for path in briefs],
    }


def show(console: Console, folder: Path, survey: str, summary: dict[str, Any]) -> None:
    """Print the headline figures, what could not be computed, and where the briefs are."""
    del folder
    table = Table("figure", "value", "95 % interval", "reliability", title=survey)
    status = {"A": "", "U": "unreliable", "S": "withheld"}
    for row in summary["figures"]:
        percent = row["unit_measure"] == "PT"
        table.add_row(
            row["indicator"].replace("_", " "),
            said(row["obs_value"], percent),
            f"{said(row['ci_lower'], percent)} to {said(row['ci_upper'], percent)}",
            status.get(row["obs_status"], row["obs_status"]),
        )
    console.print(table)
    reasons: dict[str, list[str]] = {}
    for row in summary["not_computable"]:
        reasons.setdefault(row["reason"], []).append(row["indicator"].replace("_", " "))
    for reason, names in reasons.items():
        console.print(f"NOT COMPUTABLE: {', '.join(names)}: {reason}", highlight=False)
    for path in summary["briefs"]:
        console.print(path, highlight=False, soft_wrap=True)


def said(value: float | None, percent: bool) -> str:
    """Write a published figure as a person reads it."""
    if value is None:
        return "withheld"
    return f"{value:.1f} %" if percent else f"{value:,.0f}"
