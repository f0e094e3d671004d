"""A contract's checks as one Great Expectations suite, made once and run on any table; contracts live elsewhere.

Import it only where a suite runs: it imports Great Expectations. Its own Validator works out which
metrics an expectation needs twice a run, each time as if nothing of the table were known yet, and
fetches failing rows along with their number. Here the metrics of a suite are worked out once, as
for an answer of yes or no, and each expectation judges and counts by them: no row is ever fetched.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from great_expectations.core.batch import Batch
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.validator.validation_graph import ValidationGraph

from pipelines.checks.gx_engine import DuckDBEngine

_NEEDED = {"result_format": "BOOLEAN_ONLY", "catch_exceptions": True}
_TOLD = {"result_format": {"result_format": "BASIC", "partial_unexpected_count": 0}}


class _Graph(ValidationGraph):
    """The metrics of a suite, each with what it depends on; one that is known is not walked again."""

    def __init__(self, engine: DuckDBEngine) -> None:
        super().__init__(execution_engine=engine)
        self._known: set[Any] = set()

    def build_metric_dependency_graph(
        self, metric_configuration: Any, runtime_configuration: dict[str, Any] | None = None
    ) -> None:
        """Add a metric and all that it depends on."""
        before = metric_configuration.id
        if before in self._known:
            return
        super().build_metric_dependency_graph(metric_configuration, runtime_configuration)
        self._known |= {before, metric_configuration.id}


class Suite:
    """Expectations with the metrics that they need.

    Args:
        expectations: made while a Great Expectations context is active.
    """

    def __init__(self, expectations: Sequence[Any]) -> None:
        self.expectations = tuple(expectations)
        self._needs: list[Mapping[str, Any]] = []
        self._edges: list[Any] | None = None

    def run(self, connection: duckdb.DuckDBPyConnection, table: str) -> list[Mapping[str, Any]]:
        """Evaluate every expectation on one table.

        Args:
            connection: may be inside a transaction, which is left as it is.
            table: ``database.schema.table``.

        Returns:
            For each expectation, in order, ``success`` and ``result`` (counts, and no value of a
            row); an empty mapping where a metric could not be computed.
        """
        engine = DuckDBEngine(connection, table)
        schema, _, name = table.rpartition(".")
        data = SqlAlchemyBatchData(
            execution_engine=engine, schema_name=schema, table_name=name, create_temp_table=False
        )
        engine.batch_manager.load_batch_list([Batch(data=data)])
        if self._edges is None:
            self._edges = self._worked_out(engine)
        graph = ValidationGraph(execution_engine=engine, edges=self._edges)
        metrics, _ = graph.resolve(runtime_configuration=_NEEDED, show_progress_bars=False)
        return [
            self._judged(expectation, needs, metrics, engine)
            for expectation, needs in zip(self.expectations, self._needs, strict=True)
        ]

    def _worked_out(self, engine: DuckDBEngine) -> list[Any]:
        graph = _Graph(engine)
        for expectation in self.expectations:
            needs = expectation.get_validation_dependencies(
                execution_engine=engine, runtime_configuration=_NEEDED
            ).metric_configurations
            for metric in needs.values():
                graph.build_metric_dependency_graph(metric, _NEEDED)
            self._needs.append(needs)
        return list(graph.edges)

    @staticmethod
    def _judged(
        expectation: Any, needs: Mapping[str, Any], metrics: Mapping[Any, Any], engine: DuckDBEngine
    ) -> Mapping[str, Any]:
        if any(metric.id not in metrics for metric in needs.values()):
            return {}
        found = {name: metrics[metric.id] for name, metric in needs.items()}
        try:
            judged: Mapping[str, Any] = expectation._validate(  # noqa: SLF001 - all have it
                metrics=found, runtime_configuration=dict(_TOLD), execution_engine=engine
            )
        except Exception:  # noqa: BLE001 - its message may quote what was compared
            return {}
        return judged
