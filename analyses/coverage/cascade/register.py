"""The register's side of the cascade: given terms put beside the survey's totals; nothing is adjusted here.

Adjustments (duplicates, dormant, late posting, geography) are made before, with their variance, and
are independent of the survey.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analyses.coverage.cascade.totals import BRANCHES
from data_contracts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from analyses.coverage.cascade.totals import Basis
    from analyses.engine.delta import Linearised
    from analyses.engine.design import Ints

TERMS = ("affiliated", "active_contributor", "payment_gap", "d_aff", "d_act", "paid_ratio")
SPECIFICITY = "specificity"
_KEY = ["branch", "breakdown", "category", "term"]
_PAIR = ["branch", "term", "other_branch", "other_term", "breakdown", "category", "covariance"]


def beside_register(
    basis: Basis,
    register: pl.DataFrame,
    covariance: pl.DataFrame | None,
    specificity: tuple[float, float],
) -> Basis:
    """Put the register's terms and the specificity of self-reports beside the survey's totals.

    Args:
        basis: the survey's totals.
        register: branch (public, enterprise, voluntary), breakdown, category (of residence), term
            (TERMS), value, se, and where it is known df. A term that is not given, or whose value is
            null, is not known.
        covariance: of two terms of one domain: branch, term, other_branch, other_term, breakdown,
            category, covariance; pairs that are not named are independent.
        specificity: the value and its standard error.

    Raises:
        InputError: a column is missing, a term is unknown or given twice, an error is not given
            or negative, or a covariance is not possible.
    """
    _check(register, covariance)
    names = [f"{branch}:{term}" for branch in BRANCHES for term in TERMS] + [SPECIFICITY]
    at = {name: i for i, name in enumerate(names)}
    place = {domain: i for i, domain in enumerate(basis.domains)}
    shape = (len(basis.domains), len(names))
    value, se = np.full(shape, np.nan), np.zeros(shape)
    value[:, -1], se[:, -1] = specificity
    for branch, breakdown, category, term, amount, error in register.select(
        *_KEY, "value", "se"
    ).iter_rows():
        domain = place.get((breakdown, category))
        if domain is not None and amount is not None:
            value[domain, at[f"{branch}:{term}"]] = amount
            se[domain, at[f"{branch}:{term}"]] = error
    whole = np.zeros((*shape, len(names)))
    whole[:, np.arange(len(names)), np.arange(len(names))] = se**2
    for row in [] if covariance is None else covariance.select(_PAIR).iter_rows():
        domain = place.get((row[4], row[5]))
        one, other = at[f"{row[0]}:{row[1]}"], at[f"{row[2]}:{row[3]}"]
        if domain is None or one == other:
            continue
        if abs(row[6]) > se[domain, one] * se[domain, other] * (1 + 1e-6):
            raise InputError(
                "a covariance of two register terms is larger than their errors allow",
                "it is at most the product of their standard errors",
                column="covariance",
            )
        whole[domain, one, other] = whole[domain, other, one] = row[6]
    return replace(basis.beside(names, value, whole), register_df=_degrees(basis, register))


def _degrees(basis: Basis, register: pl.DataFrame) -> dict[str, Ints]:
    """Give the degrees of freedom of each branch's terms; the survey's where none are given."""
    if "df" not in register.columns:
        return {}
    place = {domain: i for i, domain in enumerate(basis.domains)}
    found = {branch: basis.df.copy() for branch in BRANCHES}
    for branch, breakdown, category, df in register.select(*_KEY[:3], "df").unique().iter_rows():
        if df is not None and (breakdown, category) in place:
            found[branch][place[breakdown, category]] = df
    return found


def active(basis: Basis, branch: str) -> Linearised:
    """Give a branch's active contributors: as given, else the affiliated less the payment gap."""
    given = basis[f"{branch}:active_contributor"]
    parted = basis[f"{branch}:affiliated"] - basis[f"{branch}:payment_gap"]
    return given.where(~np.isnan(given.value), parted)


def _check(register: pl.DataFrame, covariance: pl.DataFrame | None) -> None:
    for frame, wanted in ((register, [*_KEY, "value", "se"]), (covariance, _PAIR)):
        for name in wanted if frame is not None else []:
            if name not in frame.columns:  # type: ignore[union-attr]
                raise InputError("the register's terms lack a column", "add it", column=name)
    for frame, branch, term in (
        (register, "branch", "term"),
        (covariance, "branch", "term"),
        (covariance, "other_branch", "other_term"),
    ):
        if frame is None:
            continue
        if not frame[branch].is_in(BRANCHES).all() or not frame[term].is_in(TERMS).all():
            raise InputError(
                "a register term is of no branch or kind that the cascade knows",
                f"branches: {', '.join(BRANCHES)}; terms: {', '.join(TERMS)}",
            )
    if register.select(_KEY).is_duplicated().any():
        raise InputError("a register term is given twice", "give each once")
    wrong = register["value"].is_not_null() & ~(register["se"] >= 0).fill_null(value=False)
    if wrong.any():
        raise InputError(
            "a register term has no standard error",
            "give 0 where it is exact",
            column="se",
            row=int(wrong.arg_max() or 0) + 1,
            rows=int(wrong.sum()),
        )
