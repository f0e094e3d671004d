"""Checks of earnings: whether they rise as they do everywhere, and how many are out of scale."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, of_rows, verdict
from data_contracts.quality.rules import QualityRule

_EDUCATION = [
    [f"EDU_AGGREGATE_{level}"] for level in ("LTB", "BAS", "INT", "ADV")
]  # less than basic, basic, intermediate, advanced
_SKILL = [
    ["OCU_ISCO08_9"],
    [f"OCU_ISCO08_{major}" for major in "45678"],
    [f"OCU_ISCO08_{major}" for major in "123"],
]  # ISCO-08 skill levels 1, 2, 3 and 4
_SECTOR = [[f"ECO_SECTOR_{sector}"] for sector in ("AGR", "IND", "SER")]


def earnings_rise_with_education(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the order of medians by education."""
    yield _rising(subject, rule, "education_aggregate", _EDUCATION)


def earnings_rise_with_skill(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the order of medians by the skill level of the occupation."""
    yield _rising(subject, rule, "occupation_major", _SKILL)


def earnings_by_sector(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the order of medians by sector."""
    yield _rising(subject, rule, "economic_sector", _SECTOR)


def earnings_outliers(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count earnings a factor away from the median."""
    paid = _paid(subject)
    known = paid.drop_nulls()
    if known.is_empty():
        yield not_applicable(subject, rule, "no employee's earnings are known")
        return
    middle, factor = float(known.median() or 0.0), float(rule.limits["factor"])  # type: ignore[arg-type]
    far = ((paid < middle / factor) | (paid > middle * factor)).fill_null(value=False)
    yield of_rows(subject, rule, far, paid.is_not_null(), high=float(rule.limits["high"]))


def _paid(subject: Subject) -> pl.Series:
    """Earnings of employees above zero, one entry a row; null for others."""
    employee = (pl.col("status_icse93") == "STE_ICSE93_1") & (pl.col("earnings_monthly") > 0)
    return subject.rows.select(pl.when(employee).then(pl.col("earnings_monthly")).alias("paid"))[
        "paid"
    ]


def _rising(
    subject: Subject, rule: QualityRule, column: str, groups: Sequence[Sequence[str]]
) -> FindingRows:
    paid, fewest = _paid(subject), int(rule.limits["min_rows"])
    medians = []
    for codes in groups:
        inside = paid.filter(subject.rows[column].is_in(list(codes)).fill_null(value=False))
        inside = inside.drop_nulls()
        if inside.len() >= fewest:
            medians.append(float(inside.median() or 0.0))  # type: ignore[arg-type]
    steps = len(medians) - 1
    if steps < 1:
        return not_applicable(subject, rule, f"fewer than two groups with {fewest} employees")
    falls = sum(after < before for before, after in pairwise(medians))
    smallest = min(after / before for before, after in pairwise(medians))
    return verdict(
        subject,
        rule,
        holds=falls == 0,
        failed=falls,
        checked=steps,
        measure=smallest,
        low=1.0,
        reason="counted are steps from group to group; the measure is the smallest ratio of medians",
    )
