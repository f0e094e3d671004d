"""Workbooks: one table, typed cells as the same text every time, and what is refused."""

import io
import struct
from datetime import datetime

import polars as pl
import pytest
import xlsxwriter

from data_contracts.errors import InputError
from data_contracts.registers.layout import WorkbookFormat
from transforms.read.files import read_table
from transforms.read.workbook import read_workbook

DAY = datetime(2020, 1, 2)  # noqa: DTZ001 - a workbook knows no time zone
MOMENT = datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001


def book(**sheets):
    """Write sheets, each a mapping of (row, column) to a cell, from 0."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as workbook:
        formats = {
            DAY: workbook.add_format({"num_format": "dd/mm/yyyy"}),
            MOMENT: workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        for name, cells in sheets.items():
            sheet = workbook.add_worksheet(name)
            for (row, column), value in cells.items():
                if value in formats:
                    sheet.write_datetime(row, column, value, formats[value])
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(row, column, value, None, "#REF!")
                else:
                    sheet.write(row, column, value)
    return memory.getvalue()


def table(*rows, top=0, left=0):
    return {
        (top + at, left + column): value
        for at, row in enumerate(rows)
        for column, value in enumerate(row)
        if value is not None
    }


def refused(data):
    with pytest.raises(InputError) as caught:
        read_workbook(data, "a.xlsx")
    return str(caught.value)


GOOD = table(
    ("id", "share", "day", "moment", "flag", "name"),
    ("007", 0.5, DAY, MOMENT, True, "ກ"),
    (1234567890123, 2, DAY, DAY, False, "  "),
)
EXPECTED = [
    ("007", "0.5", "2020-01-02", "2020-01-02 03:04:05", "true", "ກ"),
    ("1234567890123", "2", "2020-01-02", "2020-01-02", "false", None),
]


def test_typed_cells_become_text():
    frame = read_workbook(book(one=GOOD), "a.xlsx")
    assert frame.columns == ["id", "share", "day", "moment", "flag", "name"]
    assert frame.rows() == EXPECTED


def test_the_table_may_stand_anywhere_with_blank_rows_and_columns():
    cells = table(("a", None, "b"), (None,), (1, None, 2), (None,), (3, None, 4), top=3, left=2)
    frame = read_workbook(book(one=cells), "a.xlsx")
    assert frame.to_dict(as_series=False) == {"a": ["1", "3"], "b": ["2", "4"]}


def test_several_sheets_need_a_layout(tmp_path):
    data = book(one=GOOD, two=table(("x",), (1,)), empty={})
    message = refused(data)
    assert "2 sheets of the workbook hold data" in message
    assert "name the sheet in a layout" in message
    (tmp_path / "a.xlsx").write_bytes(data)
    layout = WorkbookFormat(sheet="two", header_contains=["x"])
    assert read_table(tmp_path / "a.xlsx", ["x"], layout=layout).frame["x"].to_list() == ["1"]
    assert read_workbook(book(one=GOOD, empty={}), "a.xlsx").height == 2


def test_a_formula_that_failed_is_refused_by_its_place():
    cells = table(("id", "pay"), (1, 2), (2, "=Gone!A1"), (3, "=Gone!A2"), top=3, left=2)
    message = refused(book(one=cells))
    assert message.startswith("a.xlsx: the formula in cell D6 has failed")


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (table(("Age", "b", "AGE "), (1, 2, 3)), "column AGE: two columns have this name"),
        (table(("a", None), (1, 2)), "gives no name to column 2"),
        ({}, "holds no table"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(cells, rule):
    assert rule in refused(book(one=cells))


def test_a_damaged_workbook_is_refused():
    data = book(one=GOOD)
    assert "damaged, encrypted or not an Excel file" in refused(data[: len(data) // 2])
    assert "damaged, encrypted or not an Excel file" in refused(b"id,name\n1,b\n")


def record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def biff(rows):
    """Write a workbook stream of Excel 97 to 2003, after Microsoft's [MS-XLS]: one sheet."""
    cells = b""
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            head = struct.pack("<HHH", at, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                cells += record(0x0204, head + struct.pack("<HB", len(value), 1) + text)  # Label
            else:
                cells += record(0x0203, head + struct.pack("<d", value))  # Number
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))  # BOF, globals
    end = record(0x000A, b"")
    name = b"\x03\x00one"
    place = len(start) + 4 + 6 + len(name) + len(end)
    start += record(0x0085, struct.pack("<IBB", place, 0, 0) + name) + end  # BoundSheet8
    return start + record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + end


def compound(stream):
    """Put a stream into a compound file of version 3, after Microsoft's [MS-CFB]."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    chain = [0xFFFFFFFD, end, *range(3, 2 + sectors), end]
    fat = struct.pack("<128I", *(chain + [free] * (128 - len(chain))))
    entries = b""
    for name, kind, child, first, size in (
        ("Root Entry", 5, 1, end, 0), ("Workbook", 2, free, 2, len(stream)),
    ):  # fmt: skip
        text = (name + "\0").encode("utf-16-le")
        entries += text.ljust(64, b"\0") + struct.pack(
            "<HBBIII36sIQ", len(text), kind, 1, free, free, child, b"", first, size
        )
    header = (
        bytes.fromhex("D0CF11E0A1B11AE1")
        + bytes(16)
        + struct.pack(
            "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
        )
    )
    header += struct.pack("<108I", *([free] * 108))
    return header + fat + entries.ljust(512, b"\0") + stream


def test_a_workbook_of_old_excel(tmp_path):
    path = tmp_path / "old.xls"
    path.write_bytes(compound(biff([("id", "ຊື່"), ("007", "ກ"), (12.0, 0.25)])))
    assert read_table(path).frame.equals(pl.DataFrame({"id": ["007", "12"], "ຊື່": ["ກ", "0.25"]}))
