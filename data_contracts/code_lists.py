"""Code lists as data_contracts/codes holds them, one file a list; areas have their own loader."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "codes"


@cache
def code_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Give the rows of one code list in the order of its file, every value as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


# Codes of no known category, beside those that end in _X: a status that cannot be classified, and
# what stands where there is no answer.
_UNKNOWN = frozenset(
    {"STE_ICSE93_6", "dont_know", "no_answer", "not_applicable", "not_asked", "unclear"}
)


def is_unknown(code: str) -> bool:
    """Tell a canonical code that names no known category (not stated, not classifiable)."""
    return code.endswith("_X") or code in _UNKNOWN


@cache
def isic4_divisions() -> frozenset[str]:
    """Give the 88 two-digit divisions of ISIC Rev. 4 (United Nations, 2008)."""
    return frozenset(row["code"] for row in code_rows("isic4_divisions"))


@cache
def isco08_sub_major_groups() -> frozenset[str]:
    """Give the 43 two-digit sub-major groups of ISCO-08 (ILO, 2012)."""
    return frozenset(row["code"] for row in code_rows("isco08_sub_major_groups"))


@dataclass(frozen=True)
class Scheme:
    """A classification whose codes nest: what a delivered code must be to belong to it.

    Attributes:
        title: its name.
        divisions: its two-digit codes.
        widest: digits of its longest code.
        zero_led: the groups that begin with 0, which a file of numbers has lost; a code that gets
            its 0 back must begin with one of them.
        older: the edition before it, whose codes look alike.
        in_older: those two-digit codes that the older edition has too.
        same: divisions that tell the editions not apart, and are most of the rows in many countries.
        alone: divisions that have one group only, which a code must then begin with: 9999 is no code
            of division 99, but a number for "not stated".
        fewest: different two-digit codes that a labour force survey has at least.
    """

    title: str
    divisions: frozenset[str]
    widest: int
    zero_led: tuple[str, ...]
    older: str
    in_older: frozenset[str]
    same: frozenset[str]
    alone: Mapping[str, str]
    fewest: int

    def newer(self, counts: Mapping[str, int]) -> tuple[int, int]:
        """Count rows in divisions that the older edition has not, and rows that can tell at all.

        Retail trade is 47 in ISIC Rev. 4 and 52 in Rev. 3.1, where 47 is nothing: in a file of the
        older edition hardly a row stands in a division that came with the newer.

        Args:
            counts: rows by two-digit code.
        """
        told = {code: rows for code, rows in counts.items() if code not in self.same}
        found = sum(rows for code, rows in told.items() if code not in self.in_older)
        return found, sum(told.values())

    def pattern(self, digits: int) -> str:
        """Give the regular expression of its codes at a number of digits, without leading zeros."""
        if digits == 1:
            return f"[{''.join(sorted({division[0] for division in self.divisions}))}]"
        more = f"[0-9]{{{digits - 2}}}" if digits > 2 else ""
        whole = [one for one in self.divisions if one[0] != "0" and one not in self.alone]
        full = [f"({'|'.join(sorted(whole))}){more}", *self._led(self.alone.values(), digits)]
        return f"(({'|'.join(full)})|({'|'.join(self._led(self.zero_led, digits))}))"

    @staticmethod
    def _led(groups: Iterable[str], digits: int) -> list[str]:
        """Give the expressions of codes that begin with some groups, each once."""
        made = [
            group[:digits].lstrip("0") + f"[0-9]{{{digits - len(group)}}}" * (digits > len(group))
            for group in groups
        ]
        return list(dict.fromkeys(made))


# The groups of ISIC Rev. 4 whose codes begin with 0 (United Nations, 2008: agriculture and mining).
_ISIC_ZERO_LED = (
    "011", "012", "013", "014", "015", "016", "017", "021", "022", "023", "024", "031", "032",
    "051", "052", "061", "062", "071", "072", "081", "089", "091", "099",
)  # fmt: skip
# The unit groups of ISCO-08 whose codes begin with 0 (ILO, 2012: armed forces).
_ISCO_ZERO_LED = ("0110", "0210", "0310")


@cache
def schemes() -> Mapping[str, Scheme]:
    """Give the classification behind each canonical column that takes leading digits of codes."""

    def older(name: str, column: str) -> frozenset[str]:
        return frozenset(row["code"] for row in code_rows(name) if row[column] == "yes")

    return {
        "industry_isic4_2d": Scheme(
            "ISIC Rev. 4", isic4_divisions(), 4, _ISIC_ZERO_LED,
            "ISIC Rev. 3.1", older("isic4_divisions", "in_isic31"), frozenset({"01", "02", "03"}), {"99": "990"}, 12,
        ),
        "occupation_major": Scheme(
            "ISCO-08", isco08_sub_major_groups(), 4, _ISCO_ZERO_LED,
            "ISCO-88", older("isco08_sub_major_groups", "in_isco88"), frozenset(), {}, 8,
        ),
    }  # fmt: skip
