"""Which role a column's own words give it: labels made up in the questionnaires' manner."""

import pytest

from transforms.draft.labels import ENOUGH, candidates
from transforms.read.table import Variable

SEXES = {"1": "Male", "2": "Female"}
UNITS = {
    "1": "Government", "2": "State enterprise", "3": "Private business", "4": "NGO",
    "5": "International organisation",
}  # fmt: skip


def ranked(column, **labelled):
    """Give the candidates of a column as {raw: score} of columns written as label, value labels."""
    variables = {
        raw: Variable(raw, label, "number", codes, ()) for raw, (label, codes) in labelled.items()
    }
    return {one.raw: one.score for one in candidates(variables)[column]}


def test_value_labels_alone_are_shown_and_never_enough():
    found = ranked("sex", q7=("Does it matter to you?", SEXES))
    assert 0 < found["q7"] < ENOUGH


def test_yes_and_no_alone_say_nothing():
    assert ranked("social_security", q7=("Does it matter?", {"1": "Yes", "2": "No"})) == {}


def test_bands_alone_are_shown_for_the_size_and_never_enough():
    bands = {"1": "Hasta 5", "2": "6 a 10", "3": "Más de 10", "9": "NS/NR"}
    assert 0 < ranked("enterprise_size", q7=("¿Con cuántos?", bands))["q7"] < ENOUGH


def test_a_long_question_that_mentions_a_word_is_not_that_column():
    long = (
        "Which of these did you discuss in the last year with persons of your own age or younger?"
    )
    assert ranked("age", q7=(long, {})).get("q7", 0) < ENOUGH


def test_what_stands_in_brackets_lengthens_no_label():
    plain = ranked("sex", q7=("What is the sex of", SEXES))["q7"]
    assert (
        ranked("sex", q7=("What is the sex of (NAME OF THE HOUSEHOLD MEMBER)", SEXES))["q7"]
        >= plain
    )


def test_value_labels_of_another_column_speak_against_a_role():
    named = ("Place of work", UNITS)
    assert ranked("workplace_type", q7=named)["q7"] < ENOUGH
    places = {"1": "Own home", "2": "Office", "3": "Street", "4": "Farm"}
    assert ranked("workplace_type", q7=("Place of work", places))["q7"] >= ENOUGH


@pytest.mark.parametrize(
    ("person", "household"),
    [
        ("Person weight", "Household weight"),
        ("Factor de expansión de la persona", "Factor de expansión del hogar"),
        ("Poids de l'individu", "Poids du ménage"),
        ("Peso da pessoa", "Peso do domicílio"),
        ("Penimbang individu", "Penimbang rumah tangga"),
        ("Quyền số cá nhân", "Quyền số hộ gia đình"),
        ("ຄ່າຖ່ວງນ້ຳໜັກ", "ຄ່າຖ່ວງນ້ຳໜັກຄົວເຮືອນ"),
    ],
)
def test_a_persons_weight_comes_before_the_households(person, household):
    found = ranked("weight", w1=(household, {}), w2=(person, {}))
    assert next(iter(found)) == "w2"
    assert found["w1"] < ENOUGH


@pytest.mark.parametrize(
    "why",
    ["Why do you not contribute to social security?", "¿Por qué no cotiza a la seguridad social?"],
)
def test_the_reason_is_not_the_answer(why):
    answers = {"1": "Yes", "2": "No"}
    assert ranked("social_security", q7=(why, answers)).get("q7", 0) < ENOUGH


def test_categories_that_begin_like_yes_and_no_are_categories():
    activity = {"1": "Có việc làm", "2": "Thất nghiệp", "3": "Không hoạt động kinh tế"}
    found = ranked("lfs_status_given", q7=("Tình trạng hoạt động kinh tế", activity))
    assert found["q7"] >= ENOUGH
