"""A column's text cells, each distinct one once, and how a column is refused; what they mean lives elsewhere."""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from data_contracts.errors import InputError
from transforms.read import lao

AGAIN: Final = "correct the extract and deliver it again"
BLANKS: Final = "[\u00a0\u2000-\u200a\u202f\u3000\t\r\n]"


def tidy(series: pl.Series) -> pl.Series:
    """Give cells as text: plain spaces, 0 to 9 for Lao digits, blanks null."""
    text = series.cast(pl.String).str.replace_all(BLANKS, " ").str.strip_chars()
    if text.str.contains("[\u0ed0-\u0ed9\u0e50-\u0e59]").any():
        text = text.str.replace_many(list(lao.DIGITS), list(lao.DIGITS.values()))
    return text.replace("", None)


def each_once(
    series: pl.Series, read: Callable[[pl.Series], Mapping[str, pl.Series]]
) -> dict[str, pl.Series]:
    """Read each distinct cell of a column once, and give every row what its cell became.

    Args:
        series: one column; a blank counts as a cell.
        read: gives one or more columns, as long as the one it is given. What it makes of a cell,
            and whether it refuses, must not depend on rows or on how often a cell stands there.

    Returns:
        ``read(series)``.

    Raises:
        InputError: as ``read`` does; the column is then read whole, so that the rows are named.
    """
    coded = _coded(series)
    if coded is None:
        return dict(read(series))
    distinct, rows = coded
    try:
        once = read(distinct)
    except InputError:
        return dict(read(series))
    return {name: values.gather(rows) for name, values in once.items()}


def _coded(series: pl.Series) -> tuple[pl.Series, pl.Series] | None:
    """Give a column's distinct cells, and for each row its cell's place among them.

    None where that gains nothing: most cells are distinct, or of a type read at once.
    """
    if not (series.dtype == pl.String or series.dtype.is_integer() or series.dtype.is_temporal()):
        return None
    coded = series.to_arrow().dictionary_encode(null_encoding="encode")
    if 2 * len(coded.dictionary) > len(series):
        return None
    return pl.Series(series.name, coded.dictionary, dtype=series.dtype), pl.Series(coded.indices)


def cells_of(series: pl.Series) -> pl.DataFrame:
    """Give each distinct filled cell once: ``raw``, ``text``, first ``row`` and number of rows."""
    raw = series.dt.strftime("%Y-%m-%d") if series.dtype.is_temporal() else series.cast(pl.String)
    cells = raw.alias("raw").to_frame().with_row_index("row").group_by("raw").agg(
        pl.col("row").min(), pl.len().alias("rows")
    ).sort("row")  # fmt: skip
    return cells.with_columns(tidy(cells["raw"]).alias("text")).filter(pl.col("text").is_not_null())


def spread(
    series: pl.Series, cells: pl.DataFrame, value: str, dtype: type[pl.DataType]
) -> pl.Series:
    """Give every row the value of its distinct cell."""
    raw = series.dt.strftime("%Y-%m-%d") if series.dtype.is_temporal() else series.cast(pl.String)
    known = cells.select("raw", pl.col(value).cast(dtype).alias("value"))
    joined = raw.alias("raw").to_frame().join(known, on="raw", how="left", maintain_order="left")
    return joined["value"].alias(series.name)


def refuse(
    cells: pl.DataFrame, wrong: pl.Expr, file: str, column: str, rule: str, remedy: str = AGAIN
) -> None:
    """Refuse the column when any of its distinct cells is wrong."""
    bad = cells.filter(wrong)
    if bad.height:
        row = bad.select(pl.col("row").min()).item()
        raise InputError(rule, remedy, file=file, column=column, row=row + 1,
                         rows=int(bad["rows"].sum()))  # fmt: skip
