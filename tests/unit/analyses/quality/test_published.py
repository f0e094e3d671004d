"""The traps of the published Lao figures are found, and sound figures raise no alarm.

The numbers are those of the official open data of the Lao Statistics Bureau (repository
sdg-laos/data), as listed in lao_context 3.4.
"""

from pathlib import Path

import polars as pl
import pytest

import data_contracts
from analyses.quality.published import judge_published, judge_series
from data_contracts.errors import InputError

MARGINS = Path(str(data_contracts.__file__)).parent / "codes" / "published_margins.csv"


def series(indicator, unit, breakdown, cells, name="LSB"):
    """One frame from {(year, category): value}; the category total is the whole."""
    return pl.DataFrame(
        [
            {
                "series": name, "indicator": indicator, "unit": unit, "year": year,
                "breakdown": "total" if category == "total" else breakdown,
                "category": category, "value": value,
            }
            for (year, category), value in cells.items()
        ]
    ).cast({"value": pl.Float64})  # fmt: skip


def found(frame, **options):
    judged = judge_series(frame, **options)
    return list(zip(judged["check_id"], judged["indicator"], judged["year"], strict=True))


def by_sex(indicator, unit, year, total, male, female):
    cells = {(year, "total"): total, (year, "male"): male, (year, "female"): female}
    return series(indicator, unit, "sex", cells)


def test_trap_1_fractions_under_a_percentage():
    frame = by_sex("8.3.1", "percent", 2015, 80.8, 0.754, 0.866)
    assert found(frame) == [("one_scale", "8.3.1", 2015)]


def test_trap_2_shares_that_add_to_the_rate():
    frame = by_sex("8.3.1", "percent", 2017, 66.5, 19.97, 46.53)
    assert found(frame) == [("parts_add_to_rate", "8.3.1", 2017)]


def test_trap_3_shares_of_all_employed_as_a_rate():
    frame = by_sex("8.5.4", "percent", 2017, 82.66, 42.66, 40.00)
    assert found(frame) == [("parts_add_to_rate", "8.5.4", 2017)]


def test_trap_4_a_row_copied_from_another_indicator():
    informal = by_sex("8.5.4", "percent", 2015, 18.5, 8.44, 10.06)
    neet = by_sex("8.6.1", "percent", 2015, 18.5, 8.44, 10.06)
    assert ("no_copied_series", "8.6.1", 2015) in found(pl.concat([informal, neet]))
    # The same figures printed twice under one indicator are no copy of another one.
    again = informal.with_columns(series=pl.lit("another printing"))
    assert not [f for f in found(pl.concat([informal, again])) if f[0] == "no_copied_series"]


def test_trap_5_means_of_the_sexes_that_add_up():
    frame = by_sex("8.5.1", "LAK", 2017, 5208, 2005, 3203)
    assert found(frame) == [("parts_add_to_rate", "8.5.1", 2017)]


def test_trap_6_numbers_labelled_percent():
    cells = {(2016, "total"): 10_592, (2017, "total"): 15_061}
    frame = series("8.5.3", "percent", "total", cells)
    assert {f[0] for f in found(frame)} == {"unit_fits_magnitude"}
    frame = series("8.3.3", "percent", "total", {(2016, "total"): 2235, (2017, "total"): 3966})
    assert len(found(frame)) == 2


def test_trap_7_urban_and_rural_exchanged():
    cells = {(2013, "total"): 33.1, (2013, "urban"): 42.5, (2013, "rural"): 9.9}
    frame = series("SD_MDP_CSMP multidimensional poverty", "percent", "area", cells)
    assert [f[0] for f in found(frame)] == ["order_as_known"]


def test_trap_8_population_and_sample_under_one_series():
    frame = series("8.7.2", "number", "total", {(2010, "total"): 130_137, (2017, "total"): 3_671})
    assert found(frame) == [("no_jump_in_numbers", "8.7.2", 2017)]


