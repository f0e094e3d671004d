"""Words by which a published table is read: units, wholes, complete sets of parts, known orders; nothing is judged."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "words.yaml"


def kind_of_unit(unit: str) -> str:
    """Give rate, mean or number; empty for a unit that says none of these."""
    said = unit.strip().lower()
    for kind, words in _words()["units"].items():
        if any(said == word or said.startswith(f"{word} ") for word in words):
            return str(kind)
    return ""


def is_total(category: str) -> bool:
    """Say whether a category is the whole."""
    return category.strip().lower() in _words()["whole"]["categories"]


def is_whole(breakdown: str) -> bool:
    """Say whether a breakdown holds the whole alone."""
    return breakdown.strip().lower() in _words()["whole"]["breakdowns"]


def is_complete(categories: Collection[str]) -> bool:
    """Say whether the categories are declared to be all parts of a whole."""
    return {one.lower() for one in categories} in map(set, _words()["complete"])


def is_distribution(indicator: str) -> bool:
    """Say whether an indicator's figures add to the whole, and so are no rates."""
    return any(word in indicator.lower() for word in _words()["distributions"])


def orders_of(indicator: str) -> Sequence[Mapping[str, Any]]:
    """Give the known orders of an indicator's parts: which are ``higher``, which ``lower``."""
    return [one for one in _words()["orders"] if one["indicator"] in indicator.lower()]


@cache
def _words() -> Mapping[str, Any]:
    told: Mapping[str, Any] = load_yaml(FILE)
    return told
