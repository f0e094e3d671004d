"""Indices and sums equal textbook values, and the population's multiples are named."""

import polars as pl
import pytest

from analyses.quality.heaping import abcc, myers, whipple
from tests.unit.analyses.quality.quality_sample import HOUSEHOLDS, found, jobs, people, subject

POPULATION = {"population": {"persons": 1_003_490, "tolerance_pct": 10, "source": "made up"}}
EVERY_AGE = pl.Series(range(23, 63))


def test_whipple_is_100_without_and_500_with_full_preference():
    # UN Demographic Yearbook 1955: 40 ages, of which 8 end in 0 or 5
    assert whipple(EVERY_AGE) == pytest.approx(100)
    assert whipple(pl.Series([25, 30, 35, 40, 45, 50, 55, 60])) == pytest.approx(500)


def test_whipple_by_hand():
    # 2 of 8 persons with ages ending in 0 or 5: 500 * 2 / 8
    assert whipple(pl.Series([23, 24, 25, 26, 30, 31, 32, 33])) == pytest.approx(125)


def test_abcc_is_whipple_on_a_scale_of_correct_ages():
    # A'Hearn, Baten and Crayen 2009, p. 788: W of 100 gives 100, W of 500 gives 0
    assert [abcc(index) for index in (95, 100, 125, 500)] == [100, 100, 93.75, 0]


def test_myers_is_0_without_and_90_with_full_preference():
    # Myers 1940: every age once gives equal blended sums, one digit alone gives 90
    assert myers(pl.Series(range(10, 100))) == pytest.approx(0)
    assert myers(pl.Series([10, 20, 30, 40, 50, 60, 70, 80])) == pytest.approx(90)


def test_myers_by_hand():
    # ages 20 and 21: digit 0 has 1*1 + 9*1 = 10, digit 1 has 2*1 + 8*1 = 10; shares of 50 %
    # depart by 40 each, the other eight by 10 each: (40 + 40 + 80) / 2
    assert myers(pl.Series([20, 21])) == pytest.approx(80)


def test_heaped_ages_are_graded_by_the_uns_words():
    person = people().with_columns(((pl.col("age") / 5).round() * 5).cast(pl.Int16).alias("age"))
    finding = found(subject(person), "age_whipple")
    assert finding.status == "failed"
    assert finding.measure == pytest.approx(500)
    assert "very rough" in finding.reason


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (1, ""),
        (0.25, "about a quarter: an annual weight on one quarter's file?"),
        (4, "about four times"),
        (1 / 12, "about a twelfth"),
        (0.001, "are the weights in thousands?"),
        (1.5, ""),
    ],
)
def test_the_sum_of_weights_is_held_against_the_population(factor, said):
    person = people().with_columns(pl.col("weight") * factor)
    finding = found(subject(person, facts=POPULATION), "weights_sum_to_population")
    # 250 households of 4 with weights of 1000.5 + (0 to 6): about 1,003,490 persons
    assert finding.measure == pytest.approx(factor, rel=1e-3)
    assert finding.status == ("passed" if factor == 1 else "failed")
    assert said in finding.reason


def test_a_synthetic_file_is_held_against_its_scale():
    facts = {"population": {**POPULATION["population"], "persons": 50_174_500}}
    twin = subject(facts=facts, synthetic=True, scale=0.02)
    assert found(twin, "weights_sum_to_population").status == "passed"
    unknown = found(subject(facts=facts, synthetic=True), "weights_sum_to_population")
    assert (unknown.status, unknown.reason) == (
        "not_applicable",
        "a synthetic file that does not say its scale",
    )


def test_kishs_design_effect_by_hand():
    # weights 1, 1, 1, 3 in equal numbers: 4 * 12 / 36 = 1 + CV^2 with CV^2 = 0.75 / 2.25
    person = people().with_columns(
        pl.when(pl.col("person_id") == "0").then(3.0).otherwise(1.0).alias("weight")
    )
    finding = found(subject(person), "weights_design_effect")
    assert finding.measure == pytest.approx(4 / 3)


def test_whole_weights_are_told():
    person = people().with_columns(weight_micro=pl.lit(57_000_000))
    finding = found(subject(person), "weights_whole")
    assert (finding.status, finding.failed) == ("failed", 4 * HOUSEHOLDS)


def test_the_smallest_ratio_of_medians_is_the_measure():
    # services pay 110 in the middle, industry 220: a fall to one half
    job = jobs(people()).with_columns(
        pl.when(pl.col("economic_sector") == "ECO_SECTOR_SER")
        .then(110.0)
        .otherwise(220.0)
        .alias("earnings_monthly")
    )
    finding = found(subject(job=job), "earnings_by_sector")
    assert (finding.status, finding.measure) == ("failed", 0.5)


def test_shares_by_step_add_to_one():
    from analyses.quality.judge import judge

    shares = [
        outcome.finding.measure
        for outcome in judge(subject())
        if outcome.finding.check_id == "step_share" and "nature" in outcome.finding.category
    ]
    assert len(shares) == 2
    assert sum(shares) == pytest.approx(1)
