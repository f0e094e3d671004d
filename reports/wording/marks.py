"""How a figure that is unreliable, withheld or absent is marked, and what the marks mean; no number is written here."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from reports.wording.lists import word_lists

_LISTS: Final = word_lists("wording")
WITHHELD: Final = "x"
ABSENT: Final = ".."
UNRELIABLE: Final = "*"
FLAGS: Final[Mapping[str, str]] = _LISTS["reliability"]
LEGEND: Final[tuple[tuple[str, str], ...]] = tuple(
    (mark, means) for mark, means in _LISTS["legend"]
)


def rules_of_reliability(names: Sequence[str], rules: Mapping[str, str]) -> str:
    """Say how reliability was judged, with the marks of a table for the grades S and U.

    Args:
        names: the rule sets that the published figures name.
        rules: each in words, the grades as S and U.
    """
    if not names:
        return ""
    said = " ".join(rules.get(name, "") for name in names)
    marked = re.sub(r"\bU\b", UNRELIABLE, re.sub(r"\bS\b", WITHHELD, said))
    return (
        f"Rules of reliability ({', '.join(names)}). {marked} n: interviews; CV: standard error "
        "over the figure."
    )
