"""Text cells to numbers and counts: a column is understood as a whole or refused, never guessed."""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from transforms.read import lao
from transforms.read.cells import cells_of, refuse, spread, tidy

NOT_WHOLE: Final = "something else stands where a whole number belongs"

# What stands in a cell in place of a count, as `suppressed` names it.
MARKS: Final = {
    **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "dash"),
    **dict.fromkeys(("*", "**", "x", "c", "\u00d7"), "withheld"),
    **dict.fromkeys(("..", "...", "\u2026", "na", "n/a", "n.a."), "not_available"),
}


def numbers(
    series: pl.Series,
    *,
    file: str,
    column: str,
    decimal: str | None = None,
    whole: bool = False,
) -> pl.Series:
    """Read a column of numbers.

    Spaces group thousands. Points and commas do one thing in the whole column: which of the two
    marks decimals must be certain from at least one cell (two separators, both kinds, or a group
    that no thousands can be), and no cell may contradict it.

    Args:
        series: text or numbers; blanks and NaN are null.
        file: for the error.
        column: for the error.
        decimal: ``.`` or ``,`` where it is known beforehand.
        whole: the column holds whole numbers, so that "1,234" can only group thousands.

    Returns:
        Float64, as long as the series.

    Raises:
        InputError: a cell is not a number, the cells follow two styles, or "1,234" may be either.
    """
    if series.dtype.is_numeric():
        given = series.cast(pl.Float64).fill_nan(None)
        rows = pl.DataFrame({"row": range(given.len()), "rows": 1, "value": given})
        refuse(rows, whole & (pl.col("value") % 1 != 0), file, column, NOT_WHOLE)
        return given
    cells = cells_of(series)
    unsigned = pl.col("text").str.replace(r"^[+\u2212-]\s*", "")
    grouped = r"^\d{1,3}( \d{3})+([.,]\d+)?$"
    spaced = unsigned.str.contains(grouped)
    bare = pl.when(spaced).then(unsigned.str.replace_all(" ", "")).otherwise(unsigned)
    cells = cells.with_columns(
        bare.alias("bare"),
        pl.col("text").str.contains(r"^[\u2212-]").alias("minus"),
        _fits(bare, ".", ",", spaced, whole).alias("point"),
        _fits(bare, ",", ".", spaced, whole).alias("comma"),
    )
    refuse(cells, ~pl.col("point") & ~pl.col("comma"), file, column,
            NOT_WHOLE if whole else "text stands where a number belongs")  # fmt: skip
    if decimal is None:
        decimal = _decimal(cells, file, column)
    wanted = "point" if decimal == "." else "comma"
    refuse(cells, ~pl.col(wanted), file, column,
            f"the number is not written with {decimal!r} before its decimals")  # fmt: skip
    other = "," if decimal == "." else "."
    plain = pl.col("bare").str.replace_all(other, "", literal=True)
    value = plain.str.replace(decimal, ".", literal=True).cast(pl.Float64)
    signed = pl.when("minus").then(-value).otherwise(value)
    return spread(series, cells.with_columns(signed.alias("value")), "value", pl.Float64)


def _fits(bare: pl.Expr, decimal: str, group: str, spaced: pl.Expr, whole: bool) -> pl.Expr:
    """Say whether a number can be read with one sign for decimals and the other for thousands."""
    dec, grp = re.escape(decimal), re.escape(group)
    # Nobody writes a whole number with three decimals: "1,000" is a thousand.
    part = "(?:0{1,2}|0{4,})" if whole else r"\d+"
    form = rf"^(?:(?:\d+|[1-9]\d{{0,2}}(?:{grp}\d{{3}})+)(?:{dec}{part})?|{dec}{part})$"
    return bare.str.contains(form) & ~(spaced & bare.str.contains(group, literal=True))


