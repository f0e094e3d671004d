"""Values that cannot be what their column says: undeclared sentinels, industries outside ISIC.

Nothing is repaired here: a column is refused with what a person must decide.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from data_contracts.code_lists import isic4_divisions

# "Don't know" and "no answer" as seen in labour force surveys: the ILO model questionnaire has 7,
# 9, 97, 997, 9997; delivered files have 99, 999, 99999999 and -1 besides.
SENTINELS: Final = (-9, -1, 97, 98, 99, 997, 998, 999, 9997, 9998, 9999, 99999, 99999999)
# Lowest and highest value that a column can hold: years of age, hours in a week of 7 x 24.
RANGES: Final = {"age": (0, 120), "hours_usual_week": (0, 168)}
# Within the range a code gives itself away by its number: far more rows than any value just below.
INSIDE: Final = (97, 98, 99)
JUST_BELOW: Final = (85, 96)
INSIDE_REPEATS: Final = 10
INSIDE_TIMES: Final = 5
# Codes that are no wage: exact and repeated. A single 9,999 may be one.
WAGE_SENTINELS: Final = (-9, -1, 9997, 9998, 9999, 99999999)
WAGE_REPEATS: Final = 5
WAGE_SHARE: Final = 0.005


def undeclared_sentinels(name: str, values: pl.Series, accepted: Iterable[float]) -> list[int]:
    """List the sentinel codes in a column of numbers that its profile does not declare.

    Args:
        name: the canonical column; those without a rule here have no suspects.
        values: the column's numbers, declared sentinels already null.
        accepted: codes that the profile says are true values.
    """
    if name == "earnings_monthly":
        filled = len(values) - values.null_count()
        found = {code: int((values == code).sum()) for code in WAGE_SENTINELS}
        suspects = [
            code
            for code, rows in found.items()
            if rows >= WAGE_REPEATS or rows > WAGE_SHARE * max(filled, 1)
        ]
    elif name in RANGES:
        low, high = RANGES[name]
        beyond = values.filter((values < low) | (values > high))
        suspects = [code for code in SENTINELS if (beyond == code).any()] + _piled_up(values)
    else:
        suspects = []
    return sorted(set(suspects) - {int(code) for code in accepted})


def _piled_up(values: pl.Series) -> list[int]:
    """List the two-digit codes that stand in far more rows than any whole number just below."""
    near = values.filter(values.is_between(*JUST_BELOW)).value_counts()["count"].to_list()
    least = max(INSIDE_REPEATS, INSIDE_TIMES * max(near, default=0))
    return [code for code in INSIDE if int((values == code).sum()) >= least]


def outside_isic(divisions: pl.Series) -> pl.Series:
    """Say for each row whether it names an industry that is no division of ISIC Rev. 4."""
    return divisions.is_not_null() & ~divisions.is_in(list(isic4_divisions()))
