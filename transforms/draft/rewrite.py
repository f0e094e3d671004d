"""A sister's profile as the text of a new one: names exchanged where they stand, all else kept; matching is elsewhere."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from data_contracts.profile.profile import Profile
from transforms.draft.sister import GONE, RENAMED, UNSURE, Column

# What is true of the sister's year alone.
OF_ITS_YEAR = ("population", "expected")
Span = tuple[int, int]


def like_yaml(profile: Profile, columns: Sequence[Column], survey_id: str, file: str) -> str:
    """Write the profile of a new wave from its sister's text.

    Comments and order are the sister's. Renamed columns stand under their new name; a canonical
    column of which a raw column is gone says so and is not asked; what holds for the sister's year
    alone is left out where the year differs.

    Args:
        profile: the sister's, read from its file.
        columns: as ``sister.compared`` gives them.
        survey_id: of the new wave.
        file: the data file's name.
    """
    text = profile.text
    root = yaml.compose(text)
    names = {one.name: one.now for one in columns if one.status in (RENAMED, UNSURE)}
    gone = {one.name for one in columns if one.status == GONE}
    edits = [*_head(profile, root, survey_id, text), *_renamed(profile, root, names)]
    edits += _not_asked(profile, root, gone, file)
    edits += _without(profile, root, gone)
    made = _applied(text, edits)
    return "\n".join([*_preface(profile, columns, survey_id, file), *_marked(made, columns)]) + "\n"


def _preface(
    profile: Profile, columns: Sequence[Column], survey_id: str, file: str
) -> Iterator[str]:
    found = sum(one.now == one.name for one in columns)
    yield f"# {survey_id}, made of {profile.survey_id} for {file}: {found} of {len(columns)} columns found."
    for one in columns:
        if one.status in (RENAMED, UNSURE):
            best, word = one.ranked[0], "renamed" if one.status == RENAMED else "perhaps renamed"
            also = ", ".join(f"{c.raw} {c.score:.2f}" for c in one.ranked[1:])
            said = "; ".join(" ".join(reason.split()) for reason in best.reasons)
            yield (
                f"# {word}: {one.name} is {best.raw} here ({best.score:.2f}: {said})"
                + (f"; or {also}" if also else "")
            )
        elif one.status == GONE:
            signs = ", ".join(f"{c.raw} {c.score:.2f}" for c in one.ranked)
            weak = f"; weak signs: {signs}" if signs else ""
            yield f"# gone: {one.name} ({', '.join(one.uses)}){weak}"
    changed = [name for name in OF_ITS_YEAR if _year(survey_id) != profile.reference_year and getattr(profile, name)]  # fmt: skip
    if changed:
        yield f"# left out, as they hold for {profile.reference_year} alone: {', '.join(changed)}"


def _year(survey_id: str) -> int:
    return int(survey_id.split("_")[1])


def _marked(text: str, columns: Sequence[Column]) -> Iterator[str]:
    """Mark the first line that uses a name of which a person must say whether it is right."""
    open_names = {one.now: one for one in columns if one.status == UNSURE}
    lost = {one.name: one for one in columns if one.status == GONE and "weight" in one.uses}
    for line in text.rstrip("\n").split("\n"):
        words = set(re.findall(r"[\w$]+", line.split("#")[0].lower()))
        mark = next((name for name in open_names if name in words), None)
        if mark is not None:
            one = open_names.pop(mark)
            others = ", ".join(c.raw for c in one.ranked[1:])
            yield f"{line}  # FILL: is {mark} what was {one.name}{', or ' if others else ''}{others}?"
            continue
        weight = next((name for name in lost if name in words), None)
        if weight is not None:
            lost.pop(weight)
            yield f"{line}  # FILL: the file has no {weight}; name the weight"
            continue
        yield line


def _head(profile: Profile, root: Any, survey_id: str, text: str) -> Iterator[tuple[Span, str]]:
    """Exchange id, year and period, and drop what holds for the sister's year alone."""
    year, old = _year(survey_id), profile.reference_year
    entries = {key.value: (key, value) for key, value in root.value}
    yield _span(entries["survey_id"][1]), survey_id
    if year != old or survey_id != profile.survey_id:
        yield _span(entries["status"][1]), "unverified"
    if year == old:
        return
    yield _span(entries["reference_year"][1]), str(year)
    yield _span(entries["time_period"][1]), json.dumps(str(year))
    for name in ("title", "citation"):
        node = entries[name][1]
        said = text[slice(*_span(node))].replace(str(old), str(year))
        yield _span(node), said
    for name in OF_ITS_YEAR:
        if name in entries:
            yield _whole_lines(text, *entries[name]), ""


