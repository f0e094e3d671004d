"""`informality table`: one table of the warehouse, for eyes or for a script."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data_contracts.contract import load
from data_contracts.errors import Refused
from pipelines.settings import load_settings


class Format(StrEnum):
    """How a table is printed."""

    text = "text"
    csv = "csv"
    json = "json"


def command(
    name: Annotated[str, typer.Argument(help="Such as pub.estimate, est.estimate, est.driver.")],
    workspace: Annotated[Path | None, typer.Option(help="The workspace folder.")] = None,
    output: Annotated[Format, typer.Option("--format", help="text, csv or json.")] = Format.text,
    indicator: Annotated[str | None, typer.Option(help="Only this indicator.")] = None,
    survey: Annotated[str | None, typer.Option(help="Only this survey.")] = None,
) -> None:
    """Print a table in a fixed order of rows: the same table gives the same bytes.

    Tables of persons (raw, core) stay in the vault and are not printed.
    """
    from pipelines.warehouse import Warehouse

    if not name.startswith(("est.", "pub.")):
        raise Refused(
            f"{name} is not a table of figures, and tables of persons stay in the vault",
            "ask for a table whose name begins with est. or pub.",
        )
    with Warehouse(load_settings(workspace).workspace) as warehouse:
        frame = warehouse.get(name)
    frame = frame.sort(load(name).primary_key, nulls_last=True)
    for column, wanted in (("indicator", indicator), ("survey_id", survey)):
        if wanted and column in frame.columns:
            frame = frame.filter(frame[column] == wanted)
    if output is Format.csv:
        frame.write_csv(sys.stdout)
    elif output is Format.json:
        sys.stdout.write(frame.write_json() + "\n")
    else:
        table = Table(*frame.columns, title=name)
        for row in frame.iter_rows():
            table.add_row(*("" if value is None else str(value) for value in row))
        Console(width=max(120, 14 * len(frame.columns))).print(table)
