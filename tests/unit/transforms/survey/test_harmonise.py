import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile, profile_names
from transforms.survey.codes import code_text
from transforms.survey.harmonise import harmonise
from transforms.survey.plausible import undeclared_sentinels


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


def with_rule(profile_file, old, new):
    """Give the small profile with one line of it changed, under a name of its own."""
    text = profile_file.read_text(encoding="utf-8")
    assert old in text
    changed = profile_file.with_name(f"changed_{len(list(profile_file.parent.iterdir()))}.yaml")
    changed.write_text(text.replace(old, new), encoding="utf-8")
    return changed


def test_lao_digits_are_codes_too(profile_file, rows):
    sexes = harmonised(profile_file, change(rows, "Sex", 0, "\u0ed2")).person["sex"]
    assert sexes[0] == "SEX_F"


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("age", ["40", "150", "97", "20", "33", "70", "14", "-1"], "row 8: the values -1 look"),
        ("age", ["40", "997", "97", "20", "998", "70", "14", "15"], "row 2 (2 rows in all): the values 997, 998 look"),
        ("pay", ["9997", "10", "", "5", "9997", "2", "3", "4"], "row 1 (2 rows in all): the values 9997 look"),
    ],
)  # fmt: skip
def test_a_sentinel_that_nobody_declared_is_refused(profile_file, rows, column, values, said):
    rows = rows.with_columns(pl.Series(column, values))
    message = refused(profile_file, rows)
    assert f"column {column}, {said}" in message
    assert "`missing`" in message
    assert "`accept`" in message


def test_a_value_that_looks_like_a_sentinel_may_be_declared_true(profile_file, rows):
    changed = with_rule(
        profile_file, "number: true, factors_from", "number: true, accept: [9997], factors_from"
    )
    pay = harmonised(changed, change(rows, "pay", 0, "9997")).job["earnings_monthly"]
    assert pay[0] == 9997


def test_one_wage_of_9999_among_a_thousand_is_a_wage():
    # Five in all, or more than 0.5 % of the answers: the rule of the module.
    wages = pl.Series([9999.0] * 4 + [1000.0] * 996)
    assert undeclared_sentinels("earnings_monthly", wages, []) == []
    assert undeclared_sentinels("earnings_monthly", wages.head(700), []) == [9999]
    assert undeclared_sentinels("earnings_monthly", wages.set(wages == -1, 0).extend(
        pl.Series([9999.0])), []) == [9999]  # fmt: skip


def test_a_week_has_168_hours():
    hours = pl.Series([168.0, 98.0, 40.0, None])
    assert undeclared_sentinels("hours_usual_week", hours, []) == []
    assert undeclared_sentinels("hours_usual_week", hours.extend(pl.Series([998.0])), []) == [998]


@pytest.mark.parametrize("code", ["11", "9", "44", "4011", "0011"])
def test_an_industry_outside_isic_is_refused(profile_file, rows, code):
    message = refused(profile_file, change(rows, "isic", 2, code))
    assert "column isic, row 3: the first two digits are no division of ISIC Rev. 4" in message
    assert "0011 or 1100" in message


def test_a_declared_code_for_no_industry_is_missing(profile_file, rows):
    changed = with_rule(profile_file, "{from: isic, digits: 4, take: 2}",
                        "{from: isic, digits: 4, take: 2, missing: [9]}")  # fmt: skip
    job = harmonised(changed, change(rows, "isic", 2, "9")).job
    assert job["industry_isic4_2d"].to_list()[:3] == ["01", "01", None]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (["1.234,5", "10,5", "9", "9", "8", "8", "7", "7"], 1234.5),
        (["1,234.5", "10.5", "9", "9", "8", "8", "7", "7"], 1234.5),
        (["1 234.5", "10.5", "9", "9", "8", "8", "7", "7"], 1234.5),
    ],
)
def test_weights_as_text_are_understood(profile_file, rows, weights, expected):
    rows = rows.with_columns(pl.Series("wt", weights))
    assert harmonised(profile_file, rows).person["weight"][0] == expected


def test_weights_that_can_be_read_in_two_ways_are_refused_until_the_profile_says(
    profile_file, rows
):
    rows = rows.with_columns(wt=pl.Series(["1,234", "1,500", "9", "9", "8", "8", "7", "7"]))
    message = refused(profile_file, rows)
    assert "column wt, row 1 (2 rows in all)" in message
    assert "`decimal`" in message
    for sign, weight in ((".", 1234), (",", 1.234)):
        changed = with_rule(profile_file, "weight: wt}", f'weight: wt, weight_decimal: "{sign}"}}')
        assert harmonised(changed, rows).person["weight"][0] == weight


def test_a_bad_number_is_named_by_its_row_in_the_file(profile_file, rows):
    dropped = change(change(rows, "age", 0, ""), "wt", 4, "ten")
    assert "column wt, row 5: text stands" in refused(profile_file, dropped)