def _renamed(
    profile: Profile, root: Any, names: Mapping[str, str | None]
) -> Iterator[tuple[Span, str]]:
    for node in _name_nodes(root):
        if node.value.startswith("$"):
            continue
        now = names.get(node.value.lower())
        if now is not None:
            yield _span(node), _plain(now)
    for key, entry in _entries(_at(root, "settings")):
        default = _at(entry, "default")
        now = names.get(profile.resolve(f"${key.value}"))
        if now is not None and default is not None:
            yield _span(default), _plain(now)


def _name_nodes(root: Any) -> Iterator[Any]:
    """Give every node of a profile that names a raw column."""
    for place in (("keys", "household"), ("design", "strata"), ("design", "psu")):
        node = _at(root, *place)
        yield from (node.value if node is not None else [])
    for place in (("keys", "person"), ("design", "weight")):
        node = _at(root, *place)
        yield from ([node] if node is not None else [])
    yield from (key for key, _ in _entries(_at(root, "variables")))
    for _, rule in _entries(_at(root, "columns")):
        yield from _of_rule(rule)
    corrections = _at(root, "corrections")
    for one in corrections.value if corrections is not None else []:
        yield from _of_condition(_at(one, "drop"))


def _of_rule(rule: Any) -> Iterator[Any]:
    for name in ("from", "factors_from"):
        node = _at(rule, name)
        yield from ([node] if node is not None else [])
    sums, cases = _at(rule, "or_sum"), _at(rule, "cases")
    yield from (sums.value if sums is not None else [])
    for case in cases.value if cases is not None else []:
        yield from _of_condition(_at(case, "if"))


def _of_condition(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        yield from (key for key, _ in node.value)
    elif isinstance(node, yaml.SequenceNode):
        for way in node.value:
            yield from _of_condition(way)


def _not_asked(
    profile: Profile, root: Any, gone: set[str], file: str
) -> Iterator[tuple[Span, str]]:
    """Let a canonical column that lost a raw column say so."""
    for key, rule in _entries(_at(root, "columns")):
        lost = [n for n in profile.raw_names_of(profile.columns[key.value]) if n in gone]
        if lost:
            why = f"{file} has no {', '.join(lost)}, which {profile.survey_id} reads for it"
            yield _span(rule), f"{{not_asked: {json.dumps(why, ensure_ascii=False)}}}"


def _without(profile: Profile, root: Any, gone: set[str]) -> Iterator[tuple[Span, str]]:
    """Take out what the design and the corrections cannot have any more."""
    text = profile.text
    for part, name, rest in (("design", "strata", profile.strata), ("design", "psu", profile.psu),
                             ("keys", "person", [profile.keys.person or ""])):  # fmt: skip
        if not any(profile.resolve(one) in gone for one in rest if one):
            continue
        for key, value in _entries(_at(root, part)):
            if key.value == name:
                yield _flow_entry(text, key, value), ""
    corrections = _at(root, "corrections")
    lost = [
        one
        for one in (corrections.value if corrections is not None else [])
        if {n.value.lower() for n in _of_condition(_at(one, "drop"))} & gone
    ]
    if corrections is not None and lost and len(lost) == len(corrections.value):
        entry = next(pair for pair in root.value if pair[0].value == "corrections")
        yield _whole_lines(text, *entry), ""


def _flow_entry(text: str, key: Any, value: Any) -> Span:
    """Give the span of an entry of a mapping with the comma or the line that parts it from the next."""
    start, end = key.start_mark.index, _span(value)[1]
    more = re.compile(r"\s*,\s*|[ \t]*\n\s*").match(text, end)
    if more is not None:
        return start, more.end()
    before = re.search(r",\s*$", text[:start])
    return (before.start() if before else start), end


def _entries(node: Any) -> list[tuple[Any, Any]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _at(node: Any, *keys: str) -> Any:
    for key in keys:
        node = next((value for name, value in _entries(node) if name.value == key), None)
    return node


def _span(node: Any) -> Span:
    """Give where a node's text stands; what follows a block, comments too, is not its own."""
    return node.start_mark.index, _end(node)


def _end(node: Any) -> int:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _whole_lines(text: str, key: Any, value: Any) -> Span:
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = text.find("\n", max(_end(value) - 1, key.end_mark.index))
    return start, len(text) if end < 0 else end + 1


def _applied(text: str, edits: Sequence[tuple[Span, str]]) -> str:
    """Apply edits from the last to the first; of two that overlap the wider one stands."""
    kept: list[tuple[Span, str]] = []
    for (start, end), new in sorted(edits, key=lambda one: one[0][0] - one[0][1]):
        if all(end <= low or start >= high for (low, high), _ in kept):
            kept.append(((start, end), new))
    for (start, end), new in sorted(kept, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _plain(name: str) -> str:
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else json.dumps(name)
