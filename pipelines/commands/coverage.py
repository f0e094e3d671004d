"""`informality coverage`: the coverage gap of a survey, step by step, from the published tables."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data_contracts.errors import InputError
from pipelines.commands.options import Survey, Workspace, not_stored
from pipelines.commands.printing import printed
from pipelines.commands.printout import Block, Printout, as_stored, json_line, table
from pipelines.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

HEADLINES = ("cascade", "bridge")
ORDER = (
    "unit_measure", "branch", "scheme", "concept", "breakdown", "category", "stage_no", "row_no",
)  # fmt: skip


class PublishedTable(StrEnum):
    """One published table, all its rows."""

    cascade = "cascade"
    bridge = "bridge"
    adjusted = "adjusted"
    adjustment = "adjustment"
    group = "group"
    affordability = "affordability"


@printed()
def command(
    survey: Survey,
    workspace: Workspace = None,
    name: Annotated[
        PublishedTable | None,
        typer.Option("--table", help="All rows of one published table instead."),
    ] = None,
) -> Printout:
    """Print where the coverage gap opens, the bridge from register to survey, and the page's path.

    csv and parquet hold one table: the cascade, unless --table names another.
    """
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    names = HEADLINES if name is None else (name.value,)
    with Warehouse(settings.workspace, read_only=True) as warehouse:
        held = set(warehouse.tables())
        pub = {
            name: _rows(warehouse.get(f"pub.{name}"), survey)
            for name in dict.fromkeys(("cascade", *names))
            if f"pub.{name}" in held
        }
    if "cascade" not in pub or pub["cascade"].is_empty():
        raise not_stored("no coverage figures of {} are stored", survey, settings)
    if "adjustment" in pub:
        pub["adjustment"] = _of_registers(pub["adjustment"], pub["cascade"])
    if name is not None:
        return _whole(name.value, pub.get(name.value), survey)
    return _headlines(pub, survey, settings.coverage_page(survey))


def _rows(frame: "pl.DataFrame", survey: str) -> "pl.DataFrame":
    """Give the survey's rows, all rows where the table knows registers alone, in a fixed order."""
    kept = frame.filter(frame["survey_id"] == survey) if "survey_id" in frame.columns else frame
    order = [name for name in ORDER if name in kept.columns]
    return kept.sort(order, nulls_last=True, maintain_order=True) if order else kept


def _of_registers(adjustment: "pl.DataFrame", cascade: "pl.DataFrame") -> "pl.DataFrame":
    """Keep the registers that the survey's cascade was made with."""
    key = ["register_id", "register_date"]
    return adjustment.join(cascade.select(key).unique(), on=key, how="semi", maintain_order="left")


def _headlines(pub: "Mapping[str, pl.DataFrame]", survey: str, page: Path) -> Printout:
    """Give the cascade and the bridge: national ones in the words of the page and as JSON, else whole."""
    national = {
        name: rows.filter(rows["breakdown"] == "total").to_dicts() for name, rows in pub.items()
    }
    told = json_line({"survey_id": survey, **national, "page": str(page)})
    tables = {f"pub.{name}": rows for name, rows in pub.items()}
    return Printout(tables, _in_words(pub, survey, page), told, width=150)


def _in_words(pub: "Mapping[str, pl.DataFrame]", survey: str, page: Path) -> Iterator[Block]:
    from reports.coverage.page import headline_tables

    for made in headline_tables(pub, _facts(pub["cascade"], survey)):
        rows = [[cell.replace("\n", ": ") for cell in row.cells] for row in made.rows]
        right = set(range(len(made.headings))) - made.text
        yield table(made.headings, rows, right=right, title=made.caption, title_justify="left")
    yield str(page)


def _facts(cascade: "pl.DataFrame", survey: str) -> dict[str, object]:
    """Give what the words of the tables need; national rows name no area."""
    first = cascade.row(0, named=True)
    names = ("ref_area", "register_id", "register_date")
    return {"survey_id": survey, "admin1_labels": {}} | {name: first[name] for name in names}


def _whole(name: str, rows: "pl.DataFrame | None", survey: str) -> Printout:
    """Give all rows of one published table."""
    if rows is None or rows.is_empty():
        raise InputError(
            f"no rows of pub.{name} are stored for {survey}",
            f"run `informality run --survey {survey}`, with a register where the table needs one",
        )
    return as_stored(rows, f"pub.{name}", title_justify="left")
