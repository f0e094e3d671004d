"""Verifies one warehouse table against its contract with Great Expectations; stores nothing."""

import logging
import os
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb

from data_contracts.contract.shapes import Contract
from pipelines.checks.engine_errors import EngineError


@dataclass(frozen=True)
class Failure:
    """One broken promise: how many rows break it, never which values."""

    expectation: str
    column: str
    unexpected: int
    severity: str = "error"

    def __str__(self) -> str:
        """Give one line for a message."""
        return f"{self.column}: {self.expectation} fails for {self.unexpected:,} rows"


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
    """One check with what Great Expectations found; ``result`` is None where nothing was run."""

    check: Any
    result: Any = None

    @property
    def passed(self) -> bool:
        """Whether it is kept, as far as anything was looked at."""
        return self.result is None or bool(self.result.success)


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
    connection: duckdb.DuckDBPyConnection, qualified_table: str, contract: Contract
) -> CheckReport:
    """Evaluate every check of a contract on a table of an open connection.

    Args:
        connection: may be inside a transaction, which is neither committed nor rolled back.
        qualified_table: ``database.schema.table``.
        contract: what the table promises.

    Returns:
        how many expectations were evaluated, and the failures with counts from plain SQL.

    Raises:
        EngineError: a check could not be computed, did not run, or disagrees with plain SQL.
    """
    failures = []
    found = outcomes(connection, qualified_table, contract, "BOOLEAN_ONLY")
    for check in (outcome.check for outcome in found if not outcome.passed):
        count = _count(connection, check.count.replace("{table}", qualified_table))
        if count == 0 and check.type != "expect_table_columns_to_match_ordered_list":
            raise EngineError(
                f"{contract.name}, {check.column}: {check.type} fails, plain SQL finds no row"
            )
        failures.append(Failure(check.type, check.column, count, check.severity))
    return CheckReport(contract.name, len(found), tuple(failures))


def outcomes(
    connection: duckdb.DuckDBPyConnection | None,
    qualified_table: str,
    contract: Contract,
    result_format: str = "BASIC",
) -> list[Outcome]:
    """Evaluate every check of a contract, in the contract's order.

    Args:
        connection: as for ``verify``; None gives the checks without running them.
        qualified_table: ``database.schema.table``.
        contract: what the table promises.
        result_format: BOOLEAN_ONLY, or BASIC for counts; neither fetches rows.

    Raises:
        EngineError: a check could not be computed or did not run.
    """
    context = quiet_context()
    from data_contracts.contract.expectations import checks

    wanted = checks(contract)
    if connection is None:
        return [Outcome(check) for check in wanted]
    form = {"result_format": result_format, "partial_unexpected_count": 0}
    results = _evaluate(context, connection, qualified_table, [c.expectation for c in wanted], form)
    by_id = {_identity(result.expectation_config): result for result in results}
    missing = Counter(c.type for c in wanted if _identity(c.expectation.configuration) not in by_id)
    if missing or len(results) != len(wanted):
        raise EngineError(
            f"{len(results)} of {len(wanted)} checks of {contract.name} ran; "
            f"did not run: {', '.join(sorted(missing)) or 'unknown'}"
        )
    found = [Outcome(check, by_id[_identity(check.expectation.configuration)]) for check in wanted]
    for outcome in found:
        _raise_if_not_computed(
            outcome.result, contract.name, outcome.check.type, outcome.check.column
        )
    return found


def _evaluate(
    context: Any,
    connection: duckdb.DuckDBPyConnection,
    qualified_table: str,
    wanted: list[Any],
    result_format: Any = "BOOLEAN_ONLY",
) -> list[Any]:
    """Run expectations through Great Expectations' SQL engine on the borrowed connection."""
    from great_expectations.core.batch import Batch
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
    from great_expectations.validator.validator import Validator

    from pipelines.checks.gx_engine import DuckDBEngine

    schema, _, table = qualified_table.rpartition(".")
    engine = DuckDBEngine(connection, qualified_table)
    data = SqlAlchemyBatchData(
        execution_engine=engine, schema_name=schema, table_name=table, create_temp_table=False
    )
    validator = Validator(execution_engine=engine, batches=[Batch(data=data)], data_context=context)
    return list(
        validator.graph_validate(
            configurations=[expectation.configuration for expectation in wanted],
            runtime_configuration={"result_format": result_format, "catch_exceptions": True},
        )
    )


def _identity(configuration: Any) -> str:
    """Name an expectation by its type and arguments: results come back in another order."""
    arguments = {k: v for k, v in configuration.kwargs.items() if k != "batch_id"}
    return f"{configuration.type} {sorted(arguments.items(), key=lambda item: item[0])}"


def _raise_if_not_computed(result: Any, table: str, kind: str, column: str) -> None:
    """Raise on a metric that failed: inside a result it only looks like a failed check."""
    info = result.exception_info or {}
    parts = [info, *(part for part in info.values() if isinstance(part, dict))]
    if any(part.get("raised_exception") for part in parts):
        raise EngineError(f"{table}, {column}: {kind} could not be computed")


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    try:
        found = connection.execute(query).fetchone()
        return int(found[0]) if found else 0
    except duckdb.Error:
        pass
    raise EngineError("a count of failing rows could not be computed")
