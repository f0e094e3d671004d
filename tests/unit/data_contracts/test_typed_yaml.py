"""A typed file with several faults tells all of them: line, key, what is permitted."""

import pytest

from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile

GOOD = """\
survey_id: TST_2020_LFS
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
keys: {household: [hh], person: pn}
design: {strata: [st], psu: [ea], weight: wt}
columns:
  sex: {from: sex, codes: {1: SEX_M, 2: SEX_F}}
  registration:
    from: reg
    codes: {1: "yes", 2: "no"}
"""


def told(tmp_path, *changes):
    path = tmp_path / "TST_2020_LFS.yaml"
    text = GOOD
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_profile(str(path))
    return str(caught.value)


def test_every_fault_is_told_at_once_with_line_key_and_what_is_permitted(tmp_path):
    said = told(
        tmp_path,
        ("status: sourced", "status: sure"),
        ("reference_year: 2020", 'reference_year: "2020"'),
        ("ICLS19", "ICLS20"),
        ("from: reg", "form: reg"),
    )
    assert said.startswith("TST_2020_LFS.yaml, line 3: 4 faults: ")
    for part in (
        "line 3: status: permitted: sourced, unverified",
        "line 7: reference_year: a whole number belongs here",
        "line 10: standards.icls: permitted: ICLS13, ICLS19",
        "line 17: columns.registration.form: there is no such key here",
        "did you mean from?",
        "What to do: mend these lines; data_contracts/schemas/profile.json describes every key.",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('{1: "yes", 2: "no"}', '{1: yes, 2: "no"}', "quotation marks"),
        ("title: A survey of our own\n", "", "line 1: title: this key is missing"),
        ("survey_id: TST_2020_LFS", "survey_id: tst", "does not have the form"),
        ("weight: wt", "weight: wt, collapse: {a: b}, lonely: adjust", "exclude each other"),
        ("keys: {household: [hh]", "keys: {household: []", "at least 1 belong here, not 0"),
        ("from: reg\n", "prefix: reg\n", "exactly one of from, cases and not_asked"),
        (
            "citation: none",
            "citation: none\nparameters: {size_threshhold: 5}",
            "line 12: parameters.size_threshhold: no decision table has a parameter",
        ),
        (
            "citation: none",
            "citation: none\nparameters: {household_first: 1}",
            "household_first cannot be 1; give one of: true, false",
        ),
        ("currency: XTS", "currency: [XTS]", "line 8: currency: text belongs here"),
        ("codes: {1: SEX_M", "codes: {yes: SEX_M", "a key is true to YAML"),
    ],
)
def test_a_fault_is_told_in_words(tmp_path, was, becomes, said):
    assert said in told(tmp_path, (was, becomes))


def test_no_fault_is_told_twice(tmp_path):
    said = told(tmp_path, ("codes: {1: SEX_M, 2: SEX_F}", "codes: {1: 1, 2: 2}"))
    assert said.count("columns.sex.codes.1:") == said.count("columns.sex.codes.2:") == 1
