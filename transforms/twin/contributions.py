"""Which months the twin's members paid for, and how much; who is a member is decided elsewhere."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from transforms.twin.calibrate import Array

SCHEMES: Final = ("public", "enterprise", "voluntary")
RATES: Final = (0.165, 0.115, 0.09)  # Law 34/NA: 8.5 + 8.0, 6.0 + 5.5; voluntary 9.0
FLOOR_2017: Final = 450_000  # Decision 1740, from 1 January 2017
CEILING_2017: Final = 4_500_000
CEILING_2016: Final = 2_000_000  # enterprise and voluntary; no floor is documented before 2017
MONTHS: Final = 24


def paid_months(
    rng: np.random.Generator, joined: Array, scheme: Array, state: Array, quit_month: Array
) -> Array:
    """Give a boolean (members, 24): a contribution was paid for that month from 2016-01 on."""
    n = len(scheme)
    start = (joined.astype("datetime64[M]") - np.datetime64("2016-01")).astype(int)
    month = np.arange(MONTHS)
    chance = np.asarray([0.995, 0.97, 0.8], dtype=np.float32)[scheme]
    paid: Array = rng.random((n, MONTHS), dtype=np.float32) < chance[:, None]
    paid &= month >= start[:, None]
    active = np.flatnonzero(state <= 1)
    paid[active, np.maximum(12 + rng.integers(0, 12, len(active)), start[active])] = True
    paid &= (month < quit_month[:, None]) | (state <= 1)[:, None]
    return paid


def contribute(
    rng: np.random.Generator, member_id: pl.Series, scheme: Array, income: Array, paid: Array
) -> pl.DataFrame:
    """List one row a paid month: base within floor and ceiling, amount at the scheme's rate."""
    who, month = np.nonzero(paid)
    late = month >= 12
    kind = scheme[who].astype(np.int8)
    base = np.where(late, income[who], np.rint(income[who] * 0.93 / 1000).astype(np.int64) * 1000)
    top = np.where(late, CEILING_2017, np.where(kind == 0, np.iinfo(np.int64).max, CEILING_2016))
    base = np.clip(base, np.where(late, FLOOR_2017, 0), top)
    amount = np.rint(base * np.asarray(RATES)[kind]).astype(np.int64)
    closing = (np.datetime64("2016-02") + np.arange(MONTHS)).astype("datetime64[D]")
    day = closing[month] + rng.integers(0, 25, len(who), dtype=np.int8).astype("timedelta64[D]")
    periods = pl.Series([f"{date(2016 + m // 12, m % 12 + 1, 1):%Y-%m}" for m in range(MONTHS)])
    return pl.DataFrame(
        {
            "member_id": member_id.gather(who),
            "period": periods.gather(month),
            "scheme": pl.Series(SCHEMES).gather(kind),
            "contribution_base": base,
            "contribution_amount": amount,
            "paid_date": day,
        }
    )
