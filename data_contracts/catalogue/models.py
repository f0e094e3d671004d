"""The models of a wave: one list, by the population each is fitted in; fitting lives in analyses/models."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from data_contracts.typed_yaml import Strict, typed_entries
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "models.yaml"


class Model(Strict):
    """One model; its key is its id in est.computability."""

    title: str = Field(description="its name in words")
    population: Literal["all_employed", "non_employees"] = Field(description="whom it is about")


@cache
def models() -> dict[str, Model]:
    """Give the models by id, in their order.

    Raises:
        InputError: an entry is malformed; with its line.
    """
    return typed_entries(load_yaml(FILE), Model, FILE, "models.json")
