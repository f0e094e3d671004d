"""How a warehouse table and its columns are written in SQL; what is done with them is elsewhere."""

import re
from collections.abc import Mapping

import duckdb

from data_contracts.errors import InputError

_NAME = re.compile(r"(raw|core|linked|est|pub)\.[a-z][a-z0-9_]*")


def place_of(name: str) -> str:
    """Give the full name of a table: published ones in the public file, all others in the vault.

    Raises:
        InputError: this is no name of a table, such as ``core.person``.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "this is not the name of a warehouse table",
            "use raw, core, linked, est or pub, a point and a name in lower case",
            file=name,
        )
    schema, _, table = name.partition(".")
    return f'{"public" if schema == "pub" else "vault"}.{schema}."{table}"'


def equal_to(values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Give the condition that columns equal values, and the values for its question marks."""
    parts = [f"{quoted(column)} = ?" for column in values]
    return " AND ".join(parts) or "true", list(values.values())


def quoted(name: str) -> str:
    """Give a column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Give the names and types of a table's columns, in their order."""
    rows = connection.execute(f"DESCRIBE {table}").fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]


def refuse_unknown(
    connection: duckdb.DuckDBPyConnection, table: str, wanted: list[str], name: str
) -> None:
    """Refuse columns that a table does not have.

    Raises:
        InputError: naming the table and the first such column.
    """
    known = {column for column, _ in columns_of(connection, table)}
    for column in wanted:
        if column not in known:
            raise InputError(
                "there is no such column", "see the contract", file=name, column=column
            )
