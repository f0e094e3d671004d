"""A draft is no profile: every place that waits for a person is named, and nothing else is."""

import pytest

from data_contracts.errors import InputError
from data_contracts.profile.finished import refuse_unfinished, unfinished
from data_contracts.profile.profile import load_profile, profile_names
from tests.unit.profiles import profile_of

TEXT = """\
# DRAFT from a file; FILL in what only you know (this line is no mark)
survey_id: TST_2020_LFS
title: A survey of our own
status: unverified
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
"""


def open_places(tmp_path, *changes):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "TST_2020_LFS.yaml"
    path.write_text(text, encoding="utf-8")
    return [(one.line, one.key) for one in unfinished(load_profile(str(path)))]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("title: A survey of our own", "title: FILL"), (3, "title")),
        (("title: A survey of our own", 'title: "FILL"'), (3, "title")),
        (("citation: none", "citation: FILL in later"), (12, "citation")),
        (("currency: XTS", "currency: XXX"), (9, "currency")),
        (("ref_area: TST", "ref_area: XXX"), (5, "ref_area")),
        # a guess stands until its mark is gone, in a comment too
        (("{icls: ICLS13}", "{icls: ICLS13}  # FILL: ICLS19 if .."), (11, "standards")),
        (("SEX_F}}", 'SEX_F}}\n    # FILL: code 3 "Other"'), (17, "sex")),
        (("columns:", 'columns:\n  age: {not_asked: "draft: no column found"}'), (16, "age")),
        (("weight: wt}", "weight: $w}\nsettings: {w: {default: fill_me, why: none}}"), (15, "settings")),
    ],
)  # fmt: skip
def test_what_waits_for_a_person_is_named_by_its_line(tmp_path, change, place):
    assert open_places(tmp_path, change) == [place]
    profile = load_profile(str(tmp_path / "TST_2020_LFS.yaml"))
    with pytest.raises(
        InputError, match=f"1 place waits for a person .*line {place[0]}, {place[1]}"
    ):
        refuse_unfinished(profile)


def test_a_profile_that_is_finished_is_taken(tmp_path):
    assert open_places(tmp_path) == []
    assert open_places(tmp_path, ("none", "the word FILLED or unfilled is no mark")) == []
    for name in profile_names():
        refuse_unfinished(load_profile(name))


def test_a_profile_made_in_memory_is_asked_too():
    assert [one.key for one in unfinished(profile_of(title="FILL", currency="XXX"))] == [
        "currency", "title",
    ]  # fmt: skip


def test_a_message_names_eight_places_and_counts_the_rest(tmp_path):
    marks = "".join(f"\n    # FILL: code {i}" for i in range(12))
    assert len(open_places(tmp_path, ("SEX_F}}", "SEX_F}}" + marks))) == 12
    with pytest.raises(InputError, match=r"12 places wait .* and 4 more"):
        refuse_unfinished(load_profile(str(tmp_path / "TST_2020_LFS.yaml")))
