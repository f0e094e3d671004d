"""Checks that are a share of rows, wholly declared in YAML, and shares without an answer."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, of_rows
from data_contracts.conditions import expression
from data_contracts.quality.rules import QualityRule


def declared_share(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge a rule with ``among`` and ``should`` or ``should_not``."""
    among = expression(rule.among)
    kept = expression(rule.should) if rule.should else ~expression(rule.should_not)
    frame = subject.rows.select(among.alias("checked"), (among & ~kept).alias("broken"))
    high = round(1.0 - float(rule.limits.get("at_least", 1.0)), 9)
    yield of_rows(subject, rule, frame["broken"], frame["checked"], high=high)


def missing_share(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge, column by column, the share of its universe without a usable answer."""
    for universe, entry in rule.limits["universes"].items():
        for column in entry["columns"]:
            if not subject.asked.get(column, (False, ""))[0]:
                continue
            yield _missing(subject, rule, column, universe, entry)


def _missing(
    subject: Subject, rule: QualityRule, column: str, universe: str, entry: Mapping[str, Any]
) -> FindingRows:
    among = expression(entry["among"]) if "among" in entry else pl.lit(value=True)
    frame = subject.rows.select(
        among.alias("checked"), (among & _blank(subject, rule, column)).alias("broken")
    )
    if not frame["checked"].any():
        return not_applicable(subject, rule, f"nobody is {universe}", column)
    high = float(rule.limits.get(f"high_{column}", rule.limits["high"]))
    return of_rows(
        subject,
        rule,
        frame["broken"],
        frame["checked"],
        high=high,
        category=column,
        reason=f"of {universe}",
    )


def _blank(subject: Subject, rule: QualityRule, column: str) -> pl.Expr:
    if column == "enterprise_size":
        return pl.col("enterprise_size_lower").is_null() & pl.col("enterprise_size_upper").is_null()
    blank = pl.col(column).is_null()
    if subject.rows.schema[column] == pl.String:
        blank |= pl.col(column).is_in(rule.limits["missing_codes"])
    return blank
