"""`informality coverage`: the coverage gap of a survey, step by step, from the published tables."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data_contracts.errors import InputError
from pipelines.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from reports.coverage.tables import Table

HEADLINES = ("cascade", "bridge")


class Format(StrEnum):
    """How the figures are printed."""

    text = "text"
    md = "md"
    csv = "csv"
    json = "json"


class Chosen(StrEnum):
    """One published table, all its rows."""

    cascade = "cascade"
    bridge = "bridge"
    adjusted = "adjusted"
    adjustment = "adjustment"
    group = "group"
    affordability = "affordability"


def command(
    survey: Annotated[str, typer.Option(help="Survey id, such as LAO_2017_LFS.")],
    workspace: Annotated[Path | None, typer.Option(help="The workspace folder.")] = None,
    output: Annotated[
        Format, typer.Option("--format", help="text, md (Markdown), csv or json.")
    ] = Format.text,
    table: Annotated[
        Chosen | None, typer.Option(help="All rows of one published table instead.")
    ] = None,
) -> None:
    """Print where the coverage gap opens, the bridge from register to survey, and the page's path.

    csv prints one table: the cascade, unless --table names another.
    """
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    if table is None and output is Format.csv:
        table = Chosen.cascade
    with Warehouse(settings.workspace) as warehouse:
        held = set(warehouse.tables())
        names = HEADLINES if table is None else (table.value,)
        pub = {
            name: _rows(warehouse.get(f"pub.{name}"), survey)
            for name in dict.fromkeys(("cascade", *names))
            if f"pub.{name}" in held
        }
    if "cascade" not in pub or pub["cascade"].is_empty():
        raise InputError(
            f"no coverage figures of {survey} are stored",
            f"run `informality run --profile {survey}` first",
        )
    if table is Chosen.adjustment and table.value in pub:
        pub[table.value] = _of_registers(pub[table.value], pub["cascade"])
    page = settings.workspace / "briefs" / survey / "coverage.html"
    if table is None:
        _headlines(pub, survey, page, output)
    else:
        _whole(table.value, pub.get(table.value), survey, output)


def _rows(frame: "pl.DataFrame", survey: str) -> "pl.DataFrame":
    """Give the survey's rows, all rows where the table knows registers alone, in a fixed order."""
    kept = frame.filter(frame["survey_id"] == survey) if "survey_id" in frame.columns else frame
    names = (
        "unit_measure",
        "branch",
        "scheme",
        "concept",
        "breakdown",
        "category",
        "stage_no",
        "row_no",
    )
    order = [name for name in names if name in kept.columns]
    return kept.sort(order, nulls_last=True, maintain_order=True) if order else kept


def _of_registers(adjustment: "pl.DataFrame", cascade: "pl.DataFrame") -> "pl.DataFrame":
    """Keep the registers that the survey's cascade was made with."""
    key = ["register_id", "register_date"]
    return adjustment.join(cascade.select(key).unique(), on=key, how="semi", maintain_order="left")


def _headlines(pub: "Mapping[str, pl.DataFrame]", survey: str, page: Path, output: Format) -> None:
    """Print the national cascade and bridge in the words of the page."""
    if output is Format.json:
        told = {
            name: frame.filter(frame["breakdown"] == "total").to_dicts()
            for name, frame in pub.items()
        }
        typer.echo(json.dumps({"survey_id": survey, **told, "page": str(page)}, ensure_ascii=False))
        return
    from reports.coverage.page import headline_tables

    for table in headline_tables(pub, _facts(pub["cascade"], survey)):
        rows = [[cell.replace("\n", ": ") for cell in row.cells] for row in table.rows]
        _print(table.caption, table.headings, rows, output, numbers=_numbers(table))
    typer.echo(str(page))


def _facts(cascade: "pl.DataFrame", survey: str) -> dict[str, object]:
    """Give what the words of the tables need; national rows name no area."""
    first = cascade.row(0, named=True)
    names = ("ref_area", "register_id", "register_date")
    return {"survey_id": survey, "admin1_labels": {}} | {name: first[name] for name in names}


def _numbers(table: "Table") -> set[int]:
    return set(range(len(table.headings))) - table.text


def _whole(name: str, frame: "pl.DataFrame | None", survey: str, output: Format) -> None:
    """Print all rows of one published table."""
    if frame is None or frame.is_empty():
        raise InputError(
            f"no rows of pub.{name} are stored for {survey}",
            f"run `informality run --profile {survey}`, with a register where the table needs one",
        )
    if output is Format.csv:
        frame.write_csv(sys.stdout)
    elif output is Format.json:
        sys.stdout.write(frame.write_json() + "\n")
    else:
        rows = [["" if cell is None else str(cell) for cell in row] for row in frame.iter_rows()]
        _print(f"pub.{name}", frame.columns, rows, output)


def _print(
    title: str,
    headings: "Sequence[str]",
    rows: "Sequence[Sequence[str]]",
    output: Format,
    numbers: "set[int] | None" = None,
) -> None:
    """Print one table as Markdown or for the eyes."""
    if output is Format.md:
        lines = [_line(headings), _line(["---"] * len(headings)), *map(_line, rows)]
        typer.echo("\n".join([f"## {title}\n", *lines, ""]))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title, title_justify="left")
    for place, name in enumerate(headings):
        right = place in (numbers or set())
        shown.add_column(name, justify="right" if right else "left", no_wrap=right)
    for row in rows:
        shown.add_row(*map(Text, (*row, *[""] * (len(headings) - len(row)))))
    console = Console(highlight=False)
    console.width = max(console.width, 150 if numbers else 14 * len(headings))
    console.print(shown)


def _line(cells: "Sequence[str]") -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
