"""Text columns that no profile explains: numbers in one style, one spelling a code; a column is settled whole or left."""

from dataclasses import replace
from typing import Final

import polars as pl

from data_contracts.errors import InputError
from transforms.read.table import RawTable
from transforms.read.values import numbers

NOTHING: Final = ("", "NA", "NaN", ".")  # ways to say nothing where numbers are wanted
LOOKS: Final = r"^[+\u2212-]?\s*(?:\d[\d., ]*|[.,]\d+)$"
OPEN: Final = "may group thousands or begin decimals"  # of values.py
WAYS: Final = "--decimal takes . or ,"


def settled(table: RawTable, decimal: str | None = None) -> RawTable:
    """Give text columns of numbers one style and one spelling.

    A column in which every answer looks like a number is read by the rules of values.py: points and
    commas do one thing in all of it, and what may be thousands or decimals is refused unless
    ``decimal`` says which. Whole numbers stay text, as codes are: 1, 1.0 and 01 are one code, in the
    longest spelling that the column has without decimals. Other columns stay as they are.

    Args:
        table: a file as delivered.
        decimal: ``.`` or ``,``, what begins decimals in columns that do not tell it themselves.

    Returns:
        The table, with a note for each column whose codes were joined or whose numbers have thousands.

    Raises:
        InputError: a column's numbers can be read in two ways, or ``decimal`` is something else.
    """
    if decimal not in {None, ".", ","}:
        raise InputError(WAYS, "write --decimal . or --decimal ,")
    changes, notes = [], []
    for name, kind in table.frame.schema.items():
        if kind != pl.String:
            continue
        series, said = _settled(table.frame[name], table.name, decimal)
        if series is not None:
            changes.append(series.alias(name))
            notes += [f"{name}: {said}"] if said else []
    frame = table.frame.with_columns(changes)
    return replace(table, frame=frame, notes=(*table.notes, *notes))


def _settled(given: pl.Series, file: str, decimal: str | None) -> tuple[pl.Series | None, str]:
    text = given.str.strip_chars()
    text = text.set(text.is_in(NOTHING), None)
    told = text.drop_nulls()
    if told.is_empty() or not told.str.contains(LOOKS).all():
        return None, ""
    signs, said = told.str.contains(r"[., ]"), ""
    whole = text
    if signs.any():
        values = _values(text, file, decimal)
        if values is None:
            return None, ""
        grouped = told.str.contains(r"[, ]|\..*\.").any() or bool(
            (values.drop_nulls() >= 1000).any()
        )
        said = "text that was read as numbers" if grouped else ""
        if not (values.drop_nulls() % 1 == 0).all():
            return values, said
        plain = values.cast(pl.Int64).cast(pl.String)
        bare = text.str.contains(r"^\d+$").fill_null(value=False)
        whole = pl.select(pl.when(bare).then(text).otherwise(plain)).to_series()
    code = whole.str.replace(r"^0+(\d)", "${1}")
    longest = (
        pl.DataFrame({"code": code, "as": whole, "text": text})
        .drop_nulls()
        .group_by("code")
        .agg(
            pl.col("as").sort_by(pl.col("as").str.len_chars(), "as").last(),
            ways=pl.col("text").n_unique(),
        )
    )
    twice = int((longest["ways"] > 1).sum())
    if not twice and not signs.any():
        return None, ""
    one = code.replace_strict(longest["code"], longest["as"], default=None)
    if not twice:
        return one, said
    many = "1 number is" if twice == 1 else f"{twice:,} numbers are"
    return one, f"{many} written in more than one way (as 1, 1.0 and 01 are); each is one code"


def _values(text: pl.Series, file: str, decimal: str | None) -> pl.Series | None:
    """Read the numbers; None where a cell is none (a code such as 1.2.3).

    What the column itself tells of its style counts; ``decimal`` decides where it tells nothing.
    """
    try:
        return numbers(text, file=file, column=text.name)
    except InputError as error:
        if "text stands" in error.rule:
            return None
        if decimal is not None and OPEN in error.rule:
            return numbers(text, file=file, column=text.name, decimal=decimal)
        remedy = "say what begins decimals: --decimal . or --decimal ,"
        if OPEN not in error.rule:
            remedy = "write the column in one style"
        raise InputError(
            error.rule, remedy, file=file, column=text.name, row=error.row, rows=error.rows
        ) from None
