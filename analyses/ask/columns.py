"""A file's columns by their names, and as numbers; what is computed from them is said elsewhere."""

import unicodedata

import polars as pl

from data_contracts.errors import InputError

BLANKS = ("", "NA", "NaN", ".")  # a text column's ways to say nothing, where numbers are wanted


def find_column(frame: pl.DataFrame, name: str) -> str:
    """Give a column's name as it is in the table.

    Raises:
        InputError: no column has this name, or several have it in different cases.
    """
    if name in frame.columns:
        return name
    wanted = _folded(name)
    found = [column for column in frame.columns if _folded(column) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{len(found)} columns have this name (large and small letters count as the same)",
            "write it exactly as it is in the file",
            column=name,
        )
    raise InputError("the column is missing", "check its name in the file", column=name)


def as_number(series: pl.Series) -> tuple[pl.Series, str | None]:
    """Give a column as Float64 and a note when it was text.

    Raises:
        InputError: it holds text that is no number.
    """
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return series.cast(pl.Float64).fill_nan(None), None
    if series.dtype != pl.String:
        raise InputError("the column is not a number", "use another column", column=series.name)
    stripped = series.str.strip_chars()
    stripped = stripped.set(stripped.is_in(BLANKS), None)
    numbers = stripped.cast(pl.Float64, strict=False)
    bad = stripped.is_not_null() & ~numbers.is_finite().fill_null(value=False)
    if bad.any():
        raise InputError(
            "the column holds text where a number is wanted",
            "compare it with quoted text, or correct the file",
            column=series.name,
            row=1 + int(bad.arg_max() or 0),
            rows=int(bad.sum()),
        )
    return numbers, f"{series.name} is text and was read as numbers"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().lower()
