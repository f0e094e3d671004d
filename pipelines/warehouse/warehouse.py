"""The warehouse: stage, conform, verify and publish a table in one transaction; no Dagster here.

Persons live in ``vault/vault.duckdb``, encrypted; what anyone may see lives in ``public.duckdb``.
A table reaches its place only when every check of its contract has passed.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeAlias, TypeVar, cast

import duckdb
import polars as pl
import pyarrow as pa

from data_contracts.contract.find import load
from data_contracts.contract.shapes import Contract
from data_contracts.errors import InputError, Refused
from pipelines.checks.checks import CheckReport, EngineError, verify
from pipelines.settings import require_run
from pipelines.warehouse.conform import conformed
from pipelines.warehouse.vault import connect

_NAME = re.compile(r"(raw|core|linked|est|pub)\.[a-z][a-z0-9_]*")
_INCOMING = "incoming"
_HASHED_ROWS = 100_000  # rows hashed at a time
# Types whose text holds no comma: their cells need no length.
_BARE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "FLOAT", "BOOLEAN", "DATE"}
)
_FORMATS = {"csv": "FORMAT csv, HEADER true", "parquet": "FORMAT parquet", "json": "FORMAT json"}

Frame: TypeAlias = (
    pl.DataFrame | pl.LazyFrame | pa.Table | pa.RecordBatchReader | duckdb.DuckDBPyRelation
)


P = ParamSpec("P")
R = TypeVar("R")
_ENGINE_ERRORS = (duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError)


def _withheld(name: str, kind: str) -> EngineError:
    return EngineError(f"{name}: the engine failed ({kind}); its message is withheld")


def _quiet(
    method: "Callable[Concatenate[Warehouse, str, P], R]",
) -> "Callable[Concatenate[Warehouse, str, P], R]":
    """Turn an engine's error into ours: DuckDB, Arrow and polars quote cells in their messages.

    Raised outside the handler, so that not even the error's context holds the engine's message.
    """

    @wraps(method)
    def quiet(self: "Warehouse", name: str, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, name, *args, **kwargs)
        except _ENGINE_ERRORS as error:
            kind = type(error).__name__
        raise _withheld(name, kind)

    return cast("Callable[Concatenate[Warehouse, str, P], R]", quiet)


class CheckFailed(InputError):
    """A table broke its contract and was not published; ``report`` has the counts."""

    def __init__(self, report: CheckReport) -> None:
        self.report = report
        shown = "; ".join(str(failure) for failure in report.blocking[:5])
        super().__init__(
            f"{len(report.blocking)} of {report.evaluated} checks fail ({shown})",
            "correct the input; the last good table is still in place",
            file=report.table,
        )


@dataclass(frozen=True)
class PutReport:
    """What was stored: rows, the hash of their content (free of row order), and the checks."""

    rows: int
    sha256: str
    checks: CheckReport | None


class Warehouse:
    """One workspace's two database files, held by one process at a time.

    Args:
        workspace: the folder with ``vault/``, ``keys/`` and ``public.duckdb``; made when absent.
        read_only: nothing is made and nothing can be written; refused where nothing was run.

    Raises:
        InputError: wrong key, missing key, a file that another process holds, or no run to read.
    """

    def __init__(self, workspace: Path, *, read_only: bool = False) -> None:
        self.workspace = Path(workspace)
        if read_only:
            require_run(self.workspace)
        self.connection = connect(self.workspace, read_only=read_only)
        self._joined = False

    def __enter__(self) -> Self:
        """Give the open warehouse."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close both files."""
        self.close()

    def close(self) -> None:
        """Close both files; what is not committed is gone."""
        self.connection.close()

    @_quiet
    def put(
        self, name: str, frame: Frame, *, replace: Mapping[str, str] | None = None
    ) -> PutReport:
        """Publish a table, or the rows of it that ``replace`` names, if its contract holds.

        Args:
            name: ``schema.table``; a ``raw.*`` table has no contract and is stored as delivered.
            frame: the rows; a relation must belong to this warehouse's connection.
            replace: column to value, such as ``{"survey_id": "X"}``: only rows that equal all of
                them are replaced, and every delivered row must equal them. None: the whole table.

        Returns:
            rows and content hash of what was delivered, and the report of the checks.

        Raises:
            InputError: a column or a value does not conform.
            CheckFailed: a check fails. In either case the last good table stays.
            EngineError: DuckDB or Great Expectations failed; never holds a value.
        """
        place = _place(name)
        contract = None if name.startswith("raw.") else load(name)
        staged = f'{place.rpartition(".")[0]}."{name.partition(".")[2]}__staged"'
        with self._registered(frame, name) as source, self._transaction():
            database, schema, _ = place.replace('"', "").split(".")
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {database}.{schema}")
            select = f"SELECT * FROM {source}"
            if contract is not None:
                select = conformed(self.connection, source, contract)
            self.connection.execute(f"CREATE TABLE {staged} AS {select}")
            if replace is not None:
                self._refuse_strangers(name, staged, replace)
            checks = self._verified(staged, contract)
            rows, digest = self._content(staged)
            self._swap(name, staged, replace, contract)
        return PutReport(rows, digest, checks)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Publish several tables of one file or none of them: what ``put`` does inside is one.

        The tables must lie in the same file, as DuckDB writes one file a transaction.
        """
        with self._transaction():
            self._joined = True
            try:
                yield
            finally:
                self._joined = False

    @_quiet
    def get(self, name: str, where: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Give a table, or its rows that equal ``where``, with the contract's types.

        Raises:
            InputError: the table is not there.
        """
        query, values = self._select(name, where)
        return self.connection.execute(query, values).pl()

    def batches(
        self,
        name: str,
        where: Mapping[str, str] | None = None,
        *,
        columns: list[str] | None = None,
        rows: int = 250_000,
    ) -> Iterator[pl.DataFrame]:
        """Stream a table in frames of at most ``rows`` rows, without ever holding all of it.

        Raises:
            InputError: the table is not there.
        """
        query, values = self._select(name, where, columns)
        fault = ""
        with self.connection.cursor() as cursor:
            try:
                for batch in cursor.execute(query, values).to_arrow_reader(rows):
                    frame = pl.from_arrow(batch)
                    if isinstance(frame, pl.DataFrame) and frame.height:
                        yield frame
            except _ENGINE_ERRORS as error:
                fault = type(error).__name__
        if fault:
            raise _withheld(name, fault)

    @_quiet
    def export(self, name: str, path: Path, format: str) -> Path:  # noqa: A002 - the plain word
        """Write a table to a file in the order of its primary key: the same bytes every time.

        Args:
            name: a table whose contract is not restricted.
            path: the file to write.
            format: csv, parquet or json.

        Raises:
            Refused: the table holds persons, which do not leave the vault.
            InputError: no such table or format.
        """
        if format not in _FORMATS:
            raise InputError("this format is not offered", "choose csv, parquet or json")
        if name.startswith("raw.") or load(name).sensitivity == "restricted":
            raise Refused(
                "this table holds persons, and they do not leave the vault",
                "export a published table (pub.*)",
                file=name,
            )
        query, _ = self._select(name, None)
        order = ", ".join(f'"{column}"' for column in load(name).primary_key)
        target = str(path).replace("'", "''")
        self.connection.execute(
            f"COPY ({query} ORDER BY {order}) TO '{target}' ({_FORMATS[format]})"
        )
        return path

    def tables(self) -> list[str]:
        """Give the names of all tables in both files, sorted."""
        rows = self.connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name IN ('vault', 'public') ORDER BY 1"
        ).fetchall()
        return [str(row[0]) for row in rows]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit at the end; on any exception roll back. Within ``together`` the outer one does."""
        if self._joined:
            yield
            return
        self.connection.begin()
        try:
            yield
            self.connection.commit()
        except BaseException:
            with suppress(duckdb.Error):  # some DuckDB errors end the transaction themselves
                self.connection.rollback()
            raise

    @contextmanager
    def _registered(self, frame: Frame, name: str) -> Iterator[str]:
        """Let the connection know the delivered rows under one name while they are needed."""
        if isinstance(frame, duckdb.DuckDBPyRelation):
            frame.create_view(_INCOMING, replace=True)
            try:
                yield _INCOMING
            finally:
                with suppress(duckdb.Error):
                    self.connection.execute(f"DROP VIEW IF EXISTS {_INCOMING}")
            return
        rows = frame.collect(engine="streaming") if isinstance(frame, pl.LazyFrame) else frame
        rows = rows.to_arrow() if isinstance(rows, pl.DataFrame) else rows
        if len(set(rows.schema.names)) != len(rows.schema.names) or not rows.schema.names:
            raise InputError("columns need names, each its own", "rename them", file=name)
        self.connection.register(_INCOMING, rows)
        try:
            if isinstance(rows, pa.RecordBatchReader):
                # A reader can be read once, and conforming reads twice; temporary files are encrypted.
                self.connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE {_INCOMING}_once AS FROM {_INCOMING}"
                )
                yield f"{_INCOMING}_once"
                self.connection.execute(f"DROP TABLE {_INCOMING}_once")
            else:
                yield _INCOMING
        finally:
            with suppress(duckdb.Error):
                self.connection.unregister(_INCOMING)

    def _verified(self, table: str, contract: Contract | None) -> CheckReport | None:
        if contract is None:
            return None
        report = verify(self.connection, table.replace('"', ""), contract)
        if not report.passed:
            raise CheckFailed(report)
        return report

    def _refuse_strangers(self, name: str, staged: str, replace: Mapping[str, str]) -> None:
        """Refuse rows that the replacement does not cover: they would be added, never replaced."""
        self._known_columns(name, staged, list(replace))
        where, values = _where(replace)
        counted = self.connection.execute(
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

    def _swap(
        self,
        name: str,
        staged: str,
        replace: Mapping[str, str] | None,
        contract: Contract | None,
    ) -> None:
        """Put the staged table, or its rows, in the place of the old."""
        place = _place(name)
        if replace is None or not self._exists(name):
            self.connection.execute(f"DROP TABLE IF EXISTS {place}")
            self.connection.execute(f'ALTER TABLE {staged} RENAME TO "{name.partition(".")[2]}"')
            return
        if self._columns(place) != self._columns(staged):
            raise InputError(
                "the table was written under another contract",
                "write the whole table again before replacing a part of it",
                file=name,
            )
        where, values = _where(replace)
        self.connection.execute(f"DELETE FROM {place} WHERE {where}", values)
        self.connection.execute(f"INSERT INTO {place} BY NAME SELECT * FROM {staged}")
        self.connection.execute(f"DROP TABLE {staged}")
        if contract is not None and not set(replace) <= set(contract.primary_key):
            # The part is not a slice of the key: a key may now be in both parts.
            self._verified(place, contract)

    def _content(self, table: str) -> tuple[int, str]:
        """Give the number of rows and a sha256 of columns and rows that row order cannot change.

        The rows are sorted, written as text and hashed in one stream. The text of a number or a
        day is DuckDB's own: the hash is the same in every run under the release that is pinned.
        """
        columns = self._columns(table)
        cells = ", ".join(_cell(name, kind) for name, kind in columns)
        whole = hashlib.sha256(repr(columns).encode())
        count = 0
        sorted_rows = f"FROM {table} ORDER BY ALL NULLS LAST"
        text = f"SELECT concat_ws(',', {cells}) || chr(10) AS line FROM ({sorted_rows})"
        for batch in self.connection.execute(text).to_arrow_reader(_HASHED_ROWS):
            lines = pl.Series(batch.column(0))
            whole.update(str(lines.str.join("").item()).encode())
            count += len(lines)
        return count, whole.hexdigest()

    def _columns(self, table: str) -> list[tuple[str, str]]:
        rows = self.connection.execute(f"DESCRIBE {table}").fetchall()
        return [(str(row[0]), str(row[1])) for row in rows]

    def _known_columns(self, name: str, table: str, wanted: list[str]) -> None:
        known = {column for column, _ in self._columns(table)}
        for column in wanted:
            if column not in known:
                raise InputError(
                    "there is no such column", "see the contract", file=name, column=column
                )

    def _exists(self, name: str) -> bool:
        return name in self.tables()

    def _select(
        self, name: str, where: Mapping[str, str] | None, columns: list[str] | None = None
    ) -> tuple[str, list[str]]:
        place = _place(name)
        if not self._exists(name):
            raise InputError(
                "the table is not in the warehouse", "run the step that makes it", file=name
            )
        self._known_columns(name, place, [*(where or {}), *(columns or [])])
        chosen = ", ".join(_quoted(c) for c in columns) if columns else "*"
        condition, values = _where(where or {})
        return f"SELECT {chosen} FROM {place} WHERE {condition}", values


def _cell(name: str, kind: str) -> str:
    """Give the SQL for one cell as text; text has its length before it, so that no two rows agree."""
    column = _quoted(name)
    if kind in _BARE:
        # Zero has one text only: DuckDB sorts -0.0 and 0.0 as equal.
        value = f"{column} + 0" if kind in ("DOUBLE", "FLOAT") else column
        return f"coalesce(CAST({value} AS VARCHAR), '-')"
    return f"coalesce(strlen(CAST({column} AS VARCHAR)) || ':' || CAST({column} AS VARCHAR), '-')"


def _place(name: str) -> str:
    """Give the full name of a table: published ones in the public file, all others in the vault."""
    if not _NAME.fullmatch(name):
        raise InputError(
            "this is not the name of a warehouse table",
            "use raw, core, linked, est or pub, a point and a name in lower case",
            file=name,
        )
    schema, _, table = name.partition(".")
    return f'{"public" if schema == "pub" else "vault"}.{schema}."{table}"'


def _where(equal: Mapping[str, str]) -> tuple[str, list[str]]:
    parts = [f"{_quoted(column)} = ?" for column in equal]
    return " AND ".join(parts) or "true", list(equal.values())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
