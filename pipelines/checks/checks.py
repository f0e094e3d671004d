"""Verifies one warehouse table against its contract with Great Expectations; stores nothing."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import duckdb

from data_contracts.contract.shapes import Contract
from pipelines.checks.engine_errors import EngineError

if TYPE_CHECKING:
    from data_contracts.contract.expectations import Check
    from pipelines.checks.suite import Suite

_SET = "expect_column_values_to_be_in_set"
_ROWS = "expect_table_row_count_to_be_between"
# The suites that this process has made, each for one very contract.
_suites: "dict[str, tuple[Contract, tuple[Check, ...], Suite]]" = {}


@dataclass(frozen=True)
class Failure:
    """One broken promise: how many rows break it and where the first stands, never which values."""

    expectation: str
    column: str
    unexpected: int
    severity: str = "error"
    place: str = ""
    permitted: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give one line for a message; a closed set of codes is listed."""
        codes = f" (permitted: {', '.join(self.permitted)})" if self.permitted else ""
        return f"{self.column}: {self.expectation} fails for {self.unexpected:,} rows{codes}"


@dataclass(frozen=True)
class CheckReport:
    """What came of verifying one table."""

    table: str
    evaluated: int
    failures: tuple[Failure, ...]

    @property
    def blocking(self) -> tuple[Failure, ...]:
        """The failures that keep a table from being published."""
        return tuple(failure for failure in self.failures if failure.severity == "error")

    @property
    def passed(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocking


@dataclass(frozen=True)
class Outcome:
    """One check with what Great Expectations found: success and counts, empty where none was run."""

    check: "Check"
    found: Mapping[str, Any]

    @property
    def passed(self) -> bool:
        """Whether it is kept, as far as anything was looked at."""
        return bool(self.found.get("success", True))

    @property
    def unexpected(self) -> int:
        """How many rows break it; for the number of rows, how many are missing."""
        counts = self.found.get("result", {})
        observed = counts.get("observed_value")
        if self.check.type == _ROWS:
            return max(int(self.check.expectation.min_value) - (observed or 0), 0)
        count = counts.get("unexpected_count", observed)  # a table without rows has no count
        return count if isinstance(count, int) else 0


@lru_cache(maxsize=1)
def quiet_context() -> Any:
    """Make the one ephemeral Great Expectations context: no telemetry, no progress bars.

    The release we pin carries no telemetry client at all; both switches stay off for one that does.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # its records quote SQL
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def verify(
    connection: duckdb.DuckDBPyConnection,
    qualified_table: str,
    contract: Contract,
    *,
    rows_named: bool = False,
) -> CheckReport:
    """Evaluate every check of a contract on a table of an open connection.

    Args:
        connection: may be inside a transaction, which is neither committed nor rolled back.
        qualified_table: ``database.schema.table``.
        contract: what the table promises.
        rows_named: say where the first failing row stands; for rows in the order of a file.

    Returns:
        how many expectations were evaluated, and the failures with Great Expectations' counts.

    Raises:
        EngineError: a check could not be computed or did not run, or fails for no row.
    """
    failures = []
    closed = {column.name: tuple(column.valid) for column in contract.columns}
    found = outcomes(connection, qualified_table, contract)
    for outcome in found:
        check = outcome.check
        if outcome.passed:
            continue
        if outcome.unexpected == 0 and check.type != "expect_table_columns_to_match_ordered_list":
            raise EngineError(f"{contract.name}, {check.column}: {check.type} fails for no row")
        place = _first_row(connection, qualified_table, check) if rows_named else ""
        permitted = closed.get(check.column, ()) if check.type == _SET else ()
        failures.append(
            Failure(check.type, check.column, outcome.unexpected, check.severity, place, permitted)
        )
    return CheckReport(contract.name, len(found), tuple(failures))


def outcomes(
    connection: duckdb.DuckDBPyConnection | None, qualified_table: str, contract: Contract
) -> list[Outcome]:
    """Evaluate every check of a contract once, in the contract's order.

    Args:
        connection: as for ``verify``; None gives the checks without running them.
        qualified_table: ``database.schema.table``.
        contract: what the table promises.

    Raises:
        EngineError: a check could not be computed or did not run.
    """
    wanted, suite = _suite(contract)
    if connection is None:
        return [Outcome(check, {}) for check in wanted]
    results = suite.run(connection, qualified_table)
    if len(results) != len(wanted):
        raise EngineError(
            f"{len(results)} of {len(wanted)} checks of {contract.name} ran; the others did not run"
        )
    for check, found in zip(wanted, results, strict=True):
        if (
            not found
        ):  # inside a result of Great Expectations it would only look like a failed check
            raise EngineError(
                f"{contract.name}, {check.column}: {check.type} could not be computed"
            )
    return [Outcome(check, found) for check, found in zip(wanted, results, strict=True)]


def _suite(contract: Contract) -> "tuple[tuple[Check, ...], Suite]":
    """Give a contract's checks and their suite, made once in a process."""
    known = _suites.get(contract.name)
    if known is None or known[0] is not contract:
        quiet_context()
        from data_contracts.contract.expectations import checks
        from pipelines.checks.suite import Suite

        wanted = tuple(checks(contract))
        suite = Suite([check.expectation for check in wanted])
        known = _suites[contract.name] = (contract, wanted, suite)
    return known[1:]


def _first_row(connection: duckdb.DuckDBPyConnection, table: str, check: "Check") -> str:
    """Name the first row that breaks a check, counted from 1; nothing where no one row does."""
    if check.failing is None:
        return ""
    try:
        found = connection.execute(
            f"SELECT min(at_row) FROM (SELECT at_row, ({check.failing}) AS fails "
            f"FROM (SELECT row_number() OVER () AS at_row, * FROM {table})) WHERE fails"
        ).fetchone()
    except duckdb.Error:
        pass
    else:
        return f"row {found[0]:,}" if found and found[0] else ""
    raise EngineError("the first failing row could not be found")
