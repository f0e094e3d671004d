"""A table as a file holds it: what is malformed is told by line, all at once; ours are sound."""

import pytest

from data_contracts.decision_table import RULES, load_decision_table, resolve_parameters
from data_contracts.errors import InputError

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


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ('{x: ["yes"]}, then: a', '{z: ["yes"]}, then: a', 11, "there is no node z"),
        ('{x: ["yes"]}, then: a', "{x: [perhaps]}, then: a", 11, "a state that node x"),
        ("then: b", "then: c", 12, "no result"),
        ("given: {late: [false]}", "given: {late: [0]}", 11, "does not allow"),
        ("given: {late: [false]}", "given: {soon: [1]}", 11, "no parameter soon"),
        ("step: 2", "step: two", 12, "a whole number"),
        ("when: {}, then: a", 'when: {x: ["no"]}, then: a', 13, "catch every row"),
        ("default: false", "default: 0", 7, "default"),
        ('"no": "no"', '"no": maybe', 9, "no state"),
        ("{x: [", "{x: ", 11, "YAML"),
        ('["yes", "no"], evi', "[yes, no], evi", 9, "quotation"),
        ("rule: small", "name: small", 1, "rule: this key is missing"),
    ],
)
def test_a_malformed_table_names_file_and_line(tmp_path, old, new, line, rule):
    assert GOOD.count(old) >= 1
    with pytest.raises(InputError, match=rule) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert caught.value.file == f"small.yaml, line {line}"


def test_every_fault_is_told_at_once(tmp_path):
    text = GOOD.replace("then: b", "then: c").replace('"no": "no", no_a', '"no": maybe, no_a')
    with pytest.raises(InputError, match="2 faults") as caught:
        load(tmp_path, text)
    assert "line 9: nodes.x.evidence.no: no state of the node (permitted: yes, no)" in str(
        caught.value
    )
    assert "line 12: steps.1.then: no result of the table (permitted: a, b)" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"size_threshhold": 5}, "decision table has a parameter size_threshhold"),
        ({"household_first": 1}, "household_first cannot be 1"),
        ({"size_threshold": 0}, "size_threshold cannot be 0"),
    ],
)
def test_a_parameter_that_no_table_knows_or_allows_is_refused(given, said):
    table = load_decision_table(RULES / "unit_of_production_icls17.yaml")
    with pytest.raises(InputError, match=said):
        resolve_parameters([table], given)


def test_our_four_tables_load_and_say_where_they_come_from():
    tables = [load_decision_table(path) for path in sorted(RULES.glob("*.yaml"))]
    assert [table.rule for table in tables] == [path.stem for path in sorted(RULES.glob("*.yaml"))]
    assert len(tables) >= 4
    for table in tables:
        assert all(entry.source and entry.meaning for entry in table.parameters.values())
        assert set(resolve_parameters([table], {})) == set(table.parameters)


def test_every_node_of_our_tables_is_read_by_a_step():
    for path in sorted(RULES.glob("*.yaml")):
        table = load_decision_table(path)
        used = {name for step in table.steps for name in step.when}
        assert used == set(table.nodes), f"{path.name}: a node that no step reads"
