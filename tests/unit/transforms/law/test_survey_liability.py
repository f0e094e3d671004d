"""Survey rows before the law: what is not asked, who is not judged, and a country without our law."""

from datetime import date

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.law.survey_liability import survey_liability, why_no_law

DAY = date(2017, 7, 1)
NAMES = ("lfs_status", "status_icse93", "institutional_unit", "earnings_monthly", "registration",
         "social_security")  # fmt: skip
# By hand, from lao_context 2.2: 15 % of 900,000 public is 8 + 8.5 %; enterprise 6 + 5.5 %.
PERSONS = [
    # a teacher paid 3 m: public, 16.5 % of 3 m
    ("employed", "STE_ICSE93_1", "government", 3_000_000.0, "no_answer", "yes"),
    # a shop's employee paid 1 m: enterprise, 11.5 % of 1 m
    ("employed", "STE_ICSE93_1", "private_business", 1_000_000.0, "no", "no"),
    # the same, who does not say what he earns, nor whether the shop is registered
    ("employed", "STE_ICSE93_1", "private_business", None, "dont_know", "dont_know"),
    # an own-account farmer: may join
    ("employed", "STE_ICSE93_3", "farm", None, "no", "not_applicable"),
    # a domestic worker: no source says
    ("employed", "STE_ICSE93_1", "household_employer", 800_000.0, "no_answer", "no"),
    # not employed: no job's columns
    ("outside", None, None, None, None, None),
]


@pytest.fixture
def rows():
    return pl.DataFrame(
        PERSONS,
        schema=dict.fromkeys(NAMES, pl.String) | {"earnings_monthly": pl.Float64},
        orient="row",
    ).with_columns(age=pl.lit(30, pl.Int16), enterprise_size_lower=pl.lit(5, pl.Int32))


def judged(rows, **more):
    return survey_liability(rows, ref_area="LAO", day=DAY, **more)


def test_each_person_worked_out_by_hand(rows):
    found = judged(rows)
    assert found["legal_status"].to_list() == [
        "compulsory_public", "compulsory_enterprise", "compulsory_enterprise", "voluntary",
        "unknown", None,
    ]  # fmt: skip
    assert found["branch"].to_list() == [
        "public", "enterprise", "enterprise", "voluntary", None, None,
    ]  # fmt: skip
    assert found["due_total_lak"].to_list() == [495_000, 115_000, None, None, None, None]
    # of 3,000,000 in the public scheme 8 % and 8.5 %, of 1,000,000 in the enterprise scheme 5.5 % and 6 %
    # (law/rates.yaml; Law on Social Security 2013)
    assert found["due_member_lak"].to_list()[:3] == [240_000, 55_000, None]
    assert found["due_employer_lak"].to_list()[:3] == [255_000, 60_000, None]
    assert found["is_due_unknown"].to_list() == [False, False, True, False, False, False]
    assert found["is_registered"].to_list() == ["yes", "no", "unknown", "no", "unknown", None]
    assert found["reported_covered"].to_list() == ["yes", "no", "unknown", "unknown", "no", None]
    assert found["is_employed"].to_list() == [True] * 5 + [False]


def test_the_rows_stay_as_they_are(rows):
    found = judged(rows)
    assert found.select(rows.columns).equals(rows)
    assert found.reverse().equals(judged(rows.reverse()))


def test_nationality_that_is_not_asked_matters_only_where_the_law_tells_them_apart(rows):
    found = judged(rows)
    assert found["is_nationality_assumed"].to_list() == [True] + [False] * 5
    strict = judged(rows, unasked_nationality="unknown")
    assert strict["legal_status"].to_list()[:2] == ["unknown", "compulsory_enterprise"]
    assert not strict["is_nationality_assumed"].any()


def test_nationality_that_is_asked_is_taken_as_answered(rows):
    asked = rows.with_columns(nationality=pl.Series(["foreign", "foreign", *["national"] * 4]))
    found = judged(asked)
    assert found["legal_status"].to_list()[:2] == ["unknown", "compulsory_enterprise"]
    assert not found["is_nationality_assumed"].any()


def test_a_choice_of_the_law_gives_the_voluntary_an_amount(rows):
    # 9 % of the minimum wage of 900,000 in 2017 (law/minimum_wage.yaml)
    found = judged(rows, settings={"voluntary_floor": "minimum_wage"})
    assert found["due_total_lak"].to_list()[3] == 81_000


@pytest.mark.parametrize("country", ["CRI", "BOL"])
def test_lao_law_judges_no_other_country(rows, country):
    found = survey_liability(rows, ref_area=country, day=DAY)
    for name in ("legal_status", "branch", "due_member_lak", "due_employer_lak", "due_total_lak"):
        assert found[name].null_count() == found.height
    assert found["is_registered"].to_list()[:2] == ["yes", "no"]
    assert country in why_no_law(country)
    assert why_no_law("LAO") is None


def test_a_column_that_is_missing_is_named(rows):
    with pytest.raises(InputError, match="registration"):
        judged(rows.drop("registration"))