def test_the_ilo_figures_of_the_same_survey_raise_no_alarm():
    # UN SDG database, Lao PDR 2017: informal employment rate, ILO.
    frame = by_sex("informal", "percent", 2017, 82.87907, 80.13657, 86.02636)
    assert found(frame) == []


def test_a_total_outside_its_parts():
    frame = by_sex("neet", "percent", 2017, 30.0, 20.0, 25.0)
    assert found(frame) == [("total_within_parts", "neet", 2017)]
    rounded = by_sex("neet", "percent", 2017, 25.1, 20.0, 25.0)
    assert found(rounded) == []


def test_parts_that_are_not_all_there_are_not_judged():
    # Young people alone are no bounds for everybody's rate.
    frame = series(
        "unemployment", "percent", "age", {(2017, "total"): 9.4, (2017, "15-24"): 18.2,
        (2017, "15-19"): 20.0},
    )  # fmt: skip
    assert found(frame) == []
    withheld = by_sex("neet", "percent", 2017, 30.0, 20.0, None)
    assert found(withheld, all_parts=True) == []


def test_shares_that_make_up_the_whole_may_add_up():
    frame = by_sex("share_of_employment", "percent", 2017, 100.0, 53.44, 46.56)
    assert found(frame) == []


def test_numbers_may_add_up_and_grow():
    frame = by_sex("employed", "persons", 2017, 1_800_000, 962_000, 838_000)
    assert found(frame) == []
    grown = series("members", "persons", "total", {(2020, "total"): 1e5, (2022, "total"): 3e5})
    assert found(grown) == []


def test_one_year_in_fractions_among_years_in_percent():
    cells = {(2015, "total"): 80.1, (2016, "total"): 0.82, (2017, "total"): 82.9}
    assert found(series("rate", "percent", "total", cells)) == [("one_scale", "rate", 2016)]
    small = {(2010, "total"): 0.7, (2015, "total"): 2.0, (2017, "total"): 9.4}
    assert found(series("unemployment", "percent", "total", small)) == []


def test_the_published_margins_hold_exactly_the_known_bad_rows():
    frame = pl.read_csv(MARGINS, infer_schema=False).rename({"source": "series"})
    judged = judge_series(frame)
    assert set(judged["series"]) == {"LSB SDG open data (sdg-laos/data)"}
    assert sorted(zip(judged["indicator"], judged["year"], strict=True)) == [
        ("hourly_earnings_8.5.1", 2017), ("hourly_earnings_8.5.1", 2017),
        ("hourly_earnings_8.5.1", 2017), ("informal_employment_rate_8.3.1_LSB", 2015),
        ("informal_employment_rate_8.3.1_LSB", 2017), ("share_informal_sector_8.5.4_LSB", 2015),
        ("share_informal_sector_8.5.4_LSB", 2017),
    ]  # fmt: skip


def estimate(breakdown, category, value, indicator="coverage_gap_rate"):
    return {
        "survey_id": "S", "standard": "ICLS17", "universe": "employed", "indicator": indicator,
        "unit_measure": "RATIO", "time_period": "2017", "breakdown": breakdown,
        "category": category, "obs_value": value,
    }  # fmt: skip


def test_our_own_table_is_judged_in_its_own_form():
    rows = [estimate("total", "TOTAL", 85.0), estimate("sex", "SEX_M", 83.0)]
    sound = pl.DataFrame([*rows, estimate("sex", "SEX_F", 87.0)])
    assert judge_published(sound).is_empty()
    wrong = pl.DataFrame([*rows, estimate("sex", "SEX_F", 84.0)])
    assert judge_published(wrong)["check_id"].to_list() == ["total_within_parts"]
    withheld = pl.DataFrame([*rows, estimate("sex", "SEX_F", None)])
    assert judge_published(withheld).is_empty()


def test_a_missing_column_or_a_word_for_a_number_is_refused():
    frame = by_sex("x", "percent", 2017, 1.0, 1.0, 1.0)
    with pytest.raises(InputError, match="missing"):
        judge_series(frame.drop("unit"))
    with pytest.raises(InputError, match="no number"):
        judge_series(frame.with_columns(value=pl.lit("many")))
