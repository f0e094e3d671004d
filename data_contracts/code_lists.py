"""Code lists as data_contracts/codes holds them, one file a list; areas have their own loader."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "codes"


@cache
def code_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Give the rows of one code list in the order of its file, every value as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


@cache
def isic4_divisions() -> frozenset[str]:
    """Give the 88 two-digit divisions of ISIC Rev. 4 (United Nations, 2008)."""
    return frozenset(row["code"] for row in code_rows("isic4_divisions"))
