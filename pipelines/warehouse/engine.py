"""The Ibis connection over the warehouse: DuckDB's own, so that expressions see the same tables."""

from typing import Any

from pipelines.warehouse.warehouse import Warehouse


class Tables:
    """Warehouse tables as Ibis expressions, by their names.

    Args:
        warehouse: an open warehouse; expressions run on its connection.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        import ibis

        self._backend = ibis.duckdb.from_connection(warehouse.connection)

    def __call__(self, name: str) -> Any:
        """Give one table, such as ``core.member``."""
        schema, _, table = name.partition(".")
        return self._backend.table(table, database=("vault", schema))
