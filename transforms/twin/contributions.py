"""Which months the twin's members paid for, and how much; who is a member is decided elsewhere."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from transforms.twin.draws import Array

SCHEMES: Final = ("public", "enterprise", "voluntary")
# Law 34/NA, per mille of employer and member: public, enterprise; voluntary members pay alone.
EMPLOYER: Final = (85, 60, 0)
MEMBER: Final = (80, 55, 90)
FLOOR_2017: Final = 450_000  # Decision 1740, from 1 January 2017; the public scheme has none
CEILING_2017: Final = 4_500_000
CEILING_2016: Final = 2_000_000  # enterprise and voluntary; no floor is documented before 2017
MONTHS: Final = 24
YEARS: Final = {2016: slice(0, 12), 2017: slice(12, 24)}
NO_LIMIT: Final = np.iinfo(np.int64).max


def paid_months(
    rng: np.random.Generator, joined: Array, scheme: Array, active: Array, quit_month: Array
) -> Array:
    """Give a boolean (persons, 24): a contribution was paid for that month from 2016-01 on.

    Active persons pay for at least one month of 2017; the others for none from ``quit_month`` on.
    """
    n = len(scheme)
    start = months_from_2016(joined)
    month = np.arange(MONTHS)
    chance = np.asarray([0.995, 0.97, 0.8], dtype=np.float32)[scheme]
    paid: Array = rng.random((n, MONTHS), dtype=np.float32) < chance[:, None]
    paid &= month >= start[:, None]
    rows = np.flatnonzero(active)
    paid[rows, np.maximum(12 + rng.integers(0, 12, len(rows)), start[rows])] = True
    paid &= (month < quit_month[:, None]) | active[:, None]
    return paid


def months_from_2016(day: Array) -> Array:
    """Count the months from January 2016 to a day's month."""
    months: Array = (day.astype("datetime64[M]") - np.datetime64("2016-01")).astype(int)
    return months


def base_2017(scheme: Array, income: Array) -> Array:
    """Cut a monthly income off at floor and ceiling, where the scheme has them (kip)."""
    public = scheme == 0
    low, high = np.where(public, 0, FLOOR_2017), np.where(public, NO_LIMIT, CEILING_2017)
    base: Array = np.clip(income, low, high)
    return base


def due_2017(scheme: Array, income: Array) -> Array:
    """Give what payers owe together for one month of 2017, each rounded to whole kip, halves up."""
    base = base_2017(scheme, income)
    shares = [(base * np.asarray(rate)[scheme] * 2 + 1000) // 2000 for rate in (EMPLOYER, MEMBER)]
    due: Array = shares[0] + shares[1]
    return due


def contribute(
    rng: np.random.Generator,
    persons: pl.DataFrame,
    posted: Array,
    late_2016: Array,
    numbers: tuple[pl.Series, Array, Array],
) -> pl.DataFrame:
    """List one row a posted month: base within floor and ceiling, amount at the scheme's rate.

    Args:
        rng: where chance comes from.
        persons: ``scheme`` (0-2) and ``declared`` (kip a month).
        posted: boolean (persons, 24), the months that the extract holds.
        late_2016: boolean (persons,), the rows of 2016 are paid in March to June 2017.
        numbers: all member numbers; for each person the place of a second number among them (of
            the first where there is one alone); and the month from which it takes over.
    """
    who, month = np.nonzero(posted)
    in_2017 = month >= YEARS[2017].start
    scheme = persons["scheme"].to_numpy()[who].astype(np.int8)
    income = persons["declared"].to_numpy()[who]
    before = np.rint(income * 0.93 / 1000).astype(np.int64) * 1000
    before = np.minimum(before, np.where(scheme == 0, NO_LIMIT, CEILING_2016))
    base = np.where(in_2017, base_2017(scheme, income), before)
    rates = (np.asarray(EMPLOYER) + np.asarray(MEMBER)) / 1000
    amount = np.rint(base * rates[scheme]).astype(np.int64)
    closing = (np.datetime64("2016-02") + np.arange(MONTHS)).astype("datetime64[D]")
    day = closing[month] + rng.integers(0, 25, len(who), dtype=np.int8).astype("timedelta64[D]")
    late = np.flatnonzero(~in_2017 & late_2016[who])
    day[late] = np.datetime64("2017-03-01") + rng.integers(0, 122, len(late))
    ids, second, takes_over = numbers
    periods = pl.Series([f"{date(2016 + m // 12, m % 12 + 1, 1):%Y-%m}" for m in range(MONTHS)])
    return pl.DataFrame(
        {
            "member_id": ids.gather(np.where(month < takes_over[who], who, second[who])),
            "period": periods.gather(month),
            "scheme": pl.Series(SCHEMES).gather(scheme),
            "contribution_base": base,
            "contribution_amount": amount,
            "paid_date": day,
        }
    )
