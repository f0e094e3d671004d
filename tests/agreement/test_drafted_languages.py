"""A survey in the words of seven questionnaires: the draft, a person's few edits, and the very answers behind it."""

import pytest

from benchmarks.drafts import MOST, answers, edited, made, questionnaires
from data_contracts.profile.finished import unfinished
from data_contracts.profile.profile import load_profile
from pipelines.figures.core import derive
from pipelines.figures.profile_draft import draft_yaml, drafted
from transforms.read.files import read_table
from transforms.survey.harmonise import harmonise

pytestmark = [pytest.mark.agreement, pytest.mark.slow]


@pytest.fixture(scope="module")
def told():
    return answers(0.02)


@pytest.mark.parametrize("language", questionnaires())
def test_a_draft_with_a_persons_edits_gives_the_answers_that_were_put_into_words(
    language, told, tmp_path
):
    words = questionnaires()[language]
    path = made(tmp_path, told, words)
    text, lines = edited(draft_yaml(drafted(path, None, None), words["survey_id"]), words["edits"])
    assert len(lines) <= MOST
    own = path.with_suffix(".yaml")
    own.write_text(text, encoding="utf-8")
    profile = load_profile(str(own))
    assert unfinished(profile) == []
    person, job = derive(
        profile, harmonise(profile, read_table(path, profile.raw_names()).frame, path.name)
    )
    assert person["lfs_status"].to_list() == told["lfs_status"].to_list()
    assert person["weight"].to_list() == told["weight"].to_list()
    assert person["psu"].n_unique() == told["psu"].n_unique()
    working = told.filter(told["lfs_status"] == "employed")
    for column, (_, _, *meanings) in words["columns"].items():
        if not meanings or column in {"lfs_status", "enterprise_size_lower"}:
            continue
        read, truth = (person, told) if column in person.columns else (job, working)
        said = {one: many[0] for _, *many in meanings[0].values() for one in many}
        pairs = zip(read[column], truth[column], strict=True)
        assert {(found, said[one]) for found, one in pairs if one in said} == {
            (one, one) for one in set(said.values()) & {said.get(x) for x in truth[column]}
        }, column
    assert job["enterprise_size_lower"].to_list() == [
        int(x) for x in working["enterprise_size_lower"]
    ]
    assert (
        job["occupation_major"].str.slice(-1).to_list()
        == working["occupation_major"].str.slice(0, 1).to_list()
    )
    assert job["hours_usual_week"].to_list() == working["hours_usual_week"].to_list()
    assert job["earnings_monthly"].to_list() == working["earnings_monthly"].to_list()
    assert job["economic_sector"].to_list() == working["economic_sector"].to_list()


def test_columns_that_only_look_alike_are_never_chosen(told, tmp_path):
    for words in questionnaires().values():
        found = drafted(made(tmp_path, told, words), None, None)
        beside = {name for name, *_ in words["beside"]}
        chosen = {name: one.chosen.raw for name, one in found.guesses.items() if one.chosen}
        assert not beside & set(chosen.values()), words["survey_id"]
