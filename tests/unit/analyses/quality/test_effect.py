"""What a failed check does to the figures, where its rows lie, and comparisons with other sources."""

import polars as pl
import pytest

from analyses.quality.effect import effects, places
from analyses.quality.judge import judge
from tests.unit.analyses.quality.quality_sample import (
    COLUMNS,
    HOUSEHOLDS,
    found,
    jobs,
    people,
    subject,
)

MARGINS = {
    "source": ["office"] * 4,
    "year": ["2017"] * 4,
    "indicator": ["unemployment_rate", "employed", "employed", "unemployment_rate"],
    "breakdown": ["total", "total", "total", "sex"],
    "category": ["total", "total", "total", "female"],
    "value": ["9.4", "1800000", "2000000", "7.8"],
    "unit": ["percent", "persons", "persons", "percent"],
    "note": ["", "rounded", "UNUSABLE - test fixture", ""],
}


def figures(rate=0.094, employed=1_800_000.0, half=0.001):
    """Give estimates of two indicators, with an interval of one's own width around the rate."""
    return pl.DataFrame({
        "indicator": ["unemployment_rate", "employed"],
        "breakdown": ["total", "total"],
        "category": ["TOTAL", "TOTAL"],
        "unit_measure": ["RATIO", "PS"],
        "obs_value": [rate, employed],
        "ci_lower": [rate - half, employed - 1.0],
        "ci_upper": [rate + half, employed + 1.0],
        "n": [100, 90],
    })  # fmt: skip


def test_the_figures_without_the_rows_by_hand():
    person = people().with_columns(
        pl.when((pl.col("hh_id") < "h020") & (pl.col("age") >= 15))
        .then(pl.lit(120))
        .otherwise(pl.col("age"))
        .cast(pl.Int16)
        .alias("age")
    )
    wave = subject(person)
    old = person.filter(pl.col("age") == 120)
    all_ = person.filter(pl.col("lfs_status") == "employed")["weight_micro"].sum()
    gone = old.filter(pl.col("lfs_status") == "employed")["weight_micro"].sum()
    rows = effects(wave, judge(wave), ["employed", "informal_employment_rate"])
    row = rows.filter(check_id="age_possible", indicator="employed").row(0, named=True)
    assert row["obs_value"] == all_ / 1e6
    assert row["without_value"] == (all_ - gone) / 1e6
    assert row["difference"] == row["without_value"] - row["obs_value"] < 0
    found_ = places(wave, judge(wave)).filter(check_id="age_possible")
    assert found_.rows() == [("age_possible", "all", "01", old.height, 200)]


def test_nothing_failed_has_no_effect():
    wave = subject()
    assert effects(wave, judge(wave), ["employed"]).is_empty()
    assert places(wave, judge(wave)).is_empty()


@pytest.mark.parametrize(
    ("rate", "half", "status"),
    [
        (0.094, 0.001, "passed"),
        (0.1035, 0.001, "passed"),  # 9.4 * 1.05 = 9.87 and 10.35 * 0.95 = 9.83: the bands overlap
        (0.105, 0.001, "failed"),  # 10.5 * 0.95 = 9.975: they do not
        (0.105, 0.02, "passed"),  # the published figure lies in the interval
    ],
)
def test_a_figure_is_compared_by_bands_of_five_percent(rate, half, status):
    wave = subject(figures=figures(rate, half=half), margins=pl.DataFrame(MARGINS))
    finding = found(wave, "published_margin", "unemployment_rate, TOTAL")
    assert finding.status == status
    assert finding.measure == pytest.approx(rate / 0.094)


def test_published_totals_shrink_with_a_synthetic_file_and_unusable_ones_are_left_out():
    twin = subject(
        figures=figures(employed=36_000.0),
        margins=pl.DataFrame(MARGINS),
        synthetic=True,
        scale=0.02,
    )
    finding = found(twin, "published_margin", "employed, TOTAL")  # found() allows one alone
    assert (finding.status, finding.measure) == ("passed", pytest.approx(1))


def test_figures_of_another_year_or_country_are_not_compared():
    wave = subject(figures=figures(), margins=pl.DataFrame(MARGINS), facts={"reference_year": 2022})
    assert found(wave, "published_margin").status == "not_applicable"


def test_the_same_file_under_two_waves_is_refused():
    wave = subject(sha256="ab", delivered={"LAO_2010_LFS": "ab", "LAO_2022_LFS": "cd"})
    finding = found(wave, "file_of_another_wave")
    assert (finding.status, finding.failed, finding.checked) == ("failed", 1, 2)
    assert "LAO_2010_LFS" in finding.reason


def test_a_wave_delivered_again_with_other_keys_and_weights_is_refused():
    again = people().with_columns(
        ("x" + pl.col("hh_id")).alias("hh_id"), (pl.col("weight") * 2).alias("weight")
    )
    work = jobs(people()).with_columns(("x" + pl.col("hh_id")).alias("hh_id"))
    other = subject(again, work).rows
    finding = found(
        subject(others={"LAO_2010_LFS": other}), "households_of_another_wave", "LAO_2010_LFS"
    )
    assert finding.blocking
    assert finding.failed == finding.checked == HOUSEHOLDS


def test_a_household_copied_to_another_number_is_counted():
    person, job = people(), jobs(people())

    def copied(rows):
        of_first = rows.filter(pl.col("hh_id") == "h001")
        copies = [of_first.with_columns(pl.lit(f"copy{n}").alias("hh_id")) for n in range(9)]
        return pl.concat([rows, *copies])

    finding = found(subject(copied(person), copied(job)), "households_copied")
    # the household and its nine copies, of 250 and nine households
    assert (finding.status, finding.failed, finding.checked) == ("failed", 10, HOUSEHOLDS + 9)


def test_a_sampling_unit_numbered_within_its_stratum_is_no_fault():
    person = people().with_columns(pl.col("psu").str.slice(2).alias("psu"))
    finding = found(subject(person), "psu_in_one_stratum")
    assert finding.status == "not_applicable"


def test_earnings_of_those_who_do_not_work_are_counted():
    everybody = people().select(
        "survey_id", "hh_id", "person_id", pl.lit(1.0).alias("earnings_monthly")
    )
    finding = found(subject(evidence=everybody), "earnings_of_the_employed")
    idle = people().filter(pl.col("lfs_status").fill_null("") != "employed").height
    assert (finding.status, finding.failed, finding.checked) == ("failed", idle, 4 * HOUSEHOLDS)


def test_the_urban_share_is_held_against_the_profile():
    expected = {"urban_share_pct": {"value": 32.9, "tolerance_points": 6, "source": "census"}}
    assert found(subject(facts={"expected": expected}), "urban_share").status == "passed"
    swapped = people().with_columns(
        pl.col("area_type").replace({"GEO_COV_URB": "GEO_COV_RUR", "GEO_COV_RUR": "GEO_COV_URB"})
    )
    assert found(subject(swapped, facts={"expected": expected}), "urban_share").status == "failed"


def test_columns_without_answers_are_named():
    job = jobs(people()).with_columns(pl.lit(None, pl.String).alias("industry_isic4_2d"))
    asked = dict.fromkeys(COLUMNS, (True, ""))
    finding = found(subject(job=job, asked=asked), "columns_have_answers")
    assert (finding.failed, finding.reason) == (1, "without an answer: industry_isic4_2d")
