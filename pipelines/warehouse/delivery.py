"""Delivered rows, in whatever form, under one name that SQL knows; what becomes of them is elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

import duckdb
import polars as pl
import pyarrow as pa

from data_contracts.errors import InputError

Frame: TypeAlias = (
    pl.DataFrame | pl.LazyFrame | pa.Table | pa.RecordBatchReader | duckdb.DuckDBPyRelation
)
_INCOMING = "incoming"


@contextmanager
def delivered(connection: duckdb.DuckDBPyConnection, frame: Frame, name: str) -> Iterator[str]:
    """Let the connection know the delivered rows under one name while they are needed.

    Args:
        connection: of the warehouse.
        frame: the rows; a relation must belong to this connection.
        name: of the table, for messages.

    Raises:
        InputError: there are no columns, or two of one name.
    """
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame.create_view(_INCOMING, replace=True)
        try:
            yield _INCOMING
        finally:
            with suppress(duckdb.Error):
                connection.execute(f"DROP VIEW IF EXISTS {_INCOMING}")
        return
    rows = frame.collect(engine="streaming") if isinstance(frame, pl.LazyFrame) else frame
    if isinstance(rows, pl.DataFrame):
        # Arrow's views of text are polars' own: nothing is copied.
        rows = rows.to_arrow(compat_level=pl.CompatLevel.newest())
    if len(set(rows.schema.names)) != len(rows.schema.names) or not rows.schema.names:
        raise InputError("columns need names, each its own", "rename them", file=name)
    connection.register(_INCOMING, rows)
    try:
        if isinstance(rows, pa.RecordBatchReader):
            # A reader can be read once, and conforming reads twice; temporary files are encrypted.
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {_INCOMING}_once AS FROM {_INCOMING}")
            yield f"{_INCOMING}_once"
            connection.execute(f"DROP TABLE {_INCOMING}_once")
        else:
            yield _INCOMING
    finally:
        with suppress(duckdb.Error):
            connection.unregister(_INCOMING)
