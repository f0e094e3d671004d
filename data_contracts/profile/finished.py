"""What a person must still say in a drafted profile; a wave is read only when nothing is left open."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile
from data_contracts.yaml_lines import line_of

NO_CURRENCY: Final = "XXX"  # ISO 4217's own code for no currency, which a draft writes
GUESS: Final = "draft:"  # how a draft begins a reason that it made up
NO_COUNTRY: Final = "XXX"
_MARK: Final = re.compile(r"(?:#\s*|:\s*[\"']?)FILL\b[:,]?\s*([^\"'}]*)|\bfill_me\b")
_NAMED: Final = 8  # open lines that a message names


@dataclass(frozen=True)
class Open:
    """One place of a profile that waits for a person; line 0 where the profile is no file."""

    line: int
    key: str
    said: str

    def __str__(self) -> str:
        """Give the place and what is open, for a message."""
        where = f"line {self.line}, " if self.line else ""
        return f"{where}{self.key}: {self.said}"


def unfinished(profile: Profile) -> list[Open]:
    """List what a draft left to a person: marks (FILL), made-up reasons, no country, no currency.

    A mark counts wherever it stands, in a comment too: what a line proposes is a guess until a
    person has taken its mark away.

    Args:
        profile: the wave's profile; of one that was read from a file each place has its line.
    """
    found = [*_marked(profile.text), *_made_up(profile)]
    known: dict[tuple[int, str], Open] = {}
    for one in found:
        known.setdefault((one.line, "" if one.line else one.key), one)
    return sorted(known.values(), key=lambda one: one.line)


def refuse_unfinished(profile: Profile) -> None:
    """Refuse a profile that is not finished.

    Raises:
        InputError: naming each open line, up to eight of them, and what to do.
    """
    found = unfinished(profile)
    if not found:
        return
    named = "; ".join(map(str, found[:_NAMED]))
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    lines = "1 place waits" if len(found) == 1 else f"{len(found)} places wait"
    raise InputError(
        f"the profile is a draft, {lines} for a person ({named}{more})",
        "say there what the questionnaire says and take the mark away; informality profile check "
        "lists what is left",
        file=profile.path.name if profile.path else profile.survey_id,
    )


def _marked(text: str) -> Iterator[Open]:
    key = ""
    for number, line in enumerate(text.splitlines(), 1):
        named = re.match(r"\s*([\w$]+):", line)
        key = named[1] if named else key
        mark = _MARK.search(line)
        if mark:
            wish = (mark[1] or "").split(" #")[0].strip()
            yield Open(number, key, wish or "FILL")


def _made_up(profile: Profile) -> Iterator[Open]:
    def at(keys: list[str | int], said: str) -> Open:
        line = line_of(profile.path, keys) if profile.path is not None else 0
        return Open(line, str(keys[-1]), said)

    if profile.currency == NO_CURRENCY:
        yield at(["currency"], "XXX is no currency (ISO 4217)")
    if profile.ref_area == NO_COUNTRY:
        yield at(["ref_area"], "XXX is no country (ISO 3166-1)")
    for name, rule in profile.columns.items():
        if (rule.not_asked or "").lstrip().startswith(GUESS):
            yield at(["columns", name], "the reason was made up by the draft")
    for keys, text in _texts(profile.tree, []):
        if re.search(r"\bFILL\b|\bfill_me\b", text):
            yield at(keys, "FILL")


def _texts(value: Any, keys: list[str | int]) -> Iterator[tuple[list[str | int], str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _texts(entry, [*keys, key])
    elif isinstance(value, list | tuple):
        for i, entry in enumerate(value):
            yield from _texts(entry, [*keys, i])
