"""A wave recomputed under another wave's rules: what can be separated, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile
from pipelines.commands.printout import TableFormat, content
from pipelines.commands.profile_diff import Comparison, compare, printout
from pipelines.figures.change import wave_changes
from pipelines.figures.core import derive
from pipelines.settings import Settings
from pipelines.stored import stored_wave
from tests.unit.profiles import profile_of
from transforms.survey.harmonise import harmonise

YES = {"1": "yes", "2": "no"}
ASKED = {
    "sex": {"from": "sex", "codes": {"1": "SEX_M", "2": "SEX_F"}},
    "age": {"from": "age", "number": True},
    "area_type": {"from": "area", "codes": {"1": "GEO_COV_URB", "2": "GEO_COV_RUR"}},
    "worked_for_pay": {"from": "w1", "codes": YES},
    "worked_for_profit": {"from": "w2", "codes": YES},
    "activity_agricultural": {"from": "w3", "codes": YES},
    "market_orientation": {"from": "w4", "codes": {"1": "only_sale", "2": "only_own_use"}},
    "searched": {"from": "s1", "codes": YES},
    "available_2w": {"from": "s2", "codes": YES},
    "status_icse93": {"from": "st", "codes": {"1": "STE_ICSE93_1", "2": "STE_ICSE93_3"}},
    "institutional_unit": {"from": "u", "codes": {"1": "government", "2": "private_business"}},
    "workplace_type": {"from": "pl", "codes": {"1": "fixed_premises", "2": "street"}},
    "enterprise_size": {"from": "z", "counts": [1, 9]},
    "employer_social_contribution": {"from": "u", "codes": YES},
}
# The 13th ICLS said with the file's own questions: who works on the own farm is employed.
GIVEN = {
    "sex": ASKED["sex"],
    "age": ASKED["age"],
    "area_type": ASKED["area_type"],
    "status_icse93": ASKED["status_icse93"],
    "lfs_status_given": {
        "cases": [
            {"if": {"age": {"max": 14}}, "then": "below_working_age"},
            {"if": [{"w1": [1]}, {"w2": [1]}], "then": "employed"},
            {"if": {"s1": [1], "s2": [1]}, "then": "unemployed"},
        ],
        "else": "outside",
    },
}


def profile(year, columns, icls="ICLS19", **entries):
    data = {
        "survey_id": f"TST_{year}_LFS",
        "ref_area": "TST",
        "time_period": year,
        "reference_year": int(year),
        "min_age_labour": 15,
        "standards": {"icls": icls},
        "keys": {"household": ["hh"], "person": "pn"},
        "design": {"strata": ["st1"], "psu": ["ea"], "weight": "wt"},
        "columns": columns,
    }
    return profile_of(**(data | entries))


def raw(seed=1, rows=900):
    draw = np.random.default_rng(seed)
    one_of = {name: draw.integers(1, 3, rows) for name in ("sex", "area", "w2", "w3", "w4", "s1", "s2", "st", "u", "pl")}  # fmt: skip
    return pl.DataFrame(
        {
            "hh": np.arange(rows) // 3, "pn": np.arange(rows) % 3 + 1,
            "st1": np.arange(rows) // 300, "ea": np.arange(rows) // 30,
            "wt": draw.integers(1, 9, rows) / 2, "age": draw.integers(5, 80, rows),
            "w1": draw.choice([1, 2, 2, 2], rows), "z": draw.integers(1, 10, rows), **one_of,
        }
    )  # fmt: skip


class Shelf:
    """The stored tables of some waves, as the warehouse gives them."""

    def __init__(self, *waves):
        self.raw, self.core = {}, {}
        for wave, rows in waves:
            person, job = derive(wave, harmonise(wave, rows, "test"))
            self.raw[f"raw.{wave.survey_id.lower()}"] = rows
            self.core[wave.survey_id] = {"core.person": person, "core.job": job}

    def get(self, name, where=None):
        if where is None:
            return self.raw[name]
        for tables in self.core.values():
            empty = tables[name].clear()
        return self.core.get(where["survey_id"], {}).get(name, empty)


def changes(old, old_rows, new, new_rows):
    shelf = Shelf((old, old_rows), (new, new_rows))
    made = wave_changes(stored_wave(shelf, old), stored_wave(shelf, new))
    return {change.indicator: change for change in made}


DEFINITIONS = {
    "employment": {"says": "x"},
    "unemployment": {"says": "y", "only_here": "own declaration"},
}
OLD = profile(
    "2010", GIVEN, "ICLS13", definitions=DEFINITIONS, unavailable={"informality": "not asked"}
)
NEW = profile("2017", ASKED)


def test_the_same_persons_differ_by_definition_alone():
    made = changes(OLD, raw(), NEW, raw())
    employment = made["employment_to_population_ratio"]
    assert (employment.status, employment.under) == ("SEPARATED", "TST_2010_LFS")
    assert employment.total.value < -0.05
    assert employment.definition.value == pytest.approx(employment.total.value, abs=1e-12)
    assert abs(employment.composition.value) + abs(employment.rate.value) < 1e-12
    assert employment.share("definition") == pytest.approx(100)


def test_the_standard_alone_is_given_where_the_old_question_is_missing():
    rate = changes(OLD, raw(), NEW, raw(2))["unemployment_rate"]
    assert (rate.status, rate.composition, rate.rate) == ("STANDARD ALONE", None, None)
    assert "own declaration" in rate.reason
    assert "takes the labour-force status from its own questions" in rate.reason
    assert rate.definition.value + rate.rest.value == pytest.approx(rate.total.value, abs=1e-12)


def test_what_a_wave_cannot_give_is_refused_with_its_reason():
    refused = changes(OLD, raw(), NEW, raw())["informal_employment_rate"]
    assert (refused.status, refused.total) == ("NOT COMPUTABLE", None)
    assert refused.reason == "TST_2010_LFS: not asked"


def test_a_threshold_counts_as_definition():
    old = profile("2010", ASKED, parameters={"size_threshold": 6})
    new = profile("2017", ASKED, parameters={"size_threshold": 2})
    rows = raw(2)
    made = changes(old, raw(), new, rows)["outside_formal_sector_rate"]
    assert made.status == "SEPARATED"
    # By hand: employed, outside government, not in fixed premises with 2 (or 6) persons.
    employed = rows.filter(
        (pl.col("age") >= 15)
        & (
            (pl.col("w1") == 1)
            | ((pl.col("w2") == 1) & ((pl.col("w3") == 2) | (pl.col("w4") == 1)))
        )
    )
    total = employed["wt"].sum()

    def outside(threshold):
        formal = (pl.col("u") == 1) | ((pl.col("pl") == 1) & (pl.col("z") >= threshold))
        own_use = (pl.col("u") != 1) & (pl.col("w4") == 2)  # only for own use: a household unit
        return employed.filter(~formal | own_use)["wt"].sum() / total

    assert made.new.value == pytest.approx(outside(2), abs=1e-12)
    assert made.definition.value == pytest.approx(outside(2) - outside(6), abs=1e-12)
    parts = made.definition.value + made.composition.value + made.rate.value
    assert parts == pytest.approx(made.total.value, abs=1e-12)


def test_the_same_rules_leave_nothing_to_definition():
    new = profile("2017", ASKED)
    made = changes(profile("2010", ASKED), raw(), new, raw(2))["employment_to_population_ratio"]
    assert (made.status, made.under, made.definition.value) == ("SAME RULES", None, 0)
    total = made.composition.value + made.rate.value
    assert total == pytest.approx(made.total.value, abs=1e-12)


def test_the_other_direction_where_it_says_more():
    made = changes(NEW, raw(), OLD, raw())["employment_to_population_ratio"]
    assert (made.status, made.under) == ("SEPARATED", "TST_2010_LFS")
    assert made.definition.value == pytest.approx(made.total.value, abs=1e-12)


def test_two_waves_with_their_own_statuses_are_not_separable():
    other = profile("2017", GIVEN, "ICLS13", definitions=DEFINITIONS)
    made = changes(OLD, raw(), other, raw(2))["employed"]
    assert (made.status, made.definition, made.under) == ("NOT SEPARABLE", None, None)
    assert made.total is not None


def test_a_file_that_core_does_not_come_from_is_refused():
    shelf = Shelf((OLD, raw()), (NEW, raw()))
    shelf.raw["raw.tst_2017_lfs"] = raw().head(600)
    with pytest.raises(InputError, match="not the same delivery"):
        wave_changes(*(stored_wave(shelf, wave) for wave in (OLD, NEW)))


def test_an_absent_wave_is_named():
    shelf = Shelf((OLD, raw()))
    with pytest.raises(InputError, match="TST_2017_LFS is not in the workspace"):
        wave_changes(*(stored_wave(shelf, wave) for wave in (OLD, NEW)))


def test_without_a_workspace_the_profiles_alone_are_compared(tmp_path):
    made = compare(Settings(tmp_path / "none"), "LAO_2010_LFS", "LAO_2017_LFS")
    assert made.changes
    assert made.shares == ()
    assert "informality run --survey LAO_2010_LFS" in made.note
    assert not (tmp_path / "none").exists()


def test_what_is_printed_says_the_same_as_the_json():
    shares = tuple(changes(OLD, raw(), NEW, raw(2)).values())
    old, new = load_profile("LAO_2010_LFS"), load_profile("LAO_2017_LFS")
    made = Comparison(old, new, (), shares, "")
    printed = content(replace(printout(made), width=200), TableFormat.text).decode()
    entry = next(
        one
        for one in json.loads(made.to_json())["shares"]
        if one["indicator"] == "employment_to_population_ratio"
    )
    assert f"{100 * entry['definition']['value']:+.1f}" in printed
    assert f"{round(entry['definition_share'])} %" in printed
    assert "NOT COMPUTABLE: informal employment" in printed


def test_every_variant_of_the_labour_force_tables_reaches_them():
    """A variant that is not named in core would go to the informality rules, which refuse it not."""
    from data_contracts.decision_table import load_decision_table, rule_file
    from pipelines.figures.core import LABOUR_FORCE_VARIANTS

    tables = [load_decision_table(rule_file(f"labour_force_icls{n}")) for n in (13, 19)]
    known = {name for table in tables for name in table.parameters}
    assert known - {"icls_native", "min_age_labour"} == LABOUR_FORCE_VARIANTS
