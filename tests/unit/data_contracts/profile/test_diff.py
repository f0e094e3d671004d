"""Two waves' profiles compared: what breaks a series is found, named and put first."""

from dataclasses import dataclass

import pytest

from data_contracts.profile import diff as module
from data_contracts.profile.diff import BREAKS, CHANGES, EFFECTS, INFORMATION, KINDS, RECODE, diff
from data_contracts.profile.profile import load_profile, profile_names
from data_contracts.tree_diff import table_of
from tests.unit.profiles import profile_of

BASE = {
    "ref_area": "TST",
    "reference_year": 2020,
    "min_age_labour": 15,
    "standards": {"icls": "ICLS19"},
    "keys": {"household": ["hh"], "person": "pn"},
    "design": {"strata": ["st"], "psu": ["ea"], "weight": "wt"},
    "columns": {"age": {"from": "age", "number": True}},
}


@dataclass(frozen=True)
class Column:
    label: str
    kind: str = "number"


def wave(name, columns=None, **entries):
    data = BASE | {"columns": BASE["columns"] | (columns or {})} | entries
    return profile_of(**data, survey_id=f"TST_{name}_LFS")


def found(changes, kind, canonical=None):
    return [c for c in changes if c.kind == kind and canonical in (None, c.canonical)]


@pytest.fixture(scope="module")
def lao():
    return diff(load_profile("LAO_2010_LFS"), load_profile("LAO_2017_LFS"))


def test_ac10_is_another_question_in_2017(lao):
    # lao_lfs_variables.md, section 1: second job in 2010, paid sick leave in 2017.
    (change,) = found(lao, "other meaning")
    assert (change.raw_old, change.raw_new, change.effect) == ("ac10", "ac10", BREAKS)
    assert "second job" in change.statement
    assert "paid sick leave" in change.statement


def test_only_ac8_has_a_false_twin(lao):
    # ibid.: ac8 earnings, ac08 the employer's contribution; ue1 and ue01 both ask for search.
    assert [(c.raw_old, c.raw_new) for c in found(lao, "look-alike")] == [("ac8", "ac08")]


def test_marital_codes_swapped(lao):
    # ibid.: hl7 1 married, 2 single; hl06 1 single, 2 married.
    (change,) = found(lao, "codes swapped")
    assert (change.canonical, change.raw_old, change.raw_new) == ("marital_status", "hl7", "hl06")
    assert "code 1 was MTS_MARRIED and is MTS_SINGLE" in change.statement
    assert change.effect == RECODE


def test_unemployment_is_named_as_a_break(lao):
    (change,) = found(lao, "definition", "unemployment")
    assert change.effect == BREAKS
    assert "declares status code 8" in change.statement
    assert "30 days" in change.statement
    (standard,) = found(lao, "standard")
    assert "ICLS13 in LAO_2010_LFS and ICLS19 in LAO_2017_LFS" in standard.statement
    (lacking,) = found(lao, "availability")
    assert lacking.canonical == "informality"


def test_renamed_weight_and_provinces(lao):
    assert ("hl4", "hl04") in {(c.raw_old, c.raw_new) for c in found(lao, "renamed", "sex")}
    (weight,) = found(lao, "weight")
    assert (weight.raw_old, weight.raw_new) == ("wt_per", "v")
    # Xaysomboun was founded again in December 2013: 17 provinces, then 18.
    (provinces,) = found(lao, "provinces")
    assert provinces.statement.startswith("17 provinces in LAO_2010_LFS and 18 in LAO_2017_LFS")


def test_what_breaks_the_series_comes_first(lao):
    order = [EFFECTS.index(change.effect) for change in lao]
    assert order == sorted(order)
    assert lao[0].kind == "standard"


@pytest.mark.parametrize("name", profile_names())
def test_a_wave_does_not_differ_from_itself(name):
    assert diff(load_profile(name), load_profile(name)) == []


def test_gone_and_new_with_the_reason():
    old = wave("2020", {"registration": {"from": "q1", "codes": {"1": "yes"}}})
    new = wave(
        "2021",
        {"registration": {"not_asked": "dropped for length"}, "sex": {"from": "q2"}},
    )
    changes = diff(old, new)
    (gone,), (added,) = found(changes, "gone"), found(changes, "new")
    assert (gone.canonical, gone.raw_old, gone.raw_new) == ("registration", "q1", "")
    assert "dropped for length" in gone.statement
    assert (added.canonical, added.raw_old, added.raw_new) == ("sex", "", "q2")
    assert {gone.effect, added.effect} == {INFORMATION}


def test_a_column_that_an_indicator_needs_breaks_the_series():
    new = wave("2021", {"status_icse93": {"from": "q1", "codes": {"1": "STE_ICSE93_1"}}})
    (change,) = found(diff(wave("2020"), new), "new")
    assert change.effect == BREAKS


def test_codes_that_move_come_and_go_without_a_swap():
    old = wave("2020", {"registration": {"from": "q1", "codes": {"1": "yes", "8": "dont_know"}}})
    new = wave("2021", {"registration": {"from": "q1", "codes": {"1": "yes", "9": "dont_know"}}})
    (moved,) = found(diff(old, new), "codes moved")
    assert moved.statement.endswith("dont_know 8 → 9")
    less = wave("2021", {"registration": {"from": "q1", "codes": {"1": "yes", "2": "no"}}})
    changes = diff(old, less)
    assert found(changes, "codes gone")[0].statement.endswith("dont_know (8)")
    assert found(changes, "codes new")[0].statement.endswith("no (2)")


