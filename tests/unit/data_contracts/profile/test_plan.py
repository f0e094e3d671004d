"""A wave's plan: what it can be asked and why not, resolved once."""

from data_contracts.profile.plan import resolve, size_answers
from data_contracts.profile.profile import load_profile
from data_contracts.profile.rule import ProfileRule
from tests.unit.profiles import profile_of


def test_answers_about_size():
    brackets = {"10": [4, 9], "11": [10, None], "99": [None, None]}
    rule = ProfileRule.model_validate({"from": "q", "counts": [1, 3], "brackets": brackets})
    assert size_answers(rule) == [(1, 1), (2, 2), (3, 3), (4, 9), (10, None)]
    assert size_answers(ProfileRule(not_asked="no")) == []
    assert size_answers(None) == []


def test_what_the_harmoniser_makes_of_a_column_is_there_with_it():
    plan = resolve(profile_of(columns={"age": {"from": "age", "number": True}}))
    assert plan.has("age_aggregate")
    assert not plan.has("economic_sector")
    assert plan.present() == ["age_aggregate"]


def test_every_indicator_has_one_verdict_and_a_reason_where_it_cannot_be_given():
    """LFS 2010 did not ask for registration, bookkeeping and size: reference/lao_context.md, 1."""
    plan = resolve(load_profile("LAO_2010_LFS"))
    assert len(plan.verdicts) == len(plan.indicators) + len(plan.not_computable)
    assert "2010 questionnaire" in plan.not_computable["informal_employment_rate"]
    assert "employed" in {indicator.id for indicator in plan.indicators}


def test_a_wave_is_judged_by_the_law_of_the_middle_of_its_year():
    assert resolve(load_profile("LAO_2017_LFS")).reference_day.isoformat() == "2017-07-01"
