"""Lists of words as data, read once from the words.yaml of a folder of reports; no sentence is made here."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.yaml_lines import load_yaml

ROOM = Path(__file__).parents[1]


@cache
def word_lists(folder: str) -> Mapping[str, Any]:
    """Give the lists of ``reports/FOLDER/words.yaml`` by name.

    Raises:
        InputError: the file is missing or no YAML.
    """
    lists: Mapping[str, Any] = load_yaml(ROOM / folder / "words.yaml")
    return lists
