"""The basic totals of the cascade, by domain, with their covariance; stages are made elsewhere.

Survey totals come from one pass over all rows (collapse.py): outside its stage a row scores zero and
its PSU stays. Totals of one domain share PSUs, so they have a full covariance matrix (ultimate
clusters, as R ``vcov(svytotal(~a + b, subset))``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyses.engine.collapse import Score, collapse
from analyses.engine.delta import Linearised
from analyses.engine.design import between_psus
from analyses.engine.psu_figures import degrees_of, summed
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyses.engine.collapse import PsuTotals
    from analyses.engine.design import Design, Floats, Ints

STATUS = {
    "compulsory_public": "public",
    "compulsory_enterprise": "enterprise",
    "voluntary": "voluntary",
}
BRANCHES = tuple(STATUS.values())
COMPULSORY = ("public", "enterprise")
# What the social-security answer itself helps to define (decision 003).
CIRCULAR = {"nature_of_job", "unit_of_production", "social_security", "reported_covered",
            "employer_social_contribution", "is_registered", "legal_status", "branch"}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Basis(Discreet):
    """Basic totals by domain.

    Args:
        domains: (breakdown, category) of each domain; the first is ("total", "TOTAL").
        names: the totals' names.
        value: shape (domains, totals); NaN where a total is not known.
        covariance: shape (domains, totals, totals); 0 for what is not known.
        rows: by name, sample rows that score, shape (domains,); survey totals alone.
        df: degrees of freedom of the survey, shape (domains,).
        register_df: by branch, those of the register's terms, shape (domains,).
    """

    domains: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    value: Floats
    covariance: Floats
    rows: Mapping[str, Ints]
    df: Ints
    register_df: Mapping[str, Ints] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a total."""
        return name in self.names

    def __getitem__(self, name: str) -> Linearised:
        """Give one total as a figure of all totals."""
        at = self.names.index(name)
        slope = np.zeros_like(self.value)
        slope[:, at] = 1.0
        return Linearised(self.value[:, at], slope)

    def beside(self, names: Sequence[str], value: Floats, covariance: Floats) -> Basis:
        """Add totals that are independent of those here."""
        old = len(self.names)
        size = old + len(names)
        whole = np.zeros((len(self.domains), size, size))
        whole[:, :old, :old] = self.covariance
        whole[:, old:, old:] = covariance
        return Basis(
            self.domains,
            (*self.names, *names),
            np.concatenate([self.value, value], axis=1),
            whole,
            self.rows,
            self.df,
            self.register_df,
        )


def survey_basis(rows: pl.DataFrame, design: Design, breakdowns: Sequence[str]) -> Basis:
    """Sum what the stages need, for everybody and by breakdown, in one pass.

    Args:
        rows: one row a person, all persons of the sample: the design's columns, the breakdowns,
            ``is_employed``, ``is_registered``, ``reported_covered`` and, for the legal stages,
            ``legal_status`` and ``due_total_lak``, as transforms/law/survey_liability.py gives them.
        design: the sampling design.
        breakdowns: columns whose categories are domains.

    Returns:
        The totals, named by ``_scores`` (persons, and kip a month), with their covariance.

    Raises:
        InputError: a column is missing or the design is not met.
        Refused: a breakdown is defined by the answers that the cascade counts.
    """
    for name in breakdowns:
        if name in CIRCULAR:
            raise Refused(
                f"a cascade by {name} is circular: the answers that the cascade counts define it",
                "break down by sex, area or another column that contributions do not define",
            )
    needed = ("is_employed", "is_registered", "reported_covered", *breakdowns)
    for name in needed:
        if name not in rows.columns:
            raise InputError("the cascade needs this column", "see survey_basis", column=name)
    scores = _scores(rows)
    frame = rows.select(*dict.fromkeys([*design.one_stage(), *breakdowns]), **scores)
    names = tuple(scores)
    totals = collapse(frame, design, [Score(name, name) for name in names], breakdowns)
    value, covariance = _covariances(totals, names)
    counts = {name: totals.counts[name].sum(axis=0).astype(np.int64) for name in names}
    held = summed(totals).held["employed"]
    df = degrees_of(totals, "employed", held)
    return Basis(totals.cells, names, value, covariance, counts, df)


