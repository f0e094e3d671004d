"""The law's lines: figures as published, nothing overlapping or left out, conflicts kept side by side."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from data_contracts.contract.find import load as load_contract
from data_contracts.errors import InputError
from data_contracts.law.law import FOLDER, SCHEMES, load_law, rules_at
from data_contracts.law.lines import Kind
from data_contracts.law.register_terms import Terms, all_terms, terms_of

# Kip a month and the day it took effect: lao_context 2.2; 1 April 2015 from the Lao trade portal.
MINIMUM_WAGES = [
    ("1992-01-01", 26_000), ("1998-01-01", 36_400), ("2001-01-01", 93_600), ("2006-01-01", 290_000),
    ("2010-01-01", 348_000), ("2011-11-22", 348_000), ("2012-07-01", 626_000),
    ("2015-03-31", 626_000), ("2015-04-01", 900_000), ("2018-04-30", 900_000),
    ("2018-05-01", 1_100_000), ("2022-06-13", 1_100_000), ("2022-08-01", 1_200_000),
    ("2023-05-01", 1_300_000), ("2023-10-01", 1_600_000), ("2024-09-30", 1_600_000),
    ("2024-10-01", 2_500_000), ("2026-01-20", 2_500_000),
]  # fmt: skip


@pytest.mark.parametrize(("day", "lak"), MINIMUM_WAGES)
def test_minimum_wage_by_the_day_it_took_effect(day, lak):
    assert rules_at(date.fromisoformat(day)).minimum_wage().value == lak


@pytest.mark.parametrize("day", ["1990-12-31", "1991-06-01", "2005-03-01", "2012-01-15"])
def test_a_day_within_an_undocumented_change_is_unknown(day):
    assert rules_at(date.fromisoformat(day)).minimum_wage().value is None


def test_an_undocumented_change_can_be_settled():
    day = date(2012, 1, 15)  # notice of 23 November 2011, in effect "early 2012"
    early, late = (
        rules_at(day, {"undated_changes": answer}).minimum_wage().value
        for answer in ("earliest", "latest")
    )
    assert (early, late) == (626_000, 348_000)


# Per mille, lao_context 2.2.
@pytest.mark.parametrize(
    ("scheme", "day", "employer", "member"),
    [("public", date(2020, 1, 1), 85, 80), ("enterprise", date(2020, 1, 1), 60, 55),
     ("voluntary", date(2020, 1, 1), 0, 90), ("enterprise", date(2010, 1, 1), 50, 45),
     ("public", date(2010, 1, 1), None, None), ("enterprise", date(2014, 1, 1), None, None)],
)  # fmt: skip
def test_rates(scheme, day, employer, member):
    rules = rules_at(day)
    assert (rules.rate(scheme, "employer").value, rules.rate(scheme, "member").value) == (
        employer,
        member,
    )


def test_quoted_figures_follow_from_the_lines():
    facts = {name: fact.lak for name, fact in load_law().facts.items()}
    rules = rules_at(date(2017, 1, 1))
    top = rules.ceiling("enterprise").value
    assert top * rules.rate("enterprise", "employer").value // 1000 == facts["maximum_employer"]
    assert top * rules.rate("enterprise", "member").value // 1000 == facts["maximum_member"]
    assert facts["maximum_employer"] + facts["maximum_member"] == facts["maximum_total"] == 517_500
    assert rules.floor("enterprise").value == facts["floor_2017"] == 450_000
    assert rules.ceiling("voluntary").value * 90 // 1000 == facts["voluntary_maximum"] == 405_000
    quoted = rules_at(date(2023, 11, 29)).floor("voluntary").value
    assert quoted * 90 // 1000 == facts["voluntary_minimum"] == 108_000


def test_conflicting_sources_stand_side_by_side():
    day = date(2024, 11, 1)
    floors = {
        answer: rules_at(day, {"enterprise_floor": answer}).floor("enterprise").value
        for answer in load_law().choices["enterprise_floor"].allowed
    }
    assert floors == {"half_minimum_wage": 1_250_000, "minimum_wage": 2_500_000}


def test_every_instrument_of_the_sources_is_listed():
    listed = {str(one.date) for one in load_law().instruments.values()}
    # Days of lao_context 2.1, and its three decrees of a year alone.
    days = {"1993-01-01 to 1993-12-31", "1999-01-01 to 1999-12-31", "2006-01-01 to 2006-12-31",
            "2013-07-26", "2015-07-24", "2016-04-25", "2018-06-27",
            "2020-04-01", "2023-01-11", "2023-11-13", "2024-07-31", "2024-11-11", "2025-06-02",
            "2025-12-12", "2026-01-20"}  # fmt: skip
    assert days <= listed


def test_coverage_is_unknown_where_two_kinds_differ():
    rules = rules_at(date(2020, 1, 1))
    employee = Kind(frozenset({"employee"}), frozenset({"enterprise"}))
    assert rules.status(employee)[0] == "compulsory_enterprise"
    perhaps = Kind(frozenset({"employee", "own_account"}), frozenset({"enterprise"}))
    assert rules.status(perhaps)[0] == "unknown"


def test_every_code_of_a_job_means_something_to_the_law():
    columns = {column.name: column for column in load_contract("core.job").columns}
    meaning = load_law().meaning
    assert set(columns["status_icse93"].valid) == set(meaning["worker"])
    units = {unit for unit in meaning["unit"] if not unit.startswith("not_asked_")}
    assert set(columns["institutional_unit"].valid) == units
    sectors = {unit.removeprefix("not_asked_") for unit in set(meaning["unit"]) - units}
    assert set(columns["institutional_sector"].valid) == sectors


def test_unknown_settings_are_refused():
    with pytest.raises(InputError, match="no choice flor"):
        rules_at(date(2020, 1, 1), {"flor": "minimum_wage"})
    with pytest.raises(InputError, match="enterprise_floor cannot be"):
        rules_at(date(2020, 1, 1), {"enterprise_floor": "zero"})


# Each: file, text in it, text instead, what the error must say.
BROKEN = [
    ("minimum_wage.yaml", "from: 2015-04-01, to", "from: 2015-03-01, to",
     "minimum_wage: minimum_wage_2012 and minimum_wage_2015 overlap"),
    ("minimum_wage.yaml", "from: 2015-04-01, to", "from: 2015-05-01, to",
     r"a gap between minimum_wage_2012 \(to 2015-04-01\) and minimum_wage_2015 \(from 2015-05-01\)"),
    ("minimum_wage.yaml", "from: 2024-10-01, to: null", "from: 2024-10-01, to: 2030-01-01",
     "a gap after minimum_wage_2024"),
    ("coverage.yaml", "worker: [family_worker]}, value: none, from: 1993", "worker: [family_worker]}, value: none, from: 1995",
     "coverage of family_worker, .* a gap from 1993-01-01 to 1993-12-31"),
    ("coverage.yaml", "{worker: [employee], unit: [household]}, value: none", "{worker: [employee], unit: [household, enterprise]}, value: none",
     "overlap"),
    ("contributions.yaml", "{enterprise_floor: minimum_wage}", "{enterprise_floor: half_minimum_wage}",
     "floor enterprise: .* overlap"),
    ("contributions.yaml", "{enterprise_floor: minimum_wage}", "{enterprise_floor: a_third}",
     "enterprise_floor_whole names a choice that there is not"),
    ("contributions.yaml", "id: enterprise_ceiling_indexed", "id: enterprise_ceiling_1740",
     "enterprise_ceiling_1740 stands twice"),
    ("contributions.yaml", "instrument: decision_1851", "instrument: decision_1", "no known instrument"),
    ("contributions.yaml", 'source: "ssa.gov SSPTW Asia 2004", ', "", r"contributions.yaml, line \d+: lines"),
    ("minimum_wage.yaml", 'confidence: H, note: "notice 808', 'note: "notice 808', r"minimum_wage.yaml, line \d+: lines"),
    ("contributions.yaml", "value: {lak: 1000000}", "value: {lak: -5}", r"contributions.yaml, line \d+"),
    ("minimum_wage.yaml", "from: 2023-05-01, to: 2023-10-01", "from: 2023-05-01, to: 2023-04-01",
     "minimum_wage_2023_05 ends before it begins"),
    ("minimum_wage.yaml", "[2011-11-23, 2012-06-30]", "[2012-06-30, 2011-11-23]", "is after 2011-11-23"),
    ("minimum_wage.yaml", "from: 2023-05-01, to", "from: 2023-02-30, to", "minimum_wage.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_broken_file_is_refused(tmp_path, file, old, new, said):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "law"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_law(folder)


def test_register_terms_are_the_laws_lines_by_month():
    assert terms_of("enterprise", "2016-12") == Terms(
        "enterprise", "2015-01", "2017-01", (115,), 2_000_000
    )
    assert terms_of("enterprise", "2013-12").rates == (95, 115)  # the old rate held to 2013 or 2014
    assert terms_of("enterprise", "2001-03") is None  # live in mid-2001
    assert terms_of("public", "2013-01") is None  # rates of the decrees: in no source
    assert terms_of("voluntary", "2024-01").maximum == 405_000
    assert terms_of("enterprise", "2024-01").maximum == 517_500
    assert {term.scheme for term in all_terms()} == set(SCHEMES)
