"""Raw names of two waves: what each stands for, and where one name means two things; columns are in wave_tree.py."""

from collections.abc import Mapping
from typing import Any, Protocol

from data_contracts.profile.profile import Profile
from data_contracts.tree_diff import Leaf, Tree

# Evidence for the labour-force status, in one question or in many.
_STATUS = ("lfs_status_given", "searched", "available_2w", "worked_for_pay", "absent_job")


class Described(Protocol):
    """A column as a file describes it."""

    @property
    def label(self) -> str:
        """The column's label, or ""."""

    @property
    def kind(self) -> str:
        """``number``, ``text`` or ``date``."""


Variables = Mapping[str, Described]
Use = tuple[frozenset[str], str]


def sources(profile: Profile, name: str) -> list[str]:
    """List the raw columns that decide a canonical column, in order."""
    rule = profile.tree["columns"][name]
    names = [rule["from"]] if "from" in rule else []
    for case in rule.get("cases", []):
        names += _names(case["if"])
    return list(dict.fromkeys(profile.resolve(name) for name in names))


def _names(condition: Any) -> list[str]:
    if isinstance(condition, list):
        return [name for part in condition for name in _names(part)]
    return list(condition)


def meaning_trees(old: Profile, new: Profile) -> tuple[Tree, Tree]:
    """Give raw names that stand for different questions, and names that only look alike.

    A raw name of one profile that differs by its zeros alone (ac8, ac08) is told when it means
    something else, as people join files by such names.
    """
    before, after = _uses(old), _uses(new)
    padded = {_unpadded(name): name for name in after}
    twins = {name: padded.get(_unpadded(name), name) for name in before if name not in after}
    pairs = {
        "questions": {n: n for n in before if n in after and _differ(before[n], after[n])},
        "look-alikes": {
            name: twin
            for name, twin in twins.items()
            if twin != name and twin not in before
            if _differ(before[name], after[twin]) and not _parts(before[name], after[twin])
        },
    }
    return (
        {kind: {n: _asks(before[n], n) for n in named} for kind, named in pairs.items()},
        {kind: {n: _asks(after[t], t) for n, t in named.items()} for kind, named in pairs.items()},
    )


def label_tree(profile: Profile, here: Variables, there: Variables) -> Tree:
    """Give the labels of a file where the other's differs, and how mapped columns are stored."""
    raw = {
        n: profile.resolve(rule["from"])
        for n, rule in profile.tree["columns"].items()
        if "from" in rule
    }
    words = {
        n: (one.label.strip(), there[n].label.strip()) for n, one in here.items() if n in there
    }
    return {
        "labels": {
            name: Leaf(mine, mine, {"raw": name})
            for name, (mine, other) in words.items()
            if mine and other and mine.casefold() != other.casefold()
        },
        "types": {
            n: Leaf(here[r].kind, here[r].kind, {"raw": r}) for n, r in raw.items() if r in here
        },
    }


def _uses(profile: Profile) -> dict[str, Use]:
    """Give, by raw column, the canonical columns that it serves, and what it asks in words."""
    design, keys = profile.tree["design"], profile.tree["keys"]
    roles = {"strata": profile.strata, "psu": profile.psu, "weight": [design["weight"]]}
    roles |= {"household": keys["household"], "person": [keys[k] for k in ("person",) if k in keys]}
    served = [(profile.resolve(raw), role) for role, names in roles.items() for raw in names]
    served += [(raw, name) for name in profile.columns for raw in sources(profile, name)]
    asks = {raw.lower(): words for raw, words in profile.tree.get("variables", {}).items()}
    return {
        raw: (frozenset(use for one, use in served if one == raw), asks.get(raw, ""))
        for raw in dict.fromkeys([*(raw for raw, _ in served), *asks])
    }


def _differ(a: Use, b: Use) -> bool:
    """Tell whether two uses share nothing; a question mapped in one wave alone is another one."""
    if a[0] or b[0]:
        return not a[0] & b[0]
    return a[1].casefold() != b[1].casefold()


def _parts(a: Use, b: Use) -> bool:
    return bool(a[0].intersection(_STATUS) and b[0].intersection(_STATUS))


def _asks(use: Use, raw: str) -> Leaf:
    return Leaf(list(use), use[1] or ", ".join(sorted(use[0])).replace("_", " "), {"raw": raw})


def _unpadded(name: str) -> str:
    """Take leading zeros out of the numbers in a name: ac08 and ac8 are one."""
    kept = [c for i, c in enumerate(name) if c != "0" or (i and name[i - 1].isdigit())]
    return "".join(kept)
