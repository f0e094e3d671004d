"""The register's own counts: from a workbook of many sheets to tidy rows with bounds."""

import polars as pl
import pytest

from data_contracts.contract.find import load
from data_contracts.errors import InputError
from data_contracts.registers.layout import load_layout
from tests.unit.transforms.register_workbook import SHEETS, workbook
from transforms.read.layout import read_layout
from transforms.register.canonical import canonical, unknown_columns

LAYOUT = load_layout("LSSO_WORKBOOK")
FORMAT = LAYOUT.tables["aggregate"].format


def read(content):
    return canonical("aggregate", read_layout(content, "counts.xlsx", FORMAT), LAYOUT, b"k", "c")


def test_every_cell_becomes_a_row():
    frame = read(workbook())
    assert frame.schema == load("core.register_aggregate").polars_schema()
    assert frame.height == 4 * 4  # four records, two measures of two sexes
    keys = list(load("core.register_aggregate").primary_key)
    assert frame.select(keys).is_unique().all()
    assert frame["period"].unique().to_list() == ["2023-01"]  # 2566 of the Buddhist era
    assert sorted(frame["admin1_code"].unique()) == ["05", "06"]
    at = frame.filter(admin1_code="05", scheme="public").drop("period", "admin1_code", "scheme")
    assert sorted(at.rows()) == sorted([
        ("SEX_M", "AGE_AGGREGATE_Y15-24", "members", 1200, 1200, 1200, "counted"),
        ("SEX_F", "AGE_AGGREGATE_Y15-24", "members", None, 0, 4, "below"),
        ("SEX_M", "AGE_AGGREGATE_Y15-24", "active_contributors", 1000, 1000, 1000, "counted"),
        ("SEX_F", "AGE_AGGREGATE_Y15-24", "active_contributors", None, 0, None, "dash"),
        ("SEX_M", "AGE_AGGREGATE_Y25-54", "members", 25, 25, 25, "counted"),
        ("SEX_F", "AGE_AGGREGATE_Y25-54", "members", 30, 30, 30, "counted"),
        ("SEX_M", "AGE_AGGREGATE_Y25-54", "active_contributors", 20, 20, 20, "counted"),
        ("SEX_F", "AGE_AGGREGATE_Y25-54", "active_contributors", None, 0, None, "withheld"),
    ])  # fmt: skip
    big = frame.filter(admin1_code="06", sex="SEX_M", measure="members")
    assert big["value"].to_list() == [1234567]


def test_nothing_of_the_workbook_is_unknown():
    raw = read_layout(workbook(), "c", FORMAT)
    assert unknown_columns("aggregate", raw, LAYOUT, "c") == 0
    assert (
        unknown_columns("aggregate", raw.with_columns(pl.lit("x").alias("more")), LAYOUT, "c") == 1
    )


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [(1, "military", "a code is none of"), (1, None, "blank"),
     (4, "about 5", "where a whole number belongs"), (3, "15-25", "a code is none of")],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_sheet_and_row(column, cell, rule):
    sheets = {name: [list(line) for line in rows] for name, rows in SHEETS.items()}
    sheets["ຫຼວງພະບາງ"][0][column] = cell
    with pytest.raises(InputError, match=rule) as refused:
        read(workbook(sheets))
    assert refused.value.file == "c, sheet ຫຼວງພະບາງ, row 6"
