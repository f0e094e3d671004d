"""A profile maps to codes that the canonical columns have; the message lists them."""

import pytest

from data_contracts.contract.canonical_codes import (
    blank_is_open,
    closed_sets,
    refuse_strange_codes,
    strange_codes,
)
from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile, profile_names
from tests.unit.profiles import profile_of

GIVEN = {"from": "act", "codes": {"1": "employed"}}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"from": "act", "codes": {"1": "employd"}}, "employd"),
        (GIVEN | {"blank": "none"}, "none"),
        (GIVEN | {"other": "resting"}, "resting"),
        ({"cases": [{"if": {"act": [1]}, "then": "busy"}], "else": "outside"}, "busy"),
        ({"cases": [{"if": {"act": [1]}, "then": "employed"}], "else": "idle"}, "idle"),
    ],
)
def test_a_code_outside_the_closed_set_is_named_wherever_it_stands(rule, code):
    profile = profile_of(columns={"lfs_status_given": rule})
    with pytest.raises(InputError, match=f"{code} is no code of lfs_status_given") as caught:
        refuse_strange_codes(profile)
    assert "permitted: employed, unemployed, outside, below_working_age" in str(caught.value)


def test_every_shipped_profile_keeps_to_the_closed_sets():
    for name in profile_names():
        assert strange_codes(load_profile(name)) == []


@pytest.mark.parametrize(
    ("column", "rule", "is_open"),
    [
        ("lfs_status_given", GIVEN, True),
        ("lfs_status_given", GIVEN | {"blank": "outside"}, False),
        ("marital_status", {"from": "m", "codes": {"1": "MTS_SINGLE"}}, False),  # MTS_X
        ("sex", {"from": "s", "codes": {"1": "SEX_M"}}, False),  # stays blank
        ("bookkeeping", {"from": "b", "codes": {"1": "yes"}}, False),  # no_answer
    ],
)
def test_a_blank_without_meaning_is_open_where_the_set_has_none(column, rule, is_open):
    profile = profile_of(columns={column: rule})
    assert blank_is_open(column, profile.columns[column]) == is_open


def test_what_a_questionnaire_skips_may_be_said_of_every_evidence_column():
    for column in ("institutional_unit", "workplace_type", "bookkeeping", "registration"):
        assert "not_applicable" in closed_sets()[column]
