"""Living with a covered worker: by hand on a few households, and the design's variance beside R."""

import polars as pl
import pytest

from analyses.coverage.groups.indirect import covered_households, indirect
from analyses.wave.core_design import core_design
from data_contracts.catalogue.indicators import Asked
from data_contracts.contract.find import load
from data_contracts.errors import InputError
from tests.unit.analyses.coverage.groups.group_sample import people, wave


def test_who_lives_with_a_covered_worker_by_hand():
    rows = pl.DataFrame(
        {
            "survey_id": ["w"] * 8,
            # Two earners and a child; a worker without coverage and a parent; a covered worker
            # alone; somebody who is not employed and whose job's answer would not count.
            "hh_id": ["a", "a", "a", "b", "b", "c", "d", "d"],
            "lfs_status": ["employed", "employed", None, "employed", "outside", "employed",
                           "outside", "outside"],
            "social_security": ["yes", "yes", None, "no", None, "yes", "yes", None],
        }
    )  # fmt: skip
    made = covered_households(rows)
    assert made["covered_worker"].to_list() == [True, True, False, False, False, True, False, False]
    assert made["lives_with_covered_worker"].to_list() == [False, False, True] + [False] * 5
    with pytest.raises(InputError, match="column hh_id"):
        covered_households(rows.drop("hh_id"))


@pytest.fixture(scope="module")
def table():
    return indirect(people(), core_design(), wave(), breakdowns=["sex"])


def one(table, universe, unit):
    return table.filter(universe=universe, unit_measure=unit, breakdown="total").row(0, named=True)


def test_numbers_and_shares_are_those_of_r(table):
    # f$ind <- ave(cov, hh_id, FUN = max) == 1 & cov == 0; in_no <- ind * no; in_ne <- ind * (1 - emp)
    # R's `svytotal(~ind + in_no + in_ne, d); svymean(~ind, d, deff = TRUE); svyratio(~in_no, ~no, d) ...`
    expected = {
        "all_persons": (2810, 361.80105, 0.339371980676, 0.043695779022),
        "employed_not_covered": (1320, 257.48786, 0.3267326732673, 0.0710711678024),
        "not_employed": (760, 302.32433, 0.527777777778, 0.159421054294),
    }
    for universe, (number, number_se, share, share_se) in expected.items():
        total, ratio = one(table, universe, "PS"), one(table, universe, "RATIO")
        assert total["obs_value"] == number
        assert total["se"] == pytest.approx(number_se, rel=1e-7)
        assert [ratio["obs_value"], ratio["se"]] == pytest.approx([share, share_se], rel=1e-9)
    assert one(table, "all_persons", "RATIO")["deff"] == pytest.approx(0.609954357225, rel=1e-9)


def test_the_table_keeps_its_contract_and_its_name(table):
    contract = load("est.indirect")
    assert dict(table.schema) == contract.polars_schema()
    assert not table.select(contract.primary_key).is_duplicated().any()
    assert set(table["concept"]) == {"lives_with_covered_worker"}
    assert table["note"].str.contains("never added to the affiliated").all()


def test_a_wave_that_did_not_ask_everybody_gives_the_reason():
    told = wave(asked={"social_security": Asked(usable=False, reason="asked of employees alone")})
    found = indirect(people(), core_design(), told)
    assert found.select("obs_value", "obs_status").unique().rows() == [(None, "M")]
    assert found["note"].str.contains("asked of employees alone").all()
