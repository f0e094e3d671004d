"""Text cells to days, years and months: a column is understood as a whole or refused, never guessed."""

from typing import Final

import polars as pl

from transforms.read.cells import cells_of, refuse, spread

BUDDHIST: Final = 543  # years by which the Buddhist era runs ahead of the common era
EPOCH: Final = pl.date(1899, 12, 30)  # day 0 of Excel's 1900 system, for days after 1900-02-28
FIRST_SERIAL: Final = 61  # 1900-03-01; day 60 is a 29 February 1900 that never was

_DAY_TIME: Final = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$"
_YEAR_FIRST: Final = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _DAY_TIME
_YEAR_LAST: Final = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _DAY_TIME
_SHORT_YEAR: Final = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}" + _DAY_TIME
_SERIAL: Final = r"^(\d{1,6})(?:\.\d+)?$"


def dates(
    series: pl.Series,
    *,
    file: str,
    column: str,
    earliest: int = 1900,
    latest: int = 2100,
    order: str | None = None,
    serials: bool = False,
) -> pl.Series:
    """Read a column of days.

    One way of writing in the whole column: year first; day and month first, where one day above
    12 shows which of them comes first; or Excel's serial numbers (1900 system), all of five
    digits. Years later than ``latest`` that less 543 are plausible are of the Buddhist era. Lao
    digits are read. The time of day is left out.

    Args:
        series: text, dates or serial numbers.
        file: for the error.
        column: for the error.
        earliest: first plausible year, common era.
        latest: last plausible year, common era; below ``earliest`` + 543.
        order: ``dmy`` or ``mdy`` where it is known beforehand.
        serials: the column is known to hold serial numbers, whatever their number of digits.

    Returns:
        Date, as long as the series.

    Raises:
        InputError: ways of writing or eras are mixed, the order of day and month is not certain,
            a year has two digits or is not plausible, or there is no such day.
    """
    cells = _calendar(cells_of(series), file, column, order, serials)
    cells = _common_era(cells, earliest, latest, file, column)
    return spread(series, _days(cells, file, column), "day_of", pl.Date)


def years(
    series: pl.Series, *, file: str, column: str, earliest: int = 1900, latest: int = 2100,
    order: str | None = None, serials: bool = False,
) -> pl.Series:  # fmt: skip
    """Read the years (Int16) of a column of days or of bare years of four digits, as ``dates``."""
    cells = cells_of(series)
    bare = cells["text"].str.contains(r"^\d{4}(\.0+)?$") if not serials else pl.lit(False)
    cells = cells.with_columns(is_bare=bare)
    alone = cells.filter("is_bare").with_columns(
        year=pl.col("text").str.slice(0, 4).cast(pl.Int32), month=1, day=1
    )
    full = _calendar(cells.filter(~pl.col("is_bare")), file, column, order, serials)
    wanted = ["raw", "row", "rows", "year", "month", "day"]
    ints = pl.col("year", "month", "day").cast(pl.Int32)
    both = pl.concat([alone.select(wanted).with_columns(ints), full.select(wanted)])
    both = _days(_common_era(both, earliest, latest, file, column), file, column)
    return spread(series, both, "year", pl.Int32).cast(pl.Int16)


def months(
    series: pl.Series, *, file: str, column: str, earliest: int = 1900, latest: int = 2100
) -> pl.Series:
    """Read a column of months as YYYY-MM.

    Written YYYY-MM, MM/YYYY, YYYYMM or as the first day of the month, year first; in either era.

    Raises:
        InputError: a cell is none of these, eras are mixed, or there is no such month.
    """
    cells = cells_of(series)
    text = pl.col("text")
    year_first, last = (
        r"^(\d{4})[-/.](\d{1,2})(?:[-/.]0?1" + _DAY_TIME[:-1] + ")?$",
        r"^(\d{1,2})[-/.](\d{4})$",
    )
    packed = r"^(\d{4})(\d{2})$"
    cells = cells.with_columns(
        pl.coalesce(text.str.extract(year_first, 1), text.str.extract(last, 2),
                    text.str.extract(packed, 1)).cast(pl.Int32).alias("year"),
        pl.coalesce(text.str.extract(year_first, 2), text.str.extract(last, 1),
                    text.str.extract(packed, 2)).cast(pl.Int32).alias("month"),
        day=pl.lit(1, pl.Int32),
    )  # fmt: skip
    wrong = pl.col("month").is_null() | ~pl.col("month").is_between(1, 12)
    refuse(cells, wrong, file, column, "the month is not written as YYYY-MM or MM/YYYY")
    cells = _days(_common_era(cells, earliest, latest, file, column), file, column)
    cells = cells.with_columns(pl.col("day_of").dt.strftime("%Y-%m").alias("value"))
    return spread(series, cells, "value", pl.String)


