"""Decision tables: order, variants, and a malformed table refused with file and line."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.survey.decision_table import (
    RULES,
    evaluate,
    load_decision_table,
    nodes_from_evidence,
    resolve_parameters,
)

GOOD = """rule: small
version: 1
title: a small table
source: this test
results: [a, b]
parameters:
  late: {default: false, allowed: [true, false], meaning: skip the first, source: this test}
nodes:
  x: {from: raw, states: ["yes", "no"], evidence: {"yes": "yes", "no": "no", no_answer: "no", not_asked: "no"}}
steps:
  - {step: 1, given: {late: [false]}, when: {x: ["yes"]}, then: a, text: first}
  - {step: 2, when: {x: ["yes", "no"]}, then: b, text: second}
  - {step: 3, when: {}, then: a, text: never}
"""


def load(tmp_path, text):
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    load_decision_table.cache_clear()
    return load_decision_table(path)


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


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ('{x: ["yes"]}, then: a', '{z: ["yes"]}, then: a', 11, "no node z"),
        ('{x: ["yes"]}, then: a', "{x: [perhaps]}, then: a", 11, "a state that node x"),
        ("then: b", "then: c", 12, "no result"),
        ("given: {late: [false]}", "given: {late: [0]}", 11, "does not allow"),
        ("given: {late: [false]}", "given: {soon: [1]}", 11, "no parameter soon"),
        ("step: 2", "step: two", 12, "small number"),
        ("when: {}, then: a", 'when: {x: ["no"]}, then: a', 13, "catch every row"),
        ("default: false", "default: 0", 7, "default"),
        ('"no": "no"', '"no": maybe', 9, "no state"),
        ("{x: [", "{x: ", 11, "YAML"),
        ('["yes", "no"], evi', "[yes, no], evi", 9, "quote"),
        ("rule: small", "name: small", 1, "no rule"),
    ],
)
def test_a_malformed_table_names_file_and_line(tmp_path, old, new, line, rule):
    assert GOOD.count(old) >= 1
    with pytest.raises(InputError, match=rule) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert caught.value.file == f"small.yaml, line {line}"


def test_a_state_outside_the_node_is_refused(tmp_path):
    table = load(tmp_path, GOOD)
    with pytest.raises(InputError, match="no state") as caught:
        evaluate(table, pl.DataFrame({"x": ["yes", None]}), {"late": False})
    assert caught.value.row == 2


def test_our_four_tables_load_and_say_where_they_come_from():
    tables = [load_decision_table(path) for path in sorted(RULES.glob("*.yaml"))]
    assert [table.name for table in tables] == [path.stem for path in sorted(RULES.glob("*.yaml"))]
    assert len(tables) >= 4
    for table in tables:
        assert all(entry["source"] and entry["meaning"] for entry in table.parameters.values())
        assert set(resolve_parameters([table], {})) == set(table.parameters)


def test_every_node_of_our_tables_is_read_by_a_step():
    for path in sorted(RULES.glob("*.yaml")):
        table = load_decision_table(path)
        used = {name for step in table.steps for name in step.when}
        assert used == set(table.nodes), f"{path.name}: a node that no step reads"
