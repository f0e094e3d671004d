"""`informality quality`: what the checks found in a survey, a register or published figures."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipelines.commands.options import Survey, Workspace, not_stored
from pipelines.commands.printing import printed
from pipelines.commands.printout import Block, Printout, json_line, one_table, table
from pipelines.settings import load_settings, require_run

if TYPE_CHECKING:
    import polars as pl

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
STATUSES = ("failed", "passed", "not_applicable")
REPORT = ("severity", "block", "check", "part", "failed", "checked")
REGISTER = ("severity", "check", "status", "failed", "checked")
PUBLISHED = ("severity", "check", "indicator", "year", "breakdown", "figure")


@group.callback()
def about() -> None:
    """Judge a survey, a register or published figures; write the quality report."""


@group.command()
@printed()
def report(
    survey: Survey,
    workspace: Workspace = None,
) -> Printout:
    """Print what failed in a survey that was run, and the path of its quality report.

    Ends with exit code 2 when a check that refuses a file has failed.
    """
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    with Warehouse(settings.workspace, read_only=True) as warehouse:
        stored = "est.quality" in warehouse.tables()
        found = warehouse.get("est.quality", {"survey_id": survey}) if stored else None
    if found is None or found.is_empty():
        raise not_stored("no quality checks of {} are stored", survey, settings)
    found = found.sort("severity", "block", "check_id", "category")
    failed = found.filter(found["status"] == "failed").drop("survey_id", "status")
    counted = {status: int((found["status"] == status).sum()) for status in STATUSES}
    blocking = failed.filter(failed["severity"] == "error").height
    page = settings.quality_page(survey)
    told = {
        "survey_id": survey,
        "counts": counted | {"blocking": blocking},
        "failed": failed.to_dicts(),
        "report": str(page),
    }
    rows = failed.select("severity", "block", "check_id", "category", "failed", "checked").rows()
    said = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counted.items())
    shown: list[Block] = [
        table(REPORT, rows, title=survey),
        Text(f"{said}; {blocking} blocking"),
        str(page),
    ]
    return Printout({"failed": failed}, shown, json_line(told), code=2 if blocking else 0)


@group.command()
@printed()
def register(
    workspace: Workspace = None,
) -> Printout:
    """Judge the register's tables in the warehouse and print every check with its counts.

    Ends with exit code 2 when a check that refuses an extract has failed.
    """
    from pipelines.stored import judge_register
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    require_run(settings.workspace)
    with Warehouse(settings.workspace) as warehouse:
        found = judge_register(warehouse, settings)
    rows = [
        (one.severity, one.check_id, one.status.replace("_", " "), one.failed, one.checked)
        for one in found
    ]
    told = json_line([asdict(finding) for finding in found])
    code = 2 if any(finding.blocking for finding in found) else 0
    return replace(one_table("register", REGISTER, rows, title="register"), told=told, code=code)


@group.command()
@printed()
def published(
    file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet file of published figures.")],
) -> Printout:
    """Judge published figures: totals against their parts, units, copies and jumps.

    Columns: series (or source), indicator, unit, breakdown, category, year, value. Ends with
    exit code 2 when something is wrong.
    """
    from analyses.quality.published import judge_series
    from transforms.read.files import read_table

    judged = read_table(file).frame
    judged = judged.rename({name: name.strip().lower() for name in judged.columns})
    if "series" not in judged.columns and "source" in judged.columns:
        judged = judged.rename({"source": "series"})
    found = judge_series(judged)
    said = Text(f"{judged.height} figures judged, {found.height} findings")
    told = json_line(found.to_dicts())
    parts = [*_findings(found), said]
    return Printout({"findings": found}, parts, told, code=2 if found.height else 0)


def _findings(found: "pl.DataFrame") -> list[Block]:
    """Give the findings as a table, then each check in words with what to do."""
    if found.is_empty():
        return []
    rows = [
        (row["severity"], row["check_id"], row["indicator"], str(row["year"]), row["breakdown"],
         f"{row['measure']:g}")
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    checks = found.select("check_id", "statement", "remedy").unique().sort("check_id")
    said = (f"{check}: {text} What to do: {remedy}." for check, text, remedy in checks.iter_rows())
    return [table(PUBLISHED, rows), *map(Text, said)]


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
    require_run(settings.workspace)
    with Warehouse(settings.workspace) as warehouse:
        index = write_data_docs(warehouse, output or settings.workspace / "quality" / "docs")
    typer.echo(str(index))
