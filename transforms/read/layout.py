"""Finding a register's table in a workbook: titles, two-row headers, totals, footnotes, many sheets.

What the columns mean, and what may be kept of them, is decided elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError
from data_contracts.registers.layout import Fingerprint, WorkbookFormat
from transforms.read.headers import LEVELS, carries, key, spellings
from transforms.read.totals import check_total
from transforms.read.workbook_xml import (
    SheetMarks,
    cell_name,
    cell_place,
    refuse_hidden,
    refuse_unstored,
    workbook_marks,
)

SEARCHED: Final = 40  # rows from the top in which a header is looked for
PLACE: Final = "place in the workbook"  # a column of the result: sheet and row of each record
MOVED: Final = (
    "compare the workbook with the layout; if the new form is right, write a layout for it"
)


@dataclass(frozen=True, repr=False)
class Sheet(Discreet):
    """One sheet's cells as text; ``cells`` has a column for each column of the sheet, from A on.

    ``errors`` are the cells, row and column from 0, whose formula has failed; ``marks`` what the
    workbook's XML says beside its cells.
    """

    name: str
    place: str
    cells: pl.DataFrame
    errors: frozenset[tuple[int, int]]
    marks: SheetMarks = field(default_factory=SheetMarks)

    def at(self, row: int, column: int) -> str | None:
        """Give one cell, row and column from 0; blank and outside is None."""
        if row >= self.cells.height or column >= self.cells.width:
            return None
        text = self.cells.item(row, column)
        return None if text is None or not str(text).strip() else str(text)


def read_layout(content: bytes, name: str, layout: WorkbookFormat) -> pl.DataFrame:
    """Read the table that a layout describes out of a workbook.

    Args:
        content: the workbook's bytes (.xlsx, .xls or .ods).
        name: the file's name, for messages.
        layout: the ``format`` part of a table's layout (data_contracts/schemas/register.json).

    Returns:
        Text cells, one column a header ("upper / lower" for a header of two rows), blanks null;
        the sheet's name under ``sheet_as``; and under ``PLACE`` where each record stands.

    Raises:
        InputError: the workbook has moved from its fingerprint (naming the cell), a sheet or the
            header is missing, a formula has failed or has no stored result, rows are hidden, days
            are counted from 1904, rows stand below the total, or the sheet's
            own total differs from its rows.
    """
    tables = [_table(sheet, layout) for sheet in _sheets(content, name, layout)]
    first = tables[0]
    for other in tables[1:]:
        if other.columns != first.columns:
            raise InputError(
                f"the headers of {other[PLACE][0].split(', row')[0]} are not those of the first "
                "sheet",
                MOVED,
                file=name,
            )
    return pl.concat(tables)


def _sheets(content: bytes, name: str, layout: WorkbookFormat) -> list[Sheet]:
    """Load the sheets that the layout asks for, their fingerprint checked."""
    import fastexcel  # noqa: PLC0415 - only workbooks need it

    try:
        reader = fastexcel.read_excel(content)
    except Exception:  # noqa: BLE001 - the engine's own errors may quote cells
        raise InputError(
            "the workbook is damaged", "open it, save it again and deliver that", file=name
        ) from None
    marks = workbook_marks(content, name)
    asked = layout.sheet
    skip = {key(sheet) for sheet in layout.skip_sheets}
    if asked == "each":
        names = [sheet for sheet in reader.sheet_names if key(sheet) not in skip]
    elif isinstance(asked, int):
        names = reader.sheet_names[asked - 1 : asked]
    else:
        names = [sheet for sheet in reader.sheet_names if key(sheet) == key(asked)]
    if len(names) != (layout.sheet_count or len(names) or 1):
        raise InputError(
            f"the workbook has {len(names)} of the {layout.sheet_count or 1} sheets that the "
            "layout reads",
            MOVED,
            file=name,
        )
    # A sheet that the layout names is meant, hidden or not.
    named = isinstance(asked, str) and asked != "each"
    sheets = [_load(reader, sheet, name, marks.of(sheet), hidden_too=named) for sheet in names]
    for sheet in sheets:
        _check_fingerprint(sheet, layout.fingerprint)
    return sheets


def _load(reader: Any, name: str, file: str, marks: SheetMarks, *, hidden_too: bool) -> Sheet:
    loaded = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    place = f"{file}, sheet {name}"
    if loaded.visible != "visible" and not hidden_too:
        raise InputError(
            "the sheet is hidden",
            "show it, or name it under skip_sheets in the layout",
            file=place,
        )
    batch, failed = loaded.to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    at = [column.absolute_index for column in loaded.selected_columns]
    width = max(at, default=-1) + 1
    filled = dict(zip(at, frame.columns, strict=True))
    cells = frame.select(
        (pl.col(filled[i]) if i in filled else pl.lit(None, pl.String)).alias(str(i))
        for i in range(width)
    )
    wrong = {(e.position[0], at[e.position[1]]) for e in (failed.errors if failed else ())}
    return Sheet(name, place, cells, frozenset(wrong), marks)


def _check_fingerprint(sheet: Sheet, marks: Sequence[Fingerprint]) -> None:
    for mark in marks:
        if not carries(sheet.at(*cell_place(mark.cell)), spellings([mark.text])):
            raise InputError(
                f"cell {mark.cell} does not hold the text {mark.text!r} by which the layout "
                "knows this form",
                MOVED,
                file=sheet.place,
            )


def _table(sheet: Sheet, layout: WorkbookFormat) -> pl.DataFrame:
    """Cut one sheet's table out: header found by its texts, totals checked, notes left."""
    levels = layout.header_rows
    top = _header_row(sheet, layout.header_contains, levels)
    headers = _headers(sheet, top, levels)
    names = list(headers.values())
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                "two columns carry the same header", "rename one of them",
                file=sheet.place, column=" ".join(name.split()),
            )  # fmt: skip
    body = sheet.cells.select(
        pl.col(str(i)).str.strip_chars().replace("", None).alias(name)
        for i, name in headers.items()
    )
    body = body.with_row_index("row").slice(top + levels)
    filled = pl.sum_horizontal(pl.col(names).is_not_null())
    body = body.with_columns(filled.alias("filled"), pl.coalesce(names).alias("first"))
    body = body.filter(pl.col("filled") > 0)
    body, total = _above_the_total(sheet, body, layout)
    _refuse_failed(sheet, headers, body["row"])
    formulas = frozenset(at for at in sheet.marks.unstored if at[0] >= top and at[1] in headers)
    refuse_unstored(formulas, sheet.place)
    refuse_hidden(sheet.marks.hidden_rows & set(body["row"]), sheet.place)
    if total is not None:
        check_total(sheet.place, body.select(names), total, layout.decimal)
    if body.height == 0:
        raise InputError("there are no rows below the header", MOVED, file=sheet.place)
    shown = body.select(
        *names, pl.format("sheet {}, row {}", pl.lit(sheet.name), pl.col("row") + 1).alias(PLACE)
    )
    if layout.sheet_as is not None:
        shown = shown.with_columns(pl.lit(sheet.name).alias(layout.sheet_as))
    return shown


