"""A survey's contract says exactly what its profile reads, and refuses what the harmoniser refuses."""

import re

import polars as pl
import pytest

from data_contracts.contract.find import load
from data_contracts.contract.incoming import contract_at
from data_contracts.contract.survey_contract import incoming_contract
from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile, profile_names
from tests.unit.data_contracts.contract.synthetic import rows
from transforms.survey.harmonise import harmonise

PROFILE = """\
survey_id: TST_2020_LFS
version: 2.1.0
title: A survey of our own
status: sourced
ref_area: TST
source_type: LFS
time_period: "2020"
reference_year: 2020
currency: XTS
min_age_labour: 15
standards: {icls: ICLS19}
citation: none
settings: {psu: {default: EA, why: nobody knows}}
keys: {household: [seg, hh], person: pn}
design: {strata: [st], psu: [$psu], weight: wt}
columns:
  sex: {from: SEX, codes: {1: SEX_M, 2: SEX_F, 3: SEX_X}}
  marital_status: {from: sex, codes: {2: b, 1: a}}
  area_type: {from: area, codes: {1: u}, other: r}
  age: {from: AGE, number: true, missing: [98, 99]}
  enterprise_size: {from: size, counts: [1, 2], brackets: {3: [3, 9], 4: [10, null], 9: [null, null]}}
  own_use_producer: {cases: [{if: [{opw: [1]}, {opw2: [1]}], then: "yes"}], else: "no"}
  earnings_monthly: {from: pay, number: true, factors_from: per, factors: {1: 1}}
"""


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "TST_2020_LFS.yaml"
    made.write_text(PROFILE, encoding="utf-8")
    return made


@pytest.fixture
def contract(path):
    return contract_at(path)


@pytest.fixture
def columns(contract):
    return {column.name: column for column in contract.columns}


def test_it_has_the_surveys_name_version_and_protection(contract):
    assert (contract.name, contract.version) == ("raw.tst_2020_lfs", "2.1.0")
    assert contract.sensitivity == "restricted"
    assert {column.classification for column in contract.columns} == {"restricted"}
    assert contract.further_columns


@pytest.mark.parametrize("name", profile_names())
def test_it_promises_every_raw_column_that_the_profile_reads(name):
    profile = load_profile(name)
    assert incoming_contract(profile).column_names == profile.raw_names()


def test_the_key_is_household_and_person_and_the_design_is_never_blank(contract, columns):
    assert contract.primary_key == ("seg", "hh", "pn")
    never_blank = {"seg", "hh", "pn", "st", "ea", "wt"}
    assert {name for name, column in columns.items() if column.required} == never_blank


def test_a_weight_is_above_zero(columns):
    assert columns["wt"].type == "DOUBLE"
    assert columns["wt"].bounds == {"exclusiveMinimum": 0}


def test_numbers_are_numbers_and_codes_are_text(columns):
    numbers = {name for name, column in columns.items() if column.type == "DOUBLE"}
    assert numbers == {"wt", "age", "pay"}
    assert columns["per"].type == "VARCHAR"


def test_a_code_has_to_be_known_to_every_rule_that_reads_the_column(columns):
    assert columns["sex"].valid == {
        "1": "sex: SEX_M; marital_status: a",
        "2": "sex: SEX_F; marital_status: b",
    }


def test_any_code_may_stand_where_the_profile_says_what_a_further_one_means(columns):
    assert columns["area"].valid == {}
    assert columns["opw"].valid == {}
    assert columns["per"].valid == {}


def test_counts_and_brackets_are_codes(columns):
    assert columns["size"].valid == {
        "1": "enterprise_size: 1",
        "2": "enterprise_size: 2",
        "3": "enterprise_size: 3 to 9",
        "4": "enterprise_size: 10 and over",
        "9": "enterprise_size: not known",
    }


def test_a_description_says_what_for_and_what_is_unsure(columns):
    assert columns["sex"].description.startswith("Read for sex, marital_status.")
    assert "Not known: 98, 99." in columns["age"].description
    assert "is the setting psu" in columns["ea"].description


def test_a_number_has_the_bounds_of_what_it_becomes(columns, contract):
    # core.person: age 0 to 130; core.job: earnings from 0. 98 and 99 are missing answers here.
    assert columns["pay"].bounds == {"minimum": 0}
    assert columns["age"].bounds == {}
    [rule] = contract.rules
    assert rule.condition == '("age" < 0 OR "age" > 130) AND "age" NOT IN (98, 99)'


def test_an_industry_of_fixed_length_begins_with_a_division_of_isic():
    # ISIC Rev. 4: 01 crops (leading zero lost), 47 retail trade; there is no 04 and no 34.
    columns = {column.name: column for column in load("LAO_2022_LFS").columns}
    fits = re.compile(columns["mji_isic"].pattern).fullmatch
    assert all(map(fits, ["111", "4711", "9900"]))
    assert not any(map(fits, ["411", "3411", "47", "47111"]))


def test_the_provinces_are_those_of_the_surveys_year():
    # Xaysomboun (18) did not stand between 2006 and 2013.
    codes = [
        next(c.valid for c in load(survey).columns if c.name == "prov")
        for survey in ("LAO_2010_LFS", "LAO_2017_LFS")
    ]
    assert [len(valid) for valid in codes] == [17, 18]


def test_without_a_person_number_there_is_no_key():
    assert load("BOL_2021_ECE").primary_key == ()


def test_the_raw_tables_name_and_the_surveys_id_are_one_contract():
    assert load("raw.lao_2017_lfs") == load("LAO_2017_LFS")
    assert load("LAO_2017_LFS").version == "1.0.0"


def test_a_version_that_is_not_three_numbers_is_refused(path):
    path.write_text(PROFILE.replace("version: 2.1.0", "version: 2.1.0-b"), encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        contract_at(path)


def test_a_file_that_is_neither_contract_nor_profile_is_refused(tmp_path):
    path = tmp_path / "other.yaml"
    path.write_text("columns: {}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        contract_at(path)


def harmonisable(survey):
    """Rows that keep the contract, two PSUs a stratum; ages filled, as corrections drop blank ones."""
    profile = load_profile(survey)
    strata, psu = (profile.resolve(names[0]) for names in (profile.strata, profile.psu))
    frame = rows(load(survey), 40, seed=11).with_columns(
        pl.lit("1").alias(strata), (pl.int_range(pl.len()) % 2).cast(pl.String).alias(psu)
    )
    if "age" in profile.columns and profile.columns["age"].from_ is not None:
        frame = frame.with_columns(
            pl.col(profile.resolve(profile.columns["age"].from_)).fill_null(30)
        )
    return profile, frame


@pytest.mark.parametrize("survey", profile_names())
def test_what_keeps_the_contract_is_read_by_the_harmoniser(survey):
    profile, frame = harmonisable(survey)
    assert harmonise(profile, frame, "made").person.height == 40


@pytest.mark.parametrize("survey", profile_names())
def test_a_code_outside_the_contract_is_refused_by_the_harmoniser(survey):
    profile, frame = harmonisable(survey)
    for column in load(survey).columns:
        if column.valid:
            broken = frame.with_columns(pl.lit("7777").alias(column.name))
            with pytest.raises(InputError, match=r"a code is none of|no province"):
                harmonise(profile, broken, "made")
