"""`informality profile` from the front door: what is printed, and the exit codes that scripts read."""

import json

import pandas as pd
import pyreadstat
import pytest

from data_contracts.profile.profile import load_profile
from pipelines.commands.start import start

# Each test runs a command whole, with its imports.
pytestmark = pytest.mark.slow

PROFILE = """\
survey_id: TST_2020_LFS
title: A survey of our own
status: sourced
ref_area: TST
source_type: LFS
time_period: "2020"
reference_year: 2020
currency: XTS
min_age_labour: 15
standards: {icls: ICLS13}
citation: none
keys: {household: [hh], person: pn}
design: {strata: [st], psu: [ea], weight: wt}
columns:
  sex: {from: sex, codes: {1: SEX_M, 2: SEX_F}}
  age: {from: age, number: true}
  lfs_status_given: {from: act, codes: {1: employed, 2: unemployed, 3: outside}}
  registration: {not_asked: the questionnaire has no such question}
"""
ROWS = {
    "hh": [1, 1, 2, 2, 3, 3, 4, 4],
    "pn": [1, 2] * 4,
    "st": [1, 1, 1, 1, 2, 2, 2, 2],
    "ea": [1, 1, 2, 2, 3, 3, 4, 4],
    "wt": [10.0, 10, 9, 9, 8, 8, 7, 7],
    "sex": [1, 2] * 4,
    "age": [40, 38, 20, 25, 33, 70, 14, 15],
    "act": [1, 2, 3, 1, 1, 3, 3, 1],
}
LABELS = {"sex": {1: "Male", 2: "Female"}}


@pytest.fixture
def survey(tmp_path):
    """Write the profile and give a writer of files that differ from the right one."""
    own = tmp_path / "TST_2020_LFS.yaml"
    own.write_text(PROFILE, encoding="utf-8")

    def write(labels=LABELS, drop=(), **changed):
        path = tmp_path / "wave.dta"
        frame = pd.DataFrame({**ROWS, **changed}).drop(columns=list(drop))
        pyreadstat.write_dta(frame, str(path), variable_value_labels=labels)
        return path

    return own, write


def run(capsys, *arguments):
    code = start("profile", [str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def checked(capsys, survey, **changed):
    own, write = survey
    path = write(**changed)
    code, out, _ = run(
        capsys, "check", path, "--profile", own, "--workspace", path.parent, "--json"
    )
    told = json.loads(out)
    columns = {
        one["column"]: (one["status"], one["rows"], one["detail"]) for one in told["columns"]
    }
    return code, columns, {one["indicator"]: one for one in told["indicators"]}


def test_a_file_that_fits_passes_and_says_which_indicators_follow(capsys, survey):
    code, columns, indicators = checked(capsys, survey)
    assert code == 0
    assert columns["sex"][0] == columns["weight"][0] == "maps"
    assert columns["registration"] == ("not asked", 0, "the questionnaire has no such question")
    assert indicators["unemployment_rate"]["status"] == "COMPUTABLE"
    assert indicators["social_security_coverage"]["status"] == "NOT COMPUTABLE"
    assert "social_security" in indicators["social_security_coverage"]["reason"]


def test_everything_that_is_wrong_is_listed_at_once(capsys, survey):
    code, columns, _ = checked(
        capsys, survey, drop=["age"], labels={"sex": {1: "Female", 2: "Male"}},
        act=[1, 2, 3, 7, 7, 3, 3, 1], wt=[0.0, 1, 1, 1, 1, 1, 1, -1],
    )  # fmt: skip
    assert code == 2
    assert columns["age"] == ("column missing", 0, "the file has no age")
    assert columns["lfs_status_given"] == ("unknown codes", 2, "the profile does not know code 7")
    assert columns["weight"][:2] == ("does not fit", 2)
    assert columns["sex"][0] == "labels contradict"


def test_words_in_a_coded_column_are_counted_and_never_shown(capsys, survey):
    answers = ["1", "Vientiane noodle stall", "3", "1", "2", "2", "1", "1"]
    _, columns, _ = checked(capsys, survey, act=answers)
    assert columns["lfs_status_given"] == (
        "unknown codes", 1, "the profile does not know 1 different codes",
    )  # fmt: skip


def test_what_only_the_whole_file_shows_is_found_too(capsys, survey):
    code, columns, _ = checked(capsys, survey, pn=[1, 1, 1, 2, 1, 2, 1, 2])
    assert code == 2
    assert columns["(the whole file)"][2] == "two rows have the same person key"


def test_a_profile_alone_is_checked_without_a_file(capsys, survey, tmp_path):
    own, _ = survey
    code, out, _ = run(capsys, "check", own, "--workspace", tmp_path)
    assert code == 0
    assert "not checked" in out
    assert "COMPUTABLE" in out
    broken = tmp_path / "broken.yaml"
    broken.write_text(PROFILE.replace("XTS", "money"), encoding="utf-8")
    code, _, told = run(capsys, "check", broken, "--workspace", tmp_path)
    assert code == 2
    assert "broken.yaml, line 8: currency" in told


def test_counts_of_a_codebook_must_agree(capsys, survey, tmp_path):
    own, write = survey
    book = tmp_path / "study.xml"
    text = (
        '<codeBook><dataDscr><var name="SEX"><catgry><catValu>1</catValu>'
        '<catStat type="freq">{}</catStat></catgry></var></dataDscr></codeBook>'
    )
    for count, expected in ((4, 0), (5, 2)):  # four rows of the file have code 1
        book.write_text(text.format(count), encoding="utf-8")
        code, _, _ = run(capsys, "check", write(), "--profile", own, "--ddi", book,
                         "--workspace", tmp_path)  # fmt: skip
        assert code == expected


def test_a_draft_is_written_and_its_evidence_given_to_scripts(capsys, survey, tmp_path):
    _, write = survey
    path, out = write(), tmp_path / "TST_2021_LFS.yaml"
    code, printed, told = run(capsys, "draft", path, "--survey-id", "TST_2021_LFS", "--output", out)
    assert (code, printed) == (0, "")
    assert "roles found" in told
    assert load_profile(str(out)).columns["sex"].from_ == "sex"
    evidence = json.loads(run(capsys, "draft", path, "--json")[1])
    assert evidence["guesses"]["sex"]["chosen"] == "sex"
    assert evidence["guesses"]["sex"]["candidates"][0]["reasons"][0] == "name"


def test_requests_that_cannot_be_met_end_with_2(capsys, survey):
    _, write = survey
    code, _, told = run(capsys, "draft", write(), "--survey-id", "tst-2021")
    assert code == 2
    assert "is no survey id" in told
    code, _, told = run(capsys, "check", write())
    assert code == 2
    assert "--survey ID or --profile PATH" in told


def test_surveys_are_listed_and_shown(capsys):
    code, out, _ = run(capsys, "list", "--json")
    assert code == 0
    assert {"LAO_2017_LFS", "BOL_2021_EH"} <= {one["survey_id"] for one in json.loads(out)}
    code, out, _ = run(capsys, "show", "LAO_2022_LFS", "--json")
    assert json.loads(out)["status"] == "unverified"
