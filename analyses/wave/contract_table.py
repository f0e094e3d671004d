"""Figures as the table that its contract promises: columns, their order and types; nothing is computed here."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from data_contracts.contract.find import load


def contract_table(name: str, rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Give a table's rows with the columns of its contract, in its order and types.

    Args:
        name: the table, such as ``est.bridge``.
        rows: the figures, by column; a column that is not there is null. A frame's further columns
            (helpers on the way) are left out.

    Raises:
        InputError: there is no such table.
        KeyError: a row names a column that the contract has not: a fault of the program.
    """
    schema = load(name).polars_schema()
    if not isinstance(rows, pl.DataFrame):
        unknown = sorted({column for row in rows for column in row} - set(schema))
        if unknown:
            raise KeyError(f"{name} has no column {', '.join(unknown)}")
        return pl.DataFrame([dict(row) for row in rows], schema=schema, orient="row")
    absent = [pl.lit(None).alias(column) for column in schema if column not in rows.columns]
    return rows.with_columns(absent).select(pl.col(n).cast(kind) for n, kind in schema.items())
