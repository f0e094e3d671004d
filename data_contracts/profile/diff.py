"""Two waves of a survey compared by their profiles: what breaks a series. Figures live in analyses/change."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.profile.column_diff import (
    BREAKS,
    INFORMATION,
    RECODE,
    Change,
    Effect,
    Variables,
    described,
    maps,
    meanings,
    presence,
    sources,
)
from data_contracts.profile.profile import Profile
from data_contracts.yaml_lines import load_yaml

RULES = Path(__file__).parents[1] / "rules"
PROVINCES = Path(__file__).parents[1] / "codes" / "lao_provinces.csv"
ICLS = (
    "who works mainly for the own household's use is employed under the 13th ICLS and not under "
    "the 19th, and may then be unemployed or outside the labour force"
)
EFFECTS: tuple[Effect, ...] = (BREAKS, RECODE, INFORMATION)
KINDS = (
    "standard", "definition", "availability", "other meaning", "codes swapped", "codes moved", "universe", "threshold",
    "parameter", "provinces", "other cases", "other questions", "renamed", "form", "type", "weight",
    "design", "codes gone", "codes new", "gone", "look-alike", "label", "correction", "new",
)  # fmt: skip


def diff(
    old: Profile,
    new: Profile,
    old_variables: Variables | None = None,
    new_variables: Variables | None = None,
) -> list[Change]:
    """Compare two waves, what breaks a series first.

    Args:
        old: profile of the earlier wave.
        new: profile of the later wave.
        old_variables: the earlier file's columns by lower-case name, where the file is at hand:
            columns that no profile maps are then compared by their labels.
        new_variables: the same of the later file.

    Returns:
        The changes, sorted by effect, kind and name; the same profile twice gives none.
    """
    found = [
        *_standards(old, new),
        *_definitions(old, new),
        *_availability(old, new),
        *_universes(old, new),
        *_parameters(old, new),
        *_design(old, new),
        *_corrections(old, new),
        *_provinces(old, new),
        *presence(old, new),
        *maps(old, new),
        *meanings(old, new),
    ]
    if old_variables and new_variables:
        told = {change.raw_old for change in found if change.kind == "other meaning"}
        labels = described(old, new, old_variables, new_variables)
        found += [change for change in labels if change.raw_old not in told]
    return sorted(found, key=_rank)


def _rank(change: Change) -> tuple[int, int, str, str]:
    return (
        EFFECTS.index(change.effect),
        KINDS.index(change.kind),
        change.canonical,
        change.raw_old,
    )


def _standards(old: Profile, new: Profile) -> Iterator[Change]:
    a, b = old.tree["standards"], new.tree["standards"]
    for name in sorted(set(a) | set(b)):
        before, after = a.get(name, "not said"), b.get(name, "not said")
        if before == after:
            continue
        said = f"{name.upper()} is {before} in {old.survey_id} and {after} in {new.survey_id}"
        if name == "icls":
            said += f": {ICLS}"
        effect: Effect = RECODE if name == "icse" else BREAKS
        yield Change("standard", name, "", "", said, effect)


def _definitions(old: Profile, new: Profile) -> Iterator[Change]:
    """Set the waves' own definitions side by side; without them, say how the status is decided."""
    a, b = old.tree.get("definitions", {}), new.tree.get("definitions", {})
    for group in (name for name in a if name in b):
        before, after = a[group]["says"], b[group]["says"]
        if before == after:
            continue
        words = _capital(group.replace("_", " "))
        said = f"{words} is defined otherwise. {old.survey_id}: {before}. {new.survey_id}: {after}"
        lone = [entry["only_here"] for entry in (a[group], b[group]) if "only_here" in entry]
        said += "".join(f". {_capital(words)}" for words in lone)
        by_standard = group in ("employment", "unemployment")
        same = (
            by_standard
            and old.tree["standards"]["icls"] == new.tree["standards"]["icls"]
            and not lone
        )
        yield Change("definition", group, "", "", said, INFORMATION if same else BREAKS)
    given = [profile.asked("lfs_status_given")[0] for profile in (old, new)]
    if given[0] != given[1] and not ("unemployment" in a and "unemployment" in b):
        said = "employment and unemployment are defined otherwise: " + "; ".join(
            f"{profile.survey_id} {_decided(profile)}" for profile in (old, new)
        )
        yield Change("definition", "lfs_status", "", "", said, BREAKS)


def _decided(profile: Profile) -> str:
    if profile.asked("lfs_status_given")[0]:
        raw = ", ".join(sources(profile, profile.tree["columns"]["lfs_status_given"]))
        return f"takes them from its own questions ({raw})"
    return f"decides them by the rules of the {profile.tree['standards']['icls']}"


def _availability(old: Profile, new: Profile) -> Iterator[Change]:
    a, b = old.tree.get("unavailable", {}), new.tree.get("unavailable", {})
    for group in sorted(set(a) ^ set(b)):
        lacking, why = (old, a[group]) if group in a else (new, b[group])
        said = f"{group} cannot be computed in {lacking.survey_id}: {why}"
        yield Change("availability", group, "", "", said, BREAKS)


