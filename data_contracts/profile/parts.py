"""The parts of a survey profile that are neither its columns nor the whole; no rows pass here."""

from typing import Literal

from pydantic import Field, model_validator

from data_contracts.profile.rule import Decimal, Names, RawCondition
from data_contracts.typed_yaml import Strict

DEFINED = ("employment", "unemployment", "informality", "social_security", "underemployment")


class Standards(Strict):
    """The classifications that the survey itself follows."""

    icls: Literal["ICLS13", "ICLS19"]
    icse: Literal["ICSE93", "ICSE18"] | None = None
    isic: str | None = None
    isco: str | None = None


class RawSetting(Strict):
    """A raw name that no public source gives; a person must set it for the real file."""

    default: str
    why: str


class SurveyKeys(Strict):
    """The columns that tell households and persons apart."""

    household: Names | None = Field(
        None,
        description="may be left out where `design.psu` is given: each person then stands alone, and "
        "nothing is said of households",
    )
    person: str | None = Field(
        None,
        description="number of the person within the household; without it, and where it is blank, "
        "rows are numbered within the household",
    )


class SurveyDesign(Strict):
    """The raw columns of the sampling design."""

    strata: Names | None = Field(
        None,
        description="without them all units count as one stratum, and the figures say so",
    )
    psu: Names | None = Field(
        None,
        description="without them each household counts as a unit; the figures say so and are "
        "never graded reliable",
    )
    weight: str
    weight_divisor: int | float = 1
    weight_decimal: Decimal | None = Field(None, description="as decimal of a column")
    lonely: Literal["fail", "certainty", "adjust", "average", "remove"] | None = None
    collapse: dict[str, str] | None = Field(
        None,
        min_length=1,
        description="stratum -> the stratum it is joined with, for strata with one unit; labels as "
        "in core.person",
    )
    description: str = ""

    @model_validator(mode="after")
    def _one_rule_for_lonely_units(self) -> "SurveyDesign":
        if self.collapse and self.lonely:
            raise ValueError(
                "collapse and lonely exclude each other: after the map no unit is alone"
            )
        if self.collapse and not self.strata:
            raise ValueError("collapse joins strata, and no strata are named")
        return self


class KnownPopulation(Strict):
    """The population that the weights should sum to."""

    persons: int = Field(ge=1)
    tolerance_pct: int | float = Field(gt=0)
    source: str


class KnownShare(Strict):
    """A share of the population that the file should show."""

    value: int | float
    tolerance_points: int | float
    source: str


class Expected(Strict):
    """Shares of the population that the file should show."""

    urban_share_pct: KnownShare | None = None


class Definition(Strict):
    """How the wave itself defines a group of indicators."""

    says: str = Field(description="one sentence without its full stop")
    only_here: str | None = Field(
        None, description="what in it no other wave can be recomputed by, and why"
    )


class Correction(Strict):
    """Rows to be dropped, and how many may be."""

    id: str
    drop: RawCondition
    at_most: int | None = Field(None, description="more rows than this is not the known fault")
    reason: str
