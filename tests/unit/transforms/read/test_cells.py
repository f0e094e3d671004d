"""Each distinct cell is read once, and every row gets what its cell became."""

from datetime import date

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.read.cells import each_once

COLUMNS = {
    "text": pl.Series("c", ["b", "a", None, "b", "", "a", "b", "b"]),
    "whole numbers": pl.Series("c", [3, 1, None, 3, 3, 1, 3, 3], pl.Int64),
    "days": pl.Series("c", [date(2017, 5, 1), None] * 4),
    "numbers": pl.Series("c", [1.5, float("nan"), None, 1.5, -0.0, 0.0, 1.5, 1.5]),
    "truths": pl.Series("c", [True, None, False, True] * 2),
    "categories": pl.Series("c", ["x", "y", None, "x"] * 2, pl.Categorical),
    "nothing": pl.Series("c", [None] * 8),
    "all distinct": pl.Series("c", list("abcdefgh")),
    "no rows": pl.Series("c", [], pl.String),
}


def told(cells):
    """What a reader might make of a cell, blanks among them."""
    text = cells.cast(pl.String)
    return {"text": text.fill_null("blank") + "!", "length": text.str.len_chars()}


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_row_gets_what_reading_the_whole_column_gives(kind):
    read, whole = each_once(COLUMNS[kind], told), told(COLUMNS[kind])
    assert list(read) == list(whole)
    for name, values in whole.items():
        assert read[name].dtype == values.dtype
        assert read[name].to_list() == values.to_list()


@pytest.mark.parametrize("kind", ["text", "whole numbers", "days"])
def test_the_reader_sees_each_distinct_cell_once(kind):
    seen = []
    each_once(COLUMNS[kind], lambda cells: seen.append(cells.to_list()) or told(cells))
    assert len(seen) == 1
    assert len(seen[0]) == len(set(seen[0])) == COLUMNS[kind].n_unique()


def test_a_refused_column_is_read_again_with_its_rows():
    def read(cells):
        if (cells == "b").any():
            rule = f"{cells.to_list().count('b')} cells are wrong"
            raise InputError(rule, "correct them")
        return {"text": cells}

    with pytest.raises(InputError, match="4 cells are wrong"):
        each_once(COLUMNS["text"], read)
