"""`informality table`: one table of the warehouse, for eyes or for a script."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from data_contracts.contract.find import all_names, load
from data_contracts.errors import Refused
from pipelines.settings import load_settings

if TYPE_CHECKING:
    import polars as pl


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

    Tables of persons (raw, core) and of single PSUs stay in the vault and are not printed.
    """
    from pipelines.warehouse.warehouse import Warehouse

    if not name.startswith(("est.", "pub.")):
        raise Refused(
            f"{name} is not a table of figures, and tables of persons stay in the vault",
            "ask for a table whose name begins with est. or pub.",
        )
    if name in all_names() and load(name).sensitivity == "restricted":
        raise Refused(
            f"{name} holds cells of few persons, which stay in the vault",
            "ask for another table of figures",
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
        table = Table(*frame.columns, title=name, caption=_rules(frame), caption_justify="left")
        for row in frame.iter_rows():
            table.add_row(*("" if value is None else str(value) for value in row))
        Console(width=max(120, 14 * len(frame.columns))).print(table)


def _rules(frame: "pl.DataFrame") -> str | None:
    """Say under a table of figures how their reliability was judged; nothing under another."""
    if "reliability" not in frame.columns:
        return None
    from analyses.engine.reliability import rule_set

    names = frame["reliability"].drop_nulls().unique().sort().to_list()
    return "\n".join(f"Reliability, {name}: {rule_set(name).said}" for name in names) or None
