"""Counts the rows whose key stands more than once, exactly; what a key is, contracts say."""

import duckdb

_LARGE = 200_000  # below this many rows a plain GROUP BY is as fast
_NARROW = 1_000  # most distinct values of a column that is numbered
_GLANCE = 2_000  # rows looked at to find the widest column
_CELLS = 16_384  # most combinations of the numbered columns: 2 KB a group


def repeated_rows(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], large: int = _LARGE
) -> int:
    """Count the rows that share their key with another row.

    In a key of one column missing values do not count; in a longer one missing equals missing.

    Grouping millions of rows by their whole key is the dearest check of all. Where one column of
    the key is wide (a member) and the others are narrow (month, scheme), rows are grouped by the
    wide one alone and the combinations of the others are marked in a bit string: a group with
    fewer bits than rows, and only such a group, repeats a key. Those groups are then counted by
    their whole key, so the number is that of the plain GROUP BY.

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
    wide, narrow = _split(connection, table, names) if rows >= large else ("", {})
    if not narrow:
        return _one(connection, whole.format(only=""))
    place, smallest, largest = "", 0, 0
    values = list(narrow.values())
    for i, (name, found) in enumerate(narrow.items(), start=1):
        position, size = f"list_position(${i}, {name})", len(found)
        place = f"{place} * {size} + {position}" if place else position
        smallest, largest = smallest * size + 1, largest * size + size
        place = f"({place})"
    repeats = (
        f"SELECT {wide} FROM {table} GROUP BY {wide} "
        f"HAVING count(*) <> coalesce(bit_count(bitstring_agg({place}, {smallest}, {largest})), 0)"
    )
    suspects = connection.execute(f"SELECT count(*) FROM ({repeats})", values).fetchone()
    if not suspects or not suspects[0]:
        return 0
    only = (
        f" SEMI JOIN ({repeats}) AS suspects ON {table}.{wide} IS NOT DISTINCT FROM suspects.{wide}"
    )
    return _one(connection, whole.format(only=only), values)


def _split(
    connection: duckdb.DuckDBPyConnection, table: str, names: list[str]
) -> tuple[str, dict[str, list[object]]]:
    """Give the widest column and each other column's values, no others where they are too many."""
    # Only speed depends on this guess: a poor one leads to the plain GROUP BY.
    guessed = connection.execute(
        f"SELECT {', '.join(f'count(DISTINCT {name})' for name in names)} "
        f"FROM (FROM {table} LIMIT {_GLANCE})"
    ).fetchone()
    width = dict(zip(names, guessed or (), strict=True))
    wide = max(names, key=lambda name: width[name])
    narrow: dict[str, list[object]] = {}
    cells = 1
    for name in names:
        if name == wide:
            continue
        if width[name] > _NARROW:
            return wide, {}
        found = connection.execute(
            f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL ORDER BY 1"
        ).fetchall()
        narrow[name] = [value for (value,) in found]
        cells *= max(len(found), 1)
        if not found or len(found) > _NARROW or cells > _CELLS:
            return wide, {}
    return wide, narrow


def _one(
    connection: duckdb.DuckDBPyConnection, query: str, values: list[list[object]] | None = None
) -> int:
    found = connection.execute(query, values).fetchone()
    return int(found[0]) if found else 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
