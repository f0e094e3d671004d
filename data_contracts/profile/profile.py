"""Survey profiles: how one wave's raw columns become canonical ones. No rows pass through here."""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from data_contracts.decision_table import Value, refused_parameter
from data_contracts.errors import InputError, near
from data_contracts.profile.parts import (
    DEFINED,
    Correction,
    Definition,
    Expected,
    KnownPopulation,
    RawSetting,
    Standards,
    SurveyDesign,
    SurveyKeys,
)
from data_contracts.profile.rule import ProfileRule, condition_names
from data_contracts.typed_yaml import Faults, Keys, Strict, load_typed

FOLDER = Path(__file__).parents[1] / "sources"
SCHEMA = "profile.json"
SURVEY_ID = r"^[A-Z]{3}_[0-9]{4}_[A-Z]+$"
DESIGN_UNKNOWN = (
    "Design unknown: the file names no sampling units, each household counts as one, and the "
    "interval ignores any wider clustering."
)


class Profile(Strict):
    """One wave's profile, checked, with its settings filled in.

    Names of raw columns are matched without regard to case. What a profile leaves out is None, or
    empty where it would be a list or a mapping.
    """

    survey_id: str = Field(pattern=SURVEY_ID)
    title: str
    version: str = Field(
        "1.0.0",
        pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$",
        description="of the file's contract; a breaking change (informality contract diff) raises "
        "the first number",
    )
    status: Literal["sourced", "unverified"] = Field(
        description="are the raw names and codes read in a source, or guessed"
    )
    ref_area: str = Field(pattern="^[A-Z]{3}$")
    source_type: Literal["LFS", "HS"]
    ilostat_source: str | None = None
    time_period: str
    reference_year: int
    currency: str = Field(pattern="^[A-Z]{3}$")
    min_age_labour: int
    encoding: str | None = Field(
        None, description="of text in .dta .sav .csv where the file does not say"
    )
    standards: Standards
    citation: str
    release_date: str | None = Field(
        None,
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="date on which the producer released the data; printed where it is given",
    )
    sources: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    settings: dict[str, RawSetting] = Field(default_factory=dict)
    keys: SurveyKeys
    design: SurveyDesign
    population: KnownPopulation | None = None
    expected: Expected = Expected()
    parameters: dict[str, Value] = Field(
        default_factory=dict, description="variants of the decision tables in data_contracts/rules"
    )
    admin1_labels: dict[str, str] = Field(default_factory=dict)
    admin1_unit: str = Field(
        default="area", pattern=r"^[a-z][a-z -]*[a-z]$",
        description="what one first-level area of admin1_code is called, such as province or department",
    )  # fmt: skip
    unavailable: dict[str, str] = Field(
        default_factory=dict, description="indicator group -> why it cannot be computed"
    )
    variables: dict[str, str] = Field(
        default_factory=dict,
        description="raw column that the profile knows and does not map -> what it asks, in a few "
        "words",
    )
    universes: dict[str, str] = Field(
        default_factory=dict,
        description="canonical column -> who was asked, where not everybody was",
    )
    definitions: dict[str, Definition] = Field(
        default_factory=dict,
        description="how the wave itself defines a group of indicators; profile diff sets the waves "
        "side by side",
    )
    columns: dict[str, ProfileRule] = Field(min_length=1)
    corrections: list[Correction] = Field(default_factory=list)
    _chosen: dict[str, str] = PrivateAttr(default_factory=dict)
    _file: tuple[Path, str] | None = PrivateAttr(default=None)

    @field_validator("parameters")
    @classmethod
    def _known_parameters(cls, given: dict[str, Value]) -> dict[str, Value]:
        said = {name: refused_parameter(name, value) for name, value in given.items()}
        faults: list[tuple[Keys, str]] = [([name], why) for name, why in said.items() if why]
        if faults:
            raise Faults(faults)
        return given

    @field_validator("definitions")
    @classmethod
    def _known_groups(cls, given: dict[str, Definition]) -> dict[str, Definition]:
        strange = sorted(set(given) - set(DEFINED))
        if strange:
            raise ValueError(f"no group is called {strange[0]} (permitted: {', '.join(DEFINED)})")
        return given

    @model_validator(mode="after")
    def _households_or_units(self) -> "Profile":
        if self.keys.household is None and not self.psu:
            lacking: list[tuple[Keys, str]] = [
                (["keys"], "without a household number `design.psu` must be given")
            ]
            raise Faults(lacking)
        return self

    @cached_property
    def tree(self) -> Mapping[str, Any]:
        """The profile as nested data, without what it leaves out; for comparing two of them."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    @property
    def path(self) -> Path | None:
        """The file that it was read from; None for a profile made in memory."""
        return None if self._file is None else self._file[0]

    @property
    def text(self) -> str:
        """The text of its file, comments included; empty for a profile made in memory."""
        return "" if self._file is None else self._file[1]

    def with_settings(self, given: Mapping[str, str]) -> "Profile":
        """Give the profile with raw names for its settings, over their defaults.

        Raises:
            InputError: there is no such setting.
        """
        unknown = sorted(set(given) - set(self.settings))
        if unknown:
            raise InputError(
                f"{self.survey_id} has no setting {unknown[0]}",
                f"its settings are: {', '.join(self.settings) or 'none'}",
            )
        made = self.model_copy()
        made._chosen = dict(given)  # noqa: SLF001 - the same class
        return made

    def resolve(self, name: str) -> str:
        """Give the raw column, in lower case, that a name in the profile stands for.

        A name that begins with ``$`` is a setting: the wave's public record does not give it.
        """
        if name.startswith("$"):
            setting = name[1:]
            return self._chosen.get(setting, self.settings[setting].default).lower()
        return name.lower()

    def raw_names(self) -> list[str]:
        """List every raw column that the profile reads, in order, without repeats."""
        names = [*self.strata, *self.psu, self.design.weight, *self.household]
        names += [self.keys.person] if self.keys.person is not None else []
        for rule in self.columns.values():
            names += rule.raw_names()
        for correction in self.corrections:
            names += condition_names(correction.drop)
        return list(dict.fromkeys(self.resolve(name) for name in names))

    def raw_names_of(self, rule: ProfileRule) -> list[str]:
        """List the raw columns that one rule reads, in lower case, without repeats."""
        return list(dict.fromkeys(self.resolve(name) for name in rule.raw_names()))

    def asked(self, column: str) -> tuple[bool, str]:
        """Say whether the wave holds a canonical column, and if not, why."""
        rule = self.columns.get(column)
        if rule is None:
            return False, f"{self.survey_id} has no column for {column}"
        if rule.not_asked is not None:
            return False, rule.not_asked
        return True, ""

    @property
    def lonely(self) -> str:
        """The rule for a stratum with one PSU; ``fail`` unless the profile says otherwise."""
        return self.design.lonely or "fail"

    @property
    def strata(self) -> Sequence[str]:
        """The columns of the strata, as the profile names them; none where the file has none."""
        return self.design.strata or ()

    @property
    def psu(self) -> Sequence[str]:
        """The columns of the primary sampling units; none where the file has none."""
        return self.design.psu or ()

    @property
    def household(self) -> Sequence[str]:
        """The columns of the household number; none where the file has none."""
        return self.keys.household or ()

    @property
    def collapse(self) -> Mapping[str, str]:
        """The strata that are joined with another, and that other."""
        return self.design.collapse or {}

    @property
    def design_notes(self) -> list[str]:
        """What a reader of any figure must know of the design: what is not there, what was joined."""
        said = []
        if not self.psu:
            said.append(DESIGN_UNKNOWN)
        if not self.strata:
            said.append("The file names no strata: all sampling units count as one stratum.")
        if self.collapse:
            number = len(self.collapse)
            strata = "1 stratum was" if number == 1 else f"{number} strata were"
            said.append(f"{strata} joined with another by the profile's map, before any estimate.")
        return said


def profile_names(own: Path | None = None) -> list[str]:
    """List the surveys that have a profile, here or in a folder of one's own."""
    folders = [FOLDER, *([own] if own is not None else [])]
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def load_profile(
    name: str, settings: Mapping[str, str] | None = None, own: Path | None = None
) -> Profile:
    """Load and check a profile by survey id, or from a file whose name ends in .yaml.

    Args:
        name: a survey id such as ``LAO_2017_LFS``, or the path of a profile of one's own.
        settings: raw names for the profile's settings, over its defaults.
        own: a folder whose profiles come before those that ship with the project.

    Raises:
        InputError: unknown survey, broken YAML, or a breach of the schema: every fault with its
            line, its key and what is permitted.
    """
    path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    if own is not None and (own / f"{name}.yaml").exists():
        path = own / f"{name}.yaml"
    if not path.exists():
        raise InputError(
            f"there is no profile {name}{near(name, profile_names(own))}",
            f"choose one of {', '.join(profile_names(own))}, or give the path of a profile file",
        )
    return _checked(path, path.read_bytes()).with_settings(settings or {})


@lru_cache(maxsize=64)
def _checked(path: Path, content: bytes) -> Profile:
    profile = load_typed(path, Profile, SCHEMA)
    profile._file = (path, content.decode("utf-8", "replace"))  # noqa: SLF001 - the same module
    return profile
