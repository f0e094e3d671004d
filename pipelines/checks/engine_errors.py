"""An engine's faults without its words: DuckDB, Arrow and polars quote cells in their messages."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

import duckdb
import polars as pl
import pyarrow as pa

ENGINE_ERRORS = (duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError)
P = ParamSpec("P")
R = TypeVar("R")


class EngineError(Exception):
    """A check could not be computed: a fault of the program or an engine, never of the data."""


def withheld(kind: str, table: str | None = None) -> EngineError:
    """Give the error that says which engine's error it was, and for which table, and no more."""
    place = f"{table}: " if table else ""
    return EngineError(f"{place}the engine failed ({kind}); its message is withheld")


def quiet(work: Callable[P, R]) -> Callable[P, R]:
    """Turn an engine's error into ours; an argument ``name`` is the table that it names.

    Raised outside the handler, so that not even the error's context holds the engine's message.
    """

    @wraps(work)
    def quietly(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except ENGINE_ERRORS as error:
            kind = type(error).__name__
        raise withheld(kind, signature(work).bind(*args, **kwargs).arguments.get("name"))

    return quietly
