"""Days, years and months out of text: eras, orders and serial numbers are certain or refused."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.read import dates

PLACE = {"file": "f.csv", "column": "day"}
MARCH = date(2017, 3, 25)


def days(cells, **more):
    return dates.dates(pl.Series("day", cells), **PLACE, **more).to_list()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2017-03-25", None, ""], [MARCH, None, None]),
        (["2017/3/25", "2017-03-25 00:00:00"], [MARCH, MARCH]),
        (["2017-03-25T10:30:00Z"], [MARCH]),
        (["25/03/2017", "04/03/2017"], [MARCH, date(2017, 3, 4)]),  # 25 is no month
        (["3/25/2017", "3/4/2017"], [MARCH, date(2017, 3, 4)]),
        (["25.3.2017", "5-5-2017"], [MARCH, date(2017, 5, 5)]),
        (["5/5/2017"], [date(2017, 5, 5)]),  # either order is the same day
        # serial numbers known from elsewhere: 25569 is Unix day 0, 36526 the first of 2000
        (["25569", "36526", "43101.5"], [date(1970, 1, 1), date(2000, 1, 1), date(2018, 1, 1)]),
        (["2560-03-25", "2540-01-01"], [MARCH, date(1997, 1, 1)]),
        (["29/02/2567"], [date(2024, 2, 29)]),  # 2567 less 543 is a leap year, 2567 is none
        (["\u0ed2\u0ed5/\u0ed0\u0ed3/\u0ed2\u0ed5\u0ed6\u0ed0"], [MARCH]),
    ],
)
def test_days_that_a_column_makes_certain(cells, expected):
    assert days(cells) == expected


def test_days_delivered_as_days():
    assert days([MARCH, None]) == [MARCH, None]
    assert days([datetime(2017, 3, 25, 23, 59, tzinfo=UTC)]) == [MARCH]
    assert days([date(2560, 3, 25)]) == [MARCH]
    assert days([36526]) == days([36526.0]) == [date(2000, 1, 1)]


@pytest.mark.parametrize(
    ("cells", "rule", "row", "rows"),
    [
        (["05/05/2017", "04/03/2017", "01/02/2017"], "order of day and month", 2, 2),
        (["25/03/2017", "03/25/2017"], "first in some cells and second in others", 2, 1),
        (["2017-04-03", "25/03/2017"], "may have swapped days and months", 2, 1),
        (["2017-04-03", "42798"], "mixes ways of writing", 2, 1),
        (["25/03/17"], "two digits", 1, 1),
        (["2017-03-25", "2560-03-25", "2560-03-25"], "Buddhist era", 2, 2),
        (["2017-03-25", "2017-02-29"], "no such day", 2, 1),
        (["31/12/2017", "31/04/2017"], "no such day", 2, 1),
        (["2017-03-25", "2017-00-10"], "no such day", 2, 1),
        (["9999-12-31"], "not between 1900 and 2100", 1, 1),
        (["2200-01-01"], "not between 1900 and 2100", 1, 1),
        (["1985"], "not certain to be a date", 1, 1),
        (["20170325"], "not a date written in digits", 1, 1),
        (["25 March 2017"], "not a date written in digits", 1, 1),
    ],
)
def test_days_that_are_refused(cells, rule, row, rows):
    with pytest.raises(InputError, match=rule) as refused:
        days(cells)
    assert (refused.value.row, refused.value.rows) == (row, rows)
    assert not any(cell in str(refused.value) for cell in cells if cell != "1985")


def test_a_layout_may_say_what_the_cells_do_not():
    assert days(["04/03/2017"], order="dmy") == [date(2017, 3, 4)]
    assert days(["04/03/2017"], order="mdy") == [date(2017, 4, 3)]
    assert days(["61", "1000"], serials=True) == [date(1900, 3, 1), date(1902, 9, 26)]
    with pytest.raises(InputError, match="1900-03-01"):
        days(["60"], serials=True)  # Excel's 29 February 1900 never was


def test_a_plausible_range_decides_the_era():
    assert days(["2440-01-01"], earliest=1890, latest=2030) == [date(1897, 1, 1)]
    with pytest.raises(InputError, match="not between 1940 and 2030"):
        days(["2440-01-01"], earliest=1940, latest=2030)


def years(cells):
    return dates.years(pl.Series("day", cells), **PLACE).to_list()


def test_years_from_days_and_from_bare_years():
    assert years(["1970-05-03", "1985", None, "1990.0"]) == [1970, 1985, None, 1990]
    assert years(["2513", "2528-01-31"]) == [1970, 1985]
    assert years([1970, None]) == [1970, None]
    assert years([date(1970, 5, 3)]) == [1970]
    with pytest.raises(InputError, match="Buddhist era"):
        years(["1970", "2528"])


def months(cells):
    return dates.months(pl.Series("period", cells), **PLACE).to_list()


@pytest.mark.parametrize(
    "cell",
    ["2023-01", "2023/1", "01/2023", "1-2023", "202301", "2023-01-01", "2023-01-01 00:00:00",
     "2566-01", "01/2566", "\u0ed2\u0ed5\u0ed6\u0ed6-\u0ed0\u0ed1", date(2023, 1, 1)],
)  # fmt: skip
def test_january_2023_in_every_way(cell):
    assert months([cell, None]) == ["2023-01", None]


@pytest.mark.parametrize(
    "cells",
    [["2023-13"], ["2023"], ["Jan 2023"], ["2023-01-15"], ["2023-01", "2566-01"], ["01/23"]],
)
def test_months_that_are_refused(cells):
    with pytest.raises(InputError):
        months(cells)
