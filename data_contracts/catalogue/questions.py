"""What a survey has to ask so that cover and informality can be told, read from YAML; whether a wave asked it is its plan's."""

from functools import cache
from pathlib import Path

from pydantic import Field

from data_contracts.typed_yaml import Strict, typed_entries
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "questions.yaml"


class SurveyQuestion(Strict):
    """One question; its key is the canonical column that holds the answers."""

    ask: str = Field(description="what to ask, as an indirect question")
    of: str = Field(description="whom to ask")
    tells: str = Field(description="what the answer decides")


@cache
def survey_questions() -> dict[str, SurveyQuestion]:
    """Give the questions by canonical column, in their order.

    Raises:
        InputError: an entry is malformed; with its line.
    """
    return typed_entries(load_yaml(FILE), SurveyQuestion, FILE, "questions.json")
