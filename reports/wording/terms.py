"""Names of figures, breakdowns and periods in words; figures take theirs from the catalogue, sentences are made beside each page."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from data_contracts.catalogue.key_figures import KeyAnswer, answers_by_indicator
from reports.wording.lists import word_lists

_LISTS: Final = word_lists("wording")
MONTHS: Final[Sequence[str]] = _LISTS["months"]
QUARTERS: Final[Mapping[str, str]] = _LISTS["quarters"]
BREAKDOWNS: Final[Mapping[str, str]] = _LISTS["breakdowns"]
CONCEPTS: Final[Mapping[str, str]] = _LISTS["concepts"]
_NEEDS: Final = re.compile(r"needs [a-z0-9_]+(?: or [a-z0-9_]+)*: ", re.IGNORECASE)
_PERIOD: Final = re.compile(r"(\d{4})-?(Q[1-4]|\d{2})")


def period(code: str) -> str:
    """Write a period code as words: 2022, 2021-Q4, 2021Q4, 2023-06, or two of them with a slash between."""
    if "/" in code:
        first, _, last = code.partition("/")
        return f"{period(first)} to {period(last)}"
    parts = _PERIOD.fullmatch(code)
    if parts is None:
        return code
    year, rest = parts.groups()
    if rest in QUARTERS:
        return f"the {QUARTERS[rest]} quarter of {year}"
    if 1 <= int(rest) <= 12:
        return f"{MONTHS[int(rest) - 1]} {year}"
    return code


def answer_of(indicator: str) -> KeyAnswer:
    """Give the catalogue's words of an indicator; a KeyError where it has none."""
    return answers_by_indicator()[indicator]


def base_of(indicator: str, age: str) -> str:
    """Name the denominator of a rate."""
    return answer_of(indicator).of.format(age=age)


def indicator_label(indicator: str) -> str:
    """Name an indicator, an unknown one by its id."""
    found = answers_by_indicator().get(indicator)
    return indicator.replace("_", " ").capitalize() if found is None else found.name


def reason_words(reason: str) -> str:
    """Write a reason for the reader of a page: without the column that a program would need, as a sentence."""
    told = _NEEDS.sub("", reason).strip().rstrip(".")
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def breakdown_label(code: str) -> str:
    """Name a breakdown or covariate, an unknown one by its id."""
    return BREAKDOWNS.get(code, code.replace("_", " ").capitalize())
