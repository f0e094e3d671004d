"""informality.toml as a typed model: what a person may set, with its defaults; where it is used is settings.py."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from data_contracts.errors import InputError
from data_contracts.law.law import load_law
from data_contracts.profile.plan import Conventions
from data_contracts.typed_yaml import Strict, typed

FILE = "informality.toml"
SCHEMA = "settings.json"
LAYOUT, AGGREGATE_LAYOUT = "LSSO_EXTRACT", "LSSO_WORKBOOK"
# As analyses/coverage/register/adjustments.py names them; that module loads numpy.
Adjustment = Literal[
    "foreigners", "armed_forces", "duplicates", "dormant", "late_posting", "late_payment", "geography",
]  # fmt: skip
ASSUMED = (
    "assumption: no validation study of the Lao question was found; the synthetic twin is "
    "planted with the same value"
)


def _fraction(given: Any) -> Any:
    """Read 0 and 1 as the fractions they are."""
    return float(given) if isinstance(given, int) and not isinstance(given, bool) else given


Fraction = Annotated[float, BeforeValidator(_fraction), Field(ge=0, le=1)]


class GivenNumber(Strict):
    """A number that no data here can estimate: its value, standard error and where it is from."""

    value: Fraction
    se: Fraction
    source: str


class CoverageTable(Strict):
    """[coverage]: choices that coverage tables depend on."""

    sensitivity: GivenNumber = Field(
        GivenNumber(value=0.85, se=0.02, source=ASSUMED),
        description="share of the covered who report it",
    )
    specificity: GivenNumber = Field(
        GivenNumber(value=0.99, se=0.002, source=ASSUMED),
        description="share of those not covered who report that they are not",
    )
    burden: Fraction = Field(
        0.10, description="share of earnings above which a contribution counts as a burden"
    )
    known_days: int = Field(
        31, ge=0, le=366,
        description="days after the end of a window at which its contributions were looked at",
    )  # fmt: skip
    months_apart: int = Field(
        24, ge=0,
        description="months between a register and a survey up to which one is put over the other",
    )  # fmt: skip
    given: dict[Adjustment, GivenNumber] = Field(
        default_factory=dict,
        description="adjustments of the register that are not estimated from it",
    )


class CoverageSettings(CoverageTable):
    """[coverage], and with it the answers of [law]: all that coverage tables depend on."""

    law: dict[str, str] = Field(
        default_factory=dict, description="answers to choices of data_contracts/law/choices.yaml"
    )


class RegisterSettings(Strict):
    """[register]: when a member is an active contributor, and how the files are laid out."""

    active_months: int = Field(
        1, ge=1, description="months paid in the window that make one active"
    )
    active_window: int = Field(12, ge=1, description="months of the window")
    layout: str = LAYOUT
    aggregate_layout: str = AGGREGATE_LAYOUT


class SettingsFile(Strict):
    """The whole of informality.toml."""

    profiles: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="survey id -> raw names for its profile's settings"
    )
    sources: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="survey id or LSSO -> its files by role"
    )
    register_: RegisterSettings = Field(RegisterSettings(), alias="register")
    estimates: Conventions = Conventions()
    law: dict[str, str] = Field(default_factory=dict)
    coverage: CoverageTable = CoverageTable()


SETTINGS: dict[str, tuple[type[Strict], str]] = {
    SCHEMA: (SettingsFile, "A workspace's settings: informality.toml")
}


def read_settings_file(folder: Path) -> SettingsFile:
    """Read a workspace's informality.toml; the defaults where there is none.

    Raises:
        InputError: it is not TOML, or says what cannot be set: every fault with its line and what
            is permitted.
    """
    path = folder / FILE
    if not path.exists():
        return SettingsFile()
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", "save it as UTF-8", file=path.name) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", "mend that line", file=path.name) from None
    made = typed(data, SettingsFile, path, SCHEMA)
    if made.law:
        try:
            load_law().settle(made.law)
        except InputError as error:
            raise InputError(f"[law]: {error.rule}", error.remedy, file=path.name) from None
    return made
