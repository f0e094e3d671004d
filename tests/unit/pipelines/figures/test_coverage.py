"""What coverage tables are made from: the law's terms, the survey's side, a register of the right year."""

from datetime import date

import polars as pl
import pytest

from analyses.coverage.cascade.totals import survey_basis
from pipelines.figures.coverage import (
    RegisterSide,
    answers_of,
    law_terms,
    survey_side,
)
from pipelines.settings_file import CoverageSettings, GivenNumber
from tests.unit.analyses.coverage.cascade.cascade_rows import DESIGN, eleven


def test_the_terms_are_those_in_force_in_the_month():
    # Law 34/NA: 8.5 + 8.0 and 6.0 + 5.5 per cent; Decision 1740: half of 900,000, and 4.5 million.
    terms = {row["scheme"]: row for row in law_terms("2017-12", {}).iter_rows(named=True)}
    assert terms["enterprise"] == {
        "scheme": "enterprise", "rate_per_mille": 115, "floor_lak": 450_000, "ceiling_lak": 4_500_000,
    }  # fmt: skip
    assert terms["public"]["rate_per_mille"] == 165
    assert terms["public"]["ceiling_lak"] is None


def test_a_scheme_whose_floor_no_source_gives_owes_nothing_until_a_choice_settles_it():
    assert "voluntary" not in law_terms("2017-12", {})["scheme"]
    settled = law_terms("2017-12", {"voluntary_floor": "minimum_wage"}).filter(scheme="voluntary")
    assert settled.select("rate_per_mille", "floor_lak").row(0) == (90, 900_000)


def test_who_did_not_answer_is_as_those_who_did():
    silent = (
        eleven()
        .with_row_index("at")
        .with_columns(
            reported_covered=pl.when(pl.col("at") == 9)
            .then(pl.lit("unknown"))
            .otherwise("reported_covered")
        )
    )
    side = survey_side(survey_basis(silent, DESIGN, ["sex"])).filter(breakdown="total")
    told = {row["scheme"]: row for row in side.iter_rows(named=True)}
    rows = silent.filter("is_employed")
    yes = rows.filter(reported_covered="yes").height
    answered = rows.filter(pl.col("reported_covered") != "unknown").height
    assert (rows.height, answered) == (10, 9)
    assert told["total"]["employed"] == pytest.approx(
        1000
    )  # 10 rows of 100 persons, counted by hand
    assert told["total"]["self_report"] == pytest.approx(1000 * yes / answered)
    assert told["total"]["said"] == pytest.approx(100 * yes)
    legal = rows.filter(legal_status="compulsory_enterprise").height
    assert told["enterprise"]["employed"] == pytest.approx(100 * legal)
    assert told["compulsory"]["employed"] == pytest.approx(600)


def test_a_register_stands_beside_a_survey_of_its_time_alone():
    side = RegisterSide("LSSO", "2017-12", pl.DataFrame())
    days = [date(year, 7, 1) for year in (2016, 2017, 2018, 2019, 2010, 2022)]
    assert [side.is_near(day, 24) for day in days] == [True, True, True, True, False, False]
    assert side.is_near(date(2010, 7, 1), 89)  # July 2010 to December 2017, by hand
    assert not side.is_near(date(2010, 7, 1), 88)


def test_the_sources_of_both_shares_are_told():
    one = answers_of(CoverageSettings())
    assert one.source.startswith("assumption")
    other = answers_of(
        CoverageSettings(sensitivity=GivenNumber(value=0.9, se=0.01, source="study of 2024"))
    )
    assert other.sensitivity == 0.9
    assert other.source.startswith("study of 2024; assumption")
