"""Draws from the twin: design, skip pattern, raw types, and honesty over many redraws."""

import numpy as np
import polars as pl
import pytest

from transforms.twin.errors import NO_ERRORS
from transforms.twin.survey import COLUMNS, TEXT, draw_sample, draw_survey
from transforms.twin.survey_2010 import draw_survey_2010
from transforms.twin.truth import indicator_flags

C = pl.col


def test_layout_and_text_columns(wave):
    assert wave.columns == list(COLUMNS)
    texts = {name for name, kind in wave.schema.items() if kind == pl.String}
    assert texts == TEXT
    assert wave.select("hhid", "pid").is_unique().all()


def test_every_stratum_has_two_villages_and_no_village_two_strata(wave):
    villages = wave.group_by("stratum").agg(C("ea").n_unique().alias("n"))
    assert villages.height == 54
    assert villages["n"].min() >= 2
    assert wave.group_by("ea").agg(C("stratum").n_unique())["stratum"].max() == 1


def test_frame_has_twelve_villages_a_stratum(people):
    assert people.villages.group_by("stratum").len()["len"].min() >= 12


def test_twenty_households_at_most_and_whole_households(wave, people):
    assert wave.group_by("ea").agg(C("hhid").n_unique())["hhid"].max() == 20
    sizes = wave.group_by("hhid").agg(C("pid").max().alias("last"), pl.len().alias("n"))
    assert (sizes["last"] == sizes["n"]).all()
    assert wave.height < len(people.person["pid"])


def test_exactly_one_record_has_no_age(wave):
    assert wave["hl05"].null_count() == 1


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        (C("ep01") == 2, "ep02"),
        ((C("ep01") == 2) & (C("ep02") == 2), "ep03"),
        ((C("ep02") == 1) | (C("ep03") == 1), "ep04"),
        (C("ep04") == 1, "ep05"),
        (C("ep06") == 1, "ep07"),
        (C("ep07") >= 5, "ep08"),
        (C("ep08") >= 2, "ep09"),
        (C("ac03").is_in([1, 2, 6]), "ac05"),
        (C("ac03").is_in([1, 2, 6]), "ac11a"),
        (C("ac03").is_not_null(), "ac13"),
        (C("ac03").is_not_null(), "lsco4"),
        (C("ac03").is_in([3, 4]), "eri01"),
        (C("eri06").is_not_null(), "eri07"),
        (C("ue01") == "2", "ue02"),
        (C("ue01") == "1", "ue03"),
        (C("ue02") == "2", "ue07"),
        (C("opw04") == 2, "opw05"),
    ],
)
def test_a_question_is_answered_exactly_where_it_is_asked(wave, asked, question):
    answered = wave.select(C(question).is_not_null() == asked.fill_null(value=False))
    assert answered.to_series().all()
    assert wave[question].null_count() < wave.height


def test_unsure_answers_are_few_and_never_where_not_asked(wave):
    asked = wave.filter(C("ac13").is_in([3, 6]) & (C("ac11a").fill_null(1) != 2))
    assert wave["ac15"].is_not_null().sum() == asked["ac15"].is_not_null().sum()
    for question, base in (("ac15", asked), ("sp01", wave.filter(C("ac03").is_not_null()))):
        unsure = base.select((C(question).is_null() | (C(question) == 8)).mean()).item()
        assert 0.001 < unsure < 0.025


def test_employees_say_the_same_of_both_questions_on_cover_but_for_the_planted_misreport(
    wave, people
):
    def said(table):
        return table.filter(C("ac03").is_in([1, 2]) & C("ac08").is_in([1, 2]))

    honest = said(draw_survey(people, 3, NO_ERRORS))
    assert (honest["sp01"] == honest["ac08"]).all()
    # Planted: of the covered 85 in 100 say so, of the others 99; n is about 450 and 400 here.
    agree = said(wave).group_by("ac08").agg((C("sp01") == C("ac08")).mean()).sort("ac08")
    assert agree["sp01"].to_list() == pytest.approx([0.85, 0.99], abs=0.04)
    assert said(wave)["ac08"].equals(honest["ac08"])


def test_occupation_keeps_its_leading_zero(wave):
    assert wave["lsco4"].drop_nulls().str.len_chars().unique().to_list() == [4]


def test_redraws_are_the_same_for_a_seed_and_other_for_another(people, wave):
    assert draw_survey(people, 3).equals(wave)
    assert not draw_survey(people, 4)["ea"].equals(wave["ea"])


def _redraws(people, number):
    flags = indicator_flags(people)
    for seed in range(number):
        sample = draw_sample(people, seed)
        yield sample, {k: v[sample.rows] for k, v in flags.items()}


def test_weights_are_unbiased_over_redraws(people):
    persons = len(people.person["pid"])
    flags = indicator_flags(people)
    totals = [s.weight.sum() for s, _ in _redraws(people, 60)]
    assert np.mean(totals) == pytest.approx(persons, rel=0.01)
    found = np.array([s.weight[f["employed"]].sum() for s, f in _redraws(people, 60)])
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert abs(found.mean() - flags["employed"].sum()) < 4 * error


def test_villages_make_a_design_effect(people):
    rates, sizes = [], []
    for sample, flags in _redraws(people, 60):
        base = sample.weight * flags["employed"]
        rates.append((base * flags["informal_employment"]).sum() / base.sum())
        sizes.append(flags["employed"].sum())
    rate = float(np.mean(rates))
    simple = rate * (1 - rate) / np.mean(sizes)
    assert np.var(rates, ddof=1) > 1.3 * simple


def test_2010_has_17_provinces_and_that_surveys_figures(people):
    waves = [draw_survey_2010(people, seed) for seed in range(8)]
    table = pl.concat(waves).filter(C("hl5") >= 15)
    assert sorted(table["prov"].unique()) == list(range(1, 18))
    assert table["villaget"].dtype == pl.String
    working = ((C("ac1") == 1) | (C("ac2") == 1)) & C("ac3").is_between(1, 7)
    seeking = ((C("ue1") == 1) & (C("ue4") == 1)) | (C("ac3") == 8)
    table = table.with_columns(
        working.fill_null(value=False).alias("w"), seeking.fill_null(value=False).alias("u")
    )
    weight = C("wt_per")
    employed, idle, adults = table.select(
        weight.filter("w").sum().alias("e"), weight.filter("u").sum().alias("s"), weight.sum()
    ).row(0)
    # UN Lao page: employment-to-population 77.7 %; UN SDG database: unemployment 0.71 %.
    assert 100 * employed / adults == pytest.approx(77.7, abs=1.5)
    assert 100 * idle / (employed + idle) == pytest.approx(0.71, abs=0.3)
    assert not table.select((C("w") & C("u")).any()).item()
