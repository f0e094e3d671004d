"""The share of jobs that each step of the informality tables decides; other rules are declared shares."""

from collections.abc import Iterable

import polars as pl

from analyses.quality.subject import FindingRows, Subject, verdict
from data_contracts.quality.rules import QualityRule

_TABLES = {"sector_rule_step": "unit of production", "nature_rule_step": "nature of job"}


def step_share(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Give, without a limit, the share of jobs by deciding step."""
    for column, table in _TABLES.items():
        steps = subject.job.filter(pl.col(column).is_not_null())[column].value_counts()
        jobs = int(steps["count"].sum())
        for step, count in steps.sort(column).iter_rows():
            yield verdict(
                subject,
                rule,
                holds=True,
                category=f"{table}, step {step:02d}",
                checked=jobs,
                measure=count / jobs,
                reason=f"{count} jobs",
            )
