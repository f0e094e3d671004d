"""Decision tables applied to rows: answers become states of nodes, the first step that holds decides.

What a table may hold is said in data_contracts/decision_table.py; the rules themselves are data.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from data_contracts.decision_table import DecisionTable, among
from data_contracts.errors import InputError


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
        source = node.from_
        if source is None:
            continue
        answers = (
            frame[source].cast(pl.String).fill_null("no_answer")
            if source in frame.columns
            else pl.Series(source, ["not_asked"], dtype=pl.String).new_from_index(0, frame.height)
        )
        meaning = {
            answer: state if isinstance(state, str) else state[str(parameters[state["parameter"]])]
            for answer, state in node.evidence.items()
        }
        states = answers.replace_strict(meaning, default=None, return_dtype=pl.String)
        _refuse_unknown(
            states.is_null(),
            source,
            f"an answer that table {table.rule} does not know (permitted: {', '.join(meaning)})",
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
            raise InputError(f"table {table.rule} needs the node {name}", "add it", column=name)
        wrong = ~nodes[name].is_in(node.states).fill_null(value=False)
        _refuse_unknown(wrong, name, f"no state of this node in table {table.rule}")
    decided = pl.lit(None, dtype=pl.String)
    number = pl.lit(None, dtype=pl.Int8)
    for line in reversed(table.steps):
        if any(not among(parameters[name], values) for name, values in line.given.items()):
            continue
        holds = pl.all_horizontal(
            pl.lit(value=True), *(pl.col(name).is_in(list(s)) for name, s in line.when.items())
        )
        then = pl.lit(line.then, dtype=pl.String)
        decided = pl.when(holds).then(then).otherwise(decided)
        number = pl.when(holds).then(pl.lit(line.step, dtype=pl.Int8)).otherwise(number)
    return nodes.select(decided.alias(result), number.alias(step))


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
