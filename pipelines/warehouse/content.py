"""The hash of a table's content, whatever the order of its rows, worked out inside DuckDB alone.

Each row is one text (a JSON array, in which no two rows are written alike) with a 128-bit MD5; the
two halves of these numbers are summed exactly, so that a row that stands twice counts twice. Method:
the MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh (ASIACRYPT 2003), without their
key: it tells of an accident, not of somebody who makes up rows until the sums agree.
"""

import hashlib

import duckdb

from pipelines.warehouse.names import columns_of, quoted

# Types that JSON writes without loss; all others are written as DuckDB's text.
_PLAIN = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN", "DATE", "VARCHAR"})
_FLOATS = frozenset({"DOUBLE", "FLOAT"})


def content(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """Give a table's number of rows, and the hash of its columns and rows in hexadecimal.

    Args:
        connection: knows the table.
        table: its name as it stands in SQL.

    Returns:
        The hash is the same in every run under the release of DuckDB that is pinned, which writes
        the texts. Zero is one number, whatever its sign; a missing value is not an empty text.
    """
    columns = columns_of(connection, table)
    cells = ", ".join(_cell(quoted(name), kind) for name, kind in columns)
    found = connection.execute(
        "SELECT count(*), sum(CAST(row_hash & 18446744073709551615::UHUGEINT AS UBIGINT)), "
        "sum(CAST(row_hash >> 64 AS UBIGINT)) "
        f"FROM (SELECT md5_number(json_array({cells})) AS row_hash FROM {table})"
    ).fetchone()
    rows, low, high = found or (0, None, None)
    whole = repr((columns, int(rows), int(low or 0), int(high or 0)))
    return int(rows), hashlib.sha256(whole.encode()).hexdigest()


def _cell(column: str, kind: str) -> str:
    if kind in _FLOATS:
        return f"CAST({column} + 0 AS VARCHAR)"  # -0.0 + 0 is 0.0
    return column if kind in _PLAIN else f"CAST({column} AS VARCHAR)"
