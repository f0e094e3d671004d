"""Brings a delivered table to its contract by name and exact type, and to the part that it replaces.

Checks of meaning are elsewhere.
"""

from collections.abc import Mapping

import duckdb

from data_contracts.contract.shapes import Contract, ContractColumn
from data_contracts.errors import InputError
from pipelines.warehouse.names import equal_to, quoted, refuse_unknown

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})


def conformed(connection: duckdb.DuckDBPyConnection, source: str, contract: Contract) -> str:
    """Give the SELECT that brings a relation to the contract's columns, order and types.

    Args:
        connection: knows the relation.
        source: the relation's quoted name.
        contract: what is promised.

    Raises:
        InputError: a column is missing or is one too many, or a value does not fit its type;
            names table, column and row, never the value.
    """
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    missing = [name for name in contract.column_names if name not in types]
    if missing:
        raise InputError(
            f"{len(missing)} promised columns are missing",
            "deliver every column of the contract, with nulls where there is nothing",
            file=contract.name,
            column=", ".join(missing[:5]),
        )
    extra = [name for name in types if name not in set(contract.column_names)]
    if extra:
        raise InputError(
            f"{len(extra)} columns are not in the contract",
            "drop them, or add them to the contract with a description",
            file=contract.name,
            column=", ".join(extra[:5]),
        )
    _refuse_misfits(connection, source, contract, types)
    columns = ", ".join(
        quoted(c.name)
        if types[c.name] == c.type
        else f"CAST({quoted(c.name)} AS {c.type}) AS {quoted(c.name)}"
        for c in contract.columns
    )
    return f"SELECT {columns} FROM {source}"


def refuse_strangers(
    connection: duckdb.DuckDBPyConnection, staged: str, replace: Mapping[str, str], name: str
) -> None:
    """Refuse rows that a replacement does not cover: they would be added, never replaced.

    Args:
        connection: knows the staged table.
        staged: its name as it stands in SQL.
        replace: column to the value that every row must have.
        name: of the table, for messages.

    Raises:
        InputError: with the first such row and their number, or for a column that is not there.
    """
    refuse_unknown(connection, staged, list(replace), name)
    where, values = equal_to(replace)
    counted = connection.execute(
        f"SELECT count(*), min(at_row) FROM (SELECT ({where}) AS fits, row_number() OVER () "
        f"AS at_row FROM {staged}) WHERE fits IS NOT TRUE",
        values,
    ).fetchone()
    if counted and counted[0]:
        raise InputError(
            "a row lies outside the part that is to be replaced",
            "deliver only rows of that part, or replace the whole table",
            file=name,
            column=", ".join(replace),
            row=int(counted[1]),
            rows=int(counted[0]),
        )


def _refuse_misfits(
    connection: duckdb.DuckDBPyConnection, source: str, contract: Contract, types: dict[str, str]
) -> None:
    """Raise on the first column with a value that its type cannot hold exactly."""
    suspects = [(c, bad) for c in contract.columns if (bad := _misfit(c, types[c.name]))]
    if not suspects:
        return
    wrong = " OR ".join(f"({bad})" for _, bad in suspects)
    if connection.execute(f"SELECT 1 FROM {source} WHERE {wrong} LIMIT 1").fetchone() is None:
        return  # rows are numbered only to name one
    counted = ", ".join(
        f"count(*) FILTER (WHERE {bad}), min(at_row) FILTER (WHERE {bad})" for _, bad in suspects
    )
    found = connection.execute(
        f"SELECT {counted} FROM (SELECT *, row_number() OVER () AS at_row FROM {source})"
    ).fetchone()
    for i, (column, _) in enumerate(suspects):
        rows, first = found[2 * i : 2 * i + 2] if found else (0, None)
        if rows:
            whole = "a finite DOUBLE" if column.type == "DOUBLE" else f"exactly a {column.type}"
            raise InputError(
                f"a value is not {whole}",
                "correct the value, or deliver null where nothing is known",
                file=contract.name,
                column=column.name,
                row=int(first),
                rows=int(rows),
            )


def _misfit(column: ContractColumn, given: str) -> str | None:
    """Give the condition under which a value does not fit, None where every value must fit."""
    name, wanted = quoted(column.name), column.type
    cast = f"TRY_CAST({name} AS {wanted})"
    if given == wanted == "DOUBLE":
        return f"NOT isfinite({name})"
    if wanted == "DOUBLE":
        return f"{name} IS NOT NULL AND ({cast} IS NULL OR NOT isfinite({cast}))"
    if given == wanted:
        return None
    number = given in ("DOUBLE", "FLOAT") or given.startswith("DECIMAL")
    if wanted == "VARCHAR" and (number or given in ("BOOLEAN", "BLOB")):
        return f"{name} IS NOT NULL"  # 1.0 is not the code 1, and true is not yes
    lossy = ""
    if wanted in _INTEGERS and (number or given == "VARCHAR"):
        lossy = f" OR TRY_CAST({name} AS DOUBLE) IS DISTINCT FROM CAST({cast} AS DOUBLE)"
    elif wanted == "DATE" and given.startswith("TIMESTAMP"):
        lossy = f" OR CAST({cast} AS TIMESTAMP) <> CAST({name} AS TIMESTAMP)"
    return f"{name} IS NOT NULL AND ({cast} IS NULL{lossy})"
