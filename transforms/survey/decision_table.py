"""Decision tables: loading, checking and applying them to a frame; the rules themselves are data.

The tables live in ``data_contracts/rules/*.yaml``. A table has nodes (small closed sets of
states), parameters (national variants) and ordered steps; the first step whose conditions all
hold decides. What a raw answer means for a node is in the table too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

import data_contracts
from data_contracts.errors import InputError
from data_contracts.yaml_lines import line_of, load_yaml

RULES = Path(str(data_contracts.__file__)).parent / "rules"
_TOP = {"rule", "version", "title", "source", "results", "parameters", "nodes", "steps"}


@dataclass(frozen=True)
class Step:
    """One line of a table: under ``given`` parameters, ``when`` nodes are in states, ``then``."""

    number: int
    when: Mapping[str, tuple[str, ...]]
    given: Mapping[str, tuple[Any, ...]]
    then: str | None
    text: str


@dataclass(frozen=True)
class DecisionTable:
    """A checked table. ``nodes`` and ``parameters`` are as in the file."""

    name: str
    version: int
    results: tuple[str, ...]
    nodes: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]


@cache
def load_decision_table(path: Path) -> DecisionTable:
    """Load and check one table.

    Args:
        path: the YAML file; ``rule_file(name)`` gives the path of one of ours.

    Raises:
        InputError: the table is malformed; names the file, the line and what is wrong.
    """
    data = load_yaml(path)
    _require(isinstance(data, dict), "a decision table is a mapping", path, [])
    missing = sorted(_TOP - set(data))
    extra: list[str | int] = sorted(str(key) for key in set(data) - _TOP)
    _require(not missing, f"the table has no {', '.join(missing)}", path, [])
    _require(not extra, f"{', '.join(map(str, extra))}: no part of a table", path, extra[:1])
    for part in ("parameters", "nodes"):
        _require(isinstance(data[part], dict), f"{part} is a mapping by name", path, [part])
    for part in ("results", "steps"):
        _require(isinstance(data[part], list) and data[part], f"{part} is a list", path, [part])
    for name, parameter in data["parameters"].items():
        _check_parameter(name, parameter, path)
    for name, node in data["nodes"].items():
        _check_node(name, node, data["parameters"], path)
    steps = tuple(_step(index, data, path) for index in range(len(data["steps"])))
    last: list[str | int] = ["steps", len(steps) - 1]
    catches_all = not steps[-1].when and not steps[-1].given
    _require(catches_all, "the last step must catch every row (when: {})", path, last)
    return DecisionTable(
        data["rule"],
        data["version"],
        tuple(data["results"]),
        data["nodes"],
        data["parameters"],
        steps,
    )


def rule_file(name: str) -> Path:
    """Give the path of one of our tables by its name, for instance ``nature_of_job_icls17``."""
    return RULES / f"{name}.yaml"


def resolve_parameters(
    tables: Sequence[DecisionTable], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Fill in defaults and check the values given for the parameters of some tables.

    A name that belongs to another of our tables is passed over, so that a survey profile can
    hold one set of parameters; a name that no table knows is an error.

    Raises:
        InputError: an unknown parameter, or a value that its table does not allow.
    """
    known = {name: entry for table in tables for name, entry in table.parameters.items()}
    everywhere = set(known) | _all_parameter_names()
    for name, value in given.items():
        if name not in everywhere:
            raise InputError(
                f"no decision table has a parameter {name}",
                f"choose among {', '.join(sorted(everywhere))}",
            )
        if name in known and not _allows(known[name]["allowed"], value):
            raise InputError(
                f"parameter {name} cannot be {value!r}",
                f"give one of: {_said(known[name]['allowed'])}",
            )
    return {name: given.get(name, entry["default"]) for name, entry in known.items()}


