"""The nearest name for a misspelt one: near enough, whatever the case, else nothing."""

import pytest

from data_contracts.errors import near

KNOWN = ("LAO_2010_LFS", "LAO_2017_LFS", "CRI_2020_ENAHO")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("LAO_2017_LF", "LAO_2017_LFS"),
        ("lao_2017_lfs", "LAO_2017_LFS"),
        ("CRI2020ENAHO", "CRI_2020_ENAHO"),
        ("LAO_2017_LFS", "LAO_2017_LFS"),
    ],
)
def test_the_nearest_name_is_given(word, meant):
    assert near(word, KNOWN) == f" (did you mean {meant}?)"


@pytest.mark.parametrize("word", ["", "fly", "2017"])
def test_a_word_that_is_near_to_none_gets_none(word):
    assert near(word, KNOWN) == ""
    assert near(word, ()) == ""
