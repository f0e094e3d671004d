"""What each indicator counts, over whom, and whether a wave can give it; no row is counted here."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from data_contracts.conditions import Condition, columns
from data_contracts.typed_yaml import Strict, typed_entries
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "indicators.yaml"
SCHEMA = "indicators.json"
Status = Literal["COMPUTABLE", "PARTIAL", "NOT COMPUTABLE"]
NOT_COMPUTABLE: Status = "NOT COMPUTABLE"


class Asked(NamedTuple):
    """Whether a wave has a canonical column, and if not, why."""

    usable: bool
    reason: str


class Indicator(Strict):
    """One entry of ``indicators.yaml``."""

    id: str = Field(description="the entry's key")
    title: str = Field(description="its name in words")
    ilostat_indicator: str | None = Field(
        None, description="topic, represented variable and unit of its ILOSTAT series, if any"
    )
    kind: Literal["total", "ratio"]
    unit: Literal["PS", "RATIO"]
    standard: Literal["labour_force", "informality", "none"] = Field(
        description="which standard decides"
    )
    universe: str = Field(description="the people the figure is about, in words")
    numerator: Any = Field(description="who is counted")
    denominator: Any = Field(None, description="over whom; absent for totals")
    base: Any = Field(
        None, description="the denominator before rows without a usable answer are left out"
    )
    told: Any = Field(
        None,
        description="of a total: who in its base gave a usable answer, missing ones withhold it",
    )
    requires: tuple[tuple[str, ...], ...] = Field(
        min_length=1,
        description="canonical columns it cannot do without; a list inside means any one of them",
    )
    improves: tuple[str, ...] = Field(
        default=(), description="canonical columns whose absence makes it partial"
    )
    note: str | None = Field(None, description="what the reader must know beside the figure")

    @field_validator("requires", mode="before")
    @classmethod
    def _groups(cls, given: Any) -> Any:
        if not isinstance(given, list):
            raise ValueError("a list of columns belongs here")  # noqa: TRY004 - pydantic's way
        return tuple((one,) if isinstance(one, str) else tuple(one) for one in given)

    @field_validator("improves", mode="before")
    @classmethod
    def _as_tuple(cls, given: Any) -> Any:
        return tuple(given) if isinstance(given, list) else given

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Indicator":
        if (self.kind == "ratio") != (self.denominator is not None):
            raise ValueError("a ratio needs a denominator, and a total has none")
        if self.told is not None and (self.kind == "ratio" or self.base is None):
            raise ValueError("`told` belongs to a total, and says who of its base answered")
        if self.told is not None:
            columns(self.told)
        for condition in self.conditions:
            columns(condition)
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its conditions: numerator, and of a ratio denominator and base, as far as they are there."""
        if self.denominator is None:
            return (self.numerator,)
        return tuple(c for c in (self.numerator, self.denominator, self.base) if c is not None)

    @property
    def of_the_employed(self) -> bool:
        """Whether it is about employed persons alone, so that a job's columns may break it down."""
        over = self.numerator if self.denominator is None else self.denominator
        return isinstance(over, Mapping) and list(over.get("lfs_status", [])) == ["employed"]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns its conditions read, sorted."""
        return tuple(sorted({name for part in self.conditions for name in columns(part)}))


class IndicatorFile(Strict):
    """The whole of ``indicators.yaml``."""

    indicators: dict[str, Indicator]


@cache
def catalogue() -> dict[str, Indicator]:
    """Load the indicators, by id, in the order of the file.

    Raises:
        InputError: an entry is incomplete or contradicts itself; with its line.
    """
    return indicators_of(load_yaml(FILE), FILE)


def indicators_of(entries: Mapping[str, Any], path: Path) -> dict[str, Indicator]:
    """Read parsed entries; errors as for ``catalogue``."""
    named = {name: {"id": name, **entry} for name, entry in entries.items()}
    return typed_entries(named, Indicator, path, SCHEMA)


def computability(indicator: Indicator, asked: Mapping[str, Asked]) -> tuple[Status, str]:
    """Tell whether a survey can give an indicator.

    Args:
        indicator: the indicator.
        asked: canonical column to whether it is usable in this survey, and why not.

    Returns:
        COMPUTABLE, PARTIAL or NOT COMPUTABLE, and the reason in words (empty when computable).
        A column the survey's profile does not mention counts as not usable.
    """
    missing = [
        _needed(group, asked)
        for group in indicator.requires
        if not any(name in asked and asked[name].usable for name in group)
    ]
    if missing:
        return NOT_COMPUTABLE, _sentence("; ".join(dict.fromkeys(missing)))
    without = [
        _why(name, asked) if _is_evidence(name) else f"{name} ({_why(name, asked)})"
        for name in indicator.improves
        if not (name in asked and asked[name].usable)
    ]
    if without:
        return "PARTIAL", "Decided without " + ", ".join(without) + "."
    return "COMPUTABLE", ""


def _needed(group: Sequence[str], asked: Mapping[str, Asked]) -> str:
    """Say what one group of columns lacks; what several columns tell together is named by its reason."""
    reasons = "; ".join(
        dict.fromkeys(_why(name, asked) for name in group if name in asked)
        or ["not in the survey's profile"]
    )
    if all(map(_is_evidence, group)):
        return reasons
    return f"needs {' or '.join(group)}: {reasons}"


def _is_evidence(name: str) -> bool:
    """Tell what stands for several columns together (data_contracts/profile/evidence.py)."""
    return name.endswith("_evidence")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _why(name: str, asked: Mapping[str, Asked]) -> str:
    return (asked[name].reason if name in asked else "") or "not in the survey's profile"
