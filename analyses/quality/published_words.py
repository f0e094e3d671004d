"""What the words of published figures mean: units, wholes, complete sets of parts; nothing is judged here."""

from functools import cache
from typing import Any

from data_contracts.published.concepts import WORDS
from data_contracts.yaml_lines import load_yaml

# Check, place, the figure judged, and what it should have lain between.
FigureFinding = tuple[str, dict[str, Any], float, float | None, float | None]


def place_of(series: str, indicator: str, year: int, breakdown: str) -> dict[str, Any]:
    """Give the place of a finding, as the table names it."""
    return {"series": series, "indicator": indicator, "year": year, "breakdown": breakdown}


def kind_of(unit: str) -> str:
    """Give rate, mean or number; empty for a unit that says none of these."""
    said = unit.strip().lower()
    for kind, words in declared_words()["units"].items():
        if any(said == word or said.startswith(f"{word} ") for word in words):
            return str(kind)
    return ""


def is_total(category: str) -> bool:
    """Tell whether a category is the whole of its breakdown."""
    return category.strip().lower() in declared_words()["whole"]["categories"]


def is_whole(breakdown: str) -> bool:
    """Tell whether a breakdown is none: its figures are of everybody."""
    return breakdown.strip().lower() in declared_words()["whole"]["breakdowns"]


@cache
def complete_sets() -> frozenset[frozenset[str]]:
    """Give the sets of categories that are all parts of a whole, in small letters."""
    return frozenset(frozenset(parts) for parts in declared_words()["complete"])


@cache
def declared_words() -> dict[str, Any]:
    """Load data_contracts/quality/published.yaml."""
    declared: dict[str, Any] = load_yaml(WORDS)
    return declared
