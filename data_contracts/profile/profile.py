"""Survey profiles: how one wave's raw columns become canonical ones. No rows pass through here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.errors import InputError
from data_contracts.yaml_lines import check_against, load_yaml

FOLDER = Path(__file__).parents[1] / "sources"
SCHEMA = Path(__file__).parents[1] / "schemas" / "profile.yaml"
DESIGN_UNKNOWN = (
    "Design unknown: the file names no sampling units, each household counts as one, and the "
    "interval ignores any wider clustering."
)


@dataclass(frozen=True)
class Profile:
    """One wave's profile, checked, with its settings filled in.

    ``columns`` maps a canonical column to its rule (see ``schemas/profile.yaml``). Names of raw
    columns are lower case: files are matched without regard to case.
    """

    survey_id: str
    data: Mapping[str, Any]
    settings: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        """Give a top-level entry of the profile."""
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Give a top-level entry of the profile, or ``default``."""
        return self.data.get(key, default)

    @property
    def columns(self) -> Mapping[str, Mapping[str, Any]]:
        """Rules by canonical column."""
        rules: Mapping[str, Mapping[str, Any]] = self.data["columns"]
        return rules

    def resolve(self, name: str) -> str:
        """Give the raw column, in lower case, that a name in the profile stands for.

        A name that begins with ``$`` is a setting: the wave's public record does not give it.
        """
        if name.startswith("$"):
            return self.settings[name[1:]].lower()
        return name.lower()

    def raw_names(self) -> list[str]:
        """List every raw column that the profile reads, in order, without repeats."""
        names: list[str] = []
        design, keys = self["design"], self["keys"]
        names += [*self.strata, *self.psu, design["weight"]]
        names += [*keys["household"], *([keys["person"]] if "person" in keys else [])]
        for rule in self.columns.values():
            names += rule_names(rule)
        for correction in self.get("corrections", []):
            names += condition_names(correction["drop"])
        return list(dict.fromkeys(self.resolve(name) for name in names))

    def asked(self, column: str) -> tuple[bool, str]:
        """Say whether the wave holds a canonical column, and if not, why."""
        rule = self.columns.get(column)
        if rule is None:
            return False, f"{self.survey_id} has no column for {column}"
        if "not_asked" in rule:
            return False, str(rule["not_asked"])
        return True, ""

    @property
    def lonely(self) -> str:
        """The rule for a stratum with one PSU; ``fail`` unless the profile says otherwise."""
        return str(self["design"].get("lonely", "fail"))

    @property
    def strata(self) -> list[str]:
        """The columns of the strata, as the profile names them; none where the file has none."""
        return list(self["design"].get("strata", []))

    @property
    def psu(self) -> list[str]:
        """The columns of the primary sampling units; none where the file has none."""
        return list(self["design"].get("psu", []))

    @property
    def collapse(self) -> Mapping[str, str]:
        """The strata that are joined with another, and that other."""
        joined: Mapping[str, str] = self["design"].get("collapse", {})
        return joined

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


def rule_names(rule: Mapping[str, Any]) -> list[str]:
    """List the raw columns that one column's rule reads, as the profile writes them."""
    names = [rule[key] for key in ("from", "factors_from") if key in rule]
    names += rule.get("or_sum", [])
    return names + [name for case in rule.get("cases", []) for name in condition_names(case["if"])]


def condition_names(condition: Any) -> list[str]:
    """Give the raw columns that a condition of a profile reads, as the profile names them."""
    if isinstance(condition, list):
        return [name for part in condition for name in condition_names(part)]
    return list(condition)


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
        InputError: unknown survey, broken YAML, or a breach of the schema, with its line.
    """
    path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    if own is not None and (own / f"{name}.yaml").exists():
        path = own / f"{name}.yaml"
    if not path.exists():
        raise InputError(
            f"there is no profile {name}",
            f"choose one of {', '.join(profile_names(own))}, or give the path of a profile file",
        )
    data = _checked(path, path.read_bytes())
    known = data.get("settings", {})
    given = dict(settings or {})
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(
            f"{data['survey_id']} has no setting {unknown[0]}",
            f"its settings are: {', '.join(known) or 'none'}",
        )
    filled = {key: given.get(key, entry["default"]) for key, entry in known.items()}
    return Profile(data["survey_id"], data, filled)


@lru_cache(maxsize=64)
def _checked(path: Path, content: bytes) -> Mapping[str, Any]:  # noqa: ARG001 - a changed file is another key
    data = _with_text_keys(load_yaml(path))
    check_against(load_yaml(SCHEMA), data, path)
    if not isinstance(data, dict):  # the schema has refused this already; said for the types
        raise InputError("a profile is a mapping", "start from an existing one", file=path.name)
    return data


def _with_text_keys(value: Any) -> Any:
    """Make every key text, as codes are compared as text (YAML reads 1: as a number)."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(entry) for entry in value]
    return value
