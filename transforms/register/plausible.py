"""Months, dates and births of the register that cannot be: found by row and set aside with counts; reading is elsewhere.

A row whose month cannot be is left out; a date that cannot be leaves its cell blank. Neither ever moves
the register's last month, which is that of a usual month's contributions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from data_contracts.errors import InputError
from transforms.register.ledger import first_day_after, month_before

# First month of each scheme: decrees 178/PM (1993) and 207/PM (in use from mid-2001); small firms could
# join of their own will from 2004 (ILO).
BEGAN: Final = {"public": "1993-01", "enterprise": "2001-06", "voluntary": "2004-01"}
# What spreadsheets and databases write where there is no date.
PLACEHOLDERS: Final = tuple(
    date.fromisoformat(day)
    for day in ("1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01", "1970-01-01")
)
USUAL: Final = (
    0.1  # of the median month's contributions: below it a month is not the register's last
)
AHEAD, PAID_AHEAD = (
    12,
    12,
)  # months after the last one that a date, or a payment before its month, may lie
YOUNGEST, OLDEST = (
    10,
    100,
)  # ages at registration; below 14 the quality report warns (Labour Law 43/NA)
MOST: Final = 0.01  # of a file's rows; a larger part is no slip but a shifted or foreign column
FEW: Final = 20
AFTER: Final = "month after the register's last"
REMEDY: Final = (
    "ask the sender for the right ones, and see whether the column is in another calendar"
)


@dataclass(frozen=True)
class SetAside:
    """What was set aside of one column by one rule: counts and rows, never a value.

    Attributes:
        column: canonical column.
        rule: what cannot be about them.
        rows: how many.
        first: the first of them, counted from 1 below the header.
        is_row: the whole row is left out; else its cell is blank.
    """

    column: str
    rule: str
    rows: int
    first: int
    is_row: bool

    def __str__(self) -> str:
        """Give one line for a note."""
        what = "left out" if self.is_row else "read as unknown"
        rows = f"{self.rows:,} row{'s' if self.rows > 1 else ''}"
        return f"{self.column}: {self.rule}, {rows} {what} (first: row {self.first:,})"


def set_aside(
    role: str, frame: pl.DataFrame, file: str, last: str | None = None
) -> tuple[pl.DataFrame, list[SetAside]]:
    """Take out of a canonical table what cannot be.

    Contributions: a month after the register's last, before the scheme, or more than a year after it
    was paid; a day of payment more than a year after the last month. Members: days of
    registration and exit more than a year after the last month, before the scheme (registration) or
    that stand for no date; births after registration or at an age at which nobody registers.

    Args:
        role: members, contributions or employers; others are given back as they are.
        frame: as ``canonical`` returns it, in the file's order.
        file: its name, for the refusal.
        last: the register's last month; found in contributions where it is not given, and for
            members without it nothing is too late.

    Returns:
        The rows that stay, and what was set aside, in the order of the rules.

    Raises:
        InputError: more than ``MOST`` of the rows (and more than ``FEW``) break one rule.
    """
    if role == "contributions":
        found = list(_months(frame, last or last_usual_month(frame)))
    elif role in {"members", "employers"}:
        found = list(_days(frame, last))
    else:
        return frame, []
    told, gone = [], pl.repeat(value=False, n=frame.height, eager=True)
    for columns, rule, wrong, is_row in found:
        # What another rule has set aside is not set aside again.
        bad = wrong.fill_null(value=False) & ~gone & frame[columns[0]].is_not_null()
        rows = bad.arg_true()
        if not len(rows):
            continue
        if len(rows) > max(FEW, MOST * frame.height) and rule != AFTER:
            raise InputError(
                f"{rule}: {len(rows):,} of {frame.height:,} rows, too many for slips", REMEDY,
                file=file, column=columns[0], row=int(rows[0]) + 1, rows=len(rows),
            )  # fmt: skip
        told.append(SetAside(columns[0], rule, len(rows), int(rows[0]) + 1, is_row))
        if is_row:
            gone = gone | bad
        else:
            frame = frame.with_columns(
                pl.when(~bad).then(pl.col(name)).alias(name) for name in columns
            )
    return frame.filter(~gone), told


def last_usual_month(contributions: pl.DataFrame) -> str | None:
    """Give the last month that holds at least a tenth of the median month's contributions.

    A month typed wrongly, or one that has hardly begun, is not the register's last. Nor is a month more
    than a year after it was paid, nor one that follows a gap of more than a year, unless a tenth of all
    rows do (in a small file one row may be as much as a usual month).

    Args:
        contributions: ``period`` and ``paid_date``, a row a contribution.
    """
    fair = contributions.filter(~_too_early(contributions).fill_null(value=False))
    counts = fair["period"].drop_nulls().value_counts().sort("period")
    if counts.is_empty():
        return None
    usual = counts.filter(pl.col("count") >= USUAL * pl.col("count").median())
    month = pl.col("period").str.slice(0, 4).cast(pl.Int32) * 12 + pl.col("period").str.slice(
        5
    ).cast(pl.Int32)
    gaps = usual.with_columns(
        gap=month.diff().fill_null(1),
        after=pl.col("count").sum() - pl.col("count").cum_sum().shift(1, fill_value=0),
    )
    apart = gaps.filter(pl.col("gap") > AHEAD, pl.col("after") < USUAL * pl.col("count").sum())
    if apart.height:
        usual = usual.filter(pl.col("period") < apart["period"][0])
    return str(usual["period"].max())


def _too_early(contributions: pl.DataFrame) -> pl.Series:
    month = (contributions["period"] + "-01").str.to_date("%Y-%m-%d")
    paid = contributions["paid_date"]
    return (paid.dt.offset_by(f"{PAID_AHEAD}mo") < month) & ~_placeholder(paid)


Found = tuple[tuple[str, ...], str, pl.Series, bool]


def _months(frame: pl.DataFrame, last: str | None) -> Iterator[Found]:
    if last is None:
        return
    period, paid = frame["period"], frame["paid_date"]
    yield ("period",), AFTER, period > last, True
    began = frame["scheme"].replace_strict(BEGAN, default=None, return_dtype=pl.String)
    yield ("period",), "month before the scheme began", period < began, True
    yield ("period",), "month over a year after its payment", _too_early(frame), True
    yield ("paid_date",), "day that stands for no date", _placeholder(paid), False
    late = paid >= _end(last)
    yield ("paid_date",), "payment over a year after the last month", late, False


def _days(frame: pl.DataFrame, last: str | None) -> Iterator[Found]:
    dates = [
        name
        for name in ("registration_date", "registered_date", "exit_date")
        if name in frame.columns
    ]
    for name in dates:
        yield (name,), "day that stands for no date", _placeholder(frame[name]), False
        if last is not None:
            late = frame[name] >= _end(last)
            yield (name,), "date over a year after the last month", late, False
    if "birth_year" not in frame.columns:
        return
    entered = frame["registration_date"]
    began = frame["scheme"].replace_strict(BEGAN, default=None, return_dtype=pl.String)
    before = entered < (began + "-01").str.to_date("%Y-%m-%d")
    yield ("registration_date",), "registration before the scheme began", before, False
    born = ("birth_year", "birth_key") if "birth_key" in frame.columns else ("birth_year",)
    # The day of a registration that cannot be tells nothing of an age.
    age = entered.dt.year().cast(pl.Int32) - frame["birth_year"].cast(pl.Int32)
    fair = ~(_placeholder(entered) | before.fill_null(value=False))
    if last is not None:
        fair &= (entered < _end(last)).fill_null(value=False)
        after = frame["birth_year"].cast(pl.Int32) > int(last[:4])
        yield born, "birth after the last month", after, False
    yield born, f"age below {YOUNGEST} at registration", fair & (age < YOUNGEST), False
    old = (fair & (age > OLDEST)) | (frame["birth_year"] == PLACEHOLDERS[2].year)
    yield born, f"birth in 1900 or age above {OLDEST} at registration", old, False


def _placeholder(days: pl.Series) -> pl.Series:
    return days.is_in(PLACEHOLDERS).fill_null(value=False)


def _end(last: str) -> date:
    return first_day_after(month_before(last, -AHEAD))
