"""What a brief is made of: its survey's published cells, its theme, country and period; nothing is said here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from reports.key_figures import KeyFigures
from reports.labels import area_names, country_names
from reports.model import Cell
from reports.pub_tables import Published, withhold
from reports.wording import marks, terms

LEADS = (
    "coverage_gap_rate",
    "social_security_coverage",
    "informal_employment_rate",
    "unemployment_rate",
)
PERSONS_OF = {
    "social_security_coverage": "coverage_gap",
    "informal_employment_rate": "informal_employment",
    "unemployment_rate": "unemployed",
}


@dataclass(frozen=True)
class BriefContext:
    """The cells of one survey and what every part of its brief says of them.

    Attributes:
        published: the survey's published cells.
        figures: the catalogue's key figures of the wave.
        rate: the indicator that tables and figures are about.
        persons: the number of persons beside it.
        headline: the cell of the headline.
        country: in words.
        when: the period in words.
        age: the youngest who are counted.
        areas: code of a first-level area -> its name.
        unit: what one of them is called, such as province.
        rules: how reliability was judged, in words; empty where no rule is named.
    """

    published: Published
    figures: KeyFigures
    rate: str
    persons: str
    headline: Cell
    country: str
    when: str
    age: str
    areas: Mapping[str, str]
    unit: str
    rules: str


def check_facts(survey: Mapping[str, Any], provenance: Mapping[str, Any]) -> None:
    """Refuse a brief without what its footer and file names are made of; arguments of ``build_brief``.

    Raises:
        InputError: a field is missing, or the release date is no date.
    """
    for name, given, wanted in (
        ("survey", survey, ("survey_id", "title", "ref_area", "time_period", "citation")),
        ("provenance", provenance, ("code_version", "inputs")),
    ):
        gone = [key for key in wanted if not given.get(key) and key != "inputs"]
        if gone:
            raise InputError(
                f"the brief's {name} lacks {', '.join(gone)}",
                "give it: the footer and the file names are made of it",
            ) from None
    if not re.fullmatch(r"(\d{4}-\d{2}-\d{2})?", provenance["release_date"]):
        raise InputError(
            "the brief's release_date is not a date",
            "write the date on which the data were released as YYYY-MM-DD, or leave it empty",
        ) from None


def brief_context(pub: Mapping[str, pl.DataFrame], survey: Mapping[str, Any]) -> BriefContext:
    """Find the headline and with it the theme; arguments of ``build_brief``.

    Raises:
        InputError: no national rate is published.
    """
    published = Published(pub["estimate"], survey["survey_id"], survey.get("standard", ""))
    headline = _headline(published)
    coverage = headline.indicator in LEADS[:2]
    rate = "social_security_coverage" if coverage else headline.indicator
    ref_area = survey["ref_area"]
    return BriefContext(
        published=published,
        figures=KeyFigures(published, pub, survey["survey_id"], survey["time_period"]),
        rate=rate,
        persons=PERSONS_OF[rate],
        headline=headline,
        country=survey.get("ref_area_name") or country_names().get(ref_area, ref_area),
        when=terms.period(survey["time_period"]),
        age=str(survey.get("min_age_labour", 15)),
        areas=area_names(ref_area, survey.get("admin1_labels")),
        unit=survey.get("admin1_unit", "area"),
        rules=marks.rules_of_reliability(published.reliability, survey.get("reliability", {})),
    )


def _headline(published: Published) -> Cell:
    """Take the first rate that is published; the gap only where its complement is too."""
    for indicator in LEADS:
        cell = published.cell(indicator)
        complement = published.cell("social_security_coverage")
        if cell.published and not (indicator == "coverage_gap_rate" and complement.withheld):
            return cell
    raise InputError(
        "no national rate is published for this survey, so a brief would have no headline",
        "publish a coverage, informality or unemployment rate, or make no brief",
        file="pub.estimate",
    ) from None


def rows_of_survey(
    pub: Mapping[str, pl.DataFrame], name: str, survey: Mapping[str, Any]
) -> pl.DataFrame | None:
    """Give the survey's rows of a published table; None where there are none."""
    frame = pub.get(name)
    if frame is None or frame.is_empty():
        return None
    mine = frame.filter(pl.col("survey_id") == survey["survey_id"])
    return None if mine.is_empty() else mine


def safe_cell(context: BriefContext, indicator: str, breakdown: str, category: str) -> Cell:
    """Give a cell, held back where the rate that it would reveal is withheld."""
    cell = context.published.cell(indicator, breakdown, category)
    if indicator in ("coverage_gap", "coverage_gap_rate", "social_security_covered"):
        rate = context.published.cell("social_security_coverage", breakdown, category)
        return withhold(cell) if rate.withheld else cell
    return cell
