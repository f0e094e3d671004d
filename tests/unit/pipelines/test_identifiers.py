"""Each kind of identifier is counted in a text wherever it stands, and nothing else is."""

import pytest

from pipelines.identifiers import BIRTH, NAME, NUMBER, PHONE, Identifiers
from transforms.register.canonical import keyed_hash

KEY = b"k" * 32


def by_hash(**values):
    hashed = keyed_hash(KEY)
    return Identifiers(KEY, {kind: {hashed(one) for one in ones} for kind, ones in values.items()})


@pytest.fixture
def phrases():
    known = Identifiers(KEY)
    known.add_phrases(NAME, ["Khamla  SOUVANNASY", "Khamla Souvannasy Vong", "Bé Thao"])
    known.add_phrases("address", ["Ban Xok, Khamla Souvannasy", "Ban Xok", "Phonsinuan"])
    known.add_phrases(PHONE, ["020-5551 2345"])
    return known


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("said by khamla souvannasy.", {NAME: 1}),
        ("khamla souvannasy vong", {NAME: 2}),  # the shorter name stands in the longer one
        ("at Phonsinuan; Phonsinuan", {"address": 2}),
        ("BAN XOK, KHAMLA SOUVANNASY", {"address": 2, NAME: 1}),
        ("Be\u0301 tháo", {NAME: 1}),
        ("call 020-5551 2345", {PHONE: 1}),
        ("ban", {}),
        ("the last word is khamla", {}),
        ("souvannasy khamla", {}),
        ("", {}),
    ],
)
def test_phrases_are_counted_in_any_spelling(phrases, text, counts):
    assert phrases.in_text(text) == counts


def test_a_phrase_of_two_kinds_counts_for_both():
    known = Identifiers(KEY)
    known.add_phrases(NAME, ["Dok Champa"])
    known.add_phrases("employer_name", ["Dok Champa", "dok champa"])
    assert known.in_text("Dok Champa") == {NAME: 1, "employer_name": 1}


def test_what_is_too_short_is_not_searched_for_and_said():
    known = Identifiers(KEY)
    known.add_phrases(NAME, ["Bo", "A. Li"])
    assert known.unsearchable == 2
    assert known.phrases == {}


def test_hashes_find_what_no_file_names_any_more():
    known = by_hash(
        identifier=["0012345"], birth_date=["1980-02-03"], person_name=["khamla souvannasy"],
        phone=["02055512345"],
    )  # fmt: skip
    text = "0012345, 0012345; born 1980-02-03; Khamla Souvannasy; 020-555-12345"
    assert known.in_text(text) == {NUMBER: 2, BIRTH: 1, NAME: 1, PHONE: 1}


def test_a_longer_number_that_holds_one_is_another_number():
    assert by_hash(identifier=["0012345"]).in_text("90012345 00123456 9.0012345") == {}
