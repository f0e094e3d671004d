"""A wave's profile as a tree of what two waves may differ in; what a difference is called is in changes.yaml."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.code_lists import code_rows
from data_contracts.decision_table import all_tables
from data_contracts.profile.profile import Profile
from data_contracts.profile.raw_names import sources
from data_contracts.tree_diff import Leaf, Tree
from data_contracts.yaml_lines import load_yaml

INDICATORS = Path(__file__).parents[1] / "catalogue" / "indicators.yaml"

Codes = dict[str, list[str]]


def wave_tree(one: Profile, other: Profile) -> Tree:
    """Give what a wave says of itself where both say it, and what it alone says.

    Args:
        one: the wave.
        other: the wave that it is compared with.
    """
    standards = {**one.tree["standards"], **other.tree["standards"]}
    design, raw = (
        one.tree["design"],
        {part: _raw(one, part) for part in ("weight", "strata", "psu")},
    )
    drawn = {part: Leaf(said, said, {"raw": said}) for part, said in raw.items()}
    return {
        "standards": {
            n: _titled(one.tree["standards"].get(n, "not said"), n.upper()) for n in standards
        },
        **_definitions(one, other),
        "unavailable": one.tree.get("unavailable", {}),
        "working age": {"working_age": one.tree["min_age_labour"]},
        "universes": _universes(one, other),
        **_parameters(one, other),
        "provinces": {"admin1_code": _provinces(one, other)},
        "design": drawn,
        "rules of the design": {
            part: _titled(_plain(design.get(part, "not said")), part.replace("_", " "))
            for part in ("weight_divisor", "lonely", "collapse", "description")
        },
        "corrections": {entry["id"]: entry["reason"] for entry in one.tree.get("corrections", [])},
        **_columns(one, other),
    }


def _titled(said: str, title: str) -> Leaf:
    return Leaf(said, said, {"title": title})


def _definitions(one: Profile, other: Profile) -> Tree:
    """Give the wave's own definitions, by whether its standard says the same; else how it decides."""
    a, b = one.tree.get("definitions", {}), other.tree.get("definitions", {})
    told: dict[str, dict[str, Leaf]] = {"definitions": {}, "definitions by one standard": {}}
    same = one.tree["standards"]["icls"] == other.tree["standards"]["icls"]
    for name in (name for name in a if name in b):
        lone = "only_here" in a[name] or "only_here" in b[name]
        by_standard = same and name in ("employment", "unemployment") and not lone
        said = f". {_capital(a[name]['only_here'])}" if "only_here" in a[name] else ""
        words = {"lone": said, "title": _capital(name.replace("_", " "))}
        group = told["definitions by one standard" if by_standard else "definitions"]
        group[name] = Leaf(a[name]["says"], a[name]["says"], words)
    given = one.asked("lfs_status_given")[0]
    if "unemployment" in a and "unemployment" in b:
        return told
    return {**told, "status": {"lfs_status": Leaf(given, words={"decided": _decided(one, given)})}}


def _decided(profile: Profile, given: bool) -> str:
    if given:
        raw = ", ".join(sources(profile, "lfs_status_given"))
        return f"takes them from its own questions ({raw})"
    return f"decides them by the rules of the {profile.standards.icls}"


def _universes(one: Profile, other: Profile) -> Tree:
    mine, theirs = one.tree.get("universes", {}), other.tree.get("universes", {})
    both = [name for name in {**mine, **theirs} if one.asked(name)[0] and other.asked(name)[0]]
    return {name: mine.get(name, "persons that its profile does not name") for name in both}


def _provinces(one: Profile, other: Profile) -> Leaf | None:
    """Give the provinces of a Lao wave's year, and those that one of two waves alone has."""
    if not one.tree["ref_area"] == other.tree["ref_area"] == "LAO":
        return None
    here, there = (_valid_provinces(int(wave.tree["reference_year"])) for wave in (one, other))
    changed = ", ".join(f"{name} ({code})" for code, name in sorted(here ^ there))
    return Leaf(sorted(here), str(len(here)), {"changed": changed})


@cache
def _valid_provinces(year: int) -> frozenset[tuple[str, str]]:
    return frozenset(
        (row["lsb_code"], row["name_en"])
        for row in code_rows("lao_provinces")
        if (row["valid_from"] or "0000")[:4] <= f"{year:04}" <= (row["valid_to"] or "9999")[:4]
    )


@cache
def _rule_parameters() -> Mapping[str, tuple[Any, str]]:
    """Give each parameter of the decision tables: its default and the table's name."""
    return {
        name: (entry.default, table.rule)
        for table in all_tables()
        for name, entry in table.parameters.items()
        if name not in ("icls_native", "min_age_labour")  # told as a standard and as a universe
    }