def test_one_name_for_two_mapped_questions():
    old = wave("2020", {"registration": {"from": "q1", "codes": {"1": "yes"}}})
    new = wave("2021", {"bookkeeping": {"from": "Q1", "codes": {"1": "yes"}}})
    (change,) = found(diff(old, new), "other meaning")
    assert "registration" in change.statement
    assert "bookkeeping" in change.statement


def test_names_that_differ_by_a_zero_are_told_when_they_ask_something_else():
    old = wave("2020", {"earnings_monthly": {"from": "ac8", "number": True}})
    new = wave("2021", {"registration": {"from": "ac08", "codes": {"1": "yes"}}})
    (change,) = found(diff(old, new), "look-alike")
    assert (change.raw_old, change.raw_new) == ("ac8", "ac08")
    same = wave("2021", {"earnings_monthly": {"from": "ac08", "number": True}})
    assert not found(diff(old, same), "look-alike")


def test_thresholds_ages_forms_universes_and_corrections():
    old = wave("2020", parameters={"size_threshold": 6}, universes={"age": "all"})
    new = wave(
        "2021",
        {"age": {"from": "age", "number": True, "missing": [99]}},
        parameters={"size_threshold": 5, "registration_no_terminal": False},
        min_age_labour=14,
        corrections=[{"id": "x", "drop": {"age": ["blank"]}, "reason": "one row"}],
    )
    changes = diff(old, new)
    (threshold,) = found(changes, "threshold")
    assert "size_threshold is 6 in TST_2020_LFS and 5 in TST_2021_LFS" in threshold.statement
    (parameter,) = found(changes, "parameter")  # the default stands in for what is not said
    assert "registration_no_terminal is true in TST_2020_LFS" in parameter.statement
    assert found(changes, "universe", "working_age")[0].effect == BREAKS
    assert found(changes, "universe", "age")[0].effect == INFORMATION
    assert found(changes, "form", "age")
    assert found(changes, "correction", "x")


def test_without_definitions_the_way_the_status_is_decided_is_told():
    given = {"lfs_status_given": {"from": "st1", "codes": {"1": "employed"}}}
    (change,) = found(diff(wave("2020", given), wave("2021")), "definition")
    assert "TST_2020_LFS takes them from its own questions (st1)" in change.statement
    assert "by the rules of the ICLS19" in change.statement


def test_files_own_labels_find_what_no_profile_maps():
    old, new = wave("2020"), wave("2021")
    variables = (
        {"q7": Column("Second job"), "age": Column("Age"), "q8": Column("")},
        {"q7": Column("Sick leave"), "age": Column("AGE", "text"), "q8": Column("Pay")},
    )
    changes = diff(old, new, *variables)
    (label,) = found(changes, "label")
    assert label.raw_old == "q7"
    (kind,) = found(changes, "type")
    assert "number in age and as text in age" in kind.statement


def test_every_kind_of_difference_in_the_table_can_occur(monkeypatch):
    told, met = module.told, set()

    def spied(*arguments):
        for one in told(*arguments):
            met.add((one.at, one.kind))
            yield one

    monkeypatch.setattr(module, "told", spied)
    waves = [load_profile(name) for name in profile_names()]
    employment = {"employment": {"says": "one hour"}}, {"employment": {"says": "any hour"}}
    decided = [
        {
            "registration": {
                "cases": [{"if": {"q1": ["1"], "q2": [code]}, "then": "yes"}],
                "else": "no",
            }
        }
        for code in "12"
    ]
    coded = [
        {"registration": {"from": "q1", "codes": {"1": "yes", code: "dont_know"}}} for code in "89"
    ]
    withdrawn = {"unavailable": {"informality": "not asked"}}
    sizes = [
        {"parameters": {"size_threshold": n, "registration_no_terminal": n == 6}} for n in (6, 5)
    ]
    ages = [{"parameters": {"household_first": True}, "min_age_labour": age} for age in (14, 15)]
    pairs = [(one, other) for one in waves for other in waves]
    pairs += [
        (wave("2020", definitions=employment[0]), wave("2021", definitions=employment[1])),
        (wave("2020", decided[0]), wave("2021", decided[1])),
        (wave("2020", coded[0]), wave("2021", coded[1])),
        (wave("2020", **sizes[0]), wave("2021", **sizes[1])),
        (wave("2020", **sizes[0], **withdrawn), wave("2021", **sizes[1])),
        (wave("2020", **ages[0]), wave("2021", **ages[1])),
        (
            wave("2020", corrections=[{"id": "x", "drop": {"age": ["blank"]}, "reason": "r"}]),
            wave("2021"),
        ),
        (wave("2020", universes={"age": "all"}), wave("2021")),
        (wave("2020", {"lfs_status_given": {"from": "s"}}), wave("2021")),
    ]
    files = (
        {"q7": Column("Second job"), "age": Column("Age")},
        {"q7": Column("Leave"), "age": Column("", "text")},
    )
    for one, other in pairs:
        diff(one, other, *files)
        diff(other, one, *files)
    table = {
        (at, kind): row["kind"]
        for at, rows in table_of(CHANGES).items()
        for kind, row in rows.items()
    }
    assert set(table) - met == set()
    assert set(table.values()) == set(KINDS)
