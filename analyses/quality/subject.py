"""The survey under judgement and the form of a verdict; no check itself lives here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import polars as pl

from analyses.quality.finding import FAILED, NOT_APPLICABLE, PASSED, QualityFinding
from data_contracts.discreet import Discreet
from data_contracts.quality.rules import QualityRule

_ABSENT = "the profile maps no such column"
KEY = ["survey_id", "hh_id", "person_id"]
Asked: TypeAlias = Mapping[str, tuple[bool, str]]


@dataclass(frozen=True, repr=False)
class Subject(Discreet):
    """One wave as the checks see it.

    Attributes:
        survey_id: the wave.
        person: rows of core.person.
        job: rows of core.job, one a person at most.
        asked: canonical column to (asked, reason when not).
        sha256: of the file delivered; empty where unknown.
        facts: ref_area, reference_year, and the profile's entries population and expected.
        synthetic: whether the file says that it is synthetic.
        scale: the synthetic population's share of the real size, where the file says it.
        evidence: jobs of all persons before they were narrowed to the employed, if at hand.
        figures: rows of est.estimate of the wave, if at hand.
        margins: published figures, columns of data_contracts/codes/published_margins.csv.
        others: survey id to person rows with the main job beside them, waves of the same country.
        delivered: survey id to SHA-256 of the files that other waves came from.
        notes: what the reader of the file had to say.
    """

    survey_id: str
    person: pl.DataFrame
    job: pl.DataFrame
    asked: Asked
    sha256: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False
    scale: float | None = None
    evidence: pl.DataFrame | None = None
    figures: pl.DataFrame | None = None
    margins: pl.DataFrame | None = None
    others: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    delivered: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> pl.DataFrame:
        """One row a person in the order of ``person``, the main job's columns beside it."""
        return self.person.join(self.job, on=KEY, how="left", maintain_order="left")

    @cached_property
    def size(self) -> float | None:
        """What published totals are multiplied with: 1, the twin's scale, or None if unknown."""
        return self.scale if self.synthetic else 1.0

    def lacking(self, rule: QualityRule) -> str:
        """Say which columns a rule needs that the wave did not ask; empty when none."""
        reasons = [
            " or ".join(group) + ": " + (self.asked.get(group[0], (False, ""))[1] or _ABSENT)
            for group in rule.needs
            if not any(self.asked.get(name, (False, ""))[0] for name in group)
        ]
        return "; ".join(reasons)


@dataclass(frozen=True, repr=False)
class FindingRows(Discreet):
    """A finding with the rows behind it.

    ``broken`` and ``checked`` are one Boolean a row of ``Subject.rows``; None where the rule is
    not about rows.
    """

    finding: QualityFinding
    broken: pl.Series | None = None
    checked: pl.Series | None = None


Check: TypeAlias = Callable[[Subject, QualityRule], Iterable[FindingRows]]


def not_applicable(
    subject: Subject, rule: QualityRule, reason: str, category: str = "all"
) -> FindingRows:
    """Give the verdict that a rule cannot be applied, with the reason."""
    return FindingRows(_finding(subject, rule, NOT_APPLICABLE, reason=reason, category=category))


def verdict(subject: Subject, rule: QualityRule, *, holds: bool, **known: Any) -> FindingRows:
    """Give a verdict that is not about single rows.

    Args:
        subject: the wave.
        rule: the rule judged.
        holds: whether it is kept.
        known: further fields of the finding (category, failed, checked, measure, ...).
    """
    return FindingRows(_finding(subject, rule, PASSED if holds else FAILED, **known))


def of_rows(
    subject: Subject,
    rule: QualityRule,
    broken: pl.Series,
    checked: pl.Series,
    *,
    high: float = 0.0,
    **known: Any,
) -> FindingRows:
    """Judge the share of broken rows against ``high``; measure and limits are shares.

    Args:
        subject: the wave.
        rule: the rule judged.
        broken: rows that break it.
        checked: rows it is about.
        high: largest share allowed.
        known: further fields of the finding.
    """
    failed, among = int(broken.sum()), int(checked.sum())
    if among < int(rule.limits.get("min_rows", 1)):
        fewest = int(rule.limits.get("min_rows", 1))
        reason = f"fewer than {fewest} rows to judge" if fewest > 1 else "no rows to judge"
        finding = _finding(subject, rule, NOT_APPLICABLE, **(known | {"reason": reason}))
        return FindingRows(finding)
    share = failed / among
    finding = _finding(
        subject,
        rule,
        FAILED if share > high + 1e-12 else PASSED,
        failed=failed,
        checked=among,
        measure=share,
        high=high,
        **known,
    )
    return FindingRows(finding, broken, checked)


def within(
    subject: Subject,
    rule: QualityRule,
    measure: float,
    low: float | None,
    high: float | None,
    **known: Any,
) -> FindingRows:
    """Judge one measure against its limits, both included."""
    holds = (low is None or measure >= low) and (high is None or measure <= high)
    return verdict(subject, rule, holds=holds, measure=measure, low=low, high=high, **known)


def _finding(subject: Subject, rule: QualityRule, status: str, **known: Any) -> QualityFinding:
    return QualityFinding(
        subject.survey_id,
        rule.id,
        rule.block,
        rule.severity,
        status,
        rule.statement,
        scope=rule.columns,
        **known,
    )
