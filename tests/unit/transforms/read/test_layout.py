"""A register workbook is read by its layout, and refused with the cell named when it has moved."""

import re

import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.registers.layout import FOLDER, WorkbookFormat, layout_names, load_layout
from tests.unit.transforms.register_workbook import LOWER, SHEETS, UPPER, workbook
from transforms.read.files import read_table
from transforms.read.headers import found_columns
from transforms.read.layout import PLACE, read_layout
from transforms.read.workbook_xml import cell_name

FORMAT = load_layout("LSSO_WORKBOOK").tables["aggregate"].format
AGGREGATE = load_layout("LSSO_WORKBOOK").tables["aggregate"]
NO_MARK = FORMAT.model_copy(update={"fingerprint": []})


def changed(row, column, cell, sheet="Bokeo"):
    sheets = {name: [list(line) for line in rows] for name, rows in SHEETS.items()}
    sheets[sheet][row][column] = cell
    return workbook(sheets)


def refused(content, rule, layout=FORMAT):
    with pytest.raises(InputError, match=re.escape(rule)) as error:
        read_layout(content, "counts.xlsx", layout)
    assert "1,200" not in str(error.value)
    return error.value


def test_records_between_titles_totals_and_footnotes():
    frame = read_layout(workbook(), "counts.xlsx", FORMAT)
    assert frame.columns == [
        "ເດືອນ\nMonth", "ລະບົບ\nScheme", "ກຸ່ມອາຍຸ\nAge band",
        "ສະມາຊິກ\nMembers / ຊາຍ\nMale", "ສະມາຊິກ\nMembers / ຍິງ\nFemale",
        "ຜູ້ປະກອບສ່ວນ (Active contributors) / ຊາຍ\nMale",
        "ຜູ້ປະກອບສ່ວນ (Active contributors) / ຍິງ\nFemale", PLACE, "province",
    ]  # fmt: skip
    assert frame["province"].to_list() == ["Bokeo"] * 3 + ["ຫຼວງພະບາງ"]
    assert frame.columns[3] in found_columns(frame.columns, AGGREGATE, "f").values()
    assert frame[frame.columns[3]].to_list() == ["1,200", "໒໕", "7", "1,234,567"]
    assert frame[PLACE].to_list() == [
        "sheet Bokeo, row 6", "sheet Bokeo, row 7", "sheet Bokeo, row 10", "sheet ຫຼວງພະບາງ, row 6",
    ]  # fmt: skip


def test_every_column_of_the_layout_is_found():
    frame = read_layout(workbook(), "counts.xlsx", FORMAT)
    found = found_columns([n for n in frame.columns if n != PLACE], AGGREGATE, "f")
    assert len(found) == len(AGGREGATE.columns) + len(AGGREGATE.measures) == 8


@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, 1), (7, 3)])
def test_a_moved_table_is_found_by_its_headers_but_its_fingerprint_refuses_it(down, right):
    content = workbook(down=down, right=right)
    error = refused(content, "cell A4 does not hold the text 'Month | ເດືອນ'")
    assert error.file == "counts.xlsx, sheet Bokeo"
    moved = read_layout(content, "counts.xlsx", NO_MARK)
    there = read_layout(workbook(), "counts.xlsx", FORMAT)
    assert moved.drop(PLACE).equals(there.drop(PLACE))


def test_what_a_workbook_may_not_do():
    refused(b"no workbook", "the workbook is damaged")
    refused(workbook(upper=["Month", *UPPER[1:4], "People", None, "x", None]), "no header with")
    refused(
        workbook(lower=[*LOWER[:5], "ຊາຍ\nMale", *LOWER[6:]]), "two columns carry the same header"
    )
    refused(workbook(hidden=("ຫຼວງພະບາງ",)), "the sheet is hidden")
    refused(workbook({"Bokeo": []}), "no rows below the header")
    refused(workbook(), "2 of the 18 sheets", FORMAT.model_copy(update={"sheet_count": 18}))
    refused(workbook(), "0 of the 1 sheets", FORMAT.model_copy(update={"sheet": "Savannakhet"}))


def test_one_sheet_by_its_name_or_place():
    by_name = read_layout(
        workbook(), "f", FORMAT.model_copy(update={"sheet": "ຫລວງພະບາງ"})
    )  # LO written in full
    by_place = read_layout(workbook(), "f", FORMAT.model_copy(update={"sheet": 2}))
    rest = read_layout(workbook(), "f", FORMAT.model_copy(update={"skip_sheets": ["bokeo"]}))
    assert by_name.height == 1
    assert by_name.equals(by_place)
    assert by_name.equals(rest)


def test_a_total_that_differs_from_its_rows_is_refused():
    error = refused(changed(5, 4, "1,233"), "the sheet's own total of the column differs")
    assert error.file == "counts.xlsx, sheet Bokeo, row 11"
    assert error.column == "ສະມາຊິກ Members / ຊາຍ Male"


