"""The gap cascade: where cover is lost between the law and the payment, in persons and in kip, with intervals.

It telescopes exactly: in every domain the gaps add up to the first stage less the last. Survey
terms carry the design's covariance, register terms that of their adjustments, and every gap, share
and Shapley part both, by the delta method. It describes all employed persons. It is no model of
informal employees: for employees the social-security answer itself makes the job formal, so a
cascade within them would find what the definition put there (decision 003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyses.coverage.cascade.money import money_of
from analyses.coverage.cascade.persons import persons_of, self_report_chain
from analyses.coverage.cascade.register import beside_register
from analyses.coverage.cascade.stages import CascadeOpenError, table_of
from analyses.coverage.cascade.totals import survey_basis
from analyses.engine.reliability import DEFAULT
from analyses.wave.contract_table import contract_table
from data_contracts.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyses.engine.design import Design

__all__ = ["CascadeOpenError", "cascade", "survey_cascade"]

DOMAINS = ("sex", "admin1_code")
SPECIFICITY = (0.99, 0.002)
LABELS = ("survey_id", "register_id", "ref_area", "time_period", "register_date")
_NO_TERMS = pl.DataFrame(
    schema={
        **dict.fromkeys(["branch", "breakdown", "category", "term"], pl.String),
        "value": pl.Float64,
        "se": pl.Float64,
    }
)


def cascade(
    rows: pl.DataFrame,
    design: Design,
    register: pl.DataFrame | None,
    labels: Mapping[str, str | None],
    *,
    covariance: pl.DataFrame | None = None,
    specificity: tuple[float, float] = SPECIFICITY,
    breakdowns: Sequence[str] = DOMAINS,
    level: float = 0.95,
    rules: str = DEFAULT,
) -> pl.DataFrame:
    """Give the cascade of persons and of money, for each branch and the compulsory ones together.

    Persons: employed, legally_covered, registered_unit (survey), affiliated, active_contributor
    (register). Money, kip a month: due_legal, due_registered (survey), due_affiliated, due_active
    (both), due_declared, paid (register). Only the compulsory branches start at the employed.
    ``registration_unknown`` and ``legal_status_unknown`` are rows of their own, each a part of a gap.

    Args:
        rows: one row a person, all persons of the sample, as survey_liability gives them: the
            design's columns, the breakdowns, ``is_employed`` (Boolean), ``legal_status``,
            ``due_total_lak``, ``is_registered`` and ``reported_covered`` (yes, no, unknown), and where
            it is known ``is_nationality_assumed``. Where no employed person has a legal status the
            law is not held, and what rests on it is NOT COMPUTABLE.
        design: the sampling design.
        register: terms of the register, adjusted, for the survey's universe (nationals, no armed
            forces) by province of residence: branch (public, enterprise, voluntary), breakdown,
            category, term, value, se. Terms: affiliated; active_contributor, or payment_gap
            (affiliated less active, where these two parts are the independent ones); d_aff and
            d_act (declared due of the affiliated and of the active, kip a month); paid_ratio (paid
            over due in the window). None: no register, what rests on it is NOT COMPUTABLE.
        labels: survey_id, ref_area, time_period, and register_id and register_date with a register.
        covariance: of pairs of register terms (register.py); others are independent.
        specificity: of self-reports, with its standard error.
        breakdowns: columns whose categories are domains, beside the whole.
        level: probability of the intervals, by t with the survey's degrees of freedom.
        rules: reliability rule set for obs_status, which grades the stage's total.

    Returns:
        The columns of est.cascade, one row a unit, branch, domain and stage, unrounded: the stage's value, the gap
        from the stage before, its share of the whole fall, and its Shapley part (in the unit; the
        parts sum to the fall). obs_status O and a note NOT COMPUTABLE where there is no value.

    Raises:
        InputError: a column is missing, a register term is not right, or a lonely PSU stops.
        Refused: a breakdown that the counted answers define.
        CascadeOpenError: the gaps do not add up.
    """
    basis = survey_basis(rows, design, breakdowns)
    terms = _NO_TERMS if register is None else register
    whole = beside_register(basis, terms, covariance, specificity)
    money, extended = money_of(whole)
    tables = [table_of(chain, whole, level, rules) for chain in persons_of(whole)]
    tables += [table_of(chain, extended, level, rules) for chain in money]
    return _finished(pl.concat(tables), labels)


def survey_cascade(
    rows: pl.DataFrame,
    design: Design,
    labels: Mapping[str, str | None],
    *,
    breakdowns: Sequence[str] = DOMAINS,
    level: float = 0.95,
    rules: str = DEFAULT,
) -> pl.DataFrame:
    """Give the cascade of a wave without law and register: employed, registered, self-reported cover.

    Branch ``all``. It needs the design's columns, the breakdowns, ``is_employed``, ``is_registered`` and
    ``reported_covered``. A wave that does not ask about registration (CRI_2020_ENAHO) goes from the
    employed to the self-reported, and the stage between is NOT COMPUTABLE.

    Args:
        rows: as for ``cascade``.
        design: the sampling design.
        labels: survey_id, ref_area, time_period.
        breakdowns: as for ``cascade``.
        level: as for ``cascade``.
        rules: as for ``cascade``.

    Returns:
        As ``cascade``, with self_reported_covered as last stage, marked so in ``note``.

    Raises:
        InputError: as ``cascade``.
        Refused: as ``cascade``.
    """
    basis = survey_basis(rows, design, breakdowns)
    return _finished(table_of(self_report_chain(basis), basis, level, rules), labels)


def _finished(table: pl.DataFrame, labels: Mapping[str, str | None]) -> pl.DataFrame:
    for name in ("survey_id", "ref_area", "time_period"):
        if not labels.get(name):
            raise InputError(f"the cascade's label {name} is not given", "name the wave")
    named = (pl.lit(labels.get(name), dtype=pl.String).alias(name) for name in LABELS)
    return contract_table("est.cascade", table.with_columns(named))
