"""Provinces and districts of the Lao PDR with their names and years; no file's text is read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from data_contracts.code_lists import code_rows


@dataclass(frozen=True)
class Area:
    """One province, special zone or district.

    ``code`` is the statistics bureau's: two digits for a province, four for a district, ``XN``
    for the special zone of 1994 to 2006. ``names`` are all names a file may use for it, its
    official English and Lao names first; ``codes`` are all codes; ``since`` are names and codes
    that mean it from a date on. ``valid_from`` and ``valid_to`` are a year or a day, blank when
    open. ``split_from`` are the provinces out of which it was
    made; ``province_before`` is where a district was before its province was made.
    """

    code: str
    iso: str
    name_en: str
    name_lo: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    valid_from: str
    valid_to: str
    since: tuple[tuple[str, str], ...] = ()
    split_from: tuple[str, ...] = ()
    province_before: str = ""

    def valid_at(self, date: str | None) -> bool:
        """Say whether the area stood on some day of ``date``, a year, month or day; None is today."""
        return _overlaps(date, self.valid_from, self.valid_to)

    def called(self, date: str | None) -> tuple[str, ...]:
        """Give every name and code that means this area in a file of ``date``."""
        later = (name for name, since in self.since if _overlaps(date, since, ""))
        return (*self.names, *self.codes, *later)

    @property
    def title(self) -> str:
        """The official English name with its codes, for a message."""
        return f"{self.code} {self.name_en}" + (f" ({self.iso})" if self.iso else "")


def _days(date: str) -> tuple[str, str]:
    """Give the first and last day of a year, month or day, as text that sorts."""
    return date + "-01-01"[len(date) - 4 :], date + "-12-31"[len(date) - 4 :]


def _overlaps(date: str | None, valid_from: str, valid_to: str) -> bool:
    if date is None:
        return not valid_to
    first, last = _days(date)
    begins = _days(valid_from)[0] if valid_from else ""
    ends = _days(valid_to)[1] if valid_to else "9999"
    return begins <= last and first <= ends


def _further(code: str, *, codes: bool) -> tuple[str, ...]:
    return tuple(
        row["name"]
        for row in code_rows("lao_area_names")
        if row["code"] == code and (row["language"] == "code") is codes and not row["valid_from"]
    )


def _since(code: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (row["name"], row["valid_from"])
        for row in code_rows("lao_area_names")
        if row["code"] == code and row["valid_from"]
    )


@cache
def provinces() -> Mapping[str, Area]:
    """Give the 18 provinces and the special zone of 1994 to 2006, by code."""
    return {
        row["lsb_code"]: Area(
            code=row["lsb_code"],
            iso=row["iso_3166_2"],
            name_en=row["name_en"],
            name_lo=row["name_lo"],
            names=(row["name_en"], row["name_lo"], *_further(row["lsb_code"], codes=False)),
            # OCHA's P-code is the statistics bureau's code behind LA.
            codes=(
                row["lsb_code"],
                row["iso_3166_2"],
                f"LA{row['lsb_code']}",
                *_further(row["lsb_code"], codes=True),
            ),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            since=_since(row["lsb_code"]),
            split_from=tuple(row["split_from"].split()),
        )
        for row in code_rows("lao_provinces")
    }


@cache
def districts() -> Mapping[str, Area]:
    """Give the 148 districts of the 2015 census, by code; earlier districts are not listed."""
    return {
        row["lsb_code"]: Area(
            code=row["lsb_code"],
            iso="",
            name_en=row["name_en"],
            name_lo=row["name_lo"],
            names=(row["name_en"], row["name_lo"], *_further(row["lsb_code"], codes=False)),
            codes=(
                row["lsb_code"],
                f"LA{row['lsb_code']}",
                *_further(row["lsb_code"], codes=True),
            ),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            since=_since(row["lsb_code"]),
            province_before=row["province_before"],
        )
        for row in code_rows("lao_districts")
    }