@pytest.mark.parametrize(
    ("total", "allowed"), [("37", False), ("38", True), ("42", True), ("43", False)]
)
def test_a_total_over_a_withheld_count_may_be_what_the_count_allows(total, allowed):
    content = changed(5, 5, total)  # <5 and 30 and 8: from 38 to 42
    if allowed:
        assert read_layout(content, "f", FORMAT).height == 4
    else:
        refused(content, "the sheet's own total")


def test_rows_below_the_total_are_not_lost_in_silence():
    sheets = {"Bokeo": [*SHEETS["Bokeo"], SHEETS["Bokeo"][0]]}
    error = refused(workbook(sheets), "rows of figures stand below the total")
    assert error.file == "counts.xlsx, sheet Bokeo, row 14"


def test_a_failed_formula_is_no_blank():
    refused(changed(1, 5, "=1/0"), "the formula in cell F7 has failed")


def test_sheets_must_agree_in_their_headers():
    one, other = workbook(), FORMAT.model_copy(update={"sheet": 1})
    assert read_layout(one, "f", other).height == 3
    with pytest.raises(InputError, match="no header"):
        read_layout(one, "f", FORMAT.model_copy(update={"header_contains": ["Month", "Region"]}))


def test_a_layout_comes_through_the_common_reader(tmp_path):
    path = tmp_path / "counts.xlsx"
    path.write_bytes(workbook())
    frame = read_table(path, layout=FORMAT).frame
    assert frame.equals(read_layout(workbook(), "counts.xlsx", FORMAT))


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(0, 0, "A1"), (3, 1, "B4"), (9, 25, "Z10"), (0, 26, "AA1"), (0, 702, "AAA1")],
)
def test_cells_are_named_as_a_spreadsheet_names_them(row, column, name):
    assert cell_name(row, column) == name


EXTRACT = load_layout().tables["employers"]


def test_headers_in_either_language_or_both():
    english = ["employer_id", "Province", "ISIC code", "size", "registered_date"]
    lao = ["ລະຫັດວິສາຫະກິດ", "ແຂວງ", "ຂະແໜງເສດຖະກິດ", "ຈຳນວນແຮງງານ", "ວັນທີລົງທະບຽນ"]
    both = [f"{a} ({b})" for a, b in zip(lao, english, strict=True)]
    names = ["employer_id", "province_code", "isic", "size", "registered_date"]
    slashed = [f"{a} / {b}" for a, b in zip(lao, english, strict=True)]
    for headers in (english, lao, both, slashed, [h.upper() for h in english]):
        found = found_columns(headers, EXTRACT, "f")
        assert found == dict(zip(names, headers, strict=True))


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        (["employer_id", "Employer Number"], "two headers fit the layout's column employer_id"),
        (["ແຂວງ (Industry)"], "the header fits 2 columns of the layout"),
        (["employer_id", "province"], "the column is missing"),
    ],
)
def test_headers_that_are_refused(headers, rule):
    with pytest.raises(InputError, match=rule):
        found_columns(headers, EXTRACT, "f")


def test_half_a_header_in_one_language_is_not_the_column():
    names = ["employer_id", "province", "isic", "size", "registered_date"]
    assert "phone" not in found_columns([*names, "Contact (Telephone)"], EXTRACT, "f")


@pytest.mark.parametrize("name", layout_names())
def test_shipped_layouts_keep_nothing_that_identifies(name):
    for table in load_layout(name).tables.values():
        for column in table.identifying:
            assert table.columns[column].treat in {"hash", "drop", "year"}


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("kind: person_name, treat: drop", "kind: person_name, treat: keep, to: name"),
        ("kind: phone, treat: drop", "kind: phone, treat: keep, to: phone"),
        ("kind: employer_name, treat: drop", "kind: employer_name, treat: keep, to: name"),
        ("kind: address, treat: drop", "kind: address, treat: hash, to: village"),
        ("kind: birth_date, treat: year", "kind: birth_date, treat: keep"),
        ("kind: identifier, treat: hash", "kind: identifier, treat: keep"),
        ("kind: identifier, treat: hash, to: member_key", "kind: identifier, treat: hash"),
        ("to: birth_year", "to: sex"),
    ],
)
def test_a_layout_cannot_let_an_identifier_in(tmp_path, was, becomes):
    text = (FOLDER / "LSSO_EXTRACT.yaml").read_text(encoding="utf-8")
    assert was in text
    own = tmp_path / "OWN.yaml"
    own.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"OWN\.yaml"):
        load_layout(str(own))


def test_a_layout_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="here is no register layout NOWHERE"):
        load_layout("NOWHERE")


def test_a_workbook_of_one_header_row():
    sheet = {"members": [[1, "a"], ["Total", None]]}
    content = workbook(sheet, upper=["id", "text"], lower=[None, None])
    layout = WorkbookFormat(header_contains=["id", "text"], stop_at=["Total"])
    frame = read_layout(content, "f", layout)
    assert frame.drop(PLACE).equals(pl.DataFrame({"id": ["1"], "text": ["a"]}))
