"""Indicator definitions, and the condition language they are written in."""

import polars as pl
import pytest

from analyses.wave.indicators import annotate, left_out, score_of, scores
from data_contracts.catalogue.indicators import catalogue
from data_contracts.errors import InputError

PEOPLE = pl.DataFrame(
    {
        "working_age": [True, True, True, True, True, True, False],
        "lfs_status": ["employed"] * 4 + ["unemployed", "outside", None],
        "status_icse93": ["STE_ICSE93_1", "STE_ICSE93_1", "STE_ICSE93_3", "STE_ICSE93_5"]
        + [None] * 3,
        "nature_of_job": ["formal", "informal", None, "informal", None, None, None],
        "unit_of_production": ["formal", "household", "informal", None, None, None, None],
        "social_security": ["yes", "no", "dont_know", "not_asked", None, None, None],
        "employer_social_contribution": ["yes", "no", "not_applicable", None, None, None, None],
    }
)
# Counted by hand on the seven people above: numerator, denominator.
BY_HAND = {
    "working_age_population": (6, None),
    "labour_force": (5, None),
    "employed": (4, None),
    "unemployed": (1, None),
    "labour_force_participation_rate": (5, 6),
    "employment_to_population_ratio": (4, 6),
    "unemployment_rate": (1, 5),
    "informal_employment": (2, None),
    "informal_employment_rate": (2, 3),
    "outside_formal_sector_rate": (2, 3),
    "social_security_covered": (1, None),
    "social_security_coverage": (1, 2),
    "social_security_coverage_employees": (1, 2),
    "coverage_gap": (1, None),
    "coverage_gap_rate": (1, 2),
}
IDS = list(BY_HAND)


def test_every_indicator_of_the_project_is_defined():
    assert list(catalogue()) == IDS


@pytest.mark.parametrize("name", IDS)
def test_scores_count_the_right_people(name):
    indicator = catalogue()[name]
    made = scores(PEOPLE, [indicator])
    num, den = BY_HAND[name]
    assert len(made) == len(PEOPLE)
    assert made[score_of(indicator).numerator].dtype == pl.Int8
    assert made[score_of(indicator).numerator].null_count() == 0
    assert made[score_of(indicator).numerator].sum() == num
    if den is None:
        assert score_of(indicator).denominator is None
    else:
        assert made[score_of(indicator).denominator].sum() == den


def test_a_missing_column_names_the_column_and_the_indicator():
    with pytest.raises(InputError, match=r"nature_of_job.*informal_employment"):
        scores(PEOPLE.drop("nature_of_job"), [catalogue()["informal_employment"]])


def test_people_left_out_of_a_rate_are_counted_but_few_are_not_counted_out():
    rate = catalogue()["social_security_coverage"]
    assert left_out(PEOPLE, [rate])[rate.id].startswith("Fewer than 5 of 4")
    many = pl.concat([PEOPLE] * 3)
    assert left_out(many, [rate])[rate.id].startswith("6 of 12 sample rows")


def test_labels_and_notes_are_joined_on():
    rate = catalogue()["social_security_coverage"]
    est = pl.DataFrame(
        {
            "indicator": [rate.id] * 2,
            "breakdown": ["total", "sex"],
            "note": pl.Series([None, "own note"], dtype=pl.String),
        }
    )
    made = annotate(est, [rate], {"labour_force": "ICLS19"}, {rate.id: "Left out: 6."})
    assert made["standard"].to_list() == ["ICLS19"] * 2
    assert made["note"][0].endswith("Left out: 6.")
    assert made["note"][1].endswith("own note")
    with pytest.raises(InputError, match="standard"):
        annotate(est, [rate], {})


def test_only_figures_about_the_employed_are_broken_down_by_their_jobs():
    """The unemployed have no industry: an unemployment rate by industry would be zero everywhere."""
    others = {
        "working_age_population", "labour_force", "unemployed", "labour_force_participation_rate",
        "employment_to_population_ratio", "unemployment_rate",
    }  # fmt: skip
    employed = {"employed", "informal_employment_rate", "social_security_coverage", "coverage_gap"}
    assert {one for one in others | employed if not catalogue()[one].of_the_employed} == others
