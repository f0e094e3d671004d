"""Codes to names, read from data_contracts/codes; sentences live beside the pages."""

from collections.abc import Mapping
from functools import cache

from data_contracts.code_lists import code_rows


@cache
def code_labels(lang: str = "en") -> Mapping[str, str]:
    """Give code -> label for every canonical code, in one language."""
    return {row["code"]: row["label"] for row in code_rows(f"labels_{lang}")}


@cache
def country_names(lang: str = "en") -> Mapping[str, str]:
    """Give ISO 3166 alpha-3 code -> name of the countries that waves are of."""
    return {row["ref_area"]: row[f"name_{lang}"] for row in code_rows("countries")}


@cache
def lao_provinces(lang: str = "en") -> Mapping[str, str]:
    """Give the statistics bureau's two-digit code -> name of the 18 provinces."""
    return {
        row["lsb_code"]: row[f"name_{lang}"]
        for row in code_rows("lao_provinces")
        if not row["valid_to"]
    }


def area_names(ref_area: str, given: Mapping[str, str] | None) -> Mapping[str, str]:
    """Give names of first-level areas: those of the survey's profile, else the Lao provinces."""
    if given:
        return given
    return lao_provinces() if ref_area == "LAO" else {}
