"""Two waves' column maps set side by side: names, codes, forms and labels. Standards live in profile_diff."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from data_contracts.profile.profile import Profile
from data_contracts.yaml_lines import load_yaml

BREAKS: Final = "breaks the series"
RECODE: Final = "recode handles it"
INFORMATION: Final = "information"
Effect = Literal["breaks the series", "recode handles it", "information"]
INDICATORS = Path(__file__).parents[1] / "catalogue" / "indicators.yaml"


@dataclass(frozen=True)
class Change:
    """One difference between two waves.

    Args:
        kind: such as ``gone``, ``renamed``, ``codes moved``, ``other meaning``, ``definition``.
        canonical: the canonical column, or the part of the profile, or "" for unmapped columns.
        raw_old: raw column of the older wave, "" where there is none.
        raw_new: raw column of the newer wave, "" where there is none.
        statement: what differs, as a plain sentence without its full stop.
        effect: what it does to a comparison of the two waves.
    """

    kind: str
    canonical: str
    raw_old: str
    raw_new: str
    statement: str
    effect: Effect


class Described(Protocol):
    """A column as a file describes it."""

    @property
    def label(self) -> str:
        """The column's label, or ""."""

    @property
    def kind(self) -> str:
        """``number``, ``text`` or ``date``."""


Variables = Mapping[str, Described]


def sources(profile: Profile, rule: Mapping[str, Any]) -> list[str]:
    """List the raw columns that decide a canonical column, in order."""
    names = [rule["from"]] if "from" in rule else []
    for case in rule.get("cases", []):
        names += _names(case["if"])
    return list(dict.fromkeys(profile.resolve(name) for name in names))


def presence(old: Profile, new: Profile) -> Iterator[Change]:
    """Give the canonical columns that one of two waves has, with the reason of the other."""
    for name in dict.fromkeys([*old.columns, *new.columns]):
        (before, _), (after, _) = old.asked(name), new.asked(name)
        if before == after:
            continue
        held, lacking = (old, new) if before else (new, old)
        raw = ", ".join(sources(held, held.tree["columns"][name]))
        why = lacking.tree["columns"].get(name, {}).get("not_asked", "it has no such column")
        word = "gone" if before else "new"
        said = f"{name} ({raw}) is in {held.survey_id} alone; {lacking.survey_id}: {why}"
        effect: Effect = BREAKS if _missed(name, lacking) else INFORMATION
        yield Change(word, name, raw if before else "", raw if after else "", said, effect)


def maps(old: Profile, new: Profile) -> Iterator[Change]:
    """Give the canonical columns that two waves read from other names, codes or forms."""
    for name, before in old.tree["columns"].items():
        if not (old.asked(name)[0] and new.asked(name)[0]):
            continue
        after = new.tree["columns"][name]
        raw_old, raw_new = sources(old, before), sources(new, after)
        raw = (", ".join(raw_old), ", ".join(raw_new))
        single = len(raw_old) == len(raw_new) == 1
        if raw_old != raw_new:
            kind = "renamed" if single else "other questions"
            verb = "is" if single else "is decided from"
            said = f"{name} {verb} {raw[0]} in {old.survey_id} and {raw[1]} in {new.survey_id}"
            yield Change(kind, name, *raw, said, RECODE)
        codes_old, codes_new = _codes(before, raw_old), _codes(after, raw_new)
        if codes_old and codes_new:
            yield from _moved(name, raw, codes_old, codes_new)
        elif raw_old == raw_new and before.get("cases") != after.get("cases"):
            said = f"{name} is decided from {raw[0]} by other cases"
            yield Change("other cases", name, *raw, said, BREAKS)
        form_old, form_new = _form(before), _form(after)
        if form_old != form_new:
            said = f"{name} is written otherwise: {raw[0]} as {form_old}; {raw[1]} as {form_new}"
            yield Change("form", name, *raw, said, RECODE)


