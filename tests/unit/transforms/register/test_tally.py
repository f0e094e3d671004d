"""The register's tally on a register small enough to work by hand, and beside plain polars."""

from datetime import date

import duckdb
import ibis
import numpy as np
import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.register.ledger import paid_months
from transforms.register.tally import CELL, MEASURES, SPLIT, register_tally

AS_OF = "2017-12"
TERMS = pl.DataFrame(
    {
        "scheme": ["public", "enterprise", "voluntary"],
        "rate_per_mille": [160, 115, 90],
        "floor_lak": [900_000, 900_000, None],
        "ceiling_lak": [4_500_000, 4_500_000, None],
    }
)
MEMBER = {
    "member_key": pl.String,
    "scheme": pl.String,
    "status": pl.String,
    "sex": pl.String,
    "admin1_code": pl.String,
    "registration_date": pl.Date,
    "exit_date": pl.Date,
    "employer_key": pl.String,
    "declared_income_lak": pl.Float64,
    "n_dependants": pl.Int16,
    "nationality": pl.String,
    "member_category": pl.String,
    "residence_admin1_code": pl.String,
}
OLD = date(2010, 3, 1)
# One character each, so that a row is short: key, scheme, status, sex, province, in, out, employer,
# income (million), dependants, nationality, category, residence.
MEMBERS = [
    # paid all of 2017, and all of 2016 on time
    ("a1", "enterprise", "active", "SEX_F", "01", OLD, None, "e1", 2e6, 2, "national", "employee", "02"),
    # late posting: paid all of 2016, but only in March 2017; nothing of 2017 yet
    ("a2", "enterprise", "active", "SEX_F", "01", OLD, None, "e1", 1e6, 1, "national", "employee", "02"),
    # dormant: never paid; declared below the floor
    ("a3", "enterprise", "lapsed", "SEX_F", "01", OLD, None, "e1", 5e5, 0, "national", "employee", "02"),
    # second number of a1, registered July 2017, paid December 2017 there too
    ("a4", "enterprise", "active", "SEX_F", "01", date(2017, 7, 3), None, "e2", 2e6, 2, "national", "employee", "02"),
    # joined in July 2017, paid four of the six months due; income above the ceiling
    ("a5", "public", "active", "SEX_M", "03", date(2017, 7, 10), None, "e3", 6e6, 0, None, "civil_servant", None),
    # left on 15 September 2017, paid January to August
    ("a6", "public", "active", "SEX_M", "03", OLD, date(2017, 9, 15), "e3", 3e6, 1, None, "civil_servant", None),
    # deceased, no day known; pensioner; registered after the month
    ("a7", "public", "deceased", None, None, OLD, None, "e3", 3e6, 4, None, None, None),
    ("a8", "public", "pensioner", None, None, OLD, date(2016, 6, 30), "e3", 3e6, 1, None, None, None),
    ("a9", "public", "active", None, None, date(2018, 1, 1), None, "e3", 3e6, 3, None, None, None),
    # foreigner without employer or income, paid to the voluntary scheme twice for the same month
    ("b1", "voluntary", "active", "SEX_M", "01", OLD, None, None, None, 0, "foreign", "self_employed", None),
]  # fmt: skip
# Everyone a person of its own but a1 and a4; b1 resembles somebody a little.
PERSONS = [
    ("a1", "a1", 0.9, "probabilistic"),
    ("a4", "a1", 0.9, "probabilistic"),
    ("b1", "b1", 0.3, "single"),
    *((key, key, None, "single") for key in ("a2", "a3", "a5", "a6", "a7", "a8", "a9")),
]


def year(key, number, months, scheme, amount, paid=None):
    return [(key, f"{number}-{m:02d}", scheme, amount, paid or date(number, m, 28)) for m in months]


