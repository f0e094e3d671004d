"""Persons and jobs made up at random, blanks in every column, for both collapses; no test here."""

from functools import cache

import numpy as np
import polars as pl

from analyses.wave.core_design import core_design
from data_contracts.catalogue.indicators import catalogue

DESIGN = core_design(lonely="adjust")
INDICATORS = list(catalogue().values())
BY = ["sex", "area_type", "status_icse93"]
KEY = ["survey_id", "hh_id", "person_id"]
CODES = {
    "sex": ["SEX_M", "SEX_F", None],
    "area_type": ["GEO_COV_URB", "GEO_COV_RUR"],
    "lfs_status": ["employed", "unemployed", "outside", None],
}
JOB_CODES = {
    "status_icse93": ["STE_ICSE93_1", "STE_ICSE93_3", None],
    "nature_of_job": ["formal", "informal", "unknown", None],
    "unit_of_production": ["formal", "informal", "household", None],
    "social_security": ["yes", "no", "dont_know", None],
    "employer_social_contribution": ["yes", "no", "not_asked", None],
}


@cache
def person(n: int = 2000) -> pl.DataFrame:
    """Give one row a person; PSU labels repeat between strata, and one stratum has one PSU."""
    rng = np.random.default_rng(4)
    strata = np.arange(n) * 5 // n
    psu = np.where(strata == 4, 0, np.arange(n) * 40 // n % 8)
    working = rng.choice([0, 1, 2], n, p=[0.3, 0.6, 0.1])
    return pl.DataFrame(
        {
            "survey_id": ["X"] * n,
            "hh_id": (np.arange(n) // 4).astype(str),
            "person_id": (np.arange(n) % 4).astype(str),
            "strata": strata.astype(str),
            "psu": psu.astype(str),
            "weight_micro": rng.integers(1, 10**10, n),
            "working_age": pl.Series([[False, True, None][i] for i in working], dtype=pl.Boolean),
            **{name: _drawn(rng, codes, n) for name, codes in CODES.items()},
        }
    )


@cache
def job() -> pl.DataFrame:
    """Give a main job to about half of the persons, whatever their status."""
    rng = np.random.default_rng(6)
    some = person().select(KEY).filter(pl.Series(rng.random(person().height) < 0.5))
    return some.with_columns(
        pl.Series(name, _drawn(rng, codes, some.height)) for name, codes in JOB_CODES.items()
    )


def rows() -> pl.DataFrame:
    """Give one row a person with the main job beside, joined by polars."""
    return person().join(job(), on=KEY, how="left", maintain_order="left")


def _drawn(rng: np.random.Generator, codes: list[str | None], n: int) -> list[str | None]:
    return [codes[i] for i in rng.integers(0, len(codes), n)]
