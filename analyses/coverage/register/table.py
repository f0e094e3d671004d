"""The adjusted register beside the survey: coverage, self-report; A* is in terms.py."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analyses.coverage.misreport.bounds import bounds_by_rates, ranges
from analyses.coverage.misreport.rates import Answers, corrected_total
from analyses.coverage.misreport.self_report import SURVEY_COLUMNS, survey_covariance, survey_rows
from analyses.coverage.register.adjustments import GEOGRAPHY, Rates
from analyses.coverage.register.cells import REGISTERED
from analyses.coverage.register.terms import DRAWS, TERMS, AdjustedTerms, Basis, adjust
from analyses.engine.intervals import interval
from analyses.wave.contract_table import contract_table

__all__ = ["CONCEPTS", "SURVEY_COLUMNS", "adjusted_table"]

DRAWN = ("total", "sex")
LABELS = ("survey_id", "register_id", "register_date")
CONCEPTS = ("affiliated", "active_contributor")


def adjusted_table(
    rates: Sequence[Rates],
    survey: pl.DataFrame,
    answers: Answers,
    meta: Mapping[str, str],
    *,
    basis: Basis = "register",
    draws: int = DRAWS,
    seed: int = 20171231,
    ci_level: float = 0.95,
) -> pl.DataFrame:
    """Give est.adjusted: the register adjusted, over the survey, and with its self-report.

    Coverage R = A*/E has relative variance cv²(A*) + cv²(E), register and survey being
    independent; its interval is on the log scale, R exp(-+ t cv) with the survey's degrees of
    freedom (as in analyses/wave/register_coverage.py). Every scheme is divided by the survey's total. The bounds
    let sensitivity and specificity lie within three standard errors and add sampling.

    Args:
        rates: as ``register_rates`` returns them.
        survey: as ``survey_rows`` asks.
        answers: sensitivity and specificity of the self-report.
        meta: ``survey_id``, ``register_id``, ``register_date``.
        basis: see ``adjust``.
        draws: Monte Carlo draws for the whole and by sex; 0 leaves the ``mc_`` columns null, as
            they are by province, where the delta method stands alone.
        seed: of the draws.
        ci_level: level of all intervals.

    Returns:
        The columns of est.adjusted, a row a concept and cell; provinces are of residence alone. A
        count by province of registration shows where head offices are: it stands in the bridge.
    """
    known = survey_rows(survey)
    found: list[dict[str, Any]] = []
    for item in rates:
        if item.cell.breakdown == REGISTERED:
            continue
        place = item.value[GEOGRAPHY]
        moved = place / item.counted if np.isfinite(place) else 1.0
        drawn = draws if item.cell.breakdown in DRAWN else 0
        terms = adjust(item, basis=basis, draws=drawn, seed=seed)
        whole = known.get(("total", *terms.key[1:]))
        own = known.get(terms.key)
        for concept in CONCEPTS:
            measure = "all_records" if concept == "affiliated" else "all_active"
            row: dict[str, Any] = {name: meta[name] for name in LABELS}
            row |= {"concept": concept, "note": _note(item, whole)}
            row |= dict(zip(("scheme", "breakdown", "category"), terms.key, strict=True))
            row["raw"] = item.cell.total(measure) * float(moved)
            row |= _adjusted(terms, concept, ci_level)
            if whole is not None and whole["employed"] > 0:
                row |= _coverage(row, whole, ci_level)
            asked = own is not None and own["self_report"] is not None
            if own is not None and asked and concept == "active_contributor":
                row |= _self_report(own, answers, ci_level)
            found.append(row)
    return contract_table("est.adjusted", found)


def _adjusted(terms: AdjustedTerms, concept: str, level: float) -> dict[str, float]:
    value, se = terms.of(concept)
    low, high = interval(value, se, max(terms.rates.df, 1), level)
    found = {
        "adjusted": value,
        "adjusted_se": se,
        "ci_lower": max(low, 0.0),
        "ci_upper": high,
    }
    if len(terms.drawn):
        drawn = terms.drawn[:, TERMS.index(concept)]
        ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        found |= {"mc_se": float(drawn.std(ddof=1))}
        found |= {"mc_lower": float(ends[0]), "mc_upper": float(ends[1])}
    return found


def _coverage(row: Mapping[str, Any], whole: Mapping[str, Any], level: float) -> dict[str, float]:
    employed, employed_se = float(whole["employed"]), float(whole["employed_se"])
    found = {"denominator": employed, "denominator_se": employed_se}
    ratio = row["adjusted"] / employed
    relative = employed_se / employed
    if row["adjusted"] > 0:
        relative = float(np.hypot(row["adjusted_se"] / row["adjusted"], relative))
    low, high = interval(ratio, ratio * relative, max(float(whole["df"]), 1.0), level, "log")
    return found | {
        "coverage": ratio,
        "coverage_se": ratio * relative,
        "coverage_lower": low,
        "coverage_upper": high,
    }


def _self_report(own: Mapping[str, Any], answers: Answers, level: float) -> dict[str, float]:
    totals = [float(own["self_report"]), float(own["employed"])]
    spread = survey_covariance(own)
    corrected, se = corrected_total(totals, spread, answers)
    open_ = bounds_by_rates(
        totals, spread, *ranges(answers), df=max(float(own["df"]), 1.0), level=level
    )
    return {
        "self_report": totals[0],
        "self_report_se": float(own["self_report_se"]),
        "self_report_corrected": corrected,
        "corrected_se": se,
        "bound_lower": open_.lower_limit,
        "bound_upper": open_.upper_limit,
    }


def _note(item: Rates, whole: Mapping[str, Any] | None) -> str:
    parts = [f"{name}: {note}" for name, note in item.notes.items()]
    if whole is None:
        parts.append("the survey has no such category, so no coverage is given")
    return "; ".join(parts)
