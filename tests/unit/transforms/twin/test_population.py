"""The twin's people: published margins, and answers that give back the facts behind them."""

import numpy as np
import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.twin.margins import margins_met, published_margins
from transforms.twin.population import population
from transforms.twin.truth import job_formality, labour_status, truth


def test_every_usable_margin_of_2017_is_met():
    table = margins_met(population(0.1, 4))
    # 26 = the 2017 rows of published_margins.csv that are not UNUSABLE, less underutilisation.
    assert table.height == 26
    assert table.filter(~pl.col("meets")).is_empty()
    # UN SDG database, ILO harmonised from LFS 2017.
    total = table.filter(pl.col("published") == 82.87907)["twin"][0]
    assert total == pytest.approx(82.879, abs=0.02)


def test_misprinted_margins_are_left_out():
    assert published_margins().filter(pl.col("value").is_in([66.5, 19.97, 42.66])).is_empty()


def test_questions_give_back_the_status(people):
    employed, unemployed = labour_status(people.person)
    assert np.array_equal(employed, people.person["status"] == 1)
    assert np.array_equal(unemployed, people.person["status"] == 2)


def test_leaves_rescue_only_a_missing_answer_on_social_security(people):
    q = people.person
    _, _, formal = job_formality(q)
    paid = np.isin(q["ac03"], (1, 2)) & (q["ac09"] == 1) & (q["ac10"] == 1)
    assert formal[paid & ~np.isin(q["ac08"], (1, 2))].all()
    assert not formal[paid & (q["ac08"] == 2)].any()
    assert (paid & (q["ac08"] == 2)).any()


def test_family_workers_are_always_informal_even_in_formal_units(people):
    _, unit, formal = job_formality(people.person)
    family = people.person["ac03"] == 5
    assert not formal[family].any()
    assert unit[family].any()


def test_unsure_answers_do_not_move_the_coverage_rate():
    q = population(0.1, 2).person
    employed = q["status"] == 1
    said = employed & np.isin(q["sp01"], (1, 2))
    true = (q["covered"][employed] == 1).mean()
    assert (q["sp01"][said] == 1).mean() == pytest.approx(true, abs=0.0015)
    assert 0.005 < 1 - said.sum() / employed.sum() < 0.015


def test_another_seed_gives_other_people(people):
    other = population(0.02, 12)
    assert not np.array_equal(people.person["hl05"][:1000], other.person["hl05"][:1000])


def test_truth_adds_up_over_sex_area_and_province(people):
    table = truth(people).filter(pl.col("indicator") == "informal_employment")
    sums = table.group_by("breakdown").agg(pl.col("value").sum())
    assert sums.height == 4
    assert sums["value"].n_unique() == 1


def test_truth_has_every_indicator_of_the_sheet(people):
    wanted = 15
    assert truth(people)["indicator"].n_unique() == wanted
    assert truth(people).group_by("indicator").len()["len"].unique().to_list() == [1 + 2 + 2 + 18]


def test_no_twin_without_size():
    with pytest.raises(InputError, match="above 0"):
        population(0, 1)
