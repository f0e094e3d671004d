"""PSU totals to figures with their standard errors and counts; rows are never seen here, nor intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.engine.collapse import PsuTotals, Score
from analyses.engine.collapse_tables import Key, Table
from analyses.engine.delta import se_of
from analyses.engine.design import Floats, Ints, Truths, between_psus, centred, domain_mean
from analyses.engine.figures import DeffKind, Figures
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

TotalIn = Literal["counted", "cell"]
CHUNK = 32_768  # PSUs by cells linearised at a time: they stay in the cache


@dataclass(frozen=True, repr=False)
class PsuSums(Discreet):
    """Sums over all PSUs by cell.

    Args:
        persons: by key, weighted sums in persons.
        rows: by counted column, rows; "" counts all.
        held: by counted column, the PSUs and the strata that hold such rows.
    """

    persons: dict[Key, Floats]
    rows: dict[str, Ints]
    held: dict[str, tuple[Ints, Ints]]


def figures_of(
    totals: PsuTotals, sums: PsuSums, *, deff: DeffKind = "wor", total_in: TotalIn = "counted"
) -> list[Figures]:
    """Estimate every score in every cell, by Taylor linearisation of PSU totals.

    Totals and means of 0/1 scores, and ratios of any scores, as R survey 4.5 ``svytotal``,
    ``svymean``, ``svyratio`` and ``svyby`` give them. Design effects: for proportions and means
    ``svymean(deff=TRUE)`` on the rows of the denominator, for totals ``svytotal`` on the rows of
    the cell, for other ratios ``svyratio`` on the rows of the cell.

    Args:
        totals: what ``collapse`` gives.
        sums: ``summed`` of the same.
        deff: the simple random sample that the design effect compares with: drawn without (R's
            ``deff=TRUE``) or with replacement (``deff="replace"``).
        total_in: the PSUs, strata and degrees of freedom of a total are those that hold rows
            that it counts (``counted``), or rows of the cell (``cell``, R's ``degf`` of a subset).

    Returns:
        By score, the figures of ``totals.cells``.

    Raises:
        InputError: a stratum has one PSU and the design says ``fail``.
    """
    values = [_values(sums, score) for score in totals.scores]
    variances = _variances(totals, sums, values)
    found = []
    for score, value, variance in zip(totals.scores, values, variances, strict=True):
        counted = score.denominator or score.numerator
        with np.errstate(divide="ignore", invalid="ignore"):
            effect = variance / _simple_variance(
                sums, score, value, deff, mean=is_mean(totals, score)
            )
        figures = (_known(value), _known(se_of(variance)), _known(effect))
        within = score.denominator or ("" if total_in == "cell" else counted)
        held = sums.held[within]
        found.append(Figures(*figures, sums.rows[counted], *held, degrees_of(totals, within, held)))
    return found


def _known(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def degrees_of(totals: PsuTotals, counted: str, held: tuple[Ints, Ints]) -> Ints:
    """Give PSUs less strata by cell, by the design's rule (``Design.df_method``).

    Args:
        totals: what ``collapse`` gives.
        counted: the column whose rows count.
        held: the PSUs and strata that hold such rows, by cell (``PsuSums.held``).
    """
    psus, strata = held
    if totals.design.df_method == "design":
        return np.full(len(totals.cells), totals.psus.df, dtype=np.int64)
    if totals.design.df_method == "stata":
        reached = _in_strata(totals, totals.counts[counted])
        psus = (reached * totals.psus.sizes[:, None]).sum(axis=0)
    return psus - strata


def summed(totals: PsuTotals) -> PsuSums:
    """Sum every table over PSUs, those that keys share once."""
    scale = totals.design.weight_scale
    once = {id(table): table for table in totals.sums.values()}
    persons = {at: np.asarray(t.sum(axis=0) * scale, np.float64) for at, t in once.items()}
    rows, held = {}, {}
    counted = {id(table): table for table in totals.counts.values()}
    for at, table in counted.items():
        rows[at] = table.sum(axis=0, dtype=np.int64)
        psus = np.count_nonzero(table, axis=0).astype(np.int64)
        strata = np.count_nonzero(_in_strata(totals, table), axis=0)
        held[at] = psus, strata.astype(np.int64)
    return PsuSums(
        {key: persons[id(table)] for key, table in totals.sums.items()},
        {name: rows[id(table)] for name, table in totals.counts.items()},
        {name: held[id(table)] for name, table in totals.counts.items()},
    )


def _in_strata(totals: PsuTotals, table: Table) -> Truths:
    """Tell by stratum and cell whether some row is counted."""
    starts = np.concatenate(([0], np.cumsum(totals.psus.sizes)[:-1]))
    return np.asarray(np.maximum.reduceat(table, starts, axis=0) > 0)


def _values(sums: PsuSums, score: Score) -> Floats:
    """Give a score's total, in persons, or ratio by cell."""
    above = sums.persons[(score.numerator,)]
    if score.denominator is None:
        return above
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = above / sums.persons[(score.denominator,)]
    return ratio


def _variances(totals: PsuTotals, sums: PsuSums, values: list[Floats]) -> list[Floats]:
    """Give the scores' variances by cell: of z = y for a total, of (y - R x) / X for a ratio.

    A few strata are looked at a time, all scores of them, in the weight's units.
    """
    lonely, scale = totals.design.lonely, totals.design.weight_scale
    totals.psus.check_lonely(lonely)
    withins = [score.denominator or "" for score in totals.scores]
    held = {name: _in_strata(totals, totals.counts[name]) for name in dict.fromkeys(withins)}
    squares = np.zeros((len(values), len(totals.cells)))
    for sizes, rows, strata in _strata(totals):
        parts: dict[str, Floats] = {}
        for at, (score, value) in enumerate(zip(totals.scores, values, strict=True)):
            num, den = score.numerator, score.denominator
            for name in (num,) if den is None else (num, den):
                if name not in parts:
                    parts[name] = totals.sums[(name,)][rows].astype(np.float64)
            z = parts[num] if den is None else parts[num] - parts[den] * value
            # A ratio's z add up to zero.
            whole = value / scale if den is None else np.zeros(len(value))
            reached = held[withins[at]]
            grand = domain_mean(whole, totals.psus.sizes, reached)[strata][sizes == 1]
            z = centred(z, sizes, grand if lonely == "adjust" else None)
            z *= z
            squares[at] += z.sum(axis=0)
    factors = {name: totals.psus.factor(lonely, reached) for name, reached in held.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        return [
            square * factors[within] * (scale / sums.persons.get((within,), 1.0)) ** 2
            for within, square in zip(withins, squares, strict=True)
        ]


def _strata(totals: PsuTotals) -> Iterator[tuple[Ints, slice, slice]]:
    """Cut the PSUs between strata: the strata's sizes, their PSUs' rows and the strata, by turns."""
    sizes, step = totals.psus.sizes, max(1, CHUNK // len(totals.cells))
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        begun = int(ends[first] - sizes[first])
        last = max(first + 1, int(np.searchsorted(ends, begun + step, side="right")))
        yield sizes[first:last], slice(begun, int(ends[last - 1])), slice(first, last)
        first = last


def is_proportion(totals: PsuTotals, score: Score) -> bool:
    """Tell whether a score is a mean of zeros and ones."""
    return is_mean(totals, score) and score.numerator in totals.binary


def is_mean(totals: PsuTotals, score: Score) -> bool:
    """Tell whether the denominator picks rows (0/1) and the numerator is zero outside them."""
    num, den = score.numerator, score.denominator
    if den is None or den not in totals.binary:
        return False
    both, above = totals.sums[(num, den)], totals.sums[(num,)]
    return both is above or bool(np.array_equal(both, above))


def _simple_variance(
    sums: PsuSums, score: Score, value: Floats, kind: DeffKind, *, mean: bool
) -> Floats:
    """Give the variance under simple random sampling of as many rows."""
    num, den = score.numerator, score.denominator
    if den is not None and not mean:
        return _simple_variance_of_ratio(sums, num, den, value, kind)
    n, size = sums.rows[den or ""], sums.persons[() if den is None else (den,)]
    spread = sums.persons[(num, num)] / size - (sums.persons[(num,)] / size) ** 2
    of_mean: Floats = spread * n / (n - 1) * _left(size, n, kind) / n
    return of_mean if den is not None else of_mean * size**2


def _left(size: Floats, n: Ints, kind: DeffKind) -> Floats:
    """Give the share of the population that a sample without replacement leaves out, else 1."""
    return np.ones(len(n)) if kind == "wr" else without_replacement(size, n)


def without_replacement(size: Floats, n: Ints) -> Floats:
    """Give the share of a population that a sample leaves out, by cell.

    NaN where the weights sum to the sample or to less: they are scaled, and tell no population
    (R's ``svymean(deff=TRUE)`` asks there whether they are correctly scaled).
    """
    left: Floats = np.where(size > n * (1 + 1e-6), (size - n) / size, np.nan)
    return left


def _simple_variance_of_ratio(
    sums: PsuSums, num: str, den: str, value: Floats, kind: DeffKind
) -> Floats:
    """Give the same for a ratio of amounts: the total of residuals (y - R x) / X, as svyratio."""
    persons, n = sums.persons, sums.rows[""]
    size, x = persons[()], persons[(den,)]
    squares: Floats = (
        persons[(num, num)] - 2 * value * persons[(num, den)] + value**2 * persons[(den, den)]
    ) / x**2
    found: Floats = squares * n / (n - 1) * size * _left(size, n, kind) / n
    return found


def covariance(totals: PsuTotals, score: str, breakdown: str) -> tuple[tuple[str, ...], Floats]:
    """Give a breakdown's categories and the covariance matrix of the score's figures in them.

    Needed for contrasts: categories share PSUs, so their figures are not independent.

    Args:
        totals: what ``collapse`` gives.
        score: name of the score.
        breakdown: name of the breakdown.

    Returns:
        The categories, and a matrix (categories, categories) in the figure's squared units;
        NaN where a ratio has no denominator.
    """
    chosen = [s for s in totals.scores if s.name == score]
    places = totals.cells_of(breakdown)
    if not chosen or not places:
        raise InputError("this score or breakdown was not collapsed", "collapse it first")
    scale, num, den = totals.design.weight_scale, chosen[0].numerator, chosen[0].denominator
    z = totals.sums[(num,)][:, places] * scale
    if den is not None:
        below = totals.sums[(den,)][:, places] * scale
        x = below.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (z - below * (z.sum(axis=0) / x)) / x
    z, factor = between_psus(z, totals.psus, totals.design.lonely)
    return tuple(totals.cells[i][1] for i in places), z.T @ z * factor