def test_a_household_value_on_one_row_is_spread_when_the_profile_says_so(profile_file, rows):
    rows = rows.with_columns(
        reg=pl.Series(["1", "", "", "2", "", "", "8", "8"]),
        pay=pl.Series(["100", "", "", "7", "", "", "5", ""]),
    )
    changed = with_rule(profile_file, "blank: no_answer}", "blank: no_answer, fill: household}")
    changed = with_rule(
        changed,
        "number: true, factors_from: per, factors: {1: 1, 2: 30}",
        "number: true, fill: household",
    )
    job = harmonised(changed, rows).job
    assert job["registration"].to_list() == [
        "yes", "yes", "no", "no", "no_answer", "no_answer", "dont_know", "dont_know",
    ]  # fmt: skip
    assert job["earnings_monthly"].to_list() == [100, 100, 7, 7, None, None, 5, 5]
    assert harmonised(profile_file, rows).job["registration"][1] == "no_answer"


def test_a_sum_of_other_amounts_stands_where_the_first_is_blank(profile_file, rows):
    changed = with_rule(profile_file, "1, 2: 30}}", "1, 2: 30}, or_sum: [profit, kept]}")
    rows = rows.with_columns(
        profit=pl.Series(["7", "7", "50", "7", "7", "7", "7", "7"]),
        kept=pl.Series(["1", "", "", "", "", "", "", ""]),
        pay=pl.Series(["100", "10", "", "5", "1", "2", "", "4"]),
    )
    found = harmonised(changed, rows).job["earnings_monthly"].to_list()
    # Row 1: its own pay. Row 3: 50 and nothing kept. Row 7: profit alone.
    assert [found[0], found[2], found[6]] == [100, 50, 7]
    nothing = rows.with_columns(profit=pl.lit(""), kept=pl.lit(""))
    assert harmonised(changed, nothing).job["earnings_monthly"][2] is None


def test_two_values_of_a_household_value_are_refused(profile_file, rows):
    changed = with_rule(profile_file, "blank: no_answer}", "blank: no_answer, fill: household}")
    message = refused(changed, rows)
    assert "column reg, row 1 (4 rows in all): members of one household have different" in message


@pytest.mark.parametrize(
    ("column", "values", "what"),
    [
        ("HH", ["1", "1", "2", "2", "3", "3", "01", "01"], "household key"),
        ("ea", ["1", "01", "2", "2", "1", "1", "2", "2"], "psu code"),
        ("st", ["7", "7", "7", "07", "b", "b", "b", "b"], "strata code"),
    ],
)
def test_two_texts_never_become_one_key(profile_file, rows, column, values, what):
    rows = rows.with_columns(pl.Series(column, values), pn=pl.Series(list("12123456")))
    message = refused(profile_file, rows)
    assert f"column {column.lower()}, row 1 " in message
    assert f"would become one {what}" in message


def test_keys_of_seventeen_digits_stay_apart():
    # Floats of 64 bits carry 15 digits: these two differ in the seventeenth.
    typed = pl.Series(["12345678901234567", "12345678901234568", "007.0"])
    assert code_text(typed).to_list() == ["12345678901234567", "12345678901234568", "7"]
    assert code_text(typed.head(2).cast(pl.Int64)).to_list() == typed.head(2).to_list()


def lao(profile_file, year):
    text = profile_file.read_text(encoding="utf-8").replace("ref_area: TST", "ref_area: LAO")
    text = text.replace("reference_year: 2020", f"reference_year: {year}")
    path = profile_file.with_name(f"lao_{year}.yaml")
    path.write_text(
        text.replace("columns:\n", "columns:\n  admin1_code: {from: prov, digits: 2}\n")
    )
    return path


def test_lao_provinces_by_code_and_name_are_one_code(profile_file, rows):
    written = ["1", "01", "LA-VT", "Vientiane Capital", "ແຂວງ ວຽງຈັນ", "18", "Savannakhet", None]
    rows = rows.with_columns(prov=pl.Series(written))
    assert harmonised(lao(profile_file, 2017), rows).person["admin1_code"].to_list() == [
        "01", "01", "01", "01", "10", "18", "13", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "year", "said"),
    [
        (18.0, 2010, "not the time of this file (2010)"),
        ("Vientiane", 2017, "ambiguous"),
        ("LA-XN", 2017, "LA-XN"),
        ("MARKER", 2017, "no province"),
    ],
)
def test_lao_provinces_that_cannot_be_placed_are_refused(profile_file, rows, written, year, said):
    rows = rows.with_columns(prov=pl.Series([None] * 5 + [written, written, None]))
    message = refused(lao(profile_file, year), rows)
    assert "survey.csv, column prov, row 6 (2 rows in all): " in message
    assert said in message
    assert "MARKER" not in message


def test_provinces_of_other_countries_stay_as_delivered(profile_file, rows):
    changed = with_rule(profile_file, "columns:\n", "columns:\n  admin1_code: {from: prov}\n")
    rows = rows.with_columns(prov=pl.Series(["99"] * 8))
    assert set(harmonised(changed, rows).person["admin1_code"]) == {"99"}


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


def test_a_sentinel_within_the_range_gives_itself_away_by_its_number():
    ages = pl.Series([float(age) for age in range(90)] + [90.0, 91.0, 91.0, 97.0])
    assert undeclared_sentinels("age", ages, []) == []
    piled = ages.extend(pl.Series([97.0] * 10))
    assert undeclared_sentinels("age", piled, []) == [97]
    assert undeclared_sentinels("age", piled, [97]) == []
    heaped = pl.Series([90.0] * 3 + [97.0] * 14)  # not five times the 90s
    assert undeclared_sentinels("hours_usual_week", heaped, []) == []
