"""The headline figures of a wave: one list, which commands and reports take their order and names from."""

from functools import cache
from pathlib import Path

from pydantic import Field

from data_contracts.typed_yaml import Strict, typed_entries
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "headlines.yaml"


class Headline(Strict):
    """One headline figure; its key is its indicator."""

    name: str = Field(description="its short name in words")
    judged: bool = Field(
        default=False,
        description="also computed without the rows that break a quality rule",
    )


@cache
def headlines() -> dict[str, Headline]:
    """Give the headline figures by indicator, in their order.

    Raises:
        InputError: an entry is malformed; with its line.
    """
    return typed_entries(load_yaml(FILE), Headline, FILE, "headlines.json")


def judged_headlines() -> dict[str, Headline]:
    """Give those that the quality report judges."""
    return {name: one for name, one in headlines().items() if one.judged}
