"""Digit preference in age, earnings and hours; counts are of rows, unweighted."""

from collections.abc import Iterable

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, within
from data_contracts.quality.rules import QualityRule

_UN_BANDS = (
    (105, "highly accurate"), (110, "fairly accurate"), (125, "approximate"), (175, "rough"),
)  # fmt: skip
_EIGHTS = (8, 16, 24, 32, 48, 56, 64, 72)


def age_whipple(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge Whipple's index."""
    ages = _ages(subject, 23, 62)
    if ages.len() < int(rule.limits["min_rows"]):
        yield not_applicable(subject, rule, "too few persons of 23 to 62 years")
        return
    index = whipple(ages)
    band = next((said for limit, said in _UN_BANDS if index < limit), "very rough")
    yield within(
        subject, rule, index, None, float(rule.limits["high"]), checked=ages.len(),
        reason=f"by the UN's scale: {band}",
    )  # fmt: skip


def age_myers(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge Myers' blended index."""
    ages = _ages(subject, 10, 99)
    if ages.len() < int(rule.limits["min_rows"]):
        yield not_applicable(subject, rule, "too few persons of 10 to 99 years")
        return
    yield within(subject, rule, myers(ages), None, float(rule.limits["high"]), checked=ages.len())


def age_abcc(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the ABCC index, which is Whipple's on a scale of correct ages."""
    ages = _ages(subject, 23, 62)
    if ages.len() < int(rule.limits["min_rows"]):
        yield not_applicable(subject, rule, "too few persons of 23 to 62 years")
        return
    yield within(
        subject, rule, abcc(whipple(ages)), float(rule.limits["low"]), None, checked=ages.len()
    )


def earnings_heaping(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the share of earnings that are one digit followed by zeros."""
    paid = subject.job["earnings_monthly"].drop_nulls()
    paid = paid.filter(paid > 0)
    if paid.len() < int(rule.limits["min_rows"]):
        yield not_applicable(subject, rule, "too few earnings are known")
        return
    unit = 10 ** paid.log10().floor()
    leading = paid / unit
    round_ = int(((leading - leading.round()).abs() < 1e-9).sum())
    yield within(
        subject, rule, round_ / paid.len(), None, float(rule.limits["high"]),
        failed=round_, checked=paid.len(), reason="counted are round earnings",
    )  # fmt: skip


def hours_heaping(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the share of hours at multiples of ten or of a day of eight hours."""
    hours = subject.job["hours_usual_week"].drop_nulls()
    if hours.len() < int(rule.limits["min_rows"]):
        yield not_applicable(subject, rule, "too few hours are known")
        return
    round_ = int(((hours % 10 == 0) | hours.is_in([float(h) for h in _EIGHTS])).sum())
    yield within(
        subject, rule, round_ / hours.len(), None, float(rule.limits["high"]),
        failed=round_, checked=hours.len(), reason="counted are round hours",
    )  # fmt: skip


def whipple(ages: pl.Series) -> float:
    """Give Whipple's index: 500 times the ages 25, 30, ... 60 over all ages from 23 to 62.

    Args:
        ages: ages from 23 to 62 in completed years.

    Returns:
        100 without preference for 0 and 5, 500 when no other digit occurs (UN Demographic
        Yearbook 1955).
    """
    return 500.0 * float((ages % 5 == 0).sum()) / ages.len()


def abcc(index: float) -> float:
    """Give the share, in percent, of correct ages from Whipple's index (A'Hearn, Baten, Crayen)."""
    return min(100.0, (1 - (index - 100) / 400) * 100)


def myers(ages: pl.Series) -> float:
    """Give Myers' blended index of ages 10 to 99: half the sum of |share - 10 %| by last digit.

    Last digit d is counted (d + 1) times over ages 10 to 89, and (9 - d) times over ages 20 to
    99, so that no digit gains from standing first (Myers 1940).

    Args:
        ages: ages from 10 to 99 in completed years.

    Returns:
        0 without preference, 90 when all ages end in one digit.
    """
    counts = ages.to_frame("age").group_by("age").len()
    count = {int(age): int(rows) for age, rows in counts.iter_rows()}
    blended = [
        (digit + 1) * sum(count.get(age, 0) for age in range(10 + digit, 90, 10))
        + (9 - digit) * sum(count.get(age, 0) for age in range(20 + digit, 100, 10))
        for digit in range(10)
    ]
    total = sum(blended)
    return sum(abs(100 * part / total - 10) for part in blended) / 2 if total else 0.0


def _ages(subject: Subject, low: int, high: int) -> pl.Series:
    age = subject.person["age"].drop_nulls()
    return age.filter(age.is_between(low, high))
