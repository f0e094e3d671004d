"""The bridge and est.adjusted from a register of 12 rows, worked by hand."""

import numpy as np
import polars as pl
import pytest

from analyses.coverage.bridge.steps import ROWS
from analyses.coverage.bridge.table import bridge_table
from analyses.coverage.misreport.rates import Answers
from analyses.coverage.register.adjustments import Given
from analyses.coverage.register.rates import adjustment_table, register_rates
from analyses.coverage.register.table import adjusted_table
from analyses.coverage.register.terms import adjust
from data_contracts.contract.find import load
from data_contracts.errors import InputError
from tests.unit.analyses.coverage.register.tally_sample import (
    frame,
    row,
    seeded,
    simulated,
    three_employers,
)

META = {"survey_id": "LFS", "register_id": "LSSO", "register_date": "2017-12"}


def survey(reported, breakdown="total", category="TOTAL", **others):
    return {
        "scheme": "total",
        "breakdown": breakdown,
        "category": category,
        "employed": 1000.0,
        "employed_se": 20.0,
        "self_report": float(reported),
        "self_report_se": 5.0,
        "said": float(reported),
        "said_se": 5.0,
        "silent_se": 0.0,
        "covariance": 0.0,
        "df": 60.0,
    } | others


def register():
    others = frame(
        row("p", 7, membership="pensioner", dependants=3),
        row("p", 5, membership="left", member_category="armed_forces"),
        row("p", 4, membership="left"),
        row("p", 2, membership="deceased"),
        row("p", 1, membership="not_yet"),
        row("employer 0", 20, member_category="armed_forces", persons=20, active=20),
        row("employer 1", 30, nationality="foreign", persons=30, active=25),
        row("v", 10, scheme="voluntary", persons=10, active=8, dependants=12, sex="SEX_M"),
    )
    return pl.concat([three_employers(), others])


def bridge(tally, *rows, given=(), answers=None):
    return bridge_table(
        tally, register_rates(tally, given), pl.DataFrame(list(rows)), answers or Answers(), META
    )


def persons(table, scheme="total", breakdown="total", category="TOTAL"):
    part = table.filter(
        pl.col("scheme") == scheme, pl.col("breakdown") == breakdown, pl.col("category") == category
    )
    assert tuple(part["row"]) == ROWS
    return dict(part.select("row", "persons").iter_rows())


def test_every_row_by_hand():
    found = persons(bridge(register(), survey(170)))
    assert found["lsso_says"] == 7 + 5 + 4 + 2 + 1 + 20 + 30 + 10 + 200 + 15
    assert [found[r] for r in ("pensioners", "armed_forces", "left", "deceased", "not_yet")] == [
        -7, -(5 + 20), -4, -2, -1
    ]  # fmt: skip
    assert found["foreigners"] == pytest.approx(-30)
    assert found["duplicates"] == pytest.approx(-3)
    assert found["dormant"] == pytest.approx(-(22 + 2))
    assert found["late_posting"] == pytest.approx(183 * 3 / 97)
    assert found["dependants"] == -15
    assert found["geography"] == 0
    # 183 x 100/97 = 188.6598 contributors; 0.84 A + 0.01 x 1,000 would say so.
    covered = 18_300 / 97
    assert found["misreport"] == pytest.approx(0.84 * covered + 10 - covered)
    # 168.474 answers are to be expected: what is left of 170 is left, though sampling can make it.
    assert found["unexplained"] == pytest.approx(170 - 0.84 * covered - 10)
    assert found["lfs_says"] == 170


def test_every_step_says_how_it_was_computed():
    table = bridge(register(), survey(170)).filter(scheme="total", breakdown="total")
    notes = dict(table.select("row", "note").iter_rows())
    # By hand: 30 foreigners of 260 affiliated; 3 second numbers and 24 dormant of the other 210;
    # 3/97 of 183. Bases are rounded to hundreds, as what is published is.
    assert notes["foreigners"] == "11.5% of 300 affiliated records"
    assert notes["duplicates"].startswith("1.4% of 200 records without")
    assert notes["dormant"].startswith("11.4% of 200 records without")
    assert notes["late_posting"] == "3.1% of 200 persons paid for so far"
    assert "less the 200 answers to be expected" in notes["unexplained"]


