"""Coverage tables to published ones: what is withheld, why, and how it is rounded; nothing is estimated.

Rounding, as in estimates.py: persons to 100 (errors to 10), kip a month to a million (errors to
100 thousand), shares and rates as percent to 0.1 (errors to 0.01). Rounded parts need not add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyses.disclosure.estimates import FEW, NONE, RELIABILITY, SECONDARY
from data_contracts.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOMAIN = ("survey_id", "unit_measure", "branch", "breakdown", "category")
PERSONS, KIP = "PS", "LAK_MONTH"
_STEP = {PERSONS: 100, KIP: 1_000_000}
_ERROR_STEP = {PERSONS: 10, KIP: 100_000}
_LABELS = ("n", "note")
_PART = (
    "_unknown"  # ends the component of a row that is part of a gap: no other figure gives it away
)
# One of three figures that add up gives away another that is withheld: these two go together.
_SIBLINGS = {"public": "enterprise", "enterprise": "public"}


def publish_coverage(name: str, est: pl.DataFrame) -> pl.DataFrame:
    """Turn one coverage table into its pub table.

    A cascade is withheld as a whole in a domain where one of its stages counts 1 to 4 sample rows,
    1 to 4 registered persons, or is graded S: any stage follows from the others (a part of a gap
    does not, and is withheld alone). Where that
    withholds one of a breakdown's categories alone, or one of the two compulsory branches, which
    add up to a published figure, the smallest other category, or the other branch, is withheld
    too (``secondary``). Other tables withhold rows of fewer than 5 sample rows or graded S.
    Counts of the bridge and of the adjusted register are protected by their rounding to 100.

    Args:
        name: cascade, adjustment, adjusted, bridge, group, affordability or indirect.
        est: rows of the est table of that name.

    Returns:
        The same rows and columns, rounded, withheld figures null, with ``suppression_reason``.

    Raises:
        InputError: there is no such table.
    """
    if name not in _RULES:
        raise InputError(f"there is no coverage table {name}", f"use one of {', '.join(_RULES)}")
    return _RULES[name](est)


def _cascade(est: pl.DataFrame) -> pl.DataFrame:
    figures = ("value", "value_se", "value_lower", "value_upper", "gap", "gap_se", "ci_lower", "ci_upper",
               "share", "share_se", "share_lower", "share_upper", "shapley", "shapley_se")  # fmt: skip
    first = est.sort("stage_no", maintain_order=True).unique(DOMAIN, keep="first")
    few_rows = pl.col("n").is_between(1, FEW - 1)
    few_members = (pl.col("source") == "register") & (pl.col("unit_measure") == PERSONS)
    few_members &= pl.col("value").is_between(0, FEW, closed="none")
    is_part = pl.col("component").str.ends_with(_PART).fill_null(value=False)
    bad = few_rows | few_members | (pl.col("obs_status") == "S")
    reasons = dict.fromkeys(
        est.filter(bad & ~is_part).select(DOMAIN).unique().iter_rows(), RELIABILITY
    )
    size = {row[:-1]: row[-1] or 0.0 for row in first.select(*DOMAIN, "value").iter_rows()}
    _add_secondary(reasons, size)
    schema = dict.fromkeys(DOMAIN, pl.String) | {"suppression_reason": pl.String}
    held = pl.DataFrame([(*key, why) for key, why in reasons.items()], schema, orient="row")
    marked = est.join(held, on=DOMAIN, how="left", maintain_order="left").with_columns(
        pl.col("suppression_reason").fill_null(
            pl.when(bad).then(pl.lit(RELIABILITY)).otherwise(pl.lit(NONE))
        )
    )
    amounts = ("value", "value_lower", "value_upper", "gap", "ci_lower", "ci_upper", "shapley")
    errors = ("value_se", "gap_se", "shapley_se")
    return _withheld(
        marked.with_columns(
            *(_amount(name, _STEP) for name in amounts),
            *(_amount(name, _ERROR_STEP) for name in errors),
            *(_percent(name) for name in ("share", "share_lower", "share_upper")),
            _percent("share_se", 2),
        ),
        figures,
    ).select([*est.columns, "suppression_reason"])


def _add_secondary(
    reasons: dict[tuple[str, ...], str], size: Mapping[tuple[str, ...], float]
) -> None:
    """Withhold what would give a withheld cascade away, until nothing more is needed."""
    before = -1
    while len(reasons) != before:
        before = len(reasons)
        for survey, unit, branch, breakdown, category in list(reasons):
            sibling = (survey, unit, _SIBLINGS.get(branch, ""), breakdown, category)
            if sibling in size:
                reasons.setdefault(sibling, SECONDARY)
        series: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for key in size:
            if key[3] != "total":
                series.setdefault(key[:4], []).append(key)
        for cells in series.values():
            others = [key for key in cells if key not in reasons and size[key] > 0]
            if len(cells) - len([key for key in cells if key not in reasons]) == 1 and others:
                reasons[min(others, key=lambda key: (size[key], key))] = SECONDARY


def _bridge(est: pl.DataFrame) -> pl.DataFrame:
    return est.with_columns(
        *(_to(name, 100) for name in ("persons", "ci_lower", "ci_upper")),
        _to("se", 10),
        suppression_reason=pl.lit(NONE),
    )


def _adjusted(est: pl.DataFrame) -> pl.DataFrame:
    rates = ("coverage", "coverage_lower", "coverage_upper")
    errors = ("adjusted_se", "mc_se", "denominator_se", "self_report_se", "corrected_se")
    texts = [name for name, kind in est.schema.items() if kind == pl.String]
    amounts = [n for n in est.columns if n not in {*texts, *rates, *errors, "coverage_se"}]
    return est.with_columns(
        *(_to(name, 100) for name in amounts),
        *(_to(name, 10) for name in errors),
        *(_percent(name) for name in rates),
        _percent("coverage_se", 2),
        suppression_reason=pl.lit(NONE),
    )


def _adjustment(est: pl.DataFrame) -> pl.DataFrame:
    return est.with_columns(
        *(_percent(name) for name in ("value", "ci_lower", "ci_upper")),
        *(_percent(name, 2) for name in ("se", "se_register")),
        suppression_reason=pl.lit(NONE),
    )


def _sample_figures(est: pl.DataFrame) -> pl.DataFrame:
    """Publish figures of a survey: est.group, est.affordability and est.indirect."""
    few = (pl.col("obs_status") == "S") | pl.col("n").is_between(1, FEW - 1)
    reason = pl.when(few.fill_null(value=False)).then(pl.lit(RELIABILITY)).otherwise(pl.lit(NONE))
    has_unit = "unit_measure" in est.columns
    persons = pl.col("unit_measure") == PERSONS if has_unit else pl.lit(value=False)
    figures = [name for name in ("obs_value", "ci_lower", "ci_upper") if name in est.columns]
    counts = [name for name in ("numerator", "denominator") if name in est.columns]
    rounded = [
        pl.when(persons).then(_to(name, 100)).otherwise(_percent(name)).alias(name)
        for name in figures
    ]
    rounded += [pl.when(persons).then(_to("se", 10)).otherwise(_percent("se", 2)).alias("se")]
    rounded += [_to(name, 100) for name in counts]
    rounded += [pl.col(n).round(d) for n, d in (("cv", 3), ("deff", 2)) if n in est.columns]
    marked = est.with_columns(*rounded, suppression_reason=reason)
    if has_unit:
        marked = marked.with_columns(
            unit_measure=pl.when(pl.col("unit_measure") == "RATIO")
            .then(pl.lit("PT"))
            .otherwise("unit_measure")
        )
    lost = [n for n in (*figures, "se", "cv", "deff", *counts) if n in est.columns]
    return _withheld(marked, lost)


def _withheld(marked: pl.DataFrame, figures: Sequence[str]) -> pl.DataFrame:
    """Take the figures, the sample size and the note from what is withheld; the labels stay."""
    hidden = pl.col("suppression_reason") != NONE
    lost = [name for name in (*figures, *_LABELS) if name in marked.columns]
    return marked.with_columns(
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in lost),
        obs_status=pl.when(hidden).then(pl.lit("S")).otherwise("obs_status"),
    )


def _amount(name: str, steps: Mapping[str, int]) -> pl.Expr:
    step = pl.col("unit_measure").replace_strict(steps, return_dtype=pl.Int64)
    return ((pl.col(name) / step).round() * step).alias(name)


def _to(name: str, step: int) -> pl.Expr:
    return (pl.col(name) / step).round() * step


def _percent(name: str, digits: int = 1) -> pl.Expr:
    return (pl.col(name) * 100).round(digits)


_RULES: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "cascade": _cascade,
    "adjustment": _adjustment,
    "adjusted": _adjusted,
    "bridge": _bridge,
    "group": _sample_figures,
    "affordability": _sample_figures,
    "indirect": _sample_figures,
}
