"""What the quality checks declare: their words, limits and sources; how they are computed is not here."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from data_contracts.errors import InputError
from data_contracts.typed_yaml import Strict, load_typed

FOLDER = Path(__file__).parent
SCHEMA = "quality.json"


class QualityRule(Strict):
    """One declared check."""

    id: str = Field(description="the check's name, as in est.quality")
    block: str = Field(description="the group it is shown in")
    severity: Literal["error", "warning"] = Field(
        description="error refuses the file, warning is shown"
    )
    statement: str = Field(description="what must hold, in plain words")
    source: str = Field(description="where the limit comes from")
    remedy: str = Field(description="what a person does when it fails")
    needs: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="canonical columns the wave must have asked; a list inside means any one of them",
    )
    columns: str = Field("", description="tables and columns it looks at, for the reader")
    limits: dict[str, Any] = Field(default_factory=dict, description="its thresholds by name")
    among: Any = Field(None, description="condition for the rows a share is taken over")
    should: Any = Field(None, description="condition that those rows should meet")
    should_not: Any = Field(None, description="condition that they should not meet")

    @field_validator("needs", mode="before")
    @classmethod
    def _groups(cls, given: Any) -> Any:
        if not isinstance(given, list):
            return given
        return tuple((one,) if isinstance(one, str) else tuple(one) for one in given)


class QualityFile(Strict):
    """The whole of ``NAME.yaml``."""

    checks: list[QualityRule]


@cache
def load_rules(name: str) -> Mapping[str, QualityRule]:
    """Load ``data_contracts/quality/NAME.yaml``: rules by id, in the order of the file.

    Raises:
        InputError: an entry lacks a field, has an unknown one, or repeats an id; with its line.
    """
    path = FOLDER / f"{name}.yaml"
    rules = load_typed(path, QualityFile, SCHEMA).checks
    twice = [found for found, count in Counter(rule.id for rule in rules).items() if count > 1]
    if twice:
        raise InputError(
            f"the check {twice[0]} is declared twice", "give each check an id of its own",
            file=path.name,
        )  # fmt: skip
    return {rule.id: rule for rule in rules}