CONTRIBUTIONS = [
    *year("a1", 2016, range(1, 13), "enterprise", 200),
    *year("a1", 2017, range(1, 13), "enterprise", 230),
    *year("a2", 2016, range(1, 13), "enterprise", 100, date(2017, 3, 1)),
    *year("a4", 2017, [12], "enterprise", 7),
    *year("a5", 2017, range(7, 11), "public", 700, None),
    *year("a6", 2017, range(1, 9), "public", 480),
    *year("a6", 2016, [12], "public", 470, date(2017, 1, 31)),  # the last day it counts as known
    *year("a6", 2016, [11], "public", 0),  # nothing paid
    *year("a8", 2016, range(1, 7), "public", 300),
    *year("b1", 2017, [5, 5], "voluntary", 50),
    *year("b1", 2015, [12], "voluntary", 50),  # before both windows
    *year("b1", 2018, [1], "voluntary", 50),  # after them
    *year("nobody", 2017, [5], "public", 50),  # no such member
]


def tables(members=MEMBERS, contributions=CONTRIBUTIONS, persons=PERSONS):
    plain = duckdb.connect()
    frames = {
        "member": pl.DataFrame(members, schema=MEMBER, orient="row").with_columns(
            birth_year=pl.lit(1980, pl.Int16)
        ),
        "contribution": pl.DataFrame(
            contributions,
            schema=["member_key", "period", "scheme", "contribution_amount_lak", "paid_date"],
            orient="row",
        ),
        "person": pl.DataFrame(
            persons,
            schema={
                "member_key": pl.String,
                "person_key": pl.String,
                "match_probability": pl.Float64,
                "rule": pl.String,
            },
            orient="row",
        ),
    }
    for name, frame in frames.items():
        plain.register(f"{name}_", frame.to_arrow())
        plain.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_")
    connection = ibis.duckdb.from_connection(plain)
    return [connection.table(name) for name in frames]


@pytest.fixture(scope="module")
def tally():
    return register_tally(*tables(), TERMS, AS_OF).to_polars()


def one(frame, **where):
    found = frame.filter(*(pl.col(name) == value for name, value in where.items()))
    assert found.height == 1
    return found.to_dicts()[0]


def test_a_person_with_two_numbers_counts_once_where_the_latest_payment_is(tally):
    # a1 and a4 both paid December 2017; of the two a1 paid November as well, so a1 stands for both.
    first = one(tally, cluster="e1")
    # e1 holds a1 (the person), a2 and a3: three records and three persons.
    assert (first["records"], first["persons"]) == (3, 3)
    assert (first["active"], first["previous_final"], first["previous_known"]) == (1, 2, 1)
    # 2 + 1 + 0 dependants; due: 11.5 % of 2 m, 1 m and the floor 0.9 m = 230,000 + 115,000 + 103,500
    assert first["dependants"] == 3
    assert first["declared_due_lak"] == 448_500
    assert first["declared_due_active_lak"] == 230_000
    assert first["due_window_lak"] == 12 * 230_000
    assert first["paid_window_lak"] == 12 * 230 + 7  # the second number's payment too
    assert first["previous_paid_final_lak"] == 12 * 200 + 12 * 100
    assert first["previous_paid_known_lak"] == 12 * 200
    second = one(tally, cluster="e2")
    assert second["records"] == 1
    assert [second[name] for name in MEASURES[1:]] == [0] * 11
    assert second["expected_false_pairs"] == pytest.approx(0.1)  # 1 - 0.9


def test_what_a_match_takes_off_each_measure_is_kept(tally):
    # Unmatched, a4 would be one more active person, with 230,000 a month due from July to December
    # and the 7 it paid, which a1 would then lack.
    found = {name: tally.filter(cluster="e2")[f"split_{name}"].item() for name in SPLIT}
    assert found == {
        "active": 1,
        "previous_final": 0,
        "previous_known": 0,
        "declared_due_lak": 230_000,
        "declared_due_active_lak": 230_000,
        "due_window_lak": 6 * 230_000,
        "paid_window_lak": 7,
    }
    assert tally.filter(cluster="e1")["split_paid_window_lak"].item() == -7
    elsewhere = tally.filter(~pl.col("cluster").is_in(["e1", "e2"]))
    assert elsewhere.select(f"split_{name}" for name in SPLIT).sum().row(0) == (0,) * len(SPLIT)


