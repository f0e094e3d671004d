"""Each check of the register finds what was planted, and nothing in a sound register."""

import duckdb
import ibis
import polars as pl
import pytest

from analyses.quality.register import register_findings
from data_contracts.contract.find import load
from data_contracts.quality.rules import load_rules

MONTHS = [f"{year}-{month:02d}" for year in (2016, 2017) for month in range(1, 13)]


def member(key, **changed):
    return {
        "member_key": key, "scheme": "enterprise", "status": "active", "sex": "SEX_F",
        "birth_year": 1980, "admin1_code": "01", "district_code": "0101",
        "registration_date": "2010-03-15", "exit_date": None, "employer_key": "e1",
        "declared_income_lak": 1_000_000.0 + sum(key.encode()), "n_dependants": 0,
    } | changed  # fmt: skip


def paid(key, months=MONTHS, **changed):
    row = {
        "member_key": key, "scheme": "enterprise", "contribution_base_lak": 1_000_000,
        "contribution_amount_lak": 115_000,
    }  # fmt: skip
    return [row | {"period": m, "paid_date": f"{m}-20"} | changed for m in months]


def judged(members, contributions, employers=("e1",)):
    """Findings by check on three small tables in the contracts' types."""
    connection = duckdb.connect()
    tables = ibis.duckdb.from_connection(connection)
    rows = {
        "core.member": members,
        "core.contribution": contributions,
        "core.employer": [{"employer_key": key} for key in employers],
    }
    made = {}
    for name, some in rows.items():
        schema = load(name).polars_schema()
        frame = pl.DataFrame(some, schema=dict.fromkeys(schema, pl.String) if not some else None)
        missing = [pl.lit(None).alias(c) for c in schema if c not in frame.columns]
        frame = frame.with_columns(missing).select(
            pl.col(c).str.to_date("%Y-%m-%d") if t == pl.Date and frame.schema.get(c) == pl.String
            else pl.col(c).cast(t) for c, t in schema.items()
        )  # fmt: skip
        connection.register("frame", frame.to_arrow())
        connection.execute(f'CREATE TABLE "{name}" AS FROM frame')
        made[name] = tables.table(name)
    return {f.check_id: f for f in register_findings(made.__getitem__)}


def failing(found):
    return {f.check_id: (f.failed, f.checked) for f in found.values() if f.status == "failed"}


def test_a_sound_register_passes_every_check_that_is_declared():
    found = judged([member("a"), member("b")], paid("a") + paid("b"))
    assert list(found) == list(load_rules("register"))
    assert failing(found) == {}
    assert found["member_known"].checked == 48


@pytest.mark.parametrize(
    ("check", "members", "contributions", "failed", "checked"),
    [
        ("member_known", [member("a")], paid("a") + paid("z", MONTHS[:5]), 5, 29),
        ("employer_known", [member("a", employer_key="e9")], paid("a"), 1, 1),
        ("employer_named", [member("a", employer_key=None)], paid("a"), 1, 1),
        # Registered in April 2016: January to March lie before.
        ("contribution_before_registration", [member("a", registration_date="2016-04-30")], paid("a"), 3, 24),
        # Left in October 2017: November and December lie after.
        ("contribution_after_exit", [member("a", exit_date="2017-10-01", status="lapsed")], paid("a"), 2, 24),
        ("contribution_after_death", [member("a", status="deceased")], paid("a"), 1, 1),
        # The ceiling is 2.0 m to 2016-12 and 4.5 m from 2017-01: three million breaks it in 12 months.
        ("base_above_ceiling", [member("a")],
         paid("a", contribution_base_lak=3_000_000, contribution_amount_lak=345_000), 12, 24),
        # 11.5 % of 2.0 m is 230,000 and of 4.5 m 517,500.
        ("amount_above_maximum", [member("a")], paid("a", contribution_amount_lak=500_000), 12, 24),
        ("amount_follows_rate", [member("a")], paid("a", contribution_amount_lak=55_000), 24, 24),
        ("amount_present", [member("a")], paid("a")[:-1] + paid("a", MONTHS[-1:], contribution_amount_lak=0), 1, 24),
        ("paid_before_period", [member("a")], paid("a", paid_date="2016-03-31"), 21, 24),
        ("exit_after_registration", [member("a", exit_date="2009-01-01", status="lapsed")], paid("a"), 1, 1),
        ("registered_at_working_age", [member("a", birth_year=2000)], paid("a"), 1, 1),
        ("active_pays", [member("a"), member("b")], paid("a"), 1, 2),
        ("active_has_not_left", [member("a", exit_date="2017-12-31")], paid("a"), 1, 1),
        ("province_present", [member("a", admin1_code=None)], paid("a"), 1, 1),
        ("sex_present", [member("a", sex=None)], paid("a"), 1, 1),
        ("scheme_agrees", [member("a", scheme="public")], paid("a"), 1, 1),
        ("one_number_a_person", [member("a", declared_income_lak=1e6), member("b", declared_income_lak=1e6)],
         paid("a") + paid("b"), 1, 2),
    ],
)  # fmt: skip
def test_what_is_planted_is_counted(check, members, contributions, failed, checked):
    found = judged(members, contributions)
    assert found[check].status == "failed"
    assert (found[check].failed, found[check].checked) == (failed, checked)


