import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.profile import load_profile, profile_names
from transforms.harmonise import harmonise


def harmonised(profile_file, rows):
    return harmonise(load_profile(str(profile_file)), rows, "survey.csv")


def refused(profile_file, rows):
    with pytest.raises(InputError) as caught:
        harmonised(profile_file, rows)
    return str(caught.value)


def change(rows, column, row, value):
    values = rows[column].to_list()
    values[row] = value
    return rows.with_columns(pl.Series(column, values))


def test_four_different_answers_stay_four(profile_file, rows):
    job = harmonised(profile_file, rows).job
    assert job["registration"].to_list() == [
        "yes", "no", "dont_know", "no_answer", "yes", "no", "dont_know", "no_answer",
    ]  # fmt: skip
    assert set(job["bookkeeping"]) == {"not_asked"}


def test_codes_match_however_they_are_typed(profile_file, rows):
    assert harmonised(profile_file, rows).person["sex"].to_list()[4:6] == ["SEX_M", "SEX_F"]


def test_a_sentinel_is_missing_and_not_an_age(profile_file, rows):
    assert harmonised(profile_file, rows).person["age"].to_list()[2] is None


def test_leading_zeros_of_isic_are_restored(profile_file, rows):
    job = harmonised(profile_file, rows).job
    assert job["industry_isic4_2d"].to_list()[:2] == ["01", "01"]
    assert job["economic_sector"].to_list()[:3] == [
        "ECO_SECTOR_AGR", "ECO_SECTOR_AGR", "ECO_SECTOR_SER",
    ]  # fmt: skip


def test_true_counts_and_bands_of_one_size_variable(profile_file, rows):
    job = harmonised(profile_file, rows).job
    assert job["enterprise_size_lower"].to_list()[:6] == [1, 9, 10, 20, None, None]
    assert job["enterprise_size_upper"].to_list()[:6] == [1, 9, 19, None, None, None]


def test_earnings_become_monthly_by_their_period(profile_file, rows):
    assert harmonised(profile_file, rows).job["earnings_monthly"].to_list()[:4] == [
        100, 300, None, 150,
    ]  # fmt: skip


def test_a_blank_person_number_gets_one_of_its_own(profile_file, rows):
    assert harmonised(profile_file, rows).person["person_id"].to_list()[3] == "b2"


def test_weights_become_millionths_of_a_person(profile_file, rows):
    assert harmonised(profile_file, rows).person["weight_micro"].to_list()[1] == 10_500_000


def test_a_known_fault_is_corrected_and_counted(profile_file, rows):
    got = harmonised(profile_file, change(rows, "age", 5, ""))
    assert got.dropped == {"no_age": 1}
    assert got.person.height == 7


def test_more_of_a_known_fault_than_known_is_refused(profile_file, rows):
    rows = change(change(rows, "age", 5, ""), "age", 6, "")
    assert "at most 1" in refused(profile_file, rows)


@pytest.mark.parametrize(
    ("column", "row", "value", "said"),
    [
        ("Sex", 3, "7", "column sex, row 4: a code is none of 1, 2"),
        ("size", 2, "44", "column size, row 3: a code is none of"),
        ("wt", 1, "0", "column wt, row 2: the weight is blank, zero, negative"),
        ("wt", 1, "-3", "column wt, row 2: the weight is blank, zero, negative"),
        ("wt", 1, "", "column wt, row 2: the weight is blank, zero, negative"),
        ("wt", 4, "ten", "column wt, row 5: text stands where a number belongs"),
        ("age", 0, "MARKER", "column age, row 1: text stands where a number belongs"),
        ("pn", 1, "1", "row 1 (2 rows in all): two rows have the same person key"),
        ("HH", 7, "", "column hh, row 8: the household key is blank"),
        ("ea", 7, "", "column ea, row 8: the psu code is blank"),
    ],
)
def test_bad_input_is_named_by_place_and_rule(profile_file, rows, column, row, value, said):
    message = refused(profile_file, change(rows, column, row, value))
    assert message.startswith("survey.csv, ")
    assert said in message
    assert "What to do:" in message
    assert "MARKER" not in message


def test_a_stratum_with_one_psu_is_listed(profile_file, rows):
    message = refused(
        profile_file, rows.with_columns(ea=pl.Series(["1"] * 4 + ["1", "1", "2", "2"]))
    )
    assert "1 strata have one PSU" in message
    assert ": a." in message


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_loads_and_maps_the_minimum(name):
    profile = load_profile(name)
    assert profile.asked("area_type")[0]
    assert len(profile.raw_names()) >= 6


def test_a_profile_error_names_its_line(profile_file):
    text = profile_file.read_text().replace("min_age_labour: 15", "min_age_labour: fifteen")
    broken = profile_file.with_name("broken.yaml")
    broken.write_text(text)
    with pytest.raises(InputError, match=r"broken.yaml, line 9"):
        load_profile(str(broken))


def test_a_setting_renames_an_unknown_raw_column():
    profile = load_profile("LAO_2017_LFS", {"strata": "STRATE"})
    assert "strate" in profile.raw_names()
    with pytest.raises(InputError, match="no setting"):
        load_profile("LAO_2017_LFS", {"stratum": "x"})