def _calendar(
    cells: pl.DataFrame, file: str, column: str, order: str | None, serials: bool
) -> pl.DataFrame:
    """Give year, month and day as written, whatever the era; one way of writing a column."""
    text = pl.col("text")
    cells = cells.with_columns(
        form=pl.when(text.str.contains(_YEAR_FIRST)).then(pl.lit("year first"))
        .when(text.str.contains(_YEAR_LAST)).then(pl.lit("year last"))
        .when(text.str.contains(_SERIAL)).then(pl.lit("serial")),
    )  # fmt: skip
    refuse(cells, text.str.contains(_SHORT_YEAR), file, column,
            "a year is written with two digits")  # fmt: skip
    refuse(cells, pl.col("form").is_null(), file, column, "a cell is not a date written in digits")
    forms = cells["form"].unique().to_list()
    if len(forms) > 1:
        refuse(
            cells, pl.col("form") != cells["form"][0], file, column,
            f"the column mixes ways of writing a date ({', '.join(sorted(forms))}), so that a "
            "spreadsheet may have swapped days and months",
        )  # fmt: skip
    if forms == ["serial"]:
        return _from_serials(cells, file, column, serials)
    if forms == ["year last"]:
        first, second = (text.str.extract(_YEAR_LAST, i).cast(pl.Int32) for i in (1, 2))
        order = order or _order(cells.with_columns(first=first, second=second), file, column)
        day, month = (first, second) if order == "dmy" else (second, first)
        return cells.with_columns(
            year=text.str.extract(_YEAR_LAST, 3).cast(pl.Int32), month=month, day=day
        )
    year, month, day = (text.str.extract(_YEAR_FIRST, i).cast(pl.Int32) for i in (1, 2, 3))
    return cells.with_columns(year=year, month=month, day=day)


def _order(cells: pl.DataFrame, file: str, column: str) -> str:
    """Decide whether the day or the month comes first."""
    day_first, day_second = (cells["first"] > 12).any(), (cells["second"] > 12).any()
    if day_first and day_second:
        refuse(cells, pl.col("second") > 12, file, column,
                "the day comes first in some cells and second in others")  # fmt: skip
    if not day_first and not day_second:
        refuse(
            cells, pl.col("first") != pl.col("second"), file, column,
            "no day is above 12, so the order of day and month is not certain",
            "say `date_order:` for this column in the register's layout",
        )  # fmt: skip
    return "mdy" if day_second else "dmy"


def _from_serials(cells: pl.DataFrame, file: str, column: str, stated: bool) -> pl.DataFrame:
    number = pl.col("text").str.extract(_SERIAL, 1).cast(pl.Int32)
    least = FIRST_SERIAL if stated else 10_000
    refuse(
        cells, (number < least) | (number > 99_999), file, column,
        "a bare number is not one of Excel's serial numbers of days from 1900-03-01 on"
        if stated else "a bare number is not certain to be a date",
        "deliver dates as YYYY-MM-DD, or say `serials: true` for this column in the layout",
    )  # fmt: skip
    day = EPOCH + pl.duration(days=number)
    return cells.with_columns(
        year=day.dt.year(), month=day.dt.month().cast(pl.Int32), day=day.dt.day().cast(pl.Int32)
    )


def _common_era(
    cells: pl.DataFrame, earliest: int, latest: int, file: str, column: str
) -> pl.DataFrame:
    """Bring a column's years to the common era."""
    year = pl.col("year")
    common = year.is_between(earliest, latest)
    buddhist = (year > latest) & (year - BUDDHIST).is_between(earliest, latest)
    refuse(cells, ~common & ~buddhist, file, column,
            f"a year is not between {earliest} and {latest}")  # fmt: skip
    is_buddhist = cells.select(buddhist.alias("is"))["is"]
    if is_buddhist.any() and not is_buddhist.all():
        refuse(cells, buddhist, file, column,
                "some years are of the Buddhist era and some of the common era")  # fmt: skip
    return cells.with_columns(year - BUDDHIST if is_buddhist.any() else year)


def _days(cells: pl.DataFrame, file: str, column: str) -> pl.DataFrame:
    """Give the day of year, month and day, which must exist."""
    written = pl.format(
        "{}-{}-{}",
        "year",
        *(pl.col(part).cast(pl.String).str.zfill(2) for part in ("month", "day")),
    )
    cells = cells.with_columns(day_of=written.str.to_date("%Y-%m-%d", strict=False))
    refuse(cells, pl.col("day_of").is_null(), file, column, "there is no such day")
    return cells
