"""A SQLAlchemy dialect that looks at a DuckDB connection somebody else holds; no checks live here.

Great Expectations speaks SQLAlchemy. The stock dialect of duckdb-engine opens its own connection,
commits and rolls back, and reflects through PostgreSQL's catalogue, which DuckDB has only in part.
This one borrows an open connection inside an open transaction and leaves the transaction alone.
"""

from __future__ import annotations

import sys
from typing import Any

import duckdb
import sqlalchemy as sa
from duckdb_engine import DBAPI, Dialect
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import StaticPool

# Great Expectations asks a "dialect module" for the names of SQL types and for `dialect`.
BIGINT = sqltypes.BIGINT
BOOLEAN = sqltypes.BOOLEAN
DATE = sqltypes.DATE
DOUBLE = sqltypes.DOUBLE
INTEGER = sqltypes.INTEGER
SMALLINT = sqltypes.SMALLINT
TIMESTAMP = sqltypes.TIMESTAMP
VARCHAR = sqltypes.VARCHAR


class TINYINT(sqltypes.Integer):
    """DuckDB's one-byte integer, which SQLAlchemy has no name for."""

    __visit_name__ = "integer"


_TYPES: dict[str, type[sqltypes.TypeEngine[Any]]] = {
    "BIGINT": BIGINT,
    "BOOLEAN": BOOLEAN,
    "DATE": DATE,
    "DOUBLE": DOUBLE,
    "INTEGER": INTEGER,
    "SMALLINT": SMALLINT,
    "TIMESTAMP": TIMESTAMP,
    "TINYINT": TINYINT,
    "VARCHAR": VARCHAR,
}


class FetchedCursor:
    """A cursor that fetches every row when it executes.

    DuckDB keeps one open result a connection, and SQLAlchemy's pool reset would end it. The
    results here are a check's counts, never a table's rows.
    """

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: duckdb.DuckDBPyConnection, owner: BorrowedConnection) -> None:
        self._connection = connection
        self.connection = owner  # SQLAlchemy reads PostgreSQL's notices from here
        self._rows: list[Any] = []
        self.description: list[tuple[Any, ...]] | None = None

    def execute(self, statement: str, parameters: Any = None, _context: Any = None) -> None:
        """Run one statement and keep its rows."""
        done = self._connection.execute(statement, parameters or None)
        self.description = done.description
        self._rows = done.fetchall() if done.description else []

    def executemany(self, statement: str, parameters: Any = None, _context: Any = None) -> None:
        """Run one statement for each set of parameters."""
        for values in parameters or []:
            self.execute(statement, values)

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows."""
        size = size or self.arraysize
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        """Give all the rows that are left."""
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        """Forget the rows; the connection stays open."""
        self._rows = []


class BorrowedConnection:
    """An open DuckDB connection as SQLAlchemy sees it: closing and ending transactions do nothing."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.notices: list[str] = []

    def cursor(self) -> FetchedCursor:
        """Give a cursor on this very connection (DuckDB's own `cursor()` is another one)."""
        return FetchedCursor(self._connection, self)

    def commit(self) -> None:
        """Leave the transaction to its owner."""

    def rollback(self) -> None:
        """Leave the transaction to its owner."""

    def close(self) -> None:
        """Leave the connection to its owner."""


