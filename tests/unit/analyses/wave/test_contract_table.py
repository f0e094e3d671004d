"""A table takes columns, order and types from its contract, and nothing unknown slips in."""

import polars as pl
import pytest

from analyses.wave.contract_table import contract_table
from data_contracts.contract.find import load
from data_contracts.errors import InputError

ROW = {"scheme": "public", "survey_id": "LAO_2017_LFS", "row_no": 3, "persons": 120}


@pytest.mark.parametrize("rows", [[ROW], pl.DataFrame([ROW]).with_columns(_helper=1), []])
def test_columns_order_and_types_are_the_contracts(rows):
    table = contract_table("est.bridge", rows)
    assert table.schema == pl.Schema(load("est.bridge").polars_schema())
    assert table.height == len(rows)
    if table.height:
        assert {n: v for n, v in table.row(0, named=True).items() if v is not None} == ROW


def test_a_row_with_a_column_that_the_contract_has_not_is_a_fault():
    with pytest.raises(KeyError, match="has no column person"):
        contract_table("est.bridge", [{"person": 1.0}])


def test_an_unknown_table_is_refused():
    with pytest.raises(InputError):
        contract_table("est.nothing", [])