def test_a_month_paid_in_two_schemes_and_one_paid_twice():
    twice = paid("a", MONTHS[:2], scheme="voluntary")
    other = paid("a", MONTHS[2:3], scheme="voluntary", contribution_amount_lak=90_000)
    found = judged([member("a")], paid("a") + twice + other)
    assert found["two_schemes_at_once"].failed == 3
    assert found["paid_twice"].failed == 2  # the same amount in both schemes
    assert found["scheme_agrees"].status == "passed"


def test_a_month_in_which_one_scheme_breaks_its_limit_counts_no_other_scheme():
    # 165 per mille of 9 m is 1,485,000: far above the enterprise scheme's limits, which it has not.
    public = paid(
        "p", contribution_base_lak=9_000_000, contribution_amount_lak=1_485_000, scheme="public"
    )
    one = paid("a", MONTHS[:1], contribution_base_lak=2_000_001, contribution_amount_lak=230_001)
    zero = paid("b", MONTHS[1:2], contribution_base_lak=0, contribution_amount_lak=0)
    found = judged([member("p", scheme="public"), member("a"), member("b")], public + one + zero)
    failed = failing(found)
    assert failed["base_above_ceiling"] == failed["amount_above_maximum"] == (1, 2)
    assert failed["amount_present"] == (1, 26)
    assert "amount_follows_rate" not in failed


def test_a_month_that_was_not_loaded_is_seen():
    members = [member(f"{i:03d}") for i in range(60)]
    months = [m for m in MONTHS if m != "2016-07"]
    found = judged(members, [row for m in members for row in paid(m["member_key"], months)])
    assert (found["every_month_there"].failed, found["every_month_there"].checked) == (1, 24)
    assert found["months_without_gap"].failed == 60


def test_only_the_paying_month_counts_for_the_active():
    # A row of every month, but nothing paid in any of the last 24.
    unpaid = paid("a", contribution_amount_lak=0)
    assert judged([member("a")], unpaid)["active_pays"].failed == 1
    newcomer = member("b", registration_date="2017-06-01")
    assert judged([member("a"), newcomer], paid("a"))["active_pays"].checked == 1


def test_old_rates_hold_in_their_own_time():
    # 9.5 % to 2012 under the old enterprise scheme; 11.5 % alone since 2015.
    old = paid("a", ["2012-11", "2012-12"], contribution_amount_lak=95_000)
    assert judged([member("a")], old)["amount_follows_rate"].failed == 0
    late = paid("a", ["2015-01", "2015-02"], contribution_amount_lak=95_000)
    assert judged([member("a")], late)["amount_follows_rate"].failed == 2


def test_a_register_without_contributions_is_not_judged():
    found = judged([member("a")], [])
    assert {f.status for f in found.values()} == {"not_applicable"}


def test_an_extract_of_one_year_cannot_tell_who_was_idle_for_two():
    found = judged([member("a")], paid("a", MONTHS[12:]))
    assert found["active_pays"].status == "not_applicable"


def test_no_key_of_a_person_is_in_a_finding():
    found = judged(
        [member("feedbeeffeedbeef")], paid("feedbeeffeedbeef") + paid("deadcafedeadcafe")
    )
    assert "feedbeef" not in repr(found)
    assert "deadcafe" not in repr(found)