def meanings(old: Profile, new: Profile) -> Iterator[Change]:
    """Give raw names that stand for different questions in two waves, or almost the same name does.

    A raw name of one profile that differs by its zeros alone (ac8, ac08) is told when it means
    something else, as people join files by such names.
    """
    before, after = _uses(old), _uses(new)
    for name in sorted(set(before) & set(after)):
        if _differ(before[name], after[name]):
            said = (
                f"{name} asks one thing in {old.survey_id} ({_said(before[name])}) and another in "
                f"{new.survey_id} ({_said(after[name])}): same name, different question; "
                "never join the two files by name"
            )
            yield Change("other meaning", "", name, name, said, BREAKS)
    padded = {_unpadded(name): name for name in after}
    for name in sorted(before):
        twin = padded.get(_unpadded(name))
        if twin is None or twin == name or twin in before or name in after:
            continue
        if _differ(before[name], after[twin]) and not _parts(before[name], after[twin]):
            said = (
                f"{name} in {old.survey_id} ({_said(before[name])}) looks like {twin} in "
                f"{new.survey_id} ({_said(after[twin])}), and is another question"
            )
            yield Change("look-alike", "", name, twin, said, INFORMATION)


def described(
    old: Profile, new: Profile, old_variables: Variables, new_variables: Variables
) -> Iterator[Change]:
    """Give columns of both files whose own labels differ, and mapped columns of another type."""
    for name in sorted(set(old_variables) & set(new_variables)):
        a, b = old_variables[name].label.strip(), new_variables[name].label.strip()
        if a and b and a.casefold() != b.casefold():
            said = f'{name} is labelled "{a}" in {old.survey_id} and "{b}" in {new.survey_id}'
            yield Change("label", "", name, name, said, INFORMATION)
    for name, rule in old.tree["columns"].items():
        other = new.tree["columns"].get(name, {})
        if "from" not in rule or "from" not in other:
            continue
        raw_old, raw_new = old.resolve(rule["from"]), new.resolve(other["from"])
        kinds = [
            variables[raw].kind
            for variables, raw in ((old_variables, raw_old), (new_variables, raw_new))
            if raw in variables
        ]
        if len(set(kinds)) == 2:
            said = f"{name} is stored as {kinds[0]} in {raw_old} and as {kinds[1]} in {raw_new}"
            yield Change("type", name, raw_old, raw_new, said, RECODE)


def _names(condition: Any) -> list[str]:
    if isinstance(condition, list):
        return [name for part in condition for name in _names(part)]
    return list(condition)


@cache
def _required() -> tuple[tuple[str, ...], ...]:
    """List the groups of columns that some indicator needs one of."""
    groups = [group for entry in load_yaml(INDICATORS).values() for group in entry["requires"]]
    return tuple((group,) if isinstance(group, str) else tuple(group) for group in groups)


def _missed(name: str, lacking: Profile) -> bool:
    """Tell whether some indicator needs the column, and the wave has nothing in its place."""
    groups = [group for group in _required() if name in group]
    return any(not any(lacking.asked(one)[0] for one in group) for group in groups)


Codes = dict[str, list[str]]


def _codes(rule: Mapping[str, Any], raw: list[str]) -> Codes:
    """Give raw codes by canonical code, or nothing where more than one column decides."""
    if len(raw) != 1:
        return {}
    pairs: list[tuple[str, str]] = [(str(to), code) for code, to in rule.get("codes", {}).items()]
    for code, (low, high) in rule.get("brackets", {}).items():
        upper = " and more" if high is None else f" to {high}" if high != low else ""
        pairs.append((f"{low}{upper}" if low is not None else "unknown", code))
    for case in rule.get("cases", []):
        parts = case["if"] if isinstance(case["if"], list) else [case["if"]]
        for part in parts:
            for wanted in part.values():
                listed = wanted if isinstance(wanted, list) else [f"{wanted}"]
                pairs += [(case["then"], str(code)) for code in listed]
    codes: Codes = {}
    for to, code in pairs:
        codes.setdefault(to, []).append(code)
    return codes