def _universes(old: Profile, new: Profile) -> Iterator[Change]:
    ages = (old.tree["min_age_labour"], new.tree["min_age_labour"])
    if ages[0] != ages[1]:
        said = f"working age begins at {ages[0]} in {old.survey_id} and at {ages[1]} in {new.survey_id}"
        yield Change("universe", "working_age", "", "", said, BREAKS)
    a, b = old.tree.get("universes", {}), new.tree.get("universes", {})
    for name in sorted(set(a) | set(b)):
        both = old.asked(name)[0] and new.asked(name)[0]
        if not both or a.get(name) == b.get(name):
            continue
        said = "; ".join(
            f"in {profile.survey_id} of {asked.get(name, 'persons that its profile does not name')}"
            for profile, asked in ((old, a), (new, b))
        )
        statement = f"{name} was asked {said}; compare those whom both waves asked"
        yield Change("universe", name, "", "", statement, INFORMATION)


@cache
def _rule_parameters() -> dict[str, tuple[Any, str]]:
    """Give each parameter of the decision tables: its default and the table's name."""
    return {
        name: (entry["default"], path.stem)
        for path in sorted(RULES.glob("*.yaml"))
        for name, entry in load_yaml(path)["parameters"].items()
    }


def _parameters(old: Profile, new: Profile) -> Iterator[Change]:
    """Compare the variants of the decision tables, defaults filled in."""
    a, b = old.tree.get("parameters", {}), new.tree.get("parameters", {})
    for name, (default, table) in _rule_parameters().items():
        before, after = a.get(name, default), b.get(name, default)
        if name in ("icls_native", "min_age_labour") or before == after:
            continue
        said = (
            f"{name} is {_plain(before)} in {old.survey_id} and {_plain(after)} in "
            f"{new.survey_id} (table {table})"
        )
        effect: Effect = BREAKS
        idle = [p for p in (old, new) if "informality" in p.tree.get("unavailable", {})]
        if idle and not table.startswith("labour_force"):
            said += f"; the table is not used in {idle[0].survey_id}"
            effect = INFORMATION
        kind = "threshold" if "threshold" in name else "parameter"
        yield Change(kind, name, "", "", said, effect)


def _design(old: Profile, new: Profile) -> Iterator[Change]:
    a, b = old.tree["design"], new.tree["design"]
    for part in ("weight", "strata", "psu"):
        raw_old, raw_new = _raw(old, a.get(part)), _raw(new, b.get(part))
        if raw_old != raw_new:
            kind = "weight" if part == "weight" else "design"
            said = f"{part} is {raw_old} in {old.survey_id} and {raw_new} in {new.survey_id}"
            yield Change(kind, part, raw_old, raw_new, said, RECODE)
    for part in ("weight_divisor", "lonely", "collapse", "description"):
        before, after = (_plain(p.get(part, "not said")) for p in (a, b))
        if before != after:
            said = f"design, {part.replace('_', ' ')}: {old.survey_id}: {before}; {new.survey_id}: {after}"
            yield Change("design", part, "", "", said, INFORMATION)


def _corrections(old: Profile, new: Profile) -> Iterator[Change]:
    a, b = ({entry["id"]: entry for entry in p.tree.get("corrections", [])} for p in (old, new))
    for name in sorted(set(a) ^ set(b)):
        profile, entry = (old, a[name]) if name in a else (new, b[name])
        said = f"{profile.survey_id} alone is corrected by {name}: {entry['reason']}"
        yield Change("correction", name, "", "", said, INFORMATION)


def _provinces(old: Profile, new: Profile) -> Iterator[Change]:
    if not old.tree["ref_area"] == new.tree["ref_area"] == "LAO":
        return
    before, after = (_valid_provinces(int(p.tree["reference_year"])) for p in (old, new))
    if before != after:
        changed = sorted(before.symmetric_difference(after))
        said = (
            f"{len(before)} provinces in {old.survey_id} and {len(after)} in {new.survey_id}: "
            f"{', '.join(f'{name} ({code})' for code, name in changed)} is in one of them alone, "
            "and its neighbours had other borders; do not compare them"
        )
        yield Change("provinces", "admin1_code", "", "", said, BREAKS)


def _valid_provinces(year: int) -> set[tuple[str, str]]:
    with PROVINCES.open(encoding="utf-8", newline="") as file:
        return {
            (row["lsb_code"], row["name_en"])
            for row in csv.DictReader(file)
            if (row["valid_from"] or "0000")[:4] <= f"{year:04}" <= (row["valid_to"] or "9999")[:4]
        }


def _raw(profile: Profile, names: Any) -> str:
    listed = [names] if isinstance(names, str) else names or []
    return ", ".join(profile.resolve(name) for name in listed) or "not in the file"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} into {value[key]}" for key in sorted(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
