"""Register over survey, by hand and against R."""

import math

import polars as pl
import pytest

from analyses.wave.register_coverage import register_coverage
from data_contracts.contract.find import load
from data_contracts.errors import InputError

META = {
    "register_id": "LSSO",
    "register_date": "2022-12",
    "survey_id": "LAO_2022_LFS",
    "survey_date": "2022",
}


def counts(persons, breakdown="total", category="TOTAL", scheme="total", concept="affiliated"):
    return {
        "concept": concept,
        "scheme": scheme,
        "breakdown": breakdown,
        "category": category,
        "persons": persons,
    }


def employed(value, se, df=100.0, breakdown="total", category="TOTAL"):
    return {
        "breakdown": breakdown,
        "category": category,
        "obs_value": value,
        "se": se,
        "df": df,
    }


def cover(rows, denominators, **meta):
    schema = {"breakdown": pl.String, "category": pl.String} | dict.fromkeys(
        ("obs_value", "se", "df"), pl.Float64
    )
    return register_coverage(
        pl.DataFrame(rows), pl.DataFrame(denominators, schema=schema), META | meta
    )


@pytest.mark.parametrize(
    ("persons", "value", "se", "ratio", "ratio_se"),
    [
        # methods_and_competition.md: A = 2000 over apistrat's total, run in R.
        (2000, 4873.96747, 1333.3194, 0.410343, 0.112253),
        # the same file: A = 43,329 over 2.477 m with a CV of 3 %.
        (43_329, 2_477_000.0, 0.03 * 2_477_000, 0.01749, 0.00052),
    ],
)
def test_delta_method_against_r(persons, value, se, ratio, ratio_se):
    row = cover([counts(persons)], [employed(value, se)]).row(0, named=True)
    assert row["coverage"] == pytest.approx(ratio, rel=5e-4)
    assert row["coverage_se"] == pytest.approx(ratio_se, rel=1e-2 if ratio < 0.1 else 1e-5)


def test_the_interval_by_hand():
    # R = 200/1000, s/E = 0.1, t(0.975, 10 df) = 2.228139 (table): 0.2 exp(-+0.2228139)
    row = cover([counts(200)], [employed(1000.0, 100.0, 10.0)]).row(0, named=True)
    assert row["coverage"] == pytest.approx(0.2)
    assert row["coverage_se"] == pytest.approx(200 * 100 / 1000**2)
    assert row["ci_lower"] == pytest.approx(0.2 * math.exp(-0.2228139), rel=1e-6)
    assert row["ci_upper"] == pytest.approx(0.2 * math.exp(0.2228139), rel=1e-6)
    assert row["note"] == ""


def test_every_row_has_the_denominator_of_its_own_category():
    got = cover(
        [
            counts(10, scheme="public"),
            counts(20, scheme="voluntary"),
            counts(6, "sex", "SEX_F", "public"),
            counts(4, "admin1_code", "01"),
        ],
        [
            employed(100.0, 5.0),
            employed(60.0, 4.0, breakdown="sex", category="SEX_F"),
            employed(20.0, 4.0, breakdown="admin1_code", category="01"),
        ],
    )
    assert got["denominator"].to_list() == [100.0, 100.0, 60.0, 20.0]
    assert got["coverage"].to_list() == pytest.approx([0.1, 0.2, 0.1, 0.2])
    assert got.schema == pl.Schema(load("est.register_coverage").polars_schema())


def test_a_category_absent_in_the_survey_is_null_with_its_reason():
    got = cover([counts(5, "admin1_code", "18")], [employed(100.0, 5.0)]).row(0, named=True)
    for name in ("denominator", "coverage", "coverage_se", "ci_lower", "ci_upper"):
        assert got[name] is None
    assert got["persons"] == 5
    assert "no employed persons in this category" in got["note"]


def test_nobody_employed_gives_no_coverage():
    got = cover([counts(5)], [employed(0.0, 0.0)]).row(0, named=True)
    assert got["coverage"] is None
    assert "not above zero" in got["note"]


@pytest.mark.parametrize(("se", "df"), [(None, 10.0), (5.0, None), (5.0, 0.0)])
def test_without_a_standard_error_there_is_coverage_and_no_interval(se, df):
    got = cover([counts(5)], [employed(100.0, se, df)]).row(0, named=True)
    assert got["coverage"] == pytest.approx(0.05)
    assert got["coverage_se"] is None
    assert got["ci_upper"] is None
    assert "no standard error" in got["note"]


def test_a_ratio_may_exceed_one_and_says_so():
    got = cover([counts(300)], [employed(200.0, 10.0)]).row(0, named=True)
    assert got["coverage"] == pytest.approx(1.5)
    assert got["ci_upper"] > 1.5
    assert "above 1" in got["note"]


def test_no_member_at_all_is_zero_without_width():
    got = cover([counts(0)], [employed(200.0, 10.0)]).row(0, named=True)
    assert (got["coverage"], got["coverage_se"], got["ci_lower"], got["ci_upper"]) == (0, 0, 0, 0)


def test_both_dates_are_kept_and_different_years_are_said():
    row = [counts(5)], [employed(100.0, 5.0)]
    same = cover(*row, survey_date="2022-07").row(0, named=True)
    assert (same["register_date"], same["survey_date"], same["note"]) == ("2022-12", "2022-07", "")
    mixed = cover(*row, register_date="2023-12").row(0, named=True)
    assert mixed["note"] == "register of 2023 over survey of 2022: the dates differ"


def test_the_rule_is_named_by_concept():
    got = cover(
        [counts(5), counts(4, concept="active_contributor")],
        [employed(100.0, 5.0)],
        rule=">=6 months in 12",
    )
    assert got["rule"].to_list() == ["registered, not left and not deceased", ">=6 months in 12"]
    assert got["denominator_universe"].to_list() == ["employed 15+"] * 2


def test_a_category_twice_or_a_column_absent_is_refused():
    with pytest.raises(InputError, match="twice"):
        cover([counts(5)], [employed(100.0, 5.0), employed(90.0, 5.0)])
    with pytest.raises(InputError) as caught:
        register_coverage(pl.DataFrame([counts(5)]).drop("scheme"), pl.DataFrame(), META)
    assert caught.value.column == "scheme"


def test_meta_needs_both_dates():
    with pytest.raises(InputError, match="survey_date"):
        cover([counts(5)], [employed(100.0, 5.0)], survey_date="July")


def test_a_concept_that_holds_dependants_is_not_divided_by_the_employed():
    with pytest.raises(InputError, match="include dependants"):
        cover([counts(5, concept="protected_person")], [employed(100.0, 5.0)])
    with pytest.raises(InputError, match="not counted among the employed"):
        cover([counts(5, concept="member")], [employed(100.0, 5.0)])


def test_a_register_more_than_two_years_from_the_survey_is_not_divided_unless_asked():
    far = {"register_date": "2017-12", "survey_date": "2010", "survey_month": "2010-07"}
    row = cover([counts(2000)], [employed(4000.0, 100.0)], **far).row(0, named=True)
    assert row["persons"] == 2000
    assert (row["coverage"], row["coverage_se"], row["ci_lower"]) == (None, None, None)
    assert "lie 89 months apart: not divided" in row["note"]  # July 2010 to December 2017
    asked = register_coverage(
        pl.DataFrame([counts(2000)]), pl.DataFrame([employed(4000.0, 100.0)]), META | far,
        months_apart=120,
    ).row(0, named=True)  # fmt: skip
    assert asked["coverage"] == pytest.approx(0.5)
    assert asked["note"] == "register of 2017 over survey of 2010: the dates differ, by 89 months"
