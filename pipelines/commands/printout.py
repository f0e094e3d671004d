"""What a command found, and its forms: text for eyes, Markdown, csv, JSON, Parquet, a workbook; printing.py sends it off."""

import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

PAGE = 120  # characters a line of text in a file
SHEET_ROWS = 1_048_575  # of Excel, under the headings


class TableFormat(StrEnum):
    """How a table is printed."""

    text = "text"
    csv = "csv"
    json = "json"
    md = "md"
    parquet = "parquet"
    xlsx = "xlsx"


@dataclass(frozen=True)
class Listed:
    """A title and the sentences under it."""

    title: str
    lines: Sequence[str]


Block: TypeAlias = Table | Listed | Text | str


@dataclass(frozen=True, repr=False)
class Printout(Discreet):
    """What a command found, in every form it may be asked for.

    Attributes:
        tables: for programs, by name; csv and parquet hold the first, a workbook all of them.
        parts: for eyes, in order, read once: tables, lists, prose (``Text``, wrapped) and lines.
        told: the JSON text, where it says more than the rows of the first table.
        heading: of the Markdown page.
        width: the least width of the text in characters.
        tight: the line under a Markdown table's headings has no spaces.
        code: the exit code: 2 where what was asked about is not in order.
    """

    tables: "Mapping[str, pl.DataFrame]"
    parts: Iterable[Block]
    told: str | None = None
    heading: str = ""
    width: int = 0
    tight: bool = False
    code: int = 0


def json_line(found: Any) -> str:
    """Give the JSON text of what was found, on one line."""
    return json.dumps(found, ensure_ascii=False)


def table(
    headings: Iterable[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Collection[int] = (),
    whole: Collection[int] = (),
    **looks: Any,
) -> Table:
    """Lay out a table for eyes: nothing for None, thousands by commas, no cell read as markup.

    Args:
        headings: one a column.
        rows: cells; a short row is filled up with empty ones.
        right: places of the columns set to the right, which numbers are; they are not wrapped.
        whole: places of further columns that are not wrapped.
        looks: of ``rich.table.Table``, such as its title.
    """
    made = Table(**looks)
    for place, heading in enumerate(headings):
        side, fixed = ("right", True) if place in right else ("left", place in whole)
        made.add_column(heading, justify=side, no_wrap=fixed)  # type: ignore[arg-type]
    for row in rows:
        made.add_row(*map(_cell, row), *[Text("")] * (len(made.columns) - len(row)))
    return made


def one_table(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    after: Iterable[Block] = (),
    **looks: Any,
) -> Printout:
    """Give one table for eyes and for programs; for eyes none where there is nothing in it.

    Args:
        name: of the table.
        columns: one a column, in the words for eyes.
        rows: cells; a row of JSON is an object of them by the columns' words.
        after: what is said under the table.
        looks: as for ``table``.
    """
    shown = [table(columns, rows, **looks)] if rows else []
    told = json_line([dict(zip(columns, row, strict=True)) for row in rows])
    return Printout({name: frame(columns, rows)}, [*shown, *after], told)


def as_stored(rows: "pl.DataFrame", name: str, **looks: Any) -> Printout:
    """Give a stored table whole: its values as they are, without commas."""
    cells = ([None if cell is None else str(cell) for cell in row] for row in rows.iter_rows())
    shown = table(rows.columns, cells, title=name, **looks)
    return Printout({name: rows}, [shown], width=14 * len(rows.columns))


def frame(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> "pl.DataFrame":
    """Give a table for programs, one row a sequence; without rows its columns are there all the same."""
    import polars as pl

    return pl.DataFrame(rows, schema=list(columns), orient="row", infer_schema_length=None)


def records(found: Sequence[Mapping[str, Any]]) -> "pl.DataFrame":
    """Give a table of what JSON tells, a list of values as one text."""
    import polars as pl

    lists = pl.col(pl.List).cast(pl.List(pl.String)).list.join(", ")
    return pl.DataFrame(found, infer_schema_length=None).with_columns(lists)


def _cell(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, int):
        return Text(f"{value:,}")
    return Text("" if value is None else str(value))


def content(made: Printout, kind: TableFormat) -> bytes:
    """Give a printout as the bytes of a file."""
    if kind is TableFormat.xlsx:
        return _workbook(made.tables)
    if kind is TableFormat.md:
        return _markdown(made).encode()
    if kind is TableFormat.text:
        page = io.StringIO()
        paint(Console(file=page, highlight=False, width=PAGE), made)
        return page.getvalue().encode()
    first = next(iter(made.tables.values()))
    if kind is TableFormat.parquet:
        held = io.BytesIO()
        first.write_parquet(held)
        return held.getvalue()
    if kind is TableFormat.csv:
        return first.write_csv().encode()
    return f"{first.write_json() if made.told is None else made.told}\n".encode()


def paint(console: Console, made: Printout) -> None:
    """Print the parts for eyes."""
    console.width = max(console.width, made.width)
    for part in made.parts:
        if isinstance(part, Listed):
            console.print(Text(f"\n{part.title}", style="bold"))
            for line in part.lines:
                console.print(Text(f"  {line}"))
        elif isinstance(part, str):
            console.print(Text(part), soft_wrap=True)
        else:
            console.print(part)


def _markdown(made: Printout) -> str:
    page = [f"# {made.heading}\n"] if made.heading else []
    for part in made.parts:
        if isinstance(part, Table):
            page += _md_table(part, tight=made.tight)
        elif isinstance(part, Listed):
            page += [f"## {part.title}\n", *(f"- {line}" for line in part.lines), ""]
        else:
            page.append(str(part))
    text = "\n".join(page)
    return text if isinstance(part, Listed) else f"{text}\n"


def _md_table(shown: Table, *, tight: bool) -> list[str]:
    headings = [str(column.header) for column in shown.columns]
    rule = f"|{'---|' * len(headings)}" if tight else _md_row(["---"] * len(headings))
    rows = zip(*([str(cell) for cell in column.cells] for column in shown.columns), strict=True)
    title = [f"## {shown.title}\n"] if shown.title else []
    caption = [f"{shown.caption}\n"] if shown.caption else []
    return [*title, _md_row(headings), rule, *map(_md_row, rows), "", *caption]


def _md_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |"


def _workbook(tables: "Mapping[str, pl.DataFrame]") -> bytes:
    """Write one sheet a table: numbers as numbers, no text as a formula, the same bytes each time."""
    from xlsxwriter import Workbook

    held = io.BytesIO()
    book = Workbook(held, {"in_memory": True, "nan_inf_to_errors": True})
    book.set_properties({"created": datetime(1980, 1, 1)})  # noqa: DTZ001 - a zip file's first day
    bold = book.add_format({"bold": True})
    for name, rows in tables.items():
        if rows.height > SHEET_ROWS:
            raise InputError(
                f"a sheet of Excel holds {SHEET_ROWS:,} rows and this table has {rows.height:,}",
                "choose --format csv or parquet",
                file=name,
            )
        sheet = book.add_worksheet(name[:31])
        for place, column in enumerate(rows.columns):
            sheet.write_string(0, place, column, bold)
            for at, value in enumerate(rows[column].to_list(), 1):
                if isinstance(value, bool):
                    sheet.write_boolean(at, place, value)
                elif isinstance(value, int | float):
                    sheet.write_number(at, place, value)
                elif value is not None:
                    sheet.write_string(at, place, str(value))
        sheet.freeze_panes(1, 0)
    book.close()
    return held.getvalue()
