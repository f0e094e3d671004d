"""Checks of the survey weights: their sum, spread, design effect and unit."""

from collections.abc import Iterable

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, of_rows, verdict, within
from data_contracts.quality.rules import QualityRule

# Ratio of the sum to the population -> what it suggests.
_MULTIPLES = {
    1 / 12: "about a twelfth: an annual weight on one month's file, or a twelfth of the year?",
    1 / 4: "about a quarter: an annual weight on one quarter's file?",
    4: "about four times: four quarters in one file, each with a full weight?",
    12: "about twelve times: twelve months in one file, each with a full weight?",
    1 / 1000: "about a thousandth: are the weights in thousands?",
    1000: "about a thousand times: are the weights in thousandths?",
    100: "about a hundred times: do the weights lack their two decimals?",
    1_000_000: "about a million times: do the weights lack their six decimals?",
}
_NEAR = 0.15  # relative distance at which a multiple is named


def weights_sum_to_population(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the sum of weights over the population, times the scale of a synthetic file."""
    known = subject.facts.get("population")
    if not known:
        yield not_applicable(subject, rule, "the profile has no sourced population (population:)")
        return
    if subject.size is None:
        yield not_applicable(subject, rule, "a synthetic file that does not say its scale")
        return
    ratio = float(subject.person["weight"].sum()) / (float(known["persons"]) * subject.size)
    margin = float(known["tolerance_pct"]) / 100
    near = [said for multiple, said in _MULTIPLES.items() if abs(ratio / multiple - 1) < _NEAR]
    yield within(
        subject, rule, ratio, 1 - margin, 1 + margin,
        reason="; ".join([*near, f"population from: {known['source']}"]),
        checked=subject.person.height,
    )  # fmt: skip


def weights_differ(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Fail when all weights are equal."""
    distinct = subject.person["weight"].n_unique()
    yield within(subject, rule, float(distinct), 2.0, None, reason="the measure counts weights")


def weights_range(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count weights above the median plus some interquartile ranges."""
    weight = subject.person["weight"]
    quarter, middle, three = (float(weight.quantile(q) or 0.0) for q in (0.25, 0.5, 0.75))
    far = weight > middle + float(rule.limits["ranges"]) * (three - quarter)
    if three == quarter:
        yield not_applicable(subject, rule, "half of the weights are equal")
        return
    yield of_rows(subject, rule, far, weight.is_not_null(), high=float(rule.limits["high"]))


def weights_ratio(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the largest weight over the smallest."""
    weight = subject.person["weight"]
    ratio = float(weight.max()) / float(weight.min())  # type: ignore[arg-type]
    yield within(subject, rule, ratio, None, float(rule.limits["high"]))


def weights_design_effect(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge Kish's design effect of unequal weights, n times sum of squares over square of sum."""
    weight = subject.person["weight"]
    effect = weight.len() * float((weight**2).sum()) / float(weight.sum()) ** 2
    yield within(subject, rule, effect, None, float(rule.limits["high"]), checked=weight.len())


def weights_within_household(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count households whose persons' weights differ."""
    spread = subject.person.group_by("hh_id").agg(
        (pl.col("weight_micro").max() - pl.col("weight_micro").min()).alias("spread")
    )
    failed = int((spread["spread"] > 1).sum())
    yield verdict(
        subject, rule, holds=failed == 0, failed=failed, checked=spread.height,
        reason="counted are households",
    )  # fmt: skip


def weights_whole(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Fail when every weight is a whole number."""
    whole = int((subject.person["weight_micro"] % 1_000_000 == 0).sum())
    yield verdict(
        subject, rule, holds=whole < subject.person.height, failed=whole,
        checked=subject.person.height, reason="counted are rows with a whole number",
    )  # fmt: skip
