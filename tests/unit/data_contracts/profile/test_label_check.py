"""Labels of a file against the codes of a profile: where they say two things, by hand and on the twin's labels."""

from dataclasses import dataclass, field

import pytest

from data_contracts.errors import InputError
from data_contracts.profile.label_check import check_labels, contradictions
from data_contracts.profile.lexicon import recognise
from data_contracts.profile.profile import load_profile
from tests.unit.profiles import profile_of
from transforms.twin.labels import VALUES_2010, VALUES_2017


@dataclass
class Column:
    name: str = "x"
    label: str = ""
    value_labels: dict[str, str] = field(default_factory=dict)


def swapped(codes):
    return profile_of(columns={"sex": {"from": "q1", "codes": codes}})


SEX = {"q1": Column("Q1", "Sex", {"1": "Male", "2": "Female"})}


def test_swapped_sexes_are_refused_with_column_and_code():
    with pytest.raises(InputError) as caught:
        check_labels(swapped({"1": "SEX_F", "2": "SEX_M"}), SEX, "wave.dta")
    message = str(caught.value)
    assert message.startswith("wave.dta, column q1: the file labels code 1 as SEX_M")
    assert "2 codes contradict" in message
    check_labels(swapped({"1": "SEX_M", "2": "SEX_F"}), SEX, "wave.dta")


def test_a_swapped_yes_is_refused_and_a_missing_answer_is_the_profiles_business():
    rule = {"from": "q", "codes": {"1": "no", "2": "yes", "8": "no", "9": "no_answer"}}
    profile = profile_of(columns={"registration": rule})
    labels = {"1": "Yes", "2": "No", "8": "Don't know", "9": "Missing"}
    found = contradictions(profile, {"q": Column("q", "", labels)})
    assert [(code, given, said) for _, _, code, given, said in found] == [
        ("1", "no", "yes"), ("2", "yes", "no"),
    ]  # fmt: skip


def test_files_without_labels_and_labels_of_other_words_pass():
    check_labels(swapped({"1": "SEX_F", "2": "SEX_M"}), {}, "wave.csv")
    odd = {"q1": Column("Q1", "Sex", {"1": "A", "2": "B"})}
    check_labels(swapped({"1": "SEX_F", "2": "SEX_M"}), odd, "wave.dta")


@pytest.mark.parametrize(
    ("survey", "labels"), [("LAO_2017_LFS", VALUES_2017), ("LAO_2010_LFS", VALUES_2010)]
)
def test_the_shipped_profiles_agree_with_the_twins_labels(survey, labels):
    columns = {
        raw: Column(raw, "", {str(code): text for code, text in codes.items()})
        for raw, codes in labels.items()
    }
    check_labels(load_profile(survey), columns, "twin.dta")
    recognised = [
        (raw, code) for raw, one in columns.items() for code in one.value_labels
        if recognise("sex" if raw.startswith("hl") else "bookkeeping", one.value_labels[code])
    ]  # fmt: skip
    assert len(recognised) > 10  # silence is not for want of words
