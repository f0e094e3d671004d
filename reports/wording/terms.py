"""Names of indicators, breakdowns and periods in words; sentences are made beside each page."""

from collections.abc import Mapping, Sequence
from typing import Final

from reports.wording.lists import word_lists

_LISTS: Final = word_lists("wording")
MONTHS: Final[Sequence[str]] = _LISTS["months"]
QUARTERS: Final[Mapping[str, str]] = _LISTS["quarters"]
RATES: Final[Mapping[str, Mapping[str, str]]] = _LISTS["rates"]
PERSONS: Final[Mapping[str, Mapping[str, str]]] = _LISTS["persons"]
BREAKDOWNS: Final[Mapping[str, str]] = _LISTS["breakdowns"]
CONCEPTS: Final[Mapping[str, str]] = _LISTS["concepts"]


def period(code: str) -> str:
    """Write a period code as words: 2022, 2021-Q4, 2023-06, 2022-Q1/2022-Q4 stays as it is."""
    year, _, rest = code.partition("-")
    if rest in QUARTERS:
        return f"the {QUARTERS[rest]} quarter of {year}"
    if rest.isdigit() and 1 <= int(rest) <= 12:
        return f"{MONTHS[int(rest) - 1]} {year}"
    return code


def base_of(indicator: str, age: str) -> str:
    """Name the denominator of a rate."""
    return RATES[indicator]["of"].format(age=age)


def indicator_label(indicator: str) -> str:
    """Name an indicator, an unknown one by its id."""
    for names in (RATES, PERSONS):
        if indicator in names:
            return names[indicator]["label"]
    return indicator.replace("_", " ").capitalize()


def breakdown_label(code: str) -> str:
    """Name a breakdown or covariate, an unknown one by its id."""
    return BREAKDOWNS.get(code, code.replace("_", " ").capitalize())
