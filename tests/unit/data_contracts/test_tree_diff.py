"""Trees are compared place by place, and each difference is said as its row of a table has it."""

import pytest

from data_contracts.tree_diff import Difference, Leaf, differences, table_of, told


def found(old, new):
    return [(".".join(one.path), one.kind) for one in differences(old, new)]


def test_places_come_in_the_order_of_the_old_tree_then_of_the_new():
    old = {"b": {"x": 1, "gone": "a"}, "a": 1, "same": [1]}
    new = {"new": 1, "a": 2, "b": {"more": "a", "x": 0}, "same": [1]}
    assert found(old, new) == [
        ("b.x", "falls"),
        ("b.gone", "goes"),
        ("b.more", "appears"),
        ("a", "rises"),
        ("new", "appears"),
    ]


def test_a_whole_branch_comes_or_goes_at_once_and_none_is_as_good_as_absent():
    assert found({"a": {"x": 1}}, {}) == [("a", "goes")]
    assert found({"a": None}, {"a": {"x": 1}}) == [("a", "appears")]
    assert found({"a": None}, {}) == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (False, True, "rises"),
        ((1, 0), (1, 1), "rises"),
        (frozenset("ab"), frozenset("b"), "falls"),
        (frozenset("ab"), frozenset("bc"), "differs"),
        ("a", "b", "differs"),
        ([1], [2], "differs"),
        (Leaf(2, "two"), Leaf(1, "one"), "falls"),
        (Leaf("a"), Leaf("b"), "differs"),
        (1, "a", "differs"),
    ],
)
def test_numbers_and_sets_have_an_order_and_texts_have_none(old, new, kind):
    assert Difference(("x",), old, new).kind == kind


def test_a_leafs_words_are_told_and_not_compared():
    assert found({"a": Leaf(1, "one", {"w": "x"})}, {"a": Leaf(1, "one", {"w": "y"})}) == []
    assert found({"a": Leaf(1, "one")}, {"a": Leaf(1, "uno")}) == [("a", "differs")]


TABLE = """
codes.*:
  goes: {says: "{wave}: gone {all}", each: "{name}", mark: 1}
  appears: {says: "new {all}", each: "{name} ({now})", joined_by: "; "}
  rises or falls: {says: "{name} was {was} and is {now}"}
people.size*: {rises: {says: "more of {name}"}}
people.*: {rises: {says: "{path[0]} {name}: {was[word]}, {now[word]}"}, odd: {says: "odd {now}"}}
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.yaml"
    path.write_text(TABLE, encoding="utf-8")
    return table_of(path)


def said(old, new, table, **more):
    return [one.sentence for one in told(differences(old, new), table, {"wave": "W"}, **more)]


def test_what_is_told_together_comes_first_then_each_in_its_order(table):
    old = {"codes": {"a": 2, "b": 1, "c": 1, "d": 1}}
    new = {"codes": {"a": 1, "c": 2, "e": 1, "f": True}}
    assert said(old, new, table) == [
        "W: gone b, d",
        "new e (1); f (true)",
        "a was 2 and is 1",
        "c was 1 and is 2",
    ]


def test_the_first_place_that_fits_counts_and_what_has_no_row_is_not_told(table):
    old = {"people": {"size_x": 1, "age": Leaf(1, words={"word": "old"}), "text": "a"}, "other": 1}
    new = {"people": {"size_x": 2, "age": Leaf(2, words={"word": "new"}), "text": "b"}, "other": 2}
    assert said(old, new, table) == ["more of size_x", "people age: old, new"]
    odd = {"text": "odd"}
    kinds = said(old, new, table, kind_of=lambda one: odd.get(one.path[-1], ""))
    assert kinds == ["odd b"]


def test_a_told_difference_brings_its_row(table):
    (one,) = told(differences({"codes": {"a": 1}}, {"codes": {}}), table, {"wave": "W"})
    assert (one.at, one.kind, one.row["mark"], one.difference.old) == ("codes.*", "goes", 1, 1)
