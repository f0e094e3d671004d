"""The warehouse: stage, conform, verify and publish a table in one transaction; no Dagster here.

Persons live in ``vault/vault.duckdb``, encrypted; what anyone may see lives in ``public.duckdb``.
A table reaches its place only when every check of its contract has passed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl

from data_contracts.contract.find import load
from data_contracts.contract.shapes import Contract
from data_contracts.errors import InputError, Refused
from pipelines.checks.checks import CheckReport, verify
from pipelines.checks.engine_errors import ENGINE_ERRORS, quiet, withheld
from pipelines.settings import require_run
from pipelines.warehouse.conform import conformed, refuse_strangers
from pipelines.warehouse.content import content
from pipelines.warehouse.delivery import Frame, delivered
from pipelines.warehouse.names import columns_of, equal_to, place_of, quoted, refuse_unknown
from pipelines.warehouse.vault import connect

_FORMATS = {"csv": "FORMAT csv, HEADER true", "parquet": "FORMAT parquet", "json": "FORMAT json"}


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
    content_hash: str
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

    @quiet
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
        place = place_of(name)
        contract = None if name.startswith("raw.") else load(name)
        staged = f'{place.rpartition(".")[0]}."{name.partition(".")[2]}__staged"'
        with delivered(self.connection, frame, name) as source, self._transaction():
            database, schema, _ = place.replace('"', "").split(".")
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {database}.{schema}")
            select = f"SELECT * FROM {source}"
            if contract is not None:
                select = conformed(self.connection, source, contract)
            self.connection.execute(f"CREATE TABLE {staged} AS {select}")
            if replace is not None:
                refuse_strangers(self.connection, staged, replace, name)
            checks = self._verified(staged, contract)
            rows, digest = content(self.connection, staged)
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

    @quiet
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
            except ENGINE_ERRORS as error:
                fault = type(error).__name__
        if fault:
            raise withheld(fault, name)

    @quiet
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

    @quiet
    def mark(self, name: str, text: str) -> None:
        """Let a table carry a text until it is written anew; rows of it may still be replaced."""
        escaped = text.replace("'", "''")
        self.connection.execute(f"COMMENT ON TABLE {place_of(name)} IS '{escaped}'")

    def marks(self) -> dict[str, str]:
        """Give the text that each table carries, by name; tables without one are left out."""
        rows = self.connection.execute(
            "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() "
            "WHERE database_name IN ('vault', 'public') AND comment IS NOT NULL"
        ).fetchall()
        return {str(name): str(text) for name, text in rows}

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

    def _verified(self, table: str, contract: Contract | None) -> CheckReport | None:
        if contract is None:
            return None
        report = verify(self.connection, table.replace('"', ""), contract)
        if not report.passed:
            raise CheckFailed(report)
        return report

    def _swap(
        self,
        name: str,
        staged: str,
        replace: Mapping[str, str] | None,
        contract: Contract | None,
    ) -> None:
        """Put the staged table in the place of the old, or its rows where other rows stay."""
        place = place_of(name)
        if replace is None or not self._others_stay(name, staged, replace):
            self.connection.execute(f"DROP TABLE IF EXISTS {place}")
            self.connection.execute(f'ALTER TABLE {staged} RENAME TO "{name.partition(".")[2]}"')
            return
        where, values = equal_to(replace)
        self.connection.execute(f"DELETE FROM {place} WHERE {where}", values)
        self.connection.execute(f"INSERT INTO {place} BY NAME SELECT * FROM {staged}")
        self.connection.execute(f"DROP TABLE {staged}")
        if contract is not None and not set(replace) <= set(contract.primary_key):
            # The part is not a slice of the key: a key may now be in both parts.
            self._verified(place, contract)

    def _others_stay(self, name: str, staged: str, replace: Mapping[str, str]) -> bool:
        """Tell whether the table holds rows of other parts; refuse one of another contract."""
        if not self._exists(name):
            return False
        place = place_of(name)
        if columns_of(self.connection, place) != columns_of(self.connection, staged):
            raise InputError(
                "the table was written under another contract",
                "write the whole table again before replacing a part of it",
                file=name,
            )
        where, values = equal_to(replace)
        others = f"SELECT 1 FROM {place} WHERE ({where}) IS NOT TRUE LIMIT 1"
        return self.connection.execute(others, values).fetchone() is not None

    def _exists(self, name: str) -> bool:
        return name in self.tables()

    def _select(
        self, name: str, where: Mapping[str, str] | None, columns: list[str] | None = None
    ) -> tuple[str, list[str]]:
        place = place_of(name)
        if not self._exists(name):
            raise InputError(
                "the table is not in the warehouse", "run the step that makes it", file=name
            )
        refuse_unknown(self.connection, place, [*(where or {}), *(columns or [])], name)
        chosen = ", ".join(quoted(c) for c in columns) if columns else "*"
        condition, values = equal_to(where or {})
        return f"SELECT {chosen} FROM {place} WHERE {condition}", values
