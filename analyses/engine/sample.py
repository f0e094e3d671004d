"""Rows bound to their design, and the variance of any linearised statistic; no statistic lives here.

``collapse.py`` is the fast road for totals and ratios of a whole table. This one is general: several
stages, finite populations, calibrated weights, replicates.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, get_args

import numpy as np
import polars as pl

from analyses.engine.design import Design, DfMethod, Floats, Truths
from analyses.engine.stages import Stage, stages_of, variance_over
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError


class Statistic(Protocol):
    """A statistic of weighted rows, with as many figures as it likes."""

    def value(self, weight: Floats) -> Floats:
        """Give the figures under some weights, one a row; shape (figures,)."""

    def influence(self, weight: Floats, value: Floats) -> Floats:
        """Give the derivative of the figures by each row's weight; shape (rows, figures)."""


@dataclass(frozen=True, repr=False)
class Replicates(Discreet):
    """Replicate weights: one column a replicate.

    The variance is scale times the sum over replicates of rscale times the squared distance from
    the full-sample figure (``mse``) or from the replicates' mean (R survey's ``svrVar``).
    """

    weights: Floats  # (rows, replicates)
    scale: float
    rscales: Floats
    mse: bool = False
    kind: str = "replicates"
    df: int | None = None

    def covariance(self, each: Floats, value: Floats) -> Floats:
        """Give the covariance matrix of figures.

        Args:
            each: the figures under each replicate, shape (replicates, figures).
            value: those of the full sample.
        """
        centre = value if self.mse else each[self.rscales > 0].mean(axis=0)
        away = (each - centre) * np.sqrt(self.rscales)[:, None]
        found: Floats = self.scale * (away.T @ away)
        return found


@dataclass(frozen=True, repr=False)
class Sample(Discreet):
    """Rows with their design.

    Args:
        frame: the rows; every row of the sample, also those outside a domain.
        design: which columns carry the design.
        weight: persons that each row stands for.
        stages: the stages of sampling, first stage first; empty when the design is unknown.
        residual: takes a matrix of weighted influences to its calibration residuals.
        replicates: replicate weights, when the variance comes from them.
    """

    frame: pl.DataFrame
    design: Design
    weight: Floats
    stages: tuple[Stage, ...]
    residual: Callable[[Floats], Floats] | None = None
    replicates: Replicates | None = None

    def covariance(
        self, statistic: Statistic, value: Floats | None = None, rows: Truths | None = None
    ) -> Floats:
        """Give the covariance matrix of a statistic's figures; shape (figures, figures).

        Args:
            statistic: the figures.
            value: their values, where they are known.
            rows: the rows of the figures' domains, shape (rows,) or (rows, figures), for the rule
                of strata with one PSU; None: all rows.

        Raises:
            InputError: a stratum has one unit and the design's rule is to fail.
        """
        value = statistic.value(self.weight) if value is None else value
        if self.replicates is not None:
            columns = self.replicates.weights.T
            return self.replicates.covariance(
                np.array([statistic.value(column) for column in columns]), value
            )
        return self.covariance_of(statistic.influence(self.weight, value), rows)

    def covariance_of(self, influence: Floats, rows: Truths | None = None) -> Floats:
        """Give the covariance matrix of sums of weight times influence; shape (figures, figures)."""
        z = influence * self.weight[:, None]
        if self.residual is not None:
            z = self.residual(z)
        held = rows if rows is None or rows.ndim == 2 else rows[:, None]
        return variance_over(z, self.stages, self.design, held)

    def df(self, rows: Truths | None = None) -> int:
        """Give the degrees of freedom: PSUs less strata, of all rows or of those that hold ``rows``.

        For replicates the rank of their weights less one, as R's ``degf``.
        """
        if self.replicates is not None:
            if self.replicates.df is not None:
                return self.replicates.df
            return int(np.linalg.matrix_rank(self.replicates.weights, tol=1e-5)) - 1
        if not self.stages:
            return len(self.weight) - 1
        first = self.stages[0]
        keep = self.weight != 0 if rows is None else rows
        return len(np.unique(first.unit[keep])) - len(np.unique(first.stratum[keep]))

    def psus(self, rows: Truths) -> tuple[int, int]:
        """Count the PSUs and the strata that hold some rows."""
        if not self.stages:
            return int(rows.sum()), 1
        first = self.stages[0]
        return len(np.unique(first.unit[rows])), len(np.unique(first.stratum[rows]))

    def degrees(self, rows: Truths, method: DfMethod) -> tuple[int, int, int]:
        """Give the PSUs and strata that hold some rows, and the degrees of freedom.

        Args:
            rows: the rows of the figure.
            method: by which rule (``Design.df_method``). Replicates have one number for all.

        Raises:
            InputError: there is no such rule.
        """
        if method not in get_args(DfMethod):
            raise InputError(
                f"there is no df_method {method}", f"use one of {', '.join(get_args(DfMethod))}"
            )
        psus, strata = self.psus(rows)
        if method == "design" or self.replicates is not None:
            return psus, strata, self.df()
        if method == "stata" and self.stages:
            first = self.stages[0]
            reached = np.isin(first.stratum, np.unique(first.stratum[rows]))
            psus_of_these = len(np.unique(first.unit[reached]))
            return psus, strata, psus_of_these - strata
        return psus, strata, psus - strata

    def reweighted(self, weight: Floats, residual: Callable[[Floats], Floats] | None) -> "Sample":
        """Give the sample with calibrated weights and the residual step of its variance."""
        return replace(self, weight=weight, residual=residual)


def sample(frame: pl.DataFrame, design: Design) -> Sample:
    """Bind rows to a design.

    Args:
        frame: the rows of the whole sample.
        design: the design's columns, by their exact names.

    Raises:
        InputError: a column is missing, blank or not a number, or a population is smaller than
            the sample from it.
    """
    for name in design.columns:
        if name not in frame.columns:
            raise InputError("the column is missing", "name the right one", column=name)
        blanks = frame[name].null_count()
        if blanks:
            raise InputError(
                "a design column has blanks",
                "every row needs its design; correct the file",
                column=name,
                row=1 + int(frame[name].is_null().arg_max() or 0),
                rows=blanks,
            )
    if design.weight is None:
        weight = np.full(frame.height, design.weight_scale)
    else:
        weight = frame[design.weight].cast(pl.Float64).to_numpy() * design.weight_scale
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise InputError(
            "a weight is negative or not finite", "correct the file", column=design.weight
        )
    return Sample(frame, design, weight, stages_of(frame, design))
