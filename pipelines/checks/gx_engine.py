"""Great Expectations' SQL engine for DuckDB, with metrics of our own; suites and checks live elsewhere.

Repeated keys are counted by our own queries, and rows that break a rule are counted and not fetched.
Import it only where a suite runs: it imports Great Expectations.
"""

from typing import Any

import duckdb
from great_expectations.core.metric_function_types import MetricFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value

from pipelines.checks.duckdb_dialect import borrowed_engine, dialect_module
from pipelines.checks.uniqueness import repeated_rows


class DuckDBEngine(SqlAlchemyExecutionEngine):
    """Runs expectations on a DuckDB connection that somebody else holds."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        super().__init__(engine=borrowed_engine(connection), create_temp_table=False)
        self.dialect_module = dialect_module
        self.borrowed = connection
        self.table = table


def _repeated(
    cls: type[MetricProvider],
    execution_engine: DuckDBEngine,
    metric_domain_kwargs: dict[str, Any],
    metric_value_kwargs: dict[str, Any],
    metrics: dict[str, Any],
    runtime_configuration: dict[str, Any],
) -> int:
    """Count the rows that break a key; a condition on rows is nothing that a key can have."""
    del cls, metric_value_kwargs, metrics, runtime_configuration
    if metric_domain_kwargs.get("row_condition"):
        raise NotImplementedError
    columns = metric_domain_kwargs.get("column_list") or [metric_domain_kwargs["column"]]
    return repeated_rows(execution_engine.borrowed, execution_engine.table, list(columns))


class RepeatedKeys(MetricProvider):
    """The rows that break a compound key; Great Expectations' own query groups by the whole key."""

    metric_name = "compound_columns.unique.unexpected_count"
    domain_keys = (
        "batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if",
    )  # fmt: skip
    value_keys = ()
    count = metric_value(engine=DuckDBEngine, metric_fn_type=MetricFunctionTypes.VALUE)(_repeated)


class RepeatedValues(MetricProvider):
    """The rows that break a key of one column; Great Expectations' own query joins the table twice."""

    metric_name = "column_values.unique.unexpected_count"
    domain_keys = ("batch_id", "table", "column", "row_condition", "condition_parser")
    value_keys = ()
    count = metric_value(engine=DuckDBEngine, metric_fn_type=MetricFunctionTypes.VALUE)(_repeated)


def _no_rows(
    cls: type[MetricProvider],
    execution_engine: DuckDBEngine,
    metric_domain_kwargs: dict[str, Any],
    metric_value_kwargs: dict[str, Any],
    metrics: dict[str, Any],
    runtime_configuration: dict[str, Any],
) -> list[dict[str, Any]]:
    """Give no row: a rule's failing rows are persons', and their number is another metric."""
    del cls, execution_engine, metric_domain_kwargs, metric_value_kwargs
    del metrics, runtime_configuration
    return []


class RowsOfARule(MetricProvider):
    """The rows that break a rule; Great Expectations' own query fetches two hundred of them."""

    metric_name = "unexpected_rows_query.table"
    domain_keys = ("batch_id", "row_condition", "condition_parser")
    value_keys = ("unexpected_rows_query",)
    none = metric_value(engine=DuckDBEngine, metric_fn_type=MetricFunctionTypes.VALUE)(_no_rows)
