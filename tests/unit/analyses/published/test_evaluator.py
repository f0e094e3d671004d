"""Expressions and sentences of the tables: what they give, and that no name is silently absent."""

import jinja2
import pytest

from analyses.published.evaluator import holds, value_of, written


def test_an_expression_gives_a_value_and_a_sentence_its_words():
    assert value_of("2 * a.real + b", {"a": 3, "b": 4}) == 10
    assert written("{{ a }} of {{ b }}", {"a": "3", "b": "<4>"}) == "3 of <4>"


def test_all_lines_must_be_true():
    assert holds(("a < b", "b == 2"), {"a": 1, "b": 2})
    assert not holds(("a < b", "b == 3"), {"a": 1, "b": 2})
    assert holds((), {})


@pytest.mark.parametrize("expression", ["gone", "gone.value > 1", "not gone", "a.gone == 1"])
def test_a_name_that_is_not_there_is_an_error_and_never_false(expression):
    with pytest.raises(jinja2.UndefinedError):
        holds((expression,), {"a": 1})


def test_a_sentence_with_an_unknown_name_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        written("{{ gone }}", {})