def _header_row(sheet: Sheet, texts: Sequence[str], levels: int) -> int:
    """Find the first row of the header: its rows carry all the texts, each row at least one."""
    width = sheet.cells.width
    wanted = {text: spellings([text]) for text in texts}
    for top in range(min(SEARCHED, sheet.cells.height)):
        rows = [
            [
                text
                for text in texts
                if any(carries(sheet.at(row, i), wanted[text]) for i in range(width))
            ]
            for row in range(top, top + levels)
        ]
        if all(rows) and {text for row in rows for text in row} == set(texts):
            return top
    raise InputError(
        f"no header with {', '.join(texts)} is found in the first {SEARCHED} rows",
        MOVED,
        file=sheet.place,
    )


def _headers(sheet: Sheet, top: int, levels: int) -> dict[int, str]:
    """Give the header of each column that has one.

    A merged cell of the upper row holds its text in its first column alone, so it is carried to
    the right over columns that have a lower text, up to the next upper text or a blank column.
    """
    headers, over = {}, ""
    for i in range(sheet.cells.width):
        upper, lower = (_level(sheet.at(top, i)), "")
        if levels == 2:
            lower = _level(sheet.at(top + 1, i))
            if upper:
                over = upper if lower else ""
            elif lower:
                upper = over
            else:
                over = ""
        if upper or lower:
            headers[i] = LEVELS.join(level for level in (upper, lower) if level)
    return headers


def _level(cell: str | None) -> str:
    """Give one level's text, in which a slash stands between languages, not between levels."""
    return re.sub(r"\s*[/\n]\s*", "\n", cell.strip()) if cell else ""


def _above_the_total(
    sheet: Sheet, body: pl.DataFrame, layout: WorkbookFormat
) -> tuple[pl.DataFrame, dict[str, str | None] | None]:
    """Give the records above the totals row or footnote, and the row that ended them."""
    texts = body["first"].unique()
    first = texts.filter(texts.str.contains(r"[^\d\s]")).to_list()
    stop, skip = spellings(layout.stop_at), spellings(layout.skip_rows)
    ends = [text for text in first if carries(text, stop)]
    skips = [text for text in first if carries(text, skip)]
    body = body.filter(~pl.col("first").is_in(skips))
    ending = body.filter(pl.col("first").is_in(ends))
    if ending.height == 0:
        return body, None
    last = ending["row"][0]
    width = body.width - 3
    below = body.filter(
        (pl.col("row") > last)
        & ~pl.col("first").is_in(ends)
        & (pl.col("filled") >= max(3, (width + 1) // 2))
    )
    if below.height:
        raise InputError(
            "rows of figures stand below the total or the note that ends the table",
            MOVED,
            file=f"{sheet.place}, row {below['row'][0] + 1}",
        )
    return body.filter(pl.col("row") < last), ending.row(0, named=True)


def _refuse_failed(sheet: Sheet, headers: Mapping[int, str], rows: pl.Series) -> None:
    """Refuse a table in which a formula has failed: its cell would pass for a blank."""
    last = rows.max() if rows.len() else -1
    inside = sorted(
        (row, i)
        for row, i in sheet.errors
        if i in headers and row in rows and row <= last  # type: ignore[operator]
    )
    if inside:
        raise InputError(
            f"the formula in cell {cell_name(*inside[0])} has failed",
            "mend the workbook's formula and deliver it again",
            file=sheet.place,
            rows=len(inside),
        )