def nodes_from_evidence(
    table: DecisionTable, frame: pl.DataFrame, parameters: Mapping[str, Any]
) -> pl.DataFrame:
    """Turn evidence columns into the states of the nodes that a table maps from a column.

    A column that the frame lacks counts as ``not_asked``; a null counts as ``no_answer``.

    Args:
        table: the table, whose nodes say ``from`` which column and what each answer means.
        frame: rows with evidence columns of strings.
        parameters: resolved parameters; an answer's meaning may depend on one.

    Returns:
        One column a mapped node (nodes that are ``computed`` are the caller's), same rows.

    Raises:
        InputError: an answer that the table does not know; names the column and the row.
    """
    columns = []
    for name, node in table.nodes.items():
        if "from" not in node:
            continue
        source = node["from"]
        answers = (
            frame[source].cast(pl.String).fill_null("no_answer")
            if source in frame.columns
            else pl.Series(source, ["not_asked"], dtype=pl.String).new_from_index(0, frame.height)
        )
        meaning = {
            answer: state if isinstance(state, str) else state[parameters[state["parameter"]]]
            for answer, state in node["evidence"].items()
        }
        states = answers.replace_strict(meaning, default=None, return_dtype=pl.String)
        _refuse_unknown(
            states.is_null(), source, f"an answer that table {table.name} does not know"
        )
        columns.append(states.alias(name))
    return pl.DataFrame(columns)


def evaluate(
    table: DecisionTable,
    nodes: pl.DataFrame,
    parameters: Mapping[str, Any],
    *,
    result: str = "result",
    step: str = "step",
) -> pl.DataFrame:
    """Apply a table: the first step that holds decides each row.

    Args:
        table: the table.
        nodes: one column a node of the table, holding its states.
        parameters: resolved parameters (``resolve_parameters``).
        result: name of the result column (String).
        step: name of the column with the number of the deciding step (Int8).

    Returns:
        The two columns, same rows as ``nodes``.

    Raises:
        InputError: a node column is absent or holds something that is no state of the node.
    """
    for name, node in table.nodes.items():
        if name not in nodes.columns:
            raise InputError(f"table {table.name} needs the node {name}", "add it", column=name)
        wrong = ~nodes[name].is_in(node["states"]).fill_null(value=False)
        _refuse_unknown(wrong, name, f"no state of this node in table {table.name}")
    decided = pl.lit(None, dtype=pl.String)
    number = pl.lit(None, dtype=pl.Int8)
    for line in reversed(table.steps):
        if any(not _among(parameters[name], values) for name, values in line.given.items()):
            continue
        holds = pl.all_horizontal(
            pl.lit(value=True), *(pl.col(name).is_in(list(s)) for name, s in line.when.items())
        )
        then = pl.lit(line.then, dtype=pl.String)
        decided = pl.when(holds).then(then).otherwise(decided)
        number = pl.when(holds).then(pl.lit(line.number, dtype=pl.Int8)).otherwise(number)
    return nodes.select(decided.alias(result), number.alias(step))


@cache
def _all_parameter_names() -> frozenset[str]:
    tables = (load_decision_table(path) for path in sorted(RULES.glob("*.yaml")))
    return frozenset(name for table in tables for name in table.parameters)


def _refuse_unknown(wrong: pl.Series, column: str, what: str) -> None:
    """Refuse rows by number; never their values."""
    if wrong.any():
        raise InputError(
            what,
            "map the column to its closed set of values in the survey's profile",
            column=column,
            row=int(wrong.arg_true()[0]) + 1,
            rows=int(wrong.sum()),
        )


def _among(value: Any, values: Sequence[Any]) -> bool:
    """Tell 0 from False and 1 from True, which Python takes for equal."""
    return any(value == one and type(value) is type(one) for one in values)


def _allows(allowed: Any, value: Any) -> bool:
    if isinstance(allowed, dict):
        return type(value) is int and allowed["minimum"] <= value <= allowed["maximum"]
    return _among(value, allowed)


def _said(allowed: Any) -> str:
    if isinstance(allowed, dict):
        return f"a whole number from {allowed['minimum']} to {allowed['maximum']}"
    return ", ".join(str(value).lower() for value in allowed)