def test_what_is_left_is_left_whole_with_the_error_of_all_that_went_before():
    table = bridge(register(), survey(250))
    covered = 18_300 / 97
    left = table.filter(pl.col("row") == "unexplained", pl.col("se").is_not_null()).row(
        0, named=True
    )
    assert left["persons"] == pytest.approx(250 - 0.84 * covered - 10)
    # By hand: sampling sqrt(5² + 0.01² x 20²) = 5.003998; rates of wrong answers, with the default
    # errors, and 0.84 times the error of A*; t(60) = 2.000298.
    answers, active = Answers(), adjust(register_rates(register())[0]).of("active_contributor")[1]
    rates = np.hypot(covered * answers.sensitivity_se, (1000 - covered) * answers.specificity_se)
    error = np.sqrt(5.003998**2 + rates**2 + (0.84 * active) ** 2)
    assert left["se"] == pytest.approx(error, rel=1e-5)
    assert left["ci_lower"] == pytest.approx(left["persons"] - 2.000298 * error, rel=1e-5)


def test_the_bridge_closes_in_every_domain():
    tally, *_ = simulated(seeded(8), clusters=40)
    places = [survey(900, "admin1_code", p, employed=4000.0) for p in ("01", "02")]
    table = bridge(tally, survey(1900, employed=9000.0), survey(1900, "sex", "SEX_F"), *places)
    sides = table.filter(pl.col("persons").is_not_null()).group_by("scheme", "breakdown", "category").agg(
        pl.col("persons").filter(pl.col("row") != "lfs_says").sum().alias("sum"),
        pl.col("persons").filter(pl.col("row") == "lfs_says").first().alias("end"),
        pl.col("persons").abs().max().alias("largest"),
    )  # fmt: skip
    whole = sides.filter(pl.col("end").is_not_null())
    assert whole.height == 4
    assert ((whole["sum"] - whole["end"]).abs() <= 1e-9 * whole["largest"]).all()


def test_provinces_gain_and_lose_by_residence_and_the_whole_does_not():
    tally, *_ = simulated(seeded(8), clusters=40)
    table = bridge(tally, survey(1900))
    moved = [persons(table, "total", "admin1_code", p)["geography"] for p in ("01", "02")]
    assert moved[0] < 0 < moved[1]
    # Late rates of provinces and of the whole differ a little, so the sum is zero but for that.
    assert abs(sum(moved)) < 0.02 * moved[1]
    register_only = persons(table, "public", "admin1_code", "02")
    assert register_only["lsso_says"] == 0  # nobody is registered there
    assert register_only["geography"] > 0


def test_a_scheme_that_the_survey_does_not_tell_apart_ends_at_the_register():
    table = bridge(register(), survey(170))
    found = persons(table, "voluntary")
    assert [found[name] for name in ROWS[-4:]] == [None] * 4
    # 10 records, 12 dependants, 2 dormant; its late posting is not known.
    assert sum(found[name] for name in ROWS[:-4]) == pytest.approx(8)
    notes = table.filter(pl.col("scheme") == "voluntary", pl.col("row") == "misreport")["note"]
    assert notes.str.contains("no self-report").all()


def test_given_rates_show_their_origin_and_widen_the_rows():
    given = [Given("late_posting", 0.05, 0.01, "expert")]
    late = bridge(register(), survey(170), given=given).filter(
        pl.col("row") == "late_posting", pl.col("scheme") == "total", pl.col("breakdown") == "total"
    )
    assert late["origin"].item() == "given"
    assert late["persons"].item() == pytest.approx(183 * 0.05)
    assert late["se"].item() == pytest.approx(183 * 0.01)


