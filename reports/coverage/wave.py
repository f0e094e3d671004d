"""The published coverage tables of one wave and what is known of it; nothing is laid out here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reports.coverage import words_register
from reports.coverage.cells import PERSONS, CascadeStep, ladder, rows_where
from reports.key_figures import KeyFigures, key_figures_of
from reports.labels import area_names, country_names
from reports.wording import terms

TABLES: Final = (
    "cascade",
    "adjustment",
    "adjusted",
    "bridge",
    "group",
    "affordability",
    "indirect",
)
REGISTER: Final = ("adjustment", "adjusted", "bridge")
COMPULSORY, SELF_REPORT = "compulsory", "all"


@dataclass(frozen=True)
class Wave:
    """The published tables of one wave, by name; a table without rows is an empty frame.

    ``branch`` is that of the cascade which the page is about; ``names`` are those of its areas;
    ``figures`` are the catalogue's key figures.
    """

    pub: Mapping[str, pl.DataFrame]
    facts: Mapping[str, Any]
    names: Mapping[str, str]
    branch: str
    figures: KeyFigures

    def steps(self, unit: str = PERSONS, branch: str = "") -> tuple[CascadeStep, ...]:
        """Give the national cascade of a branch, that of the page where none is named."""
        return ladder(self.pub["cascade"], unit, branch or self.branch)

    @property
    def answers(self) -> bool:
        """Whether the wave tells anything of cover: by the law, by a register, or by people's word."""
        by_steps = any(s.computable and not s.is_part for s in self.steps()[1:])
        return by_steps or any(not self.pub[name].is_empty() for name in REGISTER)

    @property
    def age(self) -> int:
        """Give the age of the youngest who are counted."""
        return int(self.facts.get("min_age", 15))

    @property
    def survey_when(self) -> str:
        """Give country and period of the survey."""
        first = _first(self.pub)
        if first is None:
            return str(self.facts["survey_id"])
        country = country_names().get(first["ref_area"], first["ref_area"])
        return f"{country}, {terms.period(first['time_period'])}"

    @property
    def where_when(self) -> str:
        """Give the country and the dates of both sources."""
        month = self.facts.get("register_date")
        if not month:
            return self.survey_when
        return f"{self.survey_when} (survey) and {terms.period(month)} (register)"

    @property
    def dates(self) -> str:
        """Print both dates as a sentence."""
        first = _first(self.pub)
        survey = self.facts["survey_id"] if first is None else first["time_period"]
        register = self.facts.get("register_id") or "", self.facts.get("register_date") or ""
        return words_register.both_dates(survey, *register)

    @property
    def given(self) -> list[str]:
        """Name what was assumed: adjustments, and the quality of the survey's answer where used."""
        found = {row["adjustment"] for row in rows_where(self.pub["adjustment"], origin="given")}
        names = sorted(found)
        if rows_where(self.pub["bridge"], row="misreport", origin="given"):
            names += ["sensitivity", "specificity"]
        return names


def wave_of(pub: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> Wave:
    """Keep the wave's rows and choose its cascade; ``pub`` and ``facts`` as for the page."""
    own = {name: _of_wave(pub.get(name), facts) for name in TABLES}
    names = area_names(facts["ref_area"], facts["admin1_labels"])
    figures = key_figures_of(pub, str(facts["survey_id"]))
    return Wave(own, facts, names, _branch(own["cascade"]), figures)


def _first(pub: Mapping[str, pl.DataFrame]) -> Mapping[str, Any] | None:
    """Give a row of any table that knows the wave's country and period."""
    for frame in pub.values():
        if {"ref_area", "time_period"} <= set(frame.columns):
            return frame.row(0, named=True)
    return None


def _of_wave(frame: pl.DataFrame | None, facts: Mapping[str, Any]) -> pl.DataFrame:
    """Keep the wave's rows, or the register's where a table knows no wave."""
    if frame is None:
        return pl.DataFrame()
    keys = ("survey_id",) if "survey_id" in frame.columns else ("register_id", "register_date")
    for name in keys:
        if facts.get(name) and name in frame.columns:
            frame = frame.filter(pl.col(name) == facts[name])
    return pl.DataFrame() if frame.is_empty() else frame


def _branch(cascade: pl.DataFrame) -> str:
    """Choose the compulsory cascade, or that of self-reports where the law says nothing."""
    steps = ladder(cascade, PERSONS, COMPULSORY)
    law = any(s.stage == "legally_covered" and s.computable for s in steps)
    return SELF_REPORT if not law and rows_where(cascade, branch=SELF_REPORT) else COMPULSORY