def _moved(name: str, raw: tuple[str, str], old: Codes, new: Codes) -> Iterator[Change]:
    moved = [to for to in old if to in new and old[to] != new[to]]
    if moved:
        pairs = [f"{to} {', '.join(old[to])} → {', '.join(new[to])}" for to in moved]
        now = {code: to for to, codes in new.items() for code in codes}
        swapped = [
            f"code {code} was {to} and is {now[code]}"
            for to, codes in old.items()
            for code in codes
            if now.get(code, to) != to
        ]
        said = f"the codes of {name} moved between {raw[0]} and {raw[1]}: {'; '.join(pairs)}"
        if swapped:
            said += f". The same code means another thing: {'; '.join(swapped)}"
        yield Change("codes swapped" if swapped else "codes moved", name, *raw, said, RECODE)
    for kind, here, there in (("codes gone", old, new), ("codes new", new, old)):
        lone = [f"{to} ({', '.join(here[to])})" for to in here if to not in there]
        if lone:
            said = f"{name} has in {raw[0] if here is old else raw[1]} alone: {', '.join(lone)}"
            yield Change(kind, name, *raw, said, INFORMATION)


def _form(rule: Mapping[str, Any]) -> str:
    """Say how a value is written in the file."""
    words = ["number"] if rule.get("number") else []
    if "digits" in rule:
        words.append(f"{rule['digits']} digits")
    if "take" in rule:
        words.append(f"of which the first {rule['take']} are kept")
    if "factors_from" in rule:
        words.append(f"an amount for the period in {rule['factors_from']}")
    if "or_sum" in rule:
        words.append(f"where blank the sum of {' and '.join(rule['or_sum'])}")
    if "counts" in rule:
        words.append("counts")
    if "missing" in rule:
        words.append(f"missing as {', '.join(str(one) for one in rule['missing'])}")
    return ", ".join(words) or "codes"


Use = tuple[frozenset[str], str]


def _uses(profile: Profile) -> dict[str, Use]:
    """Give, by raw column, the canonical columns that it serves, and what it asks in words."""
    design, keys = profile.tree["design"], profile.tree["keys"]
    roles = {"strata": profile.strata, "psu": profile.psu, "weight": [design["weight"]]}
    roles |= {
        "household": keys["household"],
        "person": [keys["person"]] if "person" in keys else [],
    }
    found: dict[str, set[str]] = {}
    for role, names in roles.items():
        for raw in names:
            found.setdefault(profile.resolve(raw), set()).add(role)
    for name, rule in profile.tree["columns"].items():
        for raw in sources(profile, rule):
            found.setdefault(raw, set()).add(name)
    known = {raw.lower(): words for raw, words in profile.variables.items()}
    return {
        raw: (frozenset(found.get(raw, ())), known.get(raw, ""))
        for raw in dict.fromkeys([*found, *known])
    }


def _differ(a: Use, b: Use) -> bool:
    """Tell whether two uses share nothing; a question mapped in one wave alone is another one."""
    if a[0] or b[0]:
        return not a[0] & b[0]
    return a[1].casefold() != b[1].casefold()


def _parts(a: Use, b: Use) -> bool:
    """Tell whether both are evidence for the labour-force status, in one question or in many."""
    evidence = ("lfs_status_given", "searched", "available_2w", "worked_for_pay", "absent_job")
    return bool(a[0].intersection(evidence) and b[0].intersection(evidence))


def _said(use: Use) -> str:
    return use[1] or ", ".join(sorted(use[0])).replace("_", " ")


def _unpadded(name: str) -> str:
    """Take leading zeros out of the numbers in a name: ac08 and ac8 are one."""
    kept = [c for i, c in enumerate(name) if c != "0" or (i and name[i - 1].isdigit())]
    return "".join(kept)