def test_months_due_begin_with_the_registration_and_end_with_the_exit(tally):
    joined = one(tally, cluster="e3", membership="affiliated")
    # 16 % of the ceiling 4.5 m = 720,000; July to December: six months due, four paid at 700
    assert (joined["records"], joined["active"]) == (1, 1)
    assert joined["declared_due_lak"] == 720_000
    assert joined["due_window_lak"] == 6 * 720_000
    assert joined["paid_window_lak"] == 4 * 700
    assert (joined["nationality"], joined["residence_admin1_code"]) == ("unknown", "X")
    left = one(tally, cluster="e3", membership="left")
    # 16 % of 3 m = 480,000; January to September due; not affiliated, so nothing declared now
    assert (left["active"], left["declared_due_lak"]) == (1, 0)
    assert left["due_window_lak"] == 9 * 480_000
    assert left["paid_window_lak"] == 8 * 480
    assert (left["previous_final"], left["previous_known"]) == (1, 1)
    assert left["previous_paid_known_lak"] == 470


def test_memberships(tally):
    found = tally.group_by("membership").agg(pl.col("records").sum())
    assert dict(found.iter_rows()) == {
        "affiliated": 6,  # a1 a2 a3 a4 a5 b1
        "left": 1,
        "deceased": 1,
        "pensioner": 1,
        "not_yet": 1,
    }
    retired = one(tally, membership="pensioner")
    assert (retired["previous_final"], retired["previous_paid_final_lak"]) == (1, 6 * 300)


def test_who_has_no_employer_stands_in_a_bucket_and_no_income_owes_nothing(tally):
    abroad = one(tally, nationality="foreign")
    assert (
        abroad["cluster"] == "bucket 0"
    )  # born 1980, day 60 of the year: 60 x 31 + 1980 = 15 x 256
    assert (abroad["active"], abroad["paid_window_lak"]) == (1, 100)
    assert (abroad["declared_due_lak"], abroad["due_window_lak"]) == (0, 0)
    assert abroad["expected_missed_pairs"] == pytest.approx(0.15)  # half of 0.3


def test_distinct_months_decide_who_is_active(tally):
    two = register_tally(*tables(), TERMS, AS_OF, active_months=2).to_polars()
    # b1 paid May twice: one month. a1, a5 and a6 paid more.
    assert tally["active"].sum() == 4
    assert two["active"].sum() == 3
    assert one(two, nationality="foreign")["paid_window_lak"] == 0


def test_an_affiliated_record_goes_before_one_that_paid_later():
    # the person left the second number in November 2017 having paid; the first never paid
    members = [
        ("c1", "public", "active", "SEX_F", "01", OLD, None, "e1", 1e6, 0, None, None, None),
        ("c2", "public", "active", "SEX_F", "01", OLD, date(2017, 11, 5), "e2", 1e6, 0, None, None, None),
    ]  # fmt: skip
    persons = [("c1", "c1", 1.0, "exact"), ("c2", "c1", 1.0, "exact")]
    paid = year("c2", 2017, [3], "public", 10)
    got = register_tally(*tables(members, paid, persons), TERMS, AS_OF).to_polars()
    assert one(got, cluster="e1")["active"] == 1
    assert one(got, cluster="e2")["persons"] == 0


def test_the_latest_registration_decides_between_numbers_that_never_paid():
    members = [
        ("c1", "public", "active", "SEX_F", "01", OLD, None, "e1", 1e6, 0, None, None, None),
        ("c2", "public", "active", "SEX_F", "01", date(2015, 1, 1), None, "e2", 1e6, 0, None, None, None),
    ]  # fmt: skip
    persons = [("c1", "c1", 1.0, "exact"), ("c2", "c1", 1.0, "exact")]
    paid = year("c2", 2015, [3], "public", 10)
    got = register_tally(*tables(members, paid, persons), TERMS, AS_OF).to_polars()
    assert one(got, cluster="e2")["persons"] == 1


