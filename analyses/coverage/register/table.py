"""The adjusted register beside the survey: coverage, self-report; A* is in terms.py."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analyses.coverage.misreport.bounds import bounds_by_rates, ranges
from analyses.coverage.misreport.rates import Answers, corrected_total
from analyses.coverage.misreport.self_report import SURVEY_COLUMNS, survey_covariance, survey_rows
from analyses.coverage.register.adjustments import GEOGRAPHY, Rates
from analyses.coverage.register.cells import REGISTERED, SCHEMES
from analyses.coverage.register.terms import DRAWS, TERMS, AdjustedTerms, Basis, adjust, together
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
    made = {
        one.key: one
        for item in rates
        if item.cell.breakdown != REGISTERED
        for one in [adjust(item, basis=basis, draws=draws * _is_drawn(item), seed=seed)]
    }
    for key, own_terms in made.items():
        item, terms = own_terms.rates, _scheme_sum(own_terms, made)
        place = item.value[GEOGRAPHY]
        moved = place / item.counted if np.isfinite(place) else 1.0
        whole = known.get(("total", *key[1:]))
        own = known.get(key)
        for concept in CONCEPTS:
            measure = "all_records" if concept == "affiliated" else "all_active"
            row: dict[str, Any] = {name: meta[name] for name in LABELS}
            row |= {"concept": concept, "note": _note(item, whole)}
            row |= dict(zip(("scheme", "breakdown", "category"), key, strict=True))
            row["raw"] = item.cell.total(measure) * float(moved)
            row |= _adjusted(terms, concept, ci_level)
            if whole is not None and whole["employed"] > 0:
                row |= _coverage(row, whole, ci_level)
            asked = own is not None and own["self_report"] is not None
            if own is not None and asked and concept == "active_contributor":
                row |= _self_report(own, answers, ci_level)
            found.append(row)
    return contract_table("est.adjusted", found)


def _is_drawn(item: Rates) -> bool:
    return item.cell.breakdown in DRAWN


def _scheme_sum(
    own: AdjustedTerms, made: Mapping[tuple[str, str, str], AdjustedTerms]
) -> AdjustedTerms:
    """Give the compulsory schemes as their sum, which is what the cascade adds up; others as they are."""
    scheme, breakdown, category = own.key
    if scheme != "compulsory":
        return own
    keys = [(part, breakdown, category) for part in SCHEMES[scheme]]
    parts = [made[key] for key in keys if key in made]
    return together(own.rates, parts) if len(parts) == len(SCHEMES[scheme]) else own


def _adjusted(terms: AdjustedTerms, concept: str, level: float) -> dict[str, float]:
    value, se = terms.of(concept)
    low, high = interval(value, se, terms.df, level)
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
    df = max(float(whole["df"]), 1.0)
    ends = interval(employed, employed_se, df, level)
    found = {"denominator": employed, "denominator_se": employed_se}
    found |= dict(zip(("denominator_lower", "denominator_upper"), ends, strict=True))
    ratio = row["adjusted"] / employed
    relative = employed_se / employed
    if row["adjusted"] > 0:
        relative = float(np.hypot(row["adjusted_se"] / row["adjusted"], relative))
    low, high = interval(ratio, ratio * relative, df, level, "log")
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
    df, said, said_se = max(float(own["df"]), 1.0), float(own["said"]), float(own["said_se"])
    open_ = bounds_by_rates(totals, spread, *ranges(answers), df=df, level=level)
    as_said, right = interval(said, said_se, df, level), interval(corrected, se, df, level)
    return {
        "self_report": said,
        "self_report_se": said_se,
        "self_report_lower": as_said[0],
        "self_report_upper": as_said[1],
        "self_report_corrected": corrected,
        "corrected_se": se,
        "corrected_lower": right[0],
        "corrected_upper": right[1],
        "bound_lower": open_.lower_limit,
        "bound_upper": open_.upper_limit,
    }


def _note(item: Rates, whole: Mapping[str, Any] | None) -> str:
    parts = [f"{name}: {note}" for name, note in item.notes.items()]
    if whole is None:
        parts.append("the survey has no such category, so no coverage is given")
    return "; ".join(parts)
