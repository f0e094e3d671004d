"""Counts the rows whose key stands more than once, exactly; what a key is, contracts say."""

import duckdb

_LARGE = 200_000  # below this many rows a plain GROUP BY is as fast
_GLANCE = 2_000  # rows looked at to find the widest column
_BITS = 62  # up to so many values are marked in one whole number, more in a bit string
_NARROW = 1_000  # most distinct values of a column that is marked: 125 bytes a group


def repeated_rows(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], large: int = _LARGE
) -> int:
    """Count the rows that share their key with another row.

    In a key of one column missing values do not count; in a longer one missing equals missing.

    Grouping millions of rows by their whole key is the dearest check of all. Where one column of
    the key is wide (a member) and another narrow (a month), rows are grouped by the wide one alone
    and the values of the narrow one are marked in bits. A group with as many bits as rows repeats
    no key. Only the other groups are counted by their whole key, so the number is that of the
    plain GROUP BY.

    Args:
        connection: knows the table.
        table: ``database.schema.table`` as it stands in SQL.
        columns: the key.
        large: smallest number of rows for which the long way is worth it.
    """
    names = [_quoted(column) for column in columns]
    whole = (
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM {table}{{only}} "
        f"GROUP BY {', '.join(names)} HAVING count(*) > 1)"
    )
    if len(names) == 1:
        return _one(connection, whole.format(only=f" WHERE {names[0]} IS NOT NULL"))
    rows = _one(connection, f"SELECT count(*) FROM {table}")
    wide, narrow, values = _split(connection, table, names) if rows >= large else ("", "", [])
    if not values:
        return _one(connection, whole.format(only=""))
    # A missing or unlisted value marks no bit, which only makes its group a suspect.
    place = f"list_position($1, {narrow})"
    marked = f"bit_or(1::BIGINT << ({place} - 1))"
    if len(values) > _BITS:
        marked = f"bitstring_agg({place}, 1, {len(values)})"
    suspects = (
        f"SELECT {wide} FROM {table} GROUP BY {wide} "
        f"HAVING count(*) <> coalesce(bit_count({marked}), 0)"
    )
    if not _one(connection, f"SELECT count(*) FROM ({suspects})", [values]):
        return 0
    only = (
        f" SEMI JOIN ({suspects}) AS suspects "
        f"ON {table}.{wide} IS NOT DISTINCT FROM suspects.{wide}"
    )
    return _one(connection, whole.format(only=only), [values])


def _split(
    connection: duckdb.DuckDBPyConnection, table: str, names: list[str]
) -> tuple[str, str, list[object]]:
    """Give the widest column, the widest of the narrow ones and its values; none where none is."""
    # Only speed depends on this guess: a poor one makes suspects or leads to the plain GROUP BY.
    guessed = connection.execute(
        f"SELECT {', '.join(f'count(DISTINCT {name})' for name in names)} "
        f"FROM (FROM {table} LIMIT {_GLANCE})"
    ).fetchone()
    width = dict(zip(names, guessed or (), strict=True))
    wide = max(names, key=lambda name: width[name])
    for narrow in sorted((n for n in names if n != wide), key=lambda n: -width[n]):
        found = connection.execute(f"SELECT DISTINCT {narrow} FROM {table}").fetchall()
        values = [value for (value,) in found if value is not None]
        if 0 < len(values) <= _NARROW:
            return wide, narrow, values
    return wide, "", []


def _one(
    connection: duckdb.DuckDBPyConnection, query: str, values: list[list[object]] | None = None
) -> int:
    found = connection.execute(query, values).fetchone()
    return int(found[0]) if found else 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
