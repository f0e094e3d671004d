"""Core rows held against their contract before anything is stored: one column at a time, in a person's words.

The warehouse verifies the whole contract again, with rules about rows; here is what a profile can break.
"""

from collections.abc import Callable

import polars as pl

from data_contracts.contract.find import load
from data_contracts.contract.shapes import ContractColumn
from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile

_ENDS: dict[str, tuple[str, Callable[[pl.Series, float], pl.Series]]] = {
    "minimum": ("below", lambda values, end: values < end),
    "maximum": ("above", lambda values, end: values > end),
    "exclusiveMinimum": ("not above", lambda values, end: values <= end),
    "exclusiveMaximum": ("not below", lambda values, end: values >= end),
}


def refuse_broken(profile: Profile, tables: dict[str, pl.DataFrame], file: str) -> None:
    """Refuse rows of core tables that their contract does not permit.

    Args:
        profile: the wave's, for the raw columns behind a canonical one.
        tables: core rows by table name.
        file: the file's name, for messages.

    Raises:
        InputError: naming the first column that breaks its promise, the raw columns behind it, how
            many rows, and the closed set or the bounds.
    """
    for table, frame in tables.items():
        for column in load(table).columns:
            if column.name in frame.columns:
                _refuse(column, frame[column.name], profile, file)


def _refuse(column: ContractColumn, values: pl.Series, profile: Profile, file: str) -> None:
    for bad, said in _broken(column, values):
        rows = int(bad.fill_null(value=False).sum())
        if rows:
            rule = profile.columns.get(column.name)
            raw = profile.raw_names_of(rule) if rule is not None else []
            raise InputError(
                f"{column.name} {said}",
                "correct the profile's rule for it (codes, blank, missing, number), or the file",
                file=file,
                column=", ".join(raw) or column.name,
                rows=rows,
            )


def _broken(column: ContractColumn, values: pl.Series) -> list[tuple[pl.Series, str]]:
    found = []
    if column.required:
        found.append((values.is_null(), "is blank and may not be"))
    if column.valid:
        codes = ", ".join(column.valid)
        outside = values.is_not_null() & ~values.cast(pl.String).is_in(list(column.valid))
        found.append((outside, f"is none of its permitted codes ({codes})"))
    for name, end in column.bounds.items():
        word, beyond = _ENDS[name]
        found.append((beyond(values, end), f"is {word} {end:g}"))
    return found
