"""Tests of a weighted table that know the design (Rao-Scott), and of several coefficients (Wald)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from analyses.engine.design import Floats, Ints
from analyses.engine.sample import Sample
from analyses.engine.statistics import Ratio, Total
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError


@dataclass(frozen=True)
class FTest:
    """A test's statistic, degrees of freedom (infinite ``ddf`` for chi-square) and p-value."""

    statistic: float
    ndf: float
    ddf: float
    p: float


@dataclass(frozen=True, repr=False)
class TwoWay(Discreet):
    """A weighted table of two variables with its tests.

    Args:
        totals: persons by row and column category.
        shares: shares of all, by row and column category.
        rao_scott_f: second-order corrected F (R ``svychisq(statistic="F")``).
        rao_scott_chisq: first-order corrected Pearson (R ``statistic="Chisq"``).
    """

    totals: Floats
    shares: Floats
    rao_scott_f: FTest
    rao_scott_chisq: FTest


def rao_scott(sample: Sample, row: Ints, column: Ints, within: Floats) -> TwoWay:
    """Cross two variables and test their independence (Rao and Scott 1984).

    Args:
        sample: all rows with their design.
        row: category number of the first variable, an entry a row.
        column: of the second.
        within: 1 for rows of the domain with both answers, else 0.

    Raises:
        InputError: a variable has one category only.
    """
    scores, r, c = _cells(row, column, within)
    totals = Total(scores).value(sample.weight)
    mean = Ratio(scores, np.repeat(within[:, None], r * c, axis=1))
    p = mean.value(sample.weight)
    kept = within > 0
    n = int((kept & (sample.weight > 0)).sum())
    covariance = sample.covariance(mean, p, kept)
    shares = p.reshape(r, c)
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    pearson = float(n * ((shares - expected) ** 2 / expected).sum())
    eigen = _effects(covariance, p, shares, n)
    df, nu = (r - 1) * (c - 1), sample.df(kept) if sample.replicates is None else sample.df()
    mean_effect = eigen.sum() / df
    spread = eigen.sum() ** 2 / (eigen**2).sum()
    f = pearson / eigen.sum()
    return TwoWay(
        totals.reshape(r, c),
        shares,
        FTest(f, spread, spread * nu, float(fdtrc(spread, spread * nu, f))),
        FTest(pearson, df, np.inf, float(chdtrc(df, pearson / mean_effect))),
    )


def wald_independence(
    sample: Sample, row: Ints, column: Ints, within: Floats
) -> tuple[FTest, FTest]:
    """Test independence by the cells' distance from its expectation (Koch, Freeman and Freeman 1975).

    R ``svychisq`` with ``statistic="Wald"`` and ``"adjWald"``. Both lose power, and the first its
    size, where PSUs are few; ``rao_scott`` is the usual choice.

    Args:
        sample: all rows with their design.
        row: as for ``rao_scott``.
        column: as for ``rao_scott``.
        within: as for ``rao_scott``.

    Returns:
        The Wald test, and the one adjusted for the degrees of freedom.
    """
    scores, r, c = _cells(row, column, within)
    cells = Total(scores)
    totals = cells.value(sample.weight).reshape(r, c)
    rows, columns, whole = totals.sum(axis=1), totals.sum(axis=0), totals.sum()
    # Derivative of n_ij - n_i. n_.j / n.. by each cell, for all rows and columns but the last.
    slope = []
    for i in range(r - 1):
        for j in range(c - 1):
            by_cell = np.full((r, c), rows[i] * columns[j] / whole**2)
            by_cell[i, :] -= columns[j] / whole
            by_cell[:, j] -= rows[i] / whole
            by_cell[i, j] += 1
            slope.append(by_cell.ravel())
    jacobian = np.array(slope)
    away = (totals - np.outer(rows, columns) / whole)[:-1, :-1].ravel()
    spread = jacobian @ sample.covariance(cells, rows=within > 0) @ jacobian.T
    nu = sample.df(within > 0) if sample.replicates is None else sample.df()
    plain = wald_test(away, spread, nu)
    k = plain.ndf
    f = plain.statistic * (nu - k + 1) / nu
    return plain, FTest(f, k, nu - k + 1, float(fdtrc(k, nu - k + 1, f)))


def _cells(row: Ints, column: Ints, within: Floats) -> tuple[Floats, int, int]:
    """Give a 0/1 score for each cell of the table, zero outside, and the numbers of categories."""
    r, c = int(row.max()) + 1, int(column.max()) + 1
    if r < 2 or c < 2:
        raise InputError("a variable has one category only", "there is nothing to test")
    scores = np.zeros((len(row), r * c))
    kept = np.flatnonzero(within > 0)
    scores[kept, (row * c + column)[kept]] = 1.0
    return scores, r, c


def _effects(covariance: Floats, p: Floats, shares: Floats, n: int) -> Floats:
    """Give the eigenvalues of the generalised design effects of the interaction contrasts."""
    r, c = shares.shape
    ones = np.ones(r * c)
    row = np.repeat(np.eye(r), c, axis=0)[:, 1:]
    column = np.tile(np.eye(c), (r, 1))[:, 1:]
    both = np.stack([a * b for a in row.T for b in column.T], axis=1)
    main = np.column_stack([ones, row, column])
    # Interactions made orthogonal to the main effects under the cell shares' own metric.
    scale = np.diag(p)
    simple = (scale - np.outer(p, p)) / n
    coefficients, *_ = np.linalg.lstsq(main, both, rcond=None)
    contrast = both - main @ coefficients
    inverse = np.diag(1 / p)
    left = contrast.T @ inverse
    effects = np.linalg.solve(left @ simple @ left.T, left @ covariance @ left.T)
    values: Floats = np.real(np.linalg.eigvals(effects))
    return values


def wald_test(value: Floats, covariance: Floats, ddf: float) -> FTest:
    """Test that several coefficients are zero together (R ``regTermTest``, method Wald, F)."""
    k = len(value)
    f = float(value @ np.linalg.solve(covariance, value)) / k
    return FTest(f, k, ddf, float(fdtrc(k, ddf, f)))
