"""Header texts to a layout's columns: in English or Lao, or both in one cell; cells live elsewhere."""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final

from data_contracts.errors import InputError
from data_contracts.registers.layout import TableLayout
from transforms.read.lao import fold

LEVELS: Final = " / "  # between the upper and the lower text of a two-row header
_PARTS: Final = re.compile(r"[\n/()|]+")
_LAO: Final = re.compile("[\u0e80-\u0eff]")
_LATIN: Final = re.compile("[A-Za-z]")


def key(text: str) -> str:
    """Give the spelling under which header texts are compared."""
    return fold(text.replace("_", " "))


def readings(cell: str) -> set[str]:
    """Give what one header cell may be called: all of it, and each half of a bilingual one."""
    parts = [part for part in _PARTS.split(cell) if part.strip()]
    lao = [bool(_LAO.search(part)) for part in parts]
    latin = [bool(_LATIN.search(part)) for part in parts]
    whole = {key(cell)}
    if any(lao) and any(latin) and all(a != b for a, b in zip(lao, latin, strict=True)):
        return whole | {key(part) for part in parts}
    return whole


def spellings(texts: Iterable[str]) -> set[str]:
    """Give the readings of a layout's texts, where ``a | b`` is either of two."""
    return {key(either) for text in texts for either in text.split(" | ")}


def carries(cell: str | None, wanted: set[str]) -> bool:
    """Say whether a cell carries one of some texts, given as ``spellings`` gives them."""
    return cell is not None and not wanted.isdisjoint(readings(cell))


def found_columns(headers: Sequence[str], table: TableLayout, file: str) -> dict[str, str]:
    """Find a layout's columns among a file's headers.

    Returns:
        The file's header by the layout's name of the column; columns that are not there are
        left out. Measures are listed by their first accepted text.

    Raises:
        InputError: a required column is missing, two headers fit one column, or one fits two.
    """
    wanted = {name: rule.names for name, rule in table.columns.items()}
    wanted |= {measure.names[0]: measure.names for measure in table.measures}
    needed = [name for name, rule in table.columns.items() if rule.required]
    needed += [measure.names[0] for measure in table.measures if measure.required]
    called = {text: name for name, names in wanted.items() for text in map(_plain, names)}
    found: dict[str, str] = {}
    for header in headers:
        fits = {called[text] for text in _all_readings(header) if text in called}
        if len(fits) > 1:
            raise InputError(
                f"the header fits {len(fits)} columns of the layout ({', '.join(sorted(fits))})",
                "name the header's whole text under one of them in the layout",
                file=file, column=_shown(header),
            )  # fmt: skip
        for name in fits:
            if name in found:
                raise InputError(
                    f"two headers fit the layout's column {name}",
                    "rename one of them, or take its text out of the layout",
                    file=file, column=_shown(header),
                )  # fmt: skip
            found[name] = header
    for name in needed:
        if name not in found:
            raise InputError(
                "the column is missing",
                "check that this is the register's file in the agreed layout, or add its header's "
                "text to the layout",
                file=file,
                column=name,
            )
    return found


def _all_readings(header: str) -> set[str]:
    """Give every reading of a header of one or two levels.

    Two levels of one text each may be one header in two languages, in a file without levels.
    """
    levels = [readings(level) for level in header.split(LEVELS)]
    joined = {LEVELS.join(texts) for texts in product(*levels)}
    return joined | (readings(header) if len(_PARTS.findall(header)) == 1 else {key(header)})


def _plain(name: str) -> str:
    return LEVELS.join(key(level) for level in name.split(LEVELS))


def _shown(header: str) -> str:
    return " ".join(header.split())
