"""Months, dates and births that cannot be: each kind by a small table worked by hand."""

from datetime import date

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.register.plausible import last_usual_month, set_aside

LAST = "2017-12"


def contributions(*more, each=3):
    """Give three members' contributions of 2016 and 2017, paid on the 10th of the next month."""
    usual = [
        (f"m{member}", f"{year}-{month:02d}", "enterprise", date(year, month, 28))
        for year in (2016, 2017)
        for month in range(1, 13)
        for member in range(each)
    ]
    schema = ["member_key", "period", "scheme", "paid_date"]
    return pl.DataFrame([*usual, *more], schema=schema, orient="row")


def members(*rows):
    schema = {
        "member_key": pl.String, "scheme": pl.String, "birth_year": pl.Int16, "birth_key": pl.String,
        "registration_date": pl.Date, "exit_date": pl.Date,
    }  # fmt: skip
    fair = ("fair", "enterprise", 1980, "b", date(2005, 3, 1), None)
    return pl.DataFrame([fair, *rows], schema=schema, orient="row")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        # the row of the issue: a month of 2099 paid in January 2017
        (("x", "2099-01", "enterprise", date(2017, 1, 11)), "month after the register's last"),
        # a month of 2099 with a payment to fit it
        (("x", "2099-01", "enterprise", date(2099, 2, 11)), "month after the register's last"),
        (("x", "2099-01", "enterprise", None), "month after the register's last"),
        # decree 207/PM: the enterprise scheme is in use from mid-2001
        (("x", "1998-05", "enterprise", date(2017, 1, 11)), "month before the scheme began"),
        (("x", "2017-11", "enterprise", date(2015, 1, 11)), "month over a year after its payment"),
    ],
)
def test_a_month_that_cannot_be_is_left_out_by_row_and_moves_nothing(row, rule):
    given = contributions(row)
    assert last_usual_month(given) == LAST
    kept, told = set_aside("contributions", given, "file.csv")
    assert kept.equals(contributions())
    (one,) = told
    assert (one.column, one.rule, one.rows, one.first, one.is_row) == ("period", rule, 1, 73, True)


def test_a_row_of_the_next_month_does_not_move_a_register_of_many():
    given = contributions(("x", "2018-01", "enterprise", date(2018, 1, 2)), each=20)
    assert last_usual_month(given) == LAST
    kept, told = set_aside("contributions", given, "file.csv")
    assert (kept.height, told[0].rows) == (480, 1)


def test_a_last_month_posted_in_part_stays_the_last():
    # 5 of 20 members are posted so far: a quarter of a usual month.
    part = [(f"m{i}", "2018-01", "enterprise", date(2018, 1, 25)) for i in range(5)]
    given = contributions(*part, each=20)
    assert last_usual_month(given) == "2018-01"
    assert set_aside("contributions", given, "file.csv")[1] == []


def test_days_that_stand_for_no_date_are_unknown():
    row = ("x", "2017-12", "enterprise", date(1900, 1, 1))
    late = ("x", "2017-11", "enterprise", date(2091, 1, 5))
    kept, told = set_aside("contributions", contributions(row, late), "file.csv")
    assert kept["paid_date"].null_count() == 2
    assert [one.rule for one in told] == [
        "day that stands for no date", "payment over a year after the last month",
    ]  # fmt: skip
    assert kept.height == 74


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (("x", "public", 1980, "b", date(1900, 1, 1), None), "registration_date", "day that stands for no date"),
        (("x", "public", 1980, "b", date(2057, 3, 1), None), "registration_date", "date over a year after the last month"),
        (("x", "enterprise", 1980, "b", date(1985, 3, 1), None), "registration_date", "registration before the scheme began"),
        (("x", "public", 1980, "b", date(2005, 3, 1), date(2099, 1, 1)), "exit_date", "date over a year after the last month"),
        (("x", "public", 2055, "b", None, None), "birth_year", "birth after the last month"),
        (("x", "public", 2001, "b", date(2005, 3, 1), None), "birth_year", "age below 10 at registration"),
        (("x", "public", 1900, "b", None, None), "birth_year", "birth in 1900 or age above 100 at registration"),
        (("x", "public", 1901, "b", date(2005, 3, 1), None), "birth_year", "birth in 1900 or age above 100 at registration"),
    ],
)  # fmt: skip
def test_a_date_or_birth_that_cannot_be_is_unknown_and_the_member_stays(row, column, rule):
    kept, told = set_aside("members", members(row), "file.csv", LAST)
    assert kept.height == 2
    assert [(one.column, one.rule, one.first) for one in told] == [(column, rule, 2)]
    assert kept[column][1] is None
    assert kept.row(0) == members().row(0)
    if column == "birth_year":  # the hash of a day that was none would match strangers
        assert kept["birth_key"][1] is None


def test_a_column_of_such_values_is_refused():
    heap = [(f"x{i}", "public", 1900, "same", None, None) for i in range(30)]
    with pytest.raises(InputError, match="birth in 1900") as caught:
        set_aside("members", members(*heap), "file.csv", LAST)
    assert (caught.value.file, caught.value.column, caught.value.rows) == (
        "file.csv",
        "birth_year",
        30,
    )


def test_what_is_told_names_rows_and_no_value():
    row = ("x", "2099-01", "enterprise", None)
    told = set_aside("contributions", contributions(row), "file.csv")[1]
    assert str(told[0]) == "period: month after the register's last, 1 row left out (first: row 73)"
