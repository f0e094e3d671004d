"""Text columns settled by hand-made columns: one style of numbers, one spelling of a code."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.read.spelling import settled
from transforms.read.table import RawTable


def told(values, decimal=None):
    table = settled(RawTable("f.csv", "", pl.DataFrame({"x": values})), decimal)
    return table.frame["x"].to_list(), table.notes


@pytest.mark.parametrize("values", [["1.247", "2.000"], ["1,500", "2,000", None]])
def test_what_may_be_thousands_or_decimals_is_refused_and_settled_by_the_option(values):
    with pytest.raises(InputError, match=r"--decimal \. or --decimal ,"):
        told(values)
    thousands = "," if "." in values[0] else "."
    found, notes = told(values, thousands)
    assert [None if one is None else float(one) for one in found] == [
        None if one is None else float(one.replace(".", "").replace(",", "")) for one in values
    ]
    assert notes == ("x: text that was read as numbers",)


def test_one_cell_that_only_one_style_can_read_settles_the_column():
    # by hand: a weight below 1 begins with 0, which no group of thousands does
    assert told(["1.247", "0.983"])[0] == [1.247, 0.983]
    assert told(["1.247,5", "2"])[0] == [1247.5, 2.0]


def test_one_code_in_several_spellings_is_one_with_a_note():
    found, notes = told(["0", "0.0", "1", "1.0", "01", None])
    assert found == ["0", "0", "01", "01", "01", None]
    assert "2 numbers are written in more than one way" in notes[0]
    found, notes = told(["0111", "111", "4711"])
    assert found == ["0111", "0111", "4711"]
    assert "1 number is written" in notes[0]


@pytest.mark.parametrize(
    "values", [["01", "02", None], ["A", "1.0"], ["1.2.3", "1.2.4"], ["yes", "no"], ["", None]]
)
def test_other_text_stays_as_it_is(values):
    assert told(values) == (values, ())


def test_another_sign_for_decimals_is_refused():
    with pytest.raises(InputError, match="--decimal"):
        told(["1"], "x")
