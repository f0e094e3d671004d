"""The survey's employed and self-reported covered as the register's comparison reads them; no estimate is made here."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from data_contracts.errors import InputError

SURVEY_COLUMNS = (
    "scheme",
    "breakdown",
    "category",
    "employed",
    "employed_se",
    "self_report",
    "self_report_se",
    "said",
    "said_se",
    "silent_se",
    "covariance",
    "df",
)


def survey_rows(survey: pl.DataFrame) -> Mapping[tuple[str, str, str], Mapping[str, Any]]:
    """Index the survey's totals by scheme, breakdown and category.

    Args:
        survey: ``SURVEY_COLUMNS``: persons employed, and persons who would say that they are covered
            if all had answered (``self_report``), with standard errors, their covariance and the
            design's degrees of freedom; those who did say it (``said``), and the standard error of
            the difference (``silent_se``). ``scheme`` is ``total`` unless the survey can tell schemes
            apart.

    Raises:
        InputError: a column is absent or a category stands twice.
    """
    for column in SURVEY_COLUMNS:
        if column not in survey.columns:
            raise InputError("the column is absent", "add it", file="survey", column=column)
    key = ("scheme", "breakdown", "category")
    if survey.select(key).is_duplicated().any():
        raise InputError("a category stands twice", "give one row a category", file="survey")
    return {tuple(row[name] for name in key): row for row in survey.iter_rows(named=True)}


def survey_covariance(own: Mapping[str, Any]) -> list[list[float]]:
    """Give the covariance matrix of self-report and employed of one survey row."""
    return [
        [float(own["self_report_se"]) ** 2, float(own["covariance"])],
        [float(own["covariance"]), float(own["employed_se"]) ** 2],
    ]