def _decimal(cells: pl.DataFrame, file: str, column: str) -> str:
    """Decide between the two styles from the cells that only one of them can read."""
    if cells["point"].all() and not cells["comma"].all():
        return "."
    if cells["comma"].all() and not cells["point"].all():
        return ","
    if not cells["point"].all():
        refuse(cells, pl.col("point") != pl.col("comma"), file, column,
                "the column writes decimals in two ways, with points and with commas")  # fmt: skip
    refuse(
        cells, pl.col("bare").str.contains("[.,]"), file, column,
        "a point or comma before three digits may group thousands or begin decimals, and no "
        "other cell of the column tells which",
        "say `decimal:` for this column in the register's layout, or deliver it without grouping",
    )  # fmt: skip
    return "."


def suppressed(
    series: pl.Series,
    *,
    file: str,
    column: str,
    decimal: str | None = None,
    marks: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Read a column of counts, some of which are withheld.

    A withheld count keeps what is known of it: "<5" lies between 0 and 4. A dash may mean none or
    not known, so nothing is known, unless ``marks`` says otherwise.

    Args:
        series: text or numbers.
        file: for the error.
        column: for the error.
        decimal: as for ``numbers``.
        marks: text of a cell -> reason (see Returns), or ``zero`` where it means none.

    Returns:
        ``value``, ``lower``, ``upper`` (Float64, whole numbers; upper null when there is none)
        and ``reason``: ``counted``, ``below``, ``above``, ``range``, ``dash``, ``withheld``,
        ``not_available`` or ``blank``.

    Raises:
        InputError: a cell is none of these, or a count is below 0 or not whole.
    """
    text = tidy(series)
    known = MARKS | {lao.fold(mark): reason for mark, reason in (marks or {}).items()}
    folded = text.str.to_lowercase()
    reason = folded.replace_strict(list(known), list(known.values()), default=None,
                                   return_dtype=pl.String)  # fmt: skip
    frame = pl.DataFrame({"text": text.str.replace_all(" ", ""), "mark": reason})
    below = pl.col("text").str.extract(r"^[<\uff1c](\d{1,6})$").cast(pl.Float64)
    most = pl.col("text").str.extract(r"^(?:<=|\u2264)(\d{1,6})$").cast(pl.Float64)
    above = pl.col("text").str.extract(r"^[>\uff1e](\d{1,15})$").cast(pl.Float64)
    between = r"^(\d{1,6})[\u2010-\u2013-](\d{1,6})$"
    first = pl.col("text").str.extract(between, 1).cast(pl.Float64)
    last = pl.col("text").str.extract(between, 2).cast(pl.Float64)
    frame = frame.select(
        pl.when(pl.col("text").is_null()).then(pl.lit("blank"))
        .when(pl.col("mark").is_not_null()).then("mark")
        .when(below.is_not_null() | most.is_not_null()).then(pl.lit("below"))
        .when(above.is_not_null()).then(pl.lit("above"))
        .when(first <= last).then(pl.lit("range"))
        .otherwise(pl.lit("counted")).alias("reason"),
        pl.coalesce(above + 1, first, pl.lit(0.0)).alias("lower"),
        pl.coalesce(below - 1, most, last).alias("upper"),
    )  # fmt: skip
    is_count = frame["reason"] == "counted"
    plain = series if series.dtype.is_numeric() else text.set(~is_count, None)
    counts = numbers(plain, file=file, column=column, decimal=decimal, whole=True)
    cells = pl.DataFrame({"row": range(series.len()), "rows": 1, "count": counts})
    refuse(cells, pl.col("count") < 0, file, column, "a count is below 0")
    zero = pl.col("reason") == "zero"
    value = pl.when(zero).then(0.0).when(pl.col("reason") == "counted").then(counts)
    return frame.select(
        value.alias("value"),
        value.fill_null(pl.col("lower")).alias("lower"),
        value.fill_null(pl.col("upper")).alias("upper"),
        pl.when(zero).then(pl.lit("counted")).otherwise("reason").alias("reason"),
    )