class BorrowedDialect(Dialect):
    """DuckDB through an open connection, reflected through `information_schema`."""

    supports_statement_cache = False
    default_schema_name = "main"

    def initialize(self, connection: Any) -> None:
        """Ask the database nothing: there is no server to interrogate."""
        self.server_version_info = (8, 0)
        self.default_schema_name = "main"
        self._backslash_escapes = False
        del connection

    def do_begin(self, connection: Any) -> None:
        """Leave the transaction to its owner."""

    def do_commit(self, connection: Any) -> None:
        """Leave the transaction to its owner."""

    def do_rollback(self, connection: Any) -> None:
        """Leave the transaction to its owner."""

    def do_ping(self, connection: Any) -> bool:
        """Say that the borrowed connection is there."""
        del connection
        return True

    def do_execute(self, cursor: Any, statement: Any, parameters: Any, context: Any = None) -> None:
        """Execute as the plain dialect does (psycopg2's extras do not exist here)."""
        DefaultDialect.do_execute(self, cursor, statement, parameters, context)

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[dict[str, Any]]:
        """Give the columns of a table in their order, from `information_schema.columns`."""
        where, values = _where(table_name, schema)
        rows = connection.exec_driver_sql(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
            f"WHERE {where} ORDER BY ordinal_position",
            values,
        ).fetchall()
        if not rows:
            raise sa.exc.NoSuchTableError(table_name)
        return [
            {
                "name": name,
                "type": _TYPES.get(kind, sqltypes.NullType)(),
                "nullable": nullable == "YES",
                "default": None,
            }
            for name, kind, nullable in rows
        ]

    def get_multi_columns(
        self, connection: Any, schema: str | None = None, filter_names: Any = None, **_: Any
    ) -> Any:
        """Give the columns of several tables."""
        return [
            ((schema, name), self.get_columns(connection, name, schema))
            for name in filter_names or self.get_table_names(connection, schema)
        ]

    def has_table(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> bool:
        """Say whether a table or view of that name is there."""
        where, values = _where(table_name, schema)
        found = connection.exec_driver_sql(
            f"SELECT count(*) FROM information_schema.tables WHERE {where}", values
        ).scalar()
        return bool(found)

    def get_table_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        """Give the names of the tables of a schema (`schema` or `database.schema`)."""
        where, values = _where(None, schema)
        return list(
            connection.exec_driver_sql(
                f"SELECT table_name FROM information_schema.tables WHERE {where} ORDER BY 1",
                values,
            ).scalars()
        )

    def get_view_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        """Give no views: the warehouse has tables only."""
        del connection, schema
        return []

    def get_schema_names(self, connection: Any, **_: Any) -> list[str]:
        """Give every schema as `database.schema`."""
        return list(
            connection.exec_driver_sql(
                "SELECT catalog_name || '.' || schema_name FROM information_schema.schemata"
            ).scalars()
        )

    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """Give no key: keys are promised by the contract and verified, not declared in DuckDB."""
        del connection, table_name, schema
        return {"constrained_columns": [], "name": None}


def _where(table: str | None, schema: str | None) -> tuple[str, tuple[str, ...]]:
    """Give the condition and its values for `schema`, or `database.schema`, and a table."""
    database, _, plain = (schema or "main").rpartition(".")
    parts = [("table_schema", plain.strip('"'))]
    if database:
        parts.append(("table_catalog", database.strip('"')))
    if table is not None:
        parts.append(("table_name", table.strip('"')))
    where = " AND ".join(f"{name} = ${i}" for i, (name, _) in enumerate(parts, start=1))
    return where, tuple(value for _, value in parts)


class dialect(postgresql.dialect):  # type: ignore[misc,valid-type]  # noqa: N801 - the name Great Expectations looks for
    """Tells Great Expectations which family's regular expressions (`~`) DuckDB understands.

    Never connected. DuckDB's `~` matches the whole text, so a contract's pattern is anchored.
    """

    name = "duckdb"


dialect_module = sys.modules[__name__]


def borrowed_engine(connection: duckdb.DuckDBPyConnection) -> sa.Engine:
    """Make a SQLAlchemy engine over an open DuckDB connection.

    Args:
        connection: stays open, and its transaction stays as it is, whatever the engine does.

    Returns:
        an engine with exactly one (borrowed) connection.
    """
    sa.dialects.registry.register("informality", __name__, "BorrowedDialect")
    return sa.create_engine(
        "informality://",
        creator=lambda: BorrowedConnection(connection),
        poolclass=StaticPool,
        module=DBAPI,
    )
