"""What a wave must have asked before a status is told of it; the reasons a person reads."""

import pytest

from data_contracts.decision_table import all_tables
from data_contracts.profile.plan import resolve
from tests.unit.profiles import profile_of

NOT_ASKED = {"not_asked": "not in the form"}
YES_NO = {"from": "q", "codes": {"1": "yes", "2": "no"}, "blank": "not_applicable"}
WHOLE = {
    "age": {"from": "age", "number": True},
    "lfs_status_given": {"from": "act", "codes": {"1": "employed", "2": "outside"}},
    "status_icse93": {"from": "q", "codes": {"1": "STE_ICSE93_1"}, "blank": "STE_ICSE93_6"},
    "institutional_unit": {"from": "q", "codes": {"1": "private_business"}, "blank": "no_answer"},
}
SIZE = {"enterprise_size": {"from": "n", "counts": [1, 99]}}
PLACE = {"workplace_type": {"from": "q", "codes": {"1": "own_home"}, "blank": "no_answer"}}
BOOKS, EMPLOYER = {"bookkeeping": YES_NO}, {"employer_social_contribution": YES_NO}
LEAVES = {"paid_annual_leave": YES_NO, "paid_sick_leave": YES_NO}


def why(columns, indicator="informal_employment_rate", **more):
    said = resolve(profile_of(columns=WHOLE | columns, **more)).not_computable.get(indicator)
    return said and said.lower()


@pytest.mark.parametrize("name", ["informal_employment", "informal_employment_rate"])
def test_no_question_speaks_for_an_employees_job(name):
    """A wave whose only sign was its absence printed 100.0 % informal, reliable."""
    own = {"social_security": YES_NO}
    assert "no question speaks for an employee's job" in why(BOOKS | own, name)
    assert "employee_contribution: own" in why(BOOKS | own, name)
    assert "employee_contribution: own" not in why(BOOKS, name)
    assert why(BOOKS | own, name, parameters={"employee_contribution": "own"}) is None
    assert why(BOOKS | EMPLOYER, name) is None
    assert why(BOOKS | LEAVES, name) is None
    assert why(BOOKS | {"paid_annual_leave": YES_NO}, name) is not None


@pytest.mark.parametrize("name", ["informal_employment_rate", "outside_formal_sector_rate"])
def test_no_question_speaks_for_the_unit(name):
    """ILO program for Lao LFS 2010: without registration, accounts and size it is not computed."""
    assert "bookkeeping, registration and size" in why(EMPLOYER, name)
    assert "fixed premises only" in why(EMPLOYER | SIZE, name)
    assert why(EMPLOYER | SIZE | PLACE, name) is None
    assert why(EMPLOYER | {"registration": YES_NO}, name) is None
    loose = {"size_requires_fixed_premises": False}
    assert why(EMPLOYER | SIZE, name, parameters=loose) is None
    unused = {"size_requires_fixed_premises": "unused"}
    assert "registration and size" in why(EMPLOYER | SIZE | PLACE, name, parameters=unused)
    no_unit = {"institutional_unit": NOT_ASKED}
    assert "do not compute informality without it" in why(EMPLOYER | BOOKS | no_unit, name)


def test_partial_names_what_is_missing_and_computable_needs_all():
    plan = resolve(profile_of(columns=WHOLE | EMPLOYER | BOOKS | SIZE | PLACE | LEAVES))
    verdict = next(v for v in plan.verdicts if v.indicator.id == "informal_employment_rate")
    assert verdict.status == "PARTIAL"
    assert "registration (not in the survey's profile)" in verdict.reason
    assert "bookkeeping" not in verdict.reason


def test_employment_is_not_told_from_half_of_its_questions():
    del_given = {"lfs_status_given": NOT_ASKED}
    pay = del_given | {"worked_for_pay": YES_NO}
    assert "not both asked" in why(pay, "employed")
    business = pay | {"worked_for_profit": YES_NO}
    assert why(business, "employed") is None
    assert "looking for work" in why(business, "labour_force")
    searched = business | {"searched": YES_NO}
    assert "looking for work" in why(searched, "unemployment_rate")
    assert why(searched | {"available_2w": YES_NO}, "unemployment_rate") is None
    verdicts = resolve(profile_of(columns=WHOLE | business)).verdicts
    employed = next(v for v in verdicts if v.indicator.id == "employed")
    assert employed.status == "PARTIAL"
    assert "absent workers are not counted" in employed.reason


def test_in_no_table_does_not_asked_mean_no():
    """The rule of the house for every step: absence of a question is no evidence."""
    for table in all_tables():
        for name, node in table.nodes.items():
            meant = node.evidence.get("not_asked", "")
            states = list(meant.values()) if isinstance(meant, dict) else [meant]
            assert "no" not in states, f"{table.rule}, node {name}"
