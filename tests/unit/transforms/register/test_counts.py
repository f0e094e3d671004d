"""Register counts on a register small enough to count by hand."""

from datetime import date

import duckdb
import ibis
import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.register.counts import register_counts

# key, scheme, status, sex, province, registered, exit
MEMBERS = [
    ("m1", "public", "active", "SEX_F", "01", date(2010, 1, 1), None),
    ("m2", "enterprise", "active", "SEX_M", "01", date(2024, 12, 31), None),
    ("m3", "enterprise", "active", "SEX_M", "02", date(2025, 1, 1), None),  # registered later
    ("m4", "voluntary", "lapsed", "SEX_F", "02", date(2015, 1, 1), None),
    ("m5", "public", "deceased", "SEX_M", "02", date(2000, 1, 1), None),
    ("m6", "public", "active", "SEX_M", "01", date(2000, 1, 1), date(2024, 12, 31)),  # left
    ("m7", "public", "active", "SEX_M", "01", date(2000, 1, 1), date(2025, 1, 1)),  # left later
    ("m8", "public", "deceased", "SEX_F", "01", date(2000, 1, 1), date(2025, 3, 1)),  # died later
    ("m9", "enterprise", "suspended", "SEX_F", None, date(2020, 5, 5), None),
]
# key, period, scheme, amount
CONTRIBUTIONS = [
    ("m1", "2024-01", "public", 100),  # first month of the window
    ("m1", "2024-12", "public", 100),
    ("m1", "2024-12", "public", 50),  # the same month again
    ("m2", "2023-12", "enterprise", 100),  # a month too early
    ("m4", "2024-06", "voluntary", 0),  # nothing paid
    ("m7", "2024-07", "public", 10),
    ("m7", "2024-08", "enterprise", 10),  # moved between schemes
    ("m9", "2025-01", "enterprise", 10),  # after the window
    ("ghost", "2024-05", "public", 10),  # no such member
]


def tables():
    members = pl.DataFrame(
        MEMBERS,
        schema=[
            "member_key",
            "scheme",
            "status",
            "sex",
            "admin1_code",
            "registration_date",
            "exit_date",
        ],
        orient="row",
    )
    contributions = pl.DataFrame(
        CONTRIBUTIONS,
        schema=["member_key", "period", "scheme", "contribution_amount_lak"],
        orient="row",
    )
    plain = duckdb.connect()
    plain.register("m", members.to_arrow())
    plain.register("c", contributions.to_arrow())
    plain.execute("CREATE TABLE member AS SELECT * FROM m")
    plain.execute("CREATE TABLE contribution AS SELECT * FROM c")
    connection = ibis.duckdb.from_connection(plain)
    return connection.table("member"), connection.table("contribution")


def count(*args, **kwargs):
    members, contributions = tables()
    frame = register_counts(members, contributions, *args, **kwargs).to_polars()
    return frame, {
        (r["concept"], r["scheme"], r["breakdown"], r["category"]): r["persons"]
        for r in frame.iter_rows(named=True)
    }


def test_affiliated_by_hand():
    # at 2024-12: m1 m2 m4 m7 m8 m9
    _, got = count("2024-12")
    assert got["affiliated", "total", "total", "TOTAL"] == 6
    assert got["affiliated", "public", "total", "TOTAL"] == 3
    assert got["affiliated", "enterprise", "total", "TOTAL"] == 2
    assert got["affiliated", "voluntary", "total", "TOTAL"] == 1
    assert got["affiliated", "total", "sex", "SEX_F"] == 4
    assert got["affiliated", "total", "sex", "SEX_M"] == 2
    assert got["affiliated", "total", "admin1_code", "01"] == 4
    assert got["affiliated", "voluntary", "admin1_code", "01"] == 0
    assert got["affiliated", "total", "admin1_code", "X"] == 1


def test_active_contributors_by_hand():
    # in 2024: m1 (two months) and m7 (one month in each of two schemes)
    _, got = count("2024-12")
    assert got["active_contributor", "total", "total", "TOTAL"] == 2
    assert got["active_contributor", "public", "total", "TOTAL"] == 2
    assert got["active_contributor", "enterprise", "total", "TOTAL"] == 1
    assert got["active_contributor", "total", "sex", "SEX_M"] == 1
    assert got["active_contributor", "total", "admin1_code", "02"] == 0


def test_distinct_months_and_window():
    _, two = count("2024-12", active_months=2)
    assert two["active_contributor", "total", "total", "TOTAL"] == 2
    assert two["active_contributor", "public", "total", "TOTAL"] == 1  # m7 paid it one month
    _, three = count("2024-12", active_months=3)
    assert three["active_contributor", "total", "total", "TOTAL"] == 0
    _, short = count("2024-12", window=1)
    assert short["active_contributor", "total", "total", "TOTAL"] == 1
    _, longer = count("2024-12", window=13)
    assert longer["active_contributor", "total", "total", "TOTAL"] == 3
    _, later = count("2025-01")
    assert later["active_contributor", "total", "total", "TOTAL"] == 3  # m9 in, m1 by December


def test_breakdowns_add_up_and_types_hold():
    frame, _ = count("2024-12")
    sums = frame.group_by("concept", "scheme", "breakdown").agg(pl.col("persons").sum())
    assert (
        sums.group_by("concept", "scheme").agg(pl.col("persons").n_unique())["persons"].to_list()
        == [1] * 8
    )
    assert frame.schema == {
        "concept": pl.String,
        "scheme": pl.String,
        "breakdown": pl.String,
        "category": pl.String,
        "persons": pl.Int64,
    }


def test_contributions_are_scanned_once():
    members, contributions = tables()
    plan = ibis.to_sql(register_counts(members, contributions, "2024-12"), dialect="duckdb")
    assert str(plan).count('"contribution"') == 1


@pytest.mark.parametrize("as_of", ["2024-13", "2024", "12-2024", "2024-1"])
def test_a_month_that_is_none_is_refused(as_of):
    members, contributions = tables()
    with pytest.raises(InputError, match="as_of"):
        register_counts(members, contributions, as_of)


def test_more_months_than_the_window_are_refused():
    members, contributions = tables()
    with pytest.raises(InputError, match="window"):
        register_counts(members, contributions, "2024-12", active_months=13)
