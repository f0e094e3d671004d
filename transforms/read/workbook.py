"""Plain tables in Excel workbooks as frames of text; workbooks with a layout are read next door."""

from typing import Any

import polars as pl

from data_contracts.errors import InputError
from transforms.read.workbook_xml import (
    WorkbookMarks,
    cell_name,
    refuse_hidden,
    refuse_unstored,
    workbook_marks,
)


def read_workbook(data: bytes, name: str) -> pl.DataFrame:
    """Read the one table of a workbook (.xlsx, .xls); its first row that is not blank is the header.

    Args:
        data: the whole file.
        name: of the file, for messages.

    Returns:
        Every column as text: whole numbers without a point, dates as YYYY-MM-DD, with the time
        where it is not midnight; blanks as null. Rows and columns that are wholly blank go.

    Raises:
        InputError: damaged; no sheet with data, or several; a header that names two columns alike, or none
            above values; a formula that failed or has no stored result; hidden rows, or a hidden
            sheet with data; days counted from 1904.
    """
    grid = _cells(data, name)
    if grid.height == 0:
        raise InputError(
            "the workbook holds no table", "check that it is the right file", file=name
        )
    seen: dict[str, str] = {}
    columns = []
    for position, column in enumerate(grid.columns):
        header, values = grid[column][0], grid[column][1:]
        if header is None:
            if values.null_count() < len(values):
                raise InputError(
                    f"the header gives no name to column {position + 1} of the table, which "
                    "holds values",
                    "name the column in the first row of the table",
                    file=name,
                )
            continue
        if seen.setdefault(header.strip().lower(), column) != column:
            raise InputError(
                "two columns have this name (large and small letters count as the same)",
                "rename one of them in the file",
                file=name,
                column=header,
            )
        columns.append(values.alias(header))
    return pl.DataFrame(columns)


def _cells(data: bytes, name: str) -> pl.DataFrame:
    """Give the cells of the one sheet with data as text, header included, without blank rows."""
    import fastexcel  # noqa: PLC0415 - needed for workbooks alone

    try:
        book = fastexcel.read_excel(data)
        sheets = [
            book.load_sheet(one, header_row=None, skip_rows=0, dtypes="string")
            for one in book.sheet_names
        ]
    except Exception:  # noqa: BLE001 - the engine's own errors may quote cells
        raise InputError(
            "the workbook is damaged, encrypted or not an Excel file",
            "open it, take its password off, and save it again as .xlsx",
            file=name,
        ) from None
    filled = [sheet for sheet in sheets if sheet.height and sheet.width]
    if len(filled) > 1:
        raise InputError(
            f"{len(filled)} sheets of the workbook hold data",
            "name the sheet in a layout, or leave one sheet in the file",
            file=name,
        )
    if not filled:
        return pl.DataFrame()
    (sheet,) = filled
    _check_formulas(sheet, name)
    _check_marks(sheet, workbook_marks(data, name), name)
    frame: pl.DataFrame = sheet.to_polars()
    text = frame.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    midnight = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
    return text.select(pl.all().str.replace(midnight, "${1}")).filter(
        pl.any_horizontal(pl.all().is_not_null())
    )


def _check_marks(sheet: Any, marks: WorkbookMarks, name: str) -> None:
    """Refuse what the cells alone do not show: formulas without a result, hidden rows, a hidden sheet."""
    own = marks.of(sheet.name)
    if own.is_hidden:
        raise InputError(
            "the only sheet with data is hidden", "show it if it is meant, and save", file=name
        )
    refuse_unstored(own.unstored, name)
    refuse_hidden(own.hidden_rows, name)


def _check_formulas(sheet: Any, name: str) -> None:
    """Refuse cells whose formula failed (#REF!, #DIV/0!): the engine would give them as blank."""
    _, failed = sheet.to_arrow_with_errors()
    places = sorted(error.position for error in failed.errors) if failed else []
    if places:
        row, column = places[0]
        cell = cell_name(row, sheet.selected_columns[column].absolute_index)
        raise InputError(
            f"the formula in cell {cell} has failed",
            "correct it in the workbook, or replace it by its value",
            file=name,
            rows=len(places),
        )
