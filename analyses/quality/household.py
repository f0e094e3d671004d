"""Checks of households and of their place in the sampling design."""

from collections.abc import Iterable, Sequence

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, verdict, within
from data_contracts.quality.rules import QualityRule


def household_key(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the mean size against limits no household key can miss."""
    yield _mean_size(subject, rule)


def household_size(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the mean size against the range of countries."""
    yield _mean_size(subject, rule)


def household_large(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count households above a size."""
    large = pl.len().over("hh_id") > int(rule.limits["high"])
    yield _households(subject, rule, large)


def household_has_adult(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count households in which everybody's age is known and below 15."""
    children = (pl.col("age") < 15).fill_null(value=False).all().over("hh_id")
    yield _households(subject, rule, children)


def household_in_one_psu(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count households whose rows lie in more than one PSU or stratum."""
    yield _households(subject, rule, _several("hh_id", ["psu", "strata"]))


def household_in_one_place(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count households whose rows lie in more than one province or kind of area."""
    yield _households(subject, rule, _several("hh_id", ["admin1_code", "area_type"]))


def psu_in_one_stratum(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count PSU codes seen in several strata, unless the numbering restarts in every stratum."""
    codes = subject.person.group_by("psu").agg(pl.col("strata").n_unique().alias("strata"))
    several = int((codes["strata"] > 1).sum())
    if several > float(rule.limits["restarts"]) * codes.height:
        yield not_applicable(
            subject,
            rule,
            "most codes occur in several strata: they are numbered within the stratum",
        )
        return
    rows = subject.person.select(_several("psu", ["strata"]).alias("broken"))["broken"]
    outcome = verdict(
        subject, rule, holds=several == 0, failed=several, checked=codes.height,
        reason="counted are sampling units",
    )  # fmt: skip
    yield FindingRows(outcome.finding, rows, rows.is_not_null())


def psu_has_households(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count sampling units with one household."""
    if (subject.person["psu"] == subject.person["hh_id"]).all():
        yield not_applicable(subject, rule, "the file names no units: each household counts as one")
        return
    single = pl.col("hh_id").n_unique().over("strata", "psu") == 1
    frame = subject.person.select("strata", "psu", single.alias("broken"))
    units = frame.unique(["strata", "psu"])
    failed = int(units["broken"].sum())
    outcome = verdict(
        subject, rule, holds=failed == 0, failed=failed, checked=units.height,
        reason="counted are sampling units",
    )  # fmt: skip
    yield FindingRows(outcome.finding, frame["broken"], frame["broken"].is_not_null())


def _mean_size(subject: Subject, rule: QualityRule) -> FindingRows:
    households = subject.person["hh_id"].n_unique()
    low, high = float(rule.limits["low"]), float(rule.limits["high"])
    return within(subject, rule, subject.person.height / households, low, high, checked=households)


def _several(group: str, columns: Sequence[str]) -> pl.Expr:
    """Tell rows of a group in which a column takes several values; blanks do not count."""
    return pl.any_horizontal([
        pl.col(column).drop_nulls().n_unique().over(group) > 1 for column in columns
    ])  # fmt: skip


def _households(subject: Subject, rule: QualityRule, broken: pl.Expr) -> FindingRows:
    """Judge with no household allowed; counts are of households, rows are marked for the effect."""
    frame = subject.person.select("hh_id", broken.alias("broken"))
    failed = frame.filter("broken")["hh_id"].n_unique()
    outcome = verdict(
        subject, rule, holds=failed == 0, failed=failed, checked=frame["hh_id"].n_unique(),
        reason="counted are households",
    )  # fmt: skip
    return FindingRows(outcome.finding, frame["broken"], frame["broken"].is_not_null())