def _check_parameter(name: str, entry: Any, path: Path) -> None:
    keys: list[str | int] = ["parameters", name]
    needed = {"default", "allowed", "meaning", "source"}
    complete = isinstance(entry, dict) and set(entry) == needed
    _require(complete, f"parameter {name} needs {', '.join(sorted(needed))}", path, keys)
    allowed = entry["allowed"]
    bounds = isinstance(allowed, dict) and set(allowed) == {"minimum", "maximum"}
    closed = bounds or isinstance(allowed, list)
    _require(closed, f"parameter {name}: allowed is a list or minimum and maximum", path, keys)
    fits = _allows(allowed, entry["default"])
    _require(fits, f"parameter {name}: the default is not allowed", path, [*keys, "default"])


def _check_node(name: str, node: Any, parameters: Mapping[str, Any], path: Path) -> None:
    keys: list[str | int] = ["nodes", name]
    shape = isinstance(node, dict) and set(node) in (
        {"states", "computed"},
        {"states", "from", "evidence"},
    )
    _require(shape, f"node {name} has states and either computed, or from and evidence", path, keys)
    states = node["states"]
    words = isinstance(states, list) and all(isinstance(state, str) for state in states)
    _require(words, f'node {name}: states are words (quote "yes" and "no")', path, keys)
    for answer, state in node.get("evidence", {}).items():
        here = [*keys, "evidence", answer if isinstance(answer, str) else name]
        _require(isinstance(answer, str), f'node {name}: quote "yes" and "no"', path, keys)
        targets = [state]
        if isinstance(state, dict):
            by = str(state.get("parameter"))
            _require(by in parameters, f"node {name}: no parameter {by}", path, here)
            values = {key for key in state if key != "parameter"}
            every = values == set(parameters[by]["allowed"])
            _require(every, f"node {name}: one state for each value of {by}", path, here)
            targets = [state[value] for value in values]
        known = all(target in states for target in targets)
        _require(known, f"node {name}: {answer} leads to no state of the node", path, here)


def _step(index: int, data: Mapping[str, Any], path: Path) -> Step:
    entry = data["steps"][index]
    keys: list[str | int] = ["steps", index]
    shape = isinstance(entry, dict) and {"step", "when", "then", "text"} <= set(entry) <= {
        "step",
        "when",
        "then",
        "text",
        "given",
    }
    _require(shape, "a step has step, when, then, text and perhaps given", path, keys)
    number = entry["step"]
    _require(type(number) is int and 0 <= number <= 127, "step is a small number", path, keys)
    result_known = entry["then"] is None or entry["then"] in data["results"]
    _require(result_known, f"step {number}: then is no result of the table", path, keys)
    for part in ("when", "given"):
        held = entry.get(part, {})
        lists = isinstance(held, dict) and all(isinstance(v, list) and v for v in held.values())
        _require(lists, f"step {number}: {part} is {{name: [values]}}", path, keys)
    for name, states in entry["when"].items():
        _require(name in data["nodes"], f"step {number}: there is no node {name}", path, keys)
        known = all(state in data["nodes"][name]["states"] for state in states)
        _require(known, f"step {number}: a state that node {name} does not have", path, keys)
    for name, values in entry.get("given", {}).items():
        _require(name in data["parameters"], f"step {number}: no parameter {name}", path, keys)
        allowed = all(_allows(data["parameters"][name]["allowed"], value) for value in values)
        _require(allowed, f"step {number}: a value that {name} does not allow", path, keys)
    return Step(
        number,
        {name: tuple(states) for name, states in entry["when"].items()},
        {name: tuple(values) for name, values in entry.get("given", {}).items()},
        entry["then"],
        entry["text"],
    )


def _require(holds: object, rule: str, path: Path, keys: Sequence[str | int]) -> None:
    if not holds:
        _refuse(rule, path, keys)


def _refuse(rule: str, path: Path, keys: Sequence[str | int]) -> NoReturn:
    line = line_of(path, list(keys))
    raise InputError(rule, "mend that line", file=f"{path.name}, line {line}") from None