def test_unexplained_carries_the_error_of_register_and_rates():
    sure = bridge(register(), survey(250), answers=Answers(0.85, 0.99, 0.0, 0.0, "test"))
    row_of = (pl.col("row") == "unexplained") & pl.col("se").is_not_null()
    # The error of A* is that of late posting alone.
    late = sure.filter(
        pl.col("row") == "late_posting", pl.col("scheme") == "total", pl.col("breakdown") == "total"
    )["se"].item()
    # Without uncertain rates the errors of sampling and of A* are left, of which 0.84 count.
    assert sure.filter(row_of)["se"].item() == pytest.approx(np.hypot(0.84 * late, 5.003998))


def test_coverage_carries_both_errors():
    tally = register()
    rates = register_rates(tally)
    table = adjusted_table(rates, pl.DataFrame([survey(170)]), Answers(), META)
    active = table.filter(
        pl.col("concept") == "active_contributor",
        pl.col("scheme") == "total",
        pl.col("breakdown") == "total",
    ).row(0, named=True)
    covered = 18_300 / 97
    assert active["raw"] == 175 + 20 + 25 + 8
    assert active["adjusted"] == pytest.approx(covered)
    relative = np.hypot(active["adjusted_se"] / covered, 0.02)
    assert active["coverage"] == pytest.approx(covered / 1000)
    assert active["coverage_se"] == pytest.approx(covered / 1000 * relative)
    assert active["coverage_upper"] == pytest.approx(
        covered / 1000 * np.exp(2.000298 * relative), rel=1e-5
    )
    assert active["mc_se"] == pytest.approx(active["adjusted_se"], rel=0.03)
    assert active["self_report_corrected"] == pytest.approx(160 / 0.84)
    assert active["bound_lower"] < 160 / 0.84 < active["bound_upper"]


def test_provinces_are_of_residence_and_head_offices_stand_in_the_bridge_alone():
    # 100 are registered in the capital, where 60 of the 80 whose residence is known live.
    tally = frame(
        row("a", 60, persons=60, active=60),
        row("a", 20, persons=20, active=20, residence_admin1_code="02"),
        row("b", 20, persons=20, active=20, residence_admin1_code="X"),
    )
    table = adjusted_table(
        register_rates(tally), pl.DataFrame([survey(170)]), Answers(), META, draws=0
    )
    assert "registration_admin1_code" not in table["breakdown"]
    counted = table.filter(breakdown="admin1_code", scheme="total", concept="active_contributor")
    assert dict(counted.select("category", "raw").iter_rows()) == pytest.approx(
        {"01": 75, "02": 25}
    )
    assert table["mc_se"].null_count() == table.height
    assert persons(bridge(tally, survey(170)), "total", "admin1_code", "01")["lsso_says"] == 100


def test_the_tables_have_their_contracts_columns_and_codes():
    tally = register()
    rates = register_rates(tally)
    one = pl.DataFrame([survey(170)])
    tables = {
        "est.adjustment": adjustment_table(rates, "LSSO", "2017-12"),
        "est.adjusted": adjusted_table(rates, one, Answers(), META, draws=0),
        "est.bridge": bridge_table(tally, rates, one, Answers(), META),
    }
    for name, table in tables.items():
        contract = load(name)
        assert table.schema == pl.Schema(contract.polars_schema())
        for column in contract.columns:
            codes = set(column.valid)
            assert not codes or set(table[column.name].drop_nulls()) <= codes
            assert not column.required or table[column.name].null_count() == 0
        assert not table.select(contract.primary_key).is_duplicated().any()


def test_a_survey_without_a_column_is_refused():
    with pytest.raises(InputError, match="covariance"):
        bridge_table(
            register(),
            register_rates(register()),
            pl.DataFrame([survey(1)]).drop("covariance"),
            Answers(),
            META,
        )


def test_who_gave_no_answer_is_taken_off_before_the_surveys_last_word():
    # 170 would say yes if all had answered; 160 did: the row is -10 and the bridge ends at the 160.
    found = persons(bridge(register(), survey(170, said=160.0, silent_se=2.0)))
    assert (found["no_answer"], found["lfs_says"]) == (-10, 160)
    assert sum(found[name] for name in ROWS[:-1]) == pytest.approx(160)
    assert found["unexplained"] == persons(bridge(register(), survey(170)))["unexplained"]
