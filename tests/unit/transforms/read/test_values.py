"""Numbers and withheld counts out of text: understood as a column or refused, never guessed."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.read import values

PLACE = {"file": "f.csv", "column": "amount"}


def numbers(cells, **more):
    return values.numbers(pl.Series("amount", cells), **PLACE, **more).to_list()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "20", None, " "], [1, 20, None, None]),
        (["1,234,567", "5,000"], [1234567, 5000]),  # two separators of one kind
        (["1.234.567", "5.000"], [1234567, 5000]),
        (["1,234.5", "5,000"], [1234.5, 5000]),  # both kinds
        (["1.234,5", "5.000"], [1234.5, 5000]),
        (["0.5", "1,234"], [0.5, 1234]),  # one digit after it: decimals
        (["0,5", "1.234"], [0.5, 1234]),
        (["0.123"], [0.123]),  # thousands do not begin with 0
        (["1234.567"], [1234.567]),  # thousands have no four digits
        (["1 234 567", "5\u00a0000", "6\u202f000,5"], [1234567, 5000, 6000.5]),
        (["1 234.567"], [1234.567]),  # spaces group, so the point begins decimals
        (["\u0ed1\u0ed2\u0ed3", "-\u0ed5"], [123, -5]),
        (["\u22121,000.5", "+2"], [-1000.5, 2]),
        ([".5", "007"], [0.5, 7]),
    ],
)
def test_numbers_that_a_column_makes_certain(cells, expected):
    assert numbers(cells) == expected


def test_numbers_delivered_as_numbers_stay():
    assert numbers([1, None, 3]) == [1.0, None, 3.0]
    assert numbers([1.5, float("nan")]) == [1.5, None]
    assert values.numbers(pl.Series([None, None], dtype=pl.String), **PLACE).to_list() == [None] * 2


@pytest.mark.parametrize(
    ("cells", "rule", "row", "rows"),
    [
        (["1", "1,234", "5,678", "1,234"], "may group thousands or begin decimals", 2, 3),
        (["1.234", "5,678"], "may group thousands or begin decimals", 1, 2),
        (["5", "about six", None, "6 or 7"], "text stands where a number belongs", 2, 2),
        (["1,5", "1.5"], "in two ways", 1, 2),
        (["1,234,567", "0,5"], "in two ways", 1, 2),
        (["1,23,456.5"], "text stands", 1, 1),
        (["1.234,567.8"], "text stands", 1, 1),
        (["12 34"], "text stands", 1, 1),
        (["1.5E+06"], "text stands", 1, 1),  # a spreadsheet has cut its digits
        (["12%"], "text stands", 1, 1),
        (["nan"], "text stands", 1, 1),
    ],
)
def test_numbers_that_are_refused(cells, rule, row, rows):
    with pytest.raises(InputError, match=rule) as refused:
        numbers(cells)
    assert (refused.value.row, refused.value.rows) == (row, rows)
    assert (refused.value.file, refused.value.column) == ("f.csv", "amount")
    assert not any(cell in str(refused.value) for cell in cells if cell and len(cell) > 1)


def test_a_layout_may_say_what_the_cells_do_not():
    assert numbers(["1,234"], decimal=".") == [1234]
    assert numbers(["1,234"], decimal=",") == [1.234]
    with pytest.raises(InputError, match="not written with ',' before its decimals"):
        numbers(["1.5"], decimal=",")


def test_whole_numbers_make_their_grouping_certain():
    assert numbers(["1,234", "5"], whole=True) == [1234, 5]
    assert numbers(["1.234", "5,0"], whole=True) == [1234, 5]
    assert numbers(["1,000"], whole=True) == numbers(["1.000"], whole=True) == [1000]
    assert numbers(["5.0", "6.00"], whole=True) == [5, 6]
    with pytest.raises(InputError, match="in two ways"):
        numbers(["1,000", "2.000"], whole=True)
    for cells in (["1.5"], [1.5]):
        with pytest.raises(InputError, match="where a whole number belongs"):
            numbers(cells, whole=True)


def suppressed(cells, **more):
    frame = values.suppressed(pl.Series("persons", cells), file="f", column="persons", **more)
    return frame.rows()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", (12, 12, 12, "counted")),
        ("0", (0, 0, 0, "counted")),
        ("<5", (None, 0, 4, "below")),
        ("< \u0ed5", (None, 0, 4, "below")),
        ("\u2264 5", (None, 0, 5, "below")),
        (">100", (None, 101, None, "above")),
        ("1-4", (None, 1, 4, "range")),
        ("1 \u2013 4", (None, 1, 4, "range")),
        ("\u2013", (None, 0, None, "dash")),
        ("-", (None, 0, None, "dash")),
        ("*", (None, 0, None, "withheld")),
        ("..", (None, 0, None, "not_available")),
        ("N/A", (None, 0, None, "not_available")),
        (None, (None, 0, None, "blank")),
    ],
)
def test_a_withheld_count_keeps_what_is_known_of_it(cell, expected):
    assert suppressed(["1,234,567", cell])[1] == expected


def test_a_layout_may_say_what_a_dash_means():
    assert suppressed(["\u2013", "*"], marks={"\u2013": "zero", "*": "below"}) == [
        (0, 0, 0, "counted"),
        (None, 0, None, "below"),
    ]


def test_counts_delivered_as_numbers_are_counts():
    assert suppressed([5.0, None]) == [(5, 5, 5, "counted"), (None, 0, None, "blank")]


@pytest.mark.parametrize("cell", ["4-1", "1.5", "-5", "<5*", "few", "<1,000", "5 (1)"])
def test_what_is_no_count_is_refused(cell):
    with pytest.raises(InputError) as refused:
        suppressed(["1,234,567", cell])
    assert refused.value.row == 2 or "two ways" in refused.value.rule
