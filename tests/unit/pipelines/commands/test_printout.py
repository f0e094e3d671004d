"""One table in six forms: the same values in each, numbers as numbers, nothing read as markup or formula."""

import io
import json

import polars as pl
import pytest
from rich.text import Text

from data_contracts.errors import InputError
from pipelines.commands import printout
from pipelines.commands.printout import (
    Listed,
    Printout,
    TableFormat,
    content,
    frame,
    one_table,
    table,
)

COLUMNS = ("place", "persons", "share")
ROWS = [("Vientiane | city", 1_234_567, 0.25), ("[red]Attapeu[/red]", None, 1.5), ("=1+1", 3, 0.0)]


def made(**looks):
    return one_table("places", COLUMNS, ROWS, after=["12 of 18 :warning:"], **looks)


def written(kind, one=None):
    return content(one or made(), TableFormat(kind))


def test_programs_get_the_same_values_in_every_format():
    expected = pl.DataFrame(ROWS, schema=list(COLUMNS), orient="row")
    assert pl.read_csv(written("csv")).equals(expected)
    assert pl.read_parquet(written("parquet")).equals(expected)
    assert json.loads(written("json")) == expected.to_dicts()
    sheet = pl.read_excel(written("xlsx"), sheet_name="places")
    assert sheet.rows() == expected.rows()
    assert sheet["persons"].dtype == pl.Int64


@pytest.mark.parametrize("kind", list(TableFormat))
def test_the_same_table_gives_the_same_bytes(kind):
    assert written(kind) == written(kind)


def test_text_takes_no_cell_for_markup_and_sets_numbers_to_the_right():
    lines = written("text", made(right={1, 2})).decode().splitlines()
    (first,) = [line for line in lines if "Vientiane" in line]
    (second,) = [line for line in lines if "Attapeu" in line]
    assert "[red]Attapeu[/red]" in second
    assert "│ 1,234,567 │" in first
    assert "│  0.25 │" in first
    assert lines[-1] == "12 of 18 :warning:"


def test_markdown_keeps_a_bar_within_its_cell():
    lines = written("md", made(title="Places")).decode().split("\n")
    assert lines[:2] == ["## Places", ""]
    assert lines[3] == "| --- | --- | --- |"
    assert lines[4] == r"| Vientiane \| city | 1,234,567 | 0.25 |"
    assert lines[-3:] == ["", "12 of 18 :warning:", ""]


def test_markdown_of_lists_and_headings():
    parts = [Listed("Verdicts", ["one", "two"]), table(["a"], [["x\ny"]]), Text("End.")]
    page = content(Printout({}, parts, heading="Figures", tight=True), TableFormat.md).decode()
    assert page == "# Figures\n\n## Verdicts\n\n- one\n- two\n\n| a |\n|---|\n| x y |\n\nEnd.\n"


def test_without_rows_programs_still_get_the_columns_and_people_no_table():
    none = one_table("places", COLUMNS, [], after=["None."])
    assert written("csv", none) == b"place,persons,share\n"
    assert pl.read_parquet(written("parquet", none)).columns == list(COLUMNS)
    assert json.loads(written("json", none)) == []
    assert written("text", none) == b"None.\n"


def test_a_workbook_has_a_sheet_a_table_and_no_formula():
    tables = {"places": frame(COLUMNS, ROWS), "flags": frame(["is_new"], [(True,), (None,)])}
    data = content(Printout(tables, []), TableFormat.xlsx)
    sheets = pl.read_excel(io.BytesIO(data), sheet_id=0)
    assert list(sheets) == ["places", "flags"]
    assert sheets["places"]["place"].to_list()[-1] == "=1+1"
    assert sheets["flags"]["is_new"].to_list()[0] is True


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(printout, "SHEET_ROWS", 2)
    with pytest.raises(InputError, match=r"holds 2 rows and this table has 3.*csv or parquet"):
        written("xlsx")


def test_a_workbook_leaves_the_cell_of_a_number_that_is_none_empty():
    odd = Printout({"odd": frame(["x"], [(float("nan"),), (1.0,)])}, [])
    assert pl.read_excel(content(odd, TableFormat.xlsx))["x"].to_list()[-1] == 1