def _scores(rows: pl.DataFrame) -> dict[str, pl.Expr]:
    """Give the scores by name, zero outside.

    ``employed``, ``unknown_status``, ``registered``, ``registered_unknown``, ``reported``,
    ``reported_unknown`` count the employed; ``BRANCH:legal``, ``:registered``,
    ``:registered_unknown``, ``:reported``, ``:answered`` the legally covered of a branch;
    ``:assumed`` those judged as nationals unasked; ``:KIND:known`` those whose due is known and
    ``:KIND:due`` their due (kip a month).
    """
    employed = pl.col("is_employed")
    yes, reported = pl.col("is_registered") == "yes", pl.col("reported_covered") == "yes"
    silent = pl.col("is_registered") == "unknown"
    answered = pl.col("reported_covered").is_in(["yes", "no"])
    scores = {
        "employed": employed,
        "registered": employed & yes,
        "registered_unknown": employed & silent,
        "reported": employed & reported,
        "reported_unknown": employed & ~answered,
    }
    if not has_law(rows):
        return {name: _one(score) for name, score in scores.items()}
    scores["unknown_status"] = employed & (pl.col("legal_status") == "unknown")
    amounts: dict[str, pl.Expr] = {}
    due = pl.col("due_total_lak").cast(pl.Float64)
    for status, branch in STATUS.items():
        legal = employed & (pl.col("legal_status") == status)
        kinds = {
            "legal": legal,
            "registered": legal & yes,
            "reported": legal & reported,
            "answered": legal & answered,
        }
        scores[f"{branch}:registered_unknown"] = legal & silent
        if "is_nationality_assumed" in rows.columns:
            scores[f"{branch}:assumed"] = legal & pl.col("is_nationality_assumed")
        for kind, score in kinds.items():
            known = score & due.is_not_null()
            scores[f"{branch}:{kind}"] = score
            scores[f"{branch}:{kind}:known"] = known
            amounts[f"{branch}:{kind}:due"] = pl.when(known).then(due).otherwise(0.0)
    return {name: _one(score) for name, score in scores.items()} | amounts


def has_law(rows: pl.DataFrame) -> bool:
    """Whether the rows were judged by a law: some employed person has a legal status."""
    if "legal_status" not in rows.columns:
        return False
    return bool((rows["is_employed"] & rows["legal_status"].is_not_null()).any())


def law_decides(basis: Basis) -> bool:
    """Whether the law tells more employed persons to be insured than it leaves open.

    Where the wave does not say for whom people work, nobody is known to be covered; to print that as
    nobody covered would be false.
    """
    covered = [f"{branch}:legal" for branch in COMPULSORY]
    if covered[0] not in basis:
        return False
    told = sum(float(basis[name].value[0]) for name in covered)
    return told > float(basis["unknown_status"].value[0])


def _one(score: pl.Expr) -> pl.Expr:
    return score.fill_null(value=False).cast(pl.Int8)


def _covariances(totals: PsuTotals, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Give the totals and their covariance matrix, domain by domain."""
    scale = totals.design.weight_scale
    shape = (len(totals.cells), len(names))
    value, covariance = np.empty(shape), np.empty((*shape, len(names)))
    for domain in range(len(totals.cells)):
        by_psu = np.stack([totals.sums[(name,)][:, domain] for name in names], axis=1) * scale
        z, factor = between_psus(by_psu.astype(np.float64), totals.psus, totals.design.lonely)
        value[domain] = by_psu.sum(axis=0)
        covariance[domain] = z.T @ z * factor
    return value, covariance
