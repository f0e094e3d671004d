"""What a workbook's own XML says that its cells do not: formulas without a result, hidden rows and sheets, the day 0.

The engine that reads cells gives a formula whose result was never stored as a blank, and hidden rows like
any other. Only .xlsx is looked into: a .xls stores every result. What is refused is in workbook.py and layout.py.
"""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT: Final = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_TRUE: Final = frozenset({"1", "true", "on"})


@dataclass(frozen=True, repr=False)
class SheetMarks(Discreet):
    """One sheet's marks; rows and columns from 0.

    Attributes:
        is_hidden: the sheet does not show.
        unstored: cells whose formula has no stored result.
        hidden_rows: rows with a filled cell that do not show, by hand or by a filter.
    """

    is_hidden: bool = False
    unstored: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


@dataclass(frozen=True, repr=False)
class WorkbookMarks(Discreet):
    """A workbook's marks: those of its sheets by name, and whether it counts days from 1904."""

    sheets: Mapping[str, SheetMarks] = field(default_factory=dict)
    from_1904: bool = False

    def of(self, sheet: str) -> SheetMarks:
        """Give a sheet's marks; none where the workbook is not looked into."""
        return self.sheets.get(sheet, SheetMarks())


def workbook_marks(content: bytes, name: str) -> WorkbookMarks:
    """Look into the XML of a workbook.

    Args:
        content: the workbook's bytes; what is no .xlsx has no marks.
        name: the file's name, for messages.

    Raises:
        InputError: the workbook counts days from 1904 (ECMA-376 part 1, 18.2.28): a day written as a
            number would lie 1,462 days too early; or its XML is damaged.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return WorkbookMarks()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return WorkbookMarks()
            marks = _marks(archive)
    except (ET.ParseError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError):
        raise InputError(
            "the workbook is damaged", "open it, save it again and deliver that", file=name
        ) from None
    if marks.from_1904:
        raise InputError(
            "the workbook counts its days from 1904, so days written as numbers would be read four "
            "years too early",
            "in the spreadsheet's options turn the 1904 date system off, see that the dates are still "
            "right, and deliver that",
            file=name,
        )
    return marks


def refuse_unstored(
    unstored: frozenset[tuple[int, int]], place: str, remedy: str | None = None
) -> None:
    """Refuse formulas without a stored result: they would pass for blanks.

    Raises:
        InputError: naming the first of them by its cell.
    """
    if unstored:
        raise InputError(
            f"the formula in cell {cell_name(*min(unstored))} has no stored result",
            remedy or "open the workbook in a spreadsheet, let it calculate, and save it; or replace "
            "formulas by their values",
            file=place,
            rows=len({row for row, _ in unstored}),
        )  # fmt: skip


def refuse_hidden(rows: frozenset[int], place: str) -> None:
    """Refuse a table with hidden rows: nobody can tell whether they are meant.

    Raises:
        InputError: naming the first of them.
    """
    if rows:
        raise InputError(
            "rows of the table are hidden, by hand or by a filter",
            "show them (clear the filter) if they belong to the table, delete them if not",
            file=f"{place}, row {min(rows) + 1}",
            rows=len(rows),
        )


def cell_name(row: int, column: int) -> str:
    """Give a cell's address, row and column from 0: (3, 1) is B4."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def cell_place(name: str) -> tuple[int, int]:
    """Give row and column from 0 of a cell's address: B4 is (3, 1)."""
    letters, row = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", name.upper()).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(row) - 1, column - 1


def _marks(archive: zipfile.ZipFile) -> WorkbookMarks:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat bounds entities
    targets = {
        one.get("Id"): one.get("Target", "")
        for one in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    sheets = {}
    for sheet in book.iter():
        if _tag(sheet) != "sheet":
            continue
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT)) or ""
        inside = str(PurePosixPath("xl") / target) if not target.startswith("/") else target[1:]
        unstored, hidden = frozenset[tuple[int, int]](), frozenset[int]()
        if inside in archive.namelist() and "worksheets" in inside:
            unstored, hidden = _of_sheet(archive.read(inside))
        state = sheet.get("state", "visible")
        sheets[sheet.get("name", "")] = SheetMarks(state != "visible", unstored, hidden)
    from_1904 = any(
        _tag(one) == "workbookPr" and one.get("date1904", "0").lower() in _TRUE
        for one in book.iter()
    )
    return WorkbookMarks(sheets, from_1904)


def _of_sheet(text: bytes) -> tuple[frozenset[tuple[int, int]], frozenset[int]]:
    """Give a sheet's formulas without a result and its hidden rows."""
    if not re.search(rb"<(?:\w+:)?f[\s>/]|\shidden=", text):
        return frozenset(), frozenset()
    unstored, hidden, row, holds = set(), set(), -1, False
    for event, one in ET.iterparse(io.BytesIO(text), ("start", "end")):  # noqa: S314
        tag = _tag(one)
        if event == "start" and tag == "row":
            row, holds = int(one.get("r", row + 2)) - 1, False
        elif event == "end" and tag == "c":
            holds |= len(one) > 0
            if _is_unstored(one):
                unstored.add(cell_place(one.get("r", "")))
            one.clear()
        elif event == "end" and tag == "row":
            if holds and one.get("hidden", "0").lower() in _TRUE:
                hidden.add(row)
            one.clear()
    return frozenset(unstored), frozenset(hidden)


def _is_unstored(cell: ET.Element) -> bool:
    """Tell whether a cell holds a formula and no result; an empty text is a result."""
    parts = {_tag(part): part for part in cell}
    if "f" not in parts:
        return False
    value = parts.get("v")
    if value is not None and (value.text or cell.get("t") == "str"):
        return False
    return "is" not in parts


def _tag(one: ET.Element) -> str:
    return one.tag.rpartition("}")[2]
