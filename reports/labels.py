"""Codes to names, read from data_contracts/codes; sentences live in wording.py."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import data_contracts

CODES = Path(str(data_contracts.__file__)).parent / "codes"


@cache
def code_labels(lang: str = "en") -> Mapping[str, str]:
    """Give code -> label for every canonical code, in one language."""
    with (CODES / f"labels_{lang}.csv").open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["label"] for row in csv.DictReader(rows)}


@cache
def lao_provinces(lang: str = "en") -> Mapping[str, str]:
    """Give the statistics bureau's two-digit code -> name of the 18 provinces."""
    with (CODES / "lao_provinces.csv").open(encoding="utf-8", newline="") as rows:
        return {
            row["lsb_code"]: row[f"name_{lang}"]
            for row in csv.DictReader(rows)
            if not row["valid_to"]
        }


def area_names(ref_area: str, given: Mapping[str, str] | None) -> Mapping[str, str]:
    """Give names of first-level areas: those of the survey's profile, else the Lao provinces."""
    if given:
        return given
    return lao_provinces() if ref_area == "LAO" else {}
