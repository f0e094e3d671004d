"""What one wave can be asked, resolved once from its profile and the settings; nothing is read or computed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import Field

from data_contracts.catalogue.breakdowns import breakdowns, covariates
from data_contracts.catalogue.indicators import (
    NOT_COMPUTABLE,
    Asked,
    Indicator,
    Status,
    catalogue,
    computability,
)
from data_contracts.profile.evidence import evidence, told
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import ProfileRule
from data_contracts.typed_yaml import Strict

INFORMALITY = "ICLS17_ILO@2"  # the rules by which informality is decided, and their version
# Columns that the harmoniser makes of others: the wave has them where it has one of those.
_FROM = {
    "enterprise_size_lower": ("enterprise_size",),
    "age_aggregate": ("age",),
    "destination_of_production": ("market_orientation",),
    "economic_sector": ("industry_isic4_2d",),
}


class Conventions(Strict):
    """How figures are estimated and judged."""

    reliability: Literal["nso", "ilo", "statcan", "abs", "toolkit", "nchs"] = Field(
        "nso", description="a rule set of analyses/engine/reliability.py"
    )
    df_method: Literal["design", "domain"] = Field(
        "design", description="whose PSUs and strata count for degrees of freedom"
    )
    level: float = Field(
        0.95,
        gt=0,
        lt=1,
        description="probability of the figures' intervals; those of models and of the register's "
        "ratios stay at 0.95",
    )
    missing: float = Field(
        0.1,
        ge=0,
        le=1,
        description="share of the people asked who may lack a usable answer; a total of which more "
        "are missing is withheld",
    )


DEFAULTS = Conventions()


@dataclass(frozen=True)
class Computability:
    """Whether a wave can give an indicator; ``reason`` is empty where it can without reserve."""

    indicator: Indicator
    status: Status
    reason: str


@dataclass(frozen=True)
class WavePlan:
    """One wave's plan: every later stage takes it, and none goes back to ask the profile.

    Attributes:
        profile: the wave's profile, for the stages that read its file.
        conventions: level, reliability rules and degrees of freedom.
        asked: canonical column to whether the wave has it, and why not; derived ones too.
        verdicts: every indicator with what can be said of it, in the catalogue's order.
        sizes: the answers about the size of the unit, as lowest and highest number of workers.
    """

    profile: Profile
    conventions: Conventions
    asked: Mapping[str, Asked]
    verdicts: tuple[Computability, ...]
    sizes: tuple[tuple[int, int | None], ...]

    @property
    def survey_id(self) -> str:
        """The wave."""
        return self.profile.survey_id

    @property
    def ref_area(self) -> str:
        """Its country, ISO 3166-1 alpha-3."""
        return self.profile.ref_area

    @property
    def time_period(self) -> str:
        """Its reference period as the profile writes it."""
        return self.profile.time_period

    @property
    def labour_force(self) -> str:
        """The standard that its labour-force status follows."""
        return self.profile.standards.icls

    @property
    def standards(self) -> dict[str, str]:
        """The label of each kind of standard."""
        return {"labour_force": self.labour_force, "informality": INFORMALITY}

    @property
    def refused(self) -> Mapping[str, str]:
        """Kind of standard to why the wave cannot follow it."""
        return self.profile.unavailable

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of any figure must know of the design."""
        return tuple(self.profile.design_notes)

    @property
    def units_known(self) -> bool:
        """Whether the file names its sampling units."""
        return bool(self.profile.psu)

    @property
    def reference_day(self) -> date:
        """The day whose law judges the wave: the middle of its reference year."""
        return date(self.profile.reference_year, 7, 1)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators that the wave can give."""
        return [one.indicator for one in self.verdicts if one.status != NOT_COMPUTABLE]

    @cached_property
    def not_computable(self) -> dict[str, str]:
        """Indicator id to the reason, for those that the wave cannot give."""
        return {v.indicator.id: v.reason for v in self.verdicts if v.status == NOT_COMPUTABLE}

    def present(self, wanted: Sequence[str] | None = None) -> list[str]:
        """Give those of some columns (the catalogue's breakdowns) that the wave has."""
        names = breakdowns() if wanted is None else wanted
        return [name for name in names if name in self.asked and self.asked[name].usable]

    @property
    def covariates(self) -> list[str]:
        """The columns that its models of coverage may take."""
        return list(covariates())

    @property
    def told(self) -> dict[str, Asked]:
        """Whether the wave can tell the sector of a unit and the nature of a job, and if not, why."""
        return told(self.profile, self.asked)

    def has(self, column: str) -> bool:
        """Whether the wave has a canonical column."""
        return column in self.asked and self.asked[column].usable


def resolve(profile: Profile, conventions: Conventions = DEFAULTS) -> WavePlan:
    """Resolve what a wave can be asked.

    Args:
        profile: the wave's profile, with its settings.
        conventions: how figures are estimated and judged.
    """
    asked = _asked(profile)
    verdicts = []
    for indicator in catalogue().values():
        refused = profile.unavailable.get(indicator.standard)
        if refused is not None:
            verdicts.append(Computability(indicator, NOT_COMPUTABLE, refused))
        else:
            verdicts.append(Computability(indicator, *computability(indicator, asked)))
    sizes = size_answers(profile.columns.get("enterprise_size"))
    return WavePlan(profile, conventions, asked, tuple(verdicts), tuple(sizes))


def _asked(profile: Profile) -> dict[str, Asked]:
    """Say of every canonical column, those that are made of others included, whether the wave has it."""
    known = {name: Asked(*profile.asked(name)) for name in profile.columns}
    for name, sources in _FROM.items():
        for source in sources:
            if source in known and not (name in known and known[name].usable):
                known[name] = known[source]
    return known | evidence(profile, known)


def size_answers(rule: ProfileRule | None) -> list[tuple[int, int | None]]:
    """Give the answers about the size of the unit that a rule knows, unknown ones left out.

    Args:
        rule: ``columns.enterprise_size`` of a profile: ``brackets`` by code, and ``counts``, the
            first and last of the codes that are numbers of workers themselves.
    """
    if rule is None:
        return []
    first, last = rule.counts or (1, 0)
    found: list[tuple[int, int | None]] = [(n, n) for n in range(first, last + 1)]
    ends = [(low, high) for low, high in (rule.brackets or {}).values()]
    return found + [(low, high) for low, high in ends if low is not None]
