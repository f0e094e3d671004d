"""The condition language of the YAML contracts: and, or, ranges, blanks, and what is malformed."""

import polars as pl
import pytest

from data_contracts.conditions import columns, expression
from data_contracts.errors import InputError


def test_conditions_and_or_ranges_and_blanks():
    frame = pl.DataFrame({"a": ["x", "y", None, "x"], "n": [10, 20, 30, None]})

    def ask(condition):
        return frame.select(expression(condition)).to_series().to_list()

    assert ask({"a": ["x"]}) == [True, False, False, True]
    assert ask({"a": ["x"], "n": {"min": 10}}) == [True, False, False, False]
    assert ask([{"a": ["y"]}, {"n": {"min": 30, "max": 30}}]) == [False, True, True, False]
    assert columns([{"a": ["y"]}, {"n": {"min": 1}, "a": ["x"]}]) == ("a", "n")


@pytest.mark.parametrize("bad", [[], {}, "x", {"a": "x"}, {"a": {"above": 1}}, {"a": [None]}, [1]])
def test_a_malformed_condition_is_refused(bad):
    with pytest.raises(InputError):
        expression(bad)