def _parameters(one: Profile, other: Profile) -> Tree:
    """Give the variants of the decision tables, defaults filled in, by whether both waves use them."""
    told: dict[str, dict[str, dict[str, Leaf]]] = {"parameters": {}, "parameters not used": {}}
    idle = any("informality" in wave.tree.get("unavailable", {}) for wave in (one, other))
    for name, (default, table) in _rule_parameters().items():
        unused = idle and not table.startswith("labour_force")
        group = told["parameters not used" if unused else "parameters"]
        value = one.tree.get("parameters", {}).get(name, default)
        group.setdefault(table, {})[name] = Leaf([value], words={"value": _plain(value)})
    return told


def _columns(one: Profile, other: Profile) -> Tree:
    """Give how each canonical column is read; one that the other wave lacks, with its reason."""
    told: dict[str, dict[str, Any]] = {"columns": {}, "lone columns": {}, "needed columns": {}}
    for name in (name for name in one.columns if one.asked(name)[0]):
        if other.asked(name)[0]:
            told["columns"][name] = _read(one, other, name)
        else:
            why = other.tree["columns"].get(name, {}).get("not_asked", "it has no such column")
            words = {"raw": ", ".join(sources(one, name)), "why": why}
            group = told["needed columns" if _missed(name, other) else "lone columns"]
            group[name] = Leaf(0, words=words)
    return told


def _read(one: Profile, other: Profile, name: str) -> Tree:
    """Give from what, by which codes and in which form a column of both waves is read."""
    rule, rule_there = one.tree["columns"][name], other.tree["columns"][name]
    read, read_there = sources(one, name), sources(other, name)
    codes, codes_there = _codes(rule, read), _codes(rule_there, read_there)
    raw = {"raw": ", ".join(read)}
    told: dict[str, Any] = {"form": Leaf(_form(rule), _form(rule), raw)}
    if read != read_there:
        told["name" if len(read) == len(read_there) == 1 else "questions"] = Leaf(read, words=raw)
    if codes and codes_there:
        words = {**raw, "other": ", ".join(read_there)}
        words["swapped"] = "; ".join(_swapped(codes, codes_there))
        told["codes"] = {to: Leaf(some, ", ".join(some), words) for to, some in codes.items()}
    elif read == read_there:
        told["cases"] = Leaf(rule.get("cases"), words=raw)
    return told


@cache
def _required() -> tuple[tuple[str, ...], ...]:
    """List the groups of columns that some indicator needs one of."""
    groups = [group for entry in load_yaml(INDICATORS).values() for group in entry["requires"]]
    return tuple((group,) if isinstance(group, str) else tuple(group) for group in groups)


def _missed(name: str, lacking: Profile) -> bool:
    """Tell whether some indicator needs the column, and the wave has nothing in its place."""
    groups = [group for group in _required() if name in group]
    return any(not any(lacking.asked(one)[0] for one in group) for group in groups)


def _codes(rule: Mapping[str, Any], read: list[str]) -> Codes:
    """Give raw codes by canonical code, or nothing where more than one column decides."""
    if len(read) != 1:
        return {}
    pairs: list[tuple[str, str]] = [(str(to), code) for code, to in rule.get("codes", {}).items()]
    pairs += [(_bracket(*ends), code) for code, ends in rule.get("brackets", {}).items()]
    for case in rule.get("cases", []):
        parts = case["if"] if isinstance(case["if"], list) else [case["if"]]
        for wanted in (wanted for part in parts for wanted in part.values()):
            listed = wanted if isinstance(wanted, list) else [f"{wanted}"]
            pairs += [(case["then"], str(code)) for code in listed]
    codes: Codes = {}
    for to, code in pairs:
        codes.setdefault(to, []).append(code)
    return codes


def _bracket(low: int | None, high: int | None) -> str:
    if low is None:
        return "unknown"
    return f"{low} and more" if high is None else f"{low}" + f" to {high}" * (high != low)


def _swapped(old: Codes, new: Codes) -> list[str]:
    """Name the raw codes that stand for another canonical code."""
    now = {code: to for to, codes in new.items() for code in codes}
    return [
        f"code {code} was {to} and is {now[code]}"
        for to, codes in old.items()
        for code in codes
        if now.get(code, to) != to
    ]


def _form(rule: Mapping[str, Any]) -> str:
    """Say how a value is written in the file."""
    words = {
        "number": "number" if rule.get("number") else "",
        "digits": "{} digits",
        "take": "of which the first {} are kept",
        "factors_from": "an amount for the period in {}",
        "or_sum": "where blank the sum of {}",
        "counts": "counts",
        "missing": "missing as {}",
    }
    joined = {"or_sum": " and ", "missing": ", "}
    told = [
        said.format(joined[key].join(map(str, rule[key])) if key in joined else rule[key])
        for key, said in words.items()
        if key in rule and said
    ]
    return ", ".join(told) or "codes"


def _raw(profile: Profile, part: str) -> str:
    names = profile.tree["design"].get(part)
    listed: Iterable[str] = [names] if isinstance(names, str) else names or []
    return ", ".join(profile.resolve(name) for name in listed) or "not in the file"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} into {value[key]}" for key in sorted(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
