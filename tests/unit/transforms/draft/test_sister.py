"""A sister wave's file with columns renamed or taken out: each is found again, asked about, or said to be gone."""

import polars as pl
import pytest

from data_contracts.profile.finished import unfinished
from data_contracts.profile.profile import load_profile
from transforms.draft.guess import draft
from transforms.draft.rewrite import like_yaml
from transforms.draft.sister import GONE, RENAMED, UNSURE, compared
from transforms.read.files import read_table
from transforms.survey.harmonise import harmonise
from transforms.twin import labels
from transforms.twin.population import population
from transforms.twin.survey import draw_survey
from transforms.twin.write import write_stata

SISTER = load_profile("LAO_2017_LFS")
NEW = "LAO_2027_LFS"


@pytest.fixture(scope="module")
def wave():
    return draw_survey(population(0.01, 11), 3)


def delivered(wave, folder, renamed, without=(), labelled=True):
    frame = wave.drop(without).rename(renamed)
    path = folder / ("wave.dta" if labelled else "wave.csv")
    if not labelled:
        frame.write_csv(path)
        return path
    columns = {renamed.get(name, name): said for name, said in labels.COLUMNS_2017.items()}
    values = {renamed.get(name, name): said for name, said in labels.VALUES_2017.items()}
    held = set(frame.columns)
    write_stata(
        frame,
        path,
        {name: said for name, said in columns.items() if name in held},
        {name: said for name, said in values.items() if name in held},
    )
    return path


def found(path):
    columns = compared(SISTER, draft(path), path)
    return columns, {one.name: one for one in columns}


def profile_of(columns, path, folder):
    text = like_yaml(SISTER, columns, NEW, path.name)
    own = folder / f"{NEW}.yaml"
    own.write_text(text, encoding="utf-8")
    return load_profile(str(own)), text


def test_three_renamed_columns_are_found_and_nothing_is_left_to_fill(wave, tmp_path):
    renamed = {"ac03": "job_status", "sp01": "q_ssc", "ea": "village"}
    path = delivered(wave, tmp_path, renamed)
    columns, by_name = found(path)
    assert {one.name: one.now for one in columns if one.now != one.name} == renamed
    assert {by_name[name].status for name in renamed} == {RENAMED}
    profile, text = profile_of(columns, path, tmp_path)
    assert unfinished(profile) == []
    assert (profile.survey_id, profile.reference_year, profile.time_period) == (NEW, 2027, "2027")
    assert (profile.status, profile.population) == ("unverified", None)
    assert "# left out, as they hold for 2017 alone: population, expected" in text
    assert profile.parameters == SISTER.parameters
    assert "# 365/12 for days; weeks and fortnights" in text  # the sister's comments are kept
    # read by the new profile the file gives what it gave under its own names
    again = harmonise(profile, read_table(path, profile.raw_names()).frame, path.name)
    was = harmonise(SISTER, wave.rename({}), "twin")
    for name in ("psu", "strata", "age"):
        assert again.person[name].equals(was.person[name]), name
    for name in ("status_icse93", "social_security"):
        assert again.job[name].equals(was.job[name]), name


def test_without_labels_codes_alone_are_asked_about(wave, tmp_path):
    path = delivered(wave, tmp_path, {"hl06": "marr", "ea": "village"}, labelled=False)
    columns, by_name = found(path)
    assert by_name["ea"].status == RENAMED  # its name and its place within the strata speak
    assert by_name["hl06"].status == UNSURE
    profile, _ = profile_of(columns, path, tmp_path)
    (one,) = unfinished(profile)
    assert (one.key, "is marr what was hl06" in one.said) == ("marital_status", True)


def test_what_is_gone_is_not_asked_and_says_so(wave, tmp_path):
    path = delivered(wave, tmp_path, {}, without=["ac16", "stratum", "ac11a", "hl05"])
    columns, by_name = found(path)
    assert {one.name for one in columns if one.status == GONE} == {
        "ac16", "stratum", "ac11a", "hl05",
    }  # fmt: skip
    profile, _ = profile_of(columns, path, tmp_path)
    assert unfinished(profile) == []
    assert not profile.strata
    assert profile.corrections == []  # the one there was is about age
    for name in ("bookkeeping", "status_icse93", "institutional_unit", "age"):
        assert "which LAO_2017_LFS reads for it" in (profile.columns[name].not_asked or "")
    assert profile.columns["registration"] == SISTER.columns["registration"]
    assert by_name["ac15"].now == "ac15"


def test_a_weight_that_is_gone_waits_for_a_person(wave, tmp_path):
    path = delivered(wave, tmp_path, {}, without=["v"])
    profile, _ = profile_of(found(path)[0], path, tmp_path)
    (one,) = unfinished(profile)
    assert "the file has no v; name the weight" in one.said


def test_codes_that_the_sister_does_not_know_speak_against_a_candidate(wave, tmp_path):
    frame = wave.with_columns(marital=pl.col("hl06").cast(pl.Int64) + 10)
    path = delivered(frame, tmp_path, {}, without=["hl06"], labelled=False)
    assert found(path)[1]["hl06"].status == GONE


def test_every_shipped_profile_can_be_a_sister(tmp_path):
    """With all its columns there the text is the sister's but for its head."""
    for name in ("CRI_2020_ENAHO", "BOL_2021_ECE", "LAO_2010_LFS"):
        sister = load_profile(name)
        path = tmp_path / "all.csv"
        pl.DataFrame({raw: ["1", "2"] for raw in sister.raw_names()}).write_csv(path)
        columns = compared(sister, draft(path), path)
        text = like_yaml(sister, columns, name, path.name)
        own = tmp_path / f"{name}.yaml"
        own.write_text(text, encoding="utf-8")
        assert load_profile(str(own)).tree == sister.tree
