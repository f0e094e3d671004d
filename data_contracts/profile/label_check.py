"""A file's own value labels beside a profile's codes: where they say two things; the words are in lexicon.py."""

from collections.abc import Mapping
from typing import Protocol

from data_contracts.errors import InputError
from data_contracts.profile.lexicon import UNKNOWN_CODES, lexicon, recognise
from data_contracts.profile.profile import Profile


class Labelled(Protocol):
    """A column as a file describes it: what is needed of ``transforms.read.table.Variable``."""

    @property
    def name(self) -> str:
        """Its name in the file."""

    @property
    def label(self) -> str:
        """The file's wording of it."""

    @property
    def value_labels(self) -> Mapping[str, str]:
        """What each code means."""


def contradictions(
    profile: Profile, variables: Mapping[str, Labelled]
) -> list[tuple[str, str, str, str, str]]:
    """List codes whose value label says another thing than the profile.

    Args:
        profile: the wave's profile; only rules with ``codes`` are compared.
        variables: the file's columns by lower-case name.

    Returns:
        Canonical column, raw column, code, what the profile says, what the label says. A code
        whose label the lexicon does not recognise, or that either side takes for "don't know"
        or the like, contradicts nothing.
    """
    found = []
    for column, rule in profile.columns.items():
        entry = lexicon().get(column)
        if entry is None or entry.loose or rule.codes is None:
            continue
        raw = profile.resolve(rule.from_ or "")
        labels = variables[raw].value_labels if raw in variables else {}
        for code, given in rule.codes.items():
            said = recognise(column, labels.get(code, ""))
            if said and said != given and not {said, given} & UNKNOWN_CODES:
                found.append((column, raw, code, given, said))
    return found


def check_labels(profile: Profile, variables: Mapping[str, Labelled], file: str) -> None:
    """Refuse a file whose own value labels contradict the profile's codes.

    Args:
        profile: the wave's profile.
        variables: the file's columns by lower-case name; a file without labels passes.
        file: its name, for the message.

    Raises:
        InputError: naming column and code of the first contradiction.
    """
    found = contradictions(profile, variables)
    if found:
        column, raw, code, given, said = found[0]
        more = f" ({len(found)} codes contradict in all)" if len(found) > 1 else ""
        raise InputError(
            f"the file labels code {code} as {said}, and the profile maps it to {given} "
            f"for {column}{more}",
            "find out which is right, the file's labels or the profile, and correct the other",
            file=file,
            column=raw,
        )
