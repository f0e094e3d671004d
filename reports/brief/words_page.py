"""The brief's labels, its footer and what it says of figures that are absent; no number is written here."""

from collections.abc import Mapping
from typing import Final

from reports.wording.lists import word_lists
from reports.wording.terms import indicator_label

_LISTS: Final = word_lists("brief")
WORDS: Final[Mapping[str, str]] = _LISTS["page"]
WHEN_ABSENT: Final[Mapping[str, str]] = _LISTS["when_absent"]
NO_PROVINCES: Final = "The survey file names no first-level area, or none is published."
NO_MODEL: Final = "No model was published for this survey."


def subtitle(title: str, standard: str) -> str:
    """Write the line under the headline: survey and standard."""
    return f"{title} · {standard}" if standard else title


def not_published(indicator: str, withheld: bool) -> str:
    """Say why a figure that nothing else explains is not shown."""
    name = indicator_label(indicator)
    if withheld:
        return f"{name}: the national figure is withheld because it is not reliable enough."
    return f"{name}: the survey gives no published figure."


def provenance(
    code_version: str, release_date: str, citation: str, *, synthetic: bool
) -> tuple[str, ...]:
    """Write the footer: source, code version, and the data's release date where it is known."""
    source = f"synthetic twin in the layout of: {citation}" if synthetic else citation
    released = f" · data released {release_date}" if release_date else ""
    return f"Source: {source.rstrip('.')}.", f"Code {code_version}{released}"
