"""Decision tables applied: order, variants, answers that are absent or unknown."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from tests.unit.data_contracts.test_decision_table import GOOD, load
from transforms.survey.decision_table import evaluate, nodes_from_evidence


def test_first_hit_wins_and_a_parameter_can_take_a_step_out(tmp_path):
    table = load(tmp_path, GOOD)
    nodes = pl.DataFrame({"x": ["yes", "no"]})
    got = evaluate(table, nodes, {"late": False}, result="r", step="s")
    assert got.to_dict(as_series=False) == {"r": ["a", "b"], "s": [1, 2]}
    assert evaluate(table, nodes, {"late": True})["step"].to_list() == [2, 2]


def test_an_absent_column_is_not_asked_and_a_null_no_answer(tmp_path):
    table = load(tmp_path, GOOD)
    assert nodes_from_evidence(table, pl.DataFrame({"other": [1, 2]}), {})["x"].to_list() == [
        "no",
        "no",
    ]
    nulls = pl.DataFrame({"raw": ["yes", None]})
    assert nodes_from_evidence(table, nulls, {})["x"].to_list() == ["yes", "no"]


def test_a_state_outside_the_node_is_refused(tmp_path):
    table = load(tmp_path, GOOD)
    with pytest.raises(InputError, match="no state") as caught:
        evaluate(table, pl.DataFrame({"x": ["yes", None]}), {"late": False})
    assert caught.value.row == 2
