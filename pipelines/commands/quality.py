"""`informality quality`: what the checks found in a survey, a register or published figures."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data_contracts.errors import InputError
from pipelines.settings import load_settings

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]
Workspace = Annotated[Path | None, typer.Option(help="The workspace folder.")]


@group.callback()
def about() -> None:
    """Judge a survey, a register or published figures; write the quality report."""


@group.command()
def report(
    survey: Annotated[str, typer.Option(help="Survey id, such as LAO_2017_LFS.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Print what failed in a survey that was run, and the path of its quality report.

    Ends with exit code 2 when a check that refuses a file has failed.
    """
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    with Warehouse(settings.workspace) as warehouse:
        stored = "est.quality" in warehouse.tables()
        found = warehouse.get("est.quality", {"survey_id": survey}) if stored else None
    if found is None or found.is_empty():
        raise InputError(
            f"no quality checks of {survey} are stored",
            f"run `informality run --profile {survey}` first",
        )
    found = found.sort("severity", "block", "check_id", "category")
    failed = found.filter(found["status"] == "failed")
    counted = {status: int((found["status"] == status).sum()) for status in _STATUSES}
    blocking = failed.filter(failed["severity"] == "error").height
    page = settings.quality_page(survey)
    if as_json:
        told = {
            "survey_id": survey,
            "counts": counted | {"blocking": blocking},
            "failed": failed.drop("survey_id", "status").to_dicts(),
            "report": str(page),
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        table = Table("severity", "block", "check", "part", "failed", "checked", title=survey)
        for row in failed.iter_rows(named=True):
            table.add_row(
                row["severity"], row["block"], row["check_id"], row["category"],
                f"{row['failed']:,}", f"{row['checked']:,}",
            )  # fmt: skip
        console = Console()
        console.print(table)
        said = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counted.items())
        console.print(f"{said}; {blocking} blocking", highlight=False)
        console.print(str(page), highlight=False, soft_wrap=True)
    if blocking:
        raise typer.Exit(2)


@group.command()
def register(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Judge the register's tables in the warehouse and print every check with its counts.

    Ends with exit code 2 when a check that refuses an extract has failed.
    """
    from pipelines.stored import judge_register
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    with Warehouse(settings.workspace) as warehouse:
        found = judge_register(warehouse, settings)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], ensure_ascii=False))
    else:
        table = Table("severity", "check", "status", "failed", "checked", title="register")
        for one in found:
            table.add_row(
                one.severity, one.check_id, one.status.replace("_", " "),
                f"{one.failed:,}", f"{one.checked:,}",
            )  # fmt: skip
        Console().print(table)
    if any(finding.blocking for finding in found):
        raise typer.Exit(2)


@group.command()
def published(
    file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet file of published figures.")],
    as_json: AsJson = False,
) -> None:
    """Judge published figures: totals against their parts, units, copies and jumps.

    Columns: series (or source), indicator, unit, breakdown, category, year, value. Ends with
    exit code 2 when something is wrong.
    """
    from analyses.quality.published import judge_series
    from transforms.read.files import read_table

    frame = read_table(file).frame
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    if "series" not in frame.columns and "source" in frame.columns:
        frame = frame.rename({"source": "series"})
    found = judge_series(frame)
    if as_json:
        typer.echo(json.dumps(found.to_dicts(), ensure_ascii=False))
    else:
        table = Table("severity", "check", "indicator", "year", "breakdown", "figure")
        for row in found.iter_rows(named=True):
            table.add_row(
                row["severity"], row["check_id"], row["indicator"], str(row["year"]),
                row["breakdown"], f"{row['measure']:g}",
            )  # fmt: skip
        console = Console()
        if found.height:
            console.print(table)
        for check, statement, remedy in (
            found.select("check_id", "statement", "remedy").unique().sort("check_id").iter_rows()
        ):
            console.print(f"{check}: {statement} What to do: {remedy}.", highlight=False)
        console.print(f"{frame.height} figures judged, {found.height} findings", highlight=False)
    if found.height:
        raise typer.Exit(2)


@group.command()
def docs(
    workspace: Workspace = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the pages; else quality/docs in the workspace.")
    ] = None,
) -> None:
    """Check every table against its contract and write the results as pages that open from disk."""
    from pipelines.data_docs import write_data_docs
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    with Warehouse(settings.workspace) as warehouse:
        index = write_data_docs(warehouse, output or settings.workspace / "quality" / "docs")
    Console().print(str(index), highlight=False, soft_wrap=True)


_STATUSES = ("failed", "passed", "not_applicable")