def test_kept_months_give_the_same_tally_and_two_runs_the_same_bytes(tally):
    members, contributions, persons = tables()
    months = ibis.memtable(paid_months(contributions, AS_OF).to_pyarrow())
    kept = register_tally(members, contributions, persons, TERMS, AS_OF, months=months)
    assert kept.to_polars().equals(tally)
    split = [f"split_{name}" for name in SPLIT]
    pairs = ["expected_false_pairs", "expected_missed_pairs"]
    assert tally.columns == [*CELL, *MEASURES, *split, *pairs]


def test_contributions_are_scanned_once():
    members, contributions, persons = tables()
    expression = register_tally(members, contributions, persons, TERMS, AS_OF)
    assert str(ibis.to_sql(expression, dialect="duckdb")).count('"contribution"') == 1


@pytest.mark.parametrize("window", [6, 12, 24, 40])  # one word of bits, one, three, five
def test_months_paid_beside_sets_of_months(window):
    rng = np.random.default_rng(5)
    n = 4000
    month = rng.integers(2011 * 12, 2019 * 12, n)
    frame = pl.DataFrame(
        {
            "member_key": [f"{k:02x}" for k in rng.integers(0, 60, n)],
            "period": [f"{k // 12}-{k % 12 + 1:02d}" for k in month],
            "scheme": np.asarray(["public", "enterprise", "voluntary"])[rng.integers(0, 3, n)],
            "amount": rng.integers(0, 5, n),
            "paid": np.datetime64("2011-01-01") + rng.integers(0, 3000, n).astype("timedelta64[D]"),
        }
    )
    _, contributions, _ = tables(contributions=list(frame.iter_rows()))
    got = paid_months(contributions, AS_OF, window=window).to_polars()
    last = 2017 * 12 + 11
    border = last - window + 1  # the window's first month; its first day is day 1 of known_days
    known = np.datetime64(f"{border // 12}-{border % 12 + 1:02d}-01") + np.timedelta64(30, "D")
    rows = frame.with_columns(month=month).filter(
        pl.col("month").is_between(last - 2 * window + 1, last) & (pl.col("amount") > 0)
    )
    then = rows.filter(pl.col("month") < border)
    parts = {
        **{name: rows.filter((pl.col("month") >= border) & (pl.col("scheme") == name)) for name in
           ("public", "enterprise", "voluntary")},
        "previous": then,
        "previous_known": then.filter(pl.col("paid") <= known),
    }  # fmt: skip
    assert got["member_key"].sort().to_list() == rows["member_key"].unique().sort().to_list()
    for name, part in parts.items():
        first = border if name not in ("previous", "previous_known") else border - window
        months = {key: set() for key in got["member_key"]}
        for key, at in part.select("member_key", "month").iter_rows():
            months[key].add(at - first)
        bits = {key: sum(2**at for at in found) for key, found in months.items()}
        assert dict(got.select("member_key", name).iter_rows()) == bits
    sums = got.select(pl.col("paid_lak", "previous_paid_lak", "previous_known_lak").sum()).row(0)
    paid = [rows["amount"].sum() - then["amount"].sum(), then["amount"].sum()]
    assert sums == (*paid, parts["previous_known"]["amount"].sum())


@pytest.mark.parametrize(("changed", "rule"), [({"active_months": 13}, "active_months"),
                                               ({"window": 64}, "63 months"),
                                               ({"as_of": "2017-13"}, "as_of")])  # fmt: skip
def test_what_makes_no_sense_is_refused(changed, rule):
    arguments = {"as_of": AS_OF} | changed
    with pytest.raises(InputError, match=rule):
        register_tally(*tables(), TERMS, **arguments)


def test_two_lines_of_law_for_a_scheme_are_refused():
    with pytest.raises(InputError, match="two lines"):
        register_tally(*tables(), pl.concat([TERMS, TERMS]), AS_OF)
