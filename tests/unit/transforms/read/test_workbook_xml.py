"""What cells do not show of a workbook is found in its XML: formulas without a result, hidden rows, the day 0."""

import io
import re
import zipfile

import pytest
import xlsxwriter

from data_contracts.errors import InputError
from data_contracts.registers.layout import WorkbookFormat
from transforms.read.layout import read_layout
from transforms.read.workbook import read_workbook
from transforms.read.workbook_xml import cell_place, workbook_marks

ROWS = [["code", "count"], ["a", 7], ["b", 5], ["c", 3]]
FORMAT = WorkbookFormat(header_contains=["code", "count"], stop_at=["Total"])


def book(rows=ROWS, hidden=(), hide=False, filtered=(), **options):
    """Write one sheet; a text that begins with = is a formula whose result is 600 times 2."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True, **options}) as workbook:
        sheet = workbook.add_worksheet("counts")
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(row, column, value, None, 1200)
                elif value is not None:
                    sheet.write(row, column, value)
        for row in (*hidden, *filtered):
            sheet.set_row(row, None, None, {"hidden": True})
        if filtered:
            sheet.autofilter(0, 0, len(rows) - 1, 1)
        other = workbook.add_worksheet("shown")
        if hide:
            other.activate()
            sheet.hide()
    return memory.getvalue()


def unstored(content):
    """Take the results of all formulas away, as a program does that cannot calculate."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            text = old.read(one)
            new.writestr(one, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v></v>", text))
    return made.getvalue()


def readers():
    yield lambda data: read_workbook(data, "counts.xlsx")
    yield lambda data: read_layout(data, "counts.xlsx", FORMAT)


@pytest.mark.parametrize("read", list(readers()))
@pytest.mark.parametrize(
    ("content", "rule", "where"),
    [
        (unstored(book([*ROWS, ["d", "=600*2"]])), "the formula in cell B5 has no stored result", ""),
        (unstored(book([*ROWS, ["Total", "=SUM(B2:B4)"]])), "cell B5 has no stored result", ""),
        (book(hidden=[2]), "rows of the table are hidden", "row 3"),
        (book(filtered=[1, 3]), "rows of the table are hidden", "row 2"),
        (book(date_1904=True), "counts its days from 1904", ""),
        (book(hide=True), "hidden", ""),
    ],
)  # fmt: skip
def test_what_cells_do_not_show_is_refused_by_both_readers(read, content, rule, where):
    with pytest.raises(InputError, match=re.escape(rule)) as caught:
        read(content)
    assert where in str(caught.value)
    assert "1200" not in str(caught.value)


@pytest.mark.parametrize("read", list(readers()))
def test_stored_results_and_hidden_blank_rows_are_read(read):
    stored = read(book([*ROWS, ["d", "=600*2"]]))
    assert stored["count"].to_list() == ["7", "5", "3", "1200"]
    assert read(book(hidden=[9]))["count"].to_list() == ["7", "5", "3"]


def test_an_empty_text_is_a_result_and_a_shared_formula_without_one_is_none():
    content = book([*ROWS, ["d", "=600*2"]])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            text = old.read(one)
            text = text.replace(
                b'<c r="B5"><f>600*2</f><v>1200</v></c>',
                b'<c r="B5" t="str"><f>""</f><v></v></c><c r="C5"><f t="shared" si="0"/></c>',
            )
            new.writestr(one, text)
    marks = workbook_marks(made.getvalue(), "counts.xlsx").of("counts")
    assert marks.unstored == {cell_place("C5")}


def test_a_file_that_is_no_xlsx_has_no_marks():
    assert workbook_marks(b"no workbook", "f").sheets == {}
