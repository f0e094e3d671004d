"""Replicate weights: given ones, and ones made from a design; the statistic is made elsewhere.

Every method multiplies the weights of whole PSUs, so a table of PSU totals needs no second pass over
rows: 500 replicates of hundreds of figures are one matrix product (``replicated``).
"""

from dataclasses import replace
from typing import Literal, cast, get_args

import numpy as np
import polars as pl
from scipy.linalg import hadamard

from analyses.engine.collapse import PsuTotals, Score
from analyses.engine.design import Floats, Ints
from analyses.engine.sample import Replicates, Sample
from data_contracts.errors import InputError

Method = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap", "SDR"]
# Other names of the methods: R survey's, Stata's, the United States Census Bureau's.
NAMES = {
    "balancedrepeatedreplication": "BRR", "subbootstrap": "bootstrap", "mrbbootstrap": "bootstrap",
    "successivedifference": "SDR", "successivedifferencereplication": "SDR", "acs": "SDR",
}  # fmt: skip


def given(
    sample: Sample,
    columns: list[str],
    method: str,
    *,
    scale: float | None = None,
    rscales: Floats | None = None,
    fay_rho: float = 0.0,
    mse: bool = False,
    combined: bool = True,
    df: int | None = None,
) -> Sample:
    """Take the variance from replicate weights that come with the file (R ``svrepdesign``).

    Args:
        sample: rows with their weight.
        columns: the replicate weights' columns.
        method: how they were made (JK1, JKn, BRR, Fay, bootstrap, SDR for successive differences, or
            another usual name); it sets the scale when none is given.
        scale: overall factor; else 1/R for BRR, 1/(R (1 - rho)^2) for Fay, (R - 1)/R for JK1,
            1/(R - 1) for bootstrap and 4/R for SDR; JKn needs ``rscales``.
        rscales: factor of each replicate.
        fay_rho: Fay's constant.
        mse: squared distances from the full-sample figure instead of from the replicates' mean.
        combined: the columns hold whole weights; else factors on the weight.
        df: degrees of freedom; without it the rank of the weights less one.

    Raises:
        InputError: a column is missing or blank, the method is not known or needs scales that were
            not given, or the columns hold factors where whole weights are said, or the reverse.
    """
    known = method_of(method)
    for name in columns:
        if name not in sample.frame.columns:
            raise InputError("the replicate weight is missing", "name the right one", column=name)
        if sample.frame[name].null_count():
            raise InputError("a replicate weight is blank", "correct the file", column=name)
    weights = sample.frame.select(columns).cast(pl.Float64).to_numpy()
    _refuse_the_other_kind(sample.weight, weights, columns, combined=combined)
    if not combined:
        weights = weights * sample.weight[:, None]
    r = len(columns)
    usual = {
        "BRR": 1 / r,
        "Fay": 1 / (r * (1 - fay_rho) ** 2),
        "JK1": (r - 1) / r,
        "bootstrap": 1 / max(r - 1, 1),
        "SDR": 4 / r,
        "JKn": 1.0,
    }
    if known == "JKn" and (rscales is None):
        raise InputError("JKn replicates need a factor each", "give rscales, (n_h - 1) / n_h")
    factor = scale if scale is not None else usual[known]
    each = np.ones(r) if rscales is None else np.asarray(rscales, dtype=np.float64)
    return replace(sample, replicates=Replicates(weights, factor, each, mse, known, df))


def method_of(name: str) -> Method:
    """Give a replicate method by a usual name, without regard to case, spaces and hyphens.

    Raises:
        InputError: there is no such method, or the name is that of several.
    """
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    known = {one.lower(): one for one in get_args(Method)} | NAMES
    if plain in known:
        return cast("Method", known[plain])
    raise InputError(
        f"there is no replicate method {name}",
        f"use one of {', '.join(get_args(Method))}; "
        "a jackknife is JK1 without strata and JKn with them",
    )


def _refuse_the_other_kind(
    weight: Floats, replicates: Floats, columns: list[str], *, combined: bool
) -> None:
    """Refuse factors on the weight that are said to be whole weights, and the reverse.

    Whole weights add up to about what the weight adds up to; factors are 1 on the average. Where
    the weight itself is 1 on the average both are the same. R warns where the sums are far apart.
    """
    of_weights = float(replicates.sum() / replicates.shape[1] / weight.sum())
    of_factors = float(replicates.mean())
    wrong, right = (of_weights, of_factors) if combined else (of_factors, of_weights)
    if 0.5 <= wrong <= 2 or not 0.5 <= right <= 2:
        return
    are, take = ("factors on the weight", "not combined") if combined else ("weights", "combined")
    raise InputError(
        f"the replicate columns look like {'' if combined else 'whole '}{are}",
        f"say that they are {take} (combined={not combined})",
        column=columns[0],
    )


def made(
    sample: Sample,
    method: str,
    *,
    count: int = 500,
    seed: int = 1,
    fay_rho: float = 0.3,
    mse: bool = False,
) -> Sample:
    """Make replicate weights from the first stage of a design (R ``as.svrepdesign``).

    Args:
        sample: rows with their design.
        method: JK1 (no strata), JKn, BRR or Fay (two PSUs in every stratum), or bootstrap (Rao and
            Wu 1988: n_h - 1 PSUs drawn with replacement from n_h; R's subbootstrap).
        count: replicates of the bootstrap.
        seed: of the bootstrap's draws.
        fay_rho: Fay's constant.
        mse: as for ``given``.

    Raises:
        InputError: the design does not fit the method, or a stratum has one PSU.
    """
    known = method_of(method)
    if not sample.stages:
        raise InputError("replicates need a design", "name the strata and PSUs")
    first = sample.stages[0]
    units, at = np.unique(first.unit, return_index=True)
    stratum = first.stratum[at]
    factors, scale, rscales = factors_of(stratum, known, count=count, seed=seed, fay_rho=fay_rho)
    population = first.population[at]
    if known in {"JK1", "JKn"} and np.isfinite(population).any():
        sampled = np.bincount(stratum)[stratum]
        rscales = rscales * np.where(np.isfinite(population), 1 - sampled / population, 1.0)
    row = np.searchsorted(units, first.unit)
    weights = factors[row] * sample.weight[:, None]
    strata = len(np.unique(stratum))
    return replace(
        sample,
        replicates=Replicates(weights, scale, rscales, mse, known, len(units) - strata),
    )


def factors_of(
    stratum: Ints, method: str, *, count: int = 500, seed: int = 1, fay_rho: float = 0.3
) -> tuple[Floats, float, Floats]:
    """Give each PSU's factor in each replicate, the scale and the replicates' own scales.

    Args:
        stratum: number of each PSU's stratum.
        method: as for ``made``.
        count: replicates of the bootstrap.
        seed: of the bootstrap's draws.
        fay_rho: Fay's constant.

    Returns:
        Factors (PSUs, replicates), scale, rscales (replicates).

    Raises:
        InputError: the design does not fit the method, the method is not known or, as SDR, needs an
            order of the PSUs that a design does not tell.
    """
    method = method_of(method)
    if method == "SDR":
        raise InputError(
            "successive-difference replicates follow the order in which PSUs were drawn",
            "take those that come with the file, or make JKn or bootstrap ones",
        )
    n = len(stratum)
    sizes = np.bincount(stratum)
    if (sizes == 1).any():
        raise InputError(
            f"{int((sizes == 1).sum())} strata have one PSU, so they cannot be replicated",
            "join each with the stratum most like it",
        )
    if method == "JK1":
        if len(sizes) > 1:
            raise InputError("JK1 is for designs without strata", "use JKn")
        return (1 - np.eye(n)) * n / (n - 1), (n - 1) / n, np.ones(n)
    if method == "JKn":
        n_h = sizes[stratum].astype(np.float64)
        same = stratum[:, None] == stratum[None, :]
        factors = np.where(same, (n_h / (n_h - 1))[:, None], 1.0)
        np.fill_diagonal(factors, 0.0)
        return factors, 1.0, (n_h - 1) / n_h
    if method == "bootstrap":
        return _bootstrap(sizes, stratum, count, seed), 1 / (count - 1), np.ones(count)
    return _balanced(sizes, stratum, fay_rho if method == "Fay" else 0.0)


def _bootstrap(sizes: Ints, stratum: Ints, count: int, seed: int) -> Floats:
    factors = np.empty((len(stratum), count))
    for number, size in enumerate(sizes):
        rng = np.random.default_rng([seed, number])
        drawn = rng.multinomial(size - 1, np.full(size, 1 / size), size=count)
        factors[stratum == number] = drawn.T * size / (size - 1)
    return factors


def _balanced(sizes: Ints, stratum: Ints, rho: float) -> tuple[Floats, float, Floats]:
    if (sizes != 2).any():
        raise InputError(
            "balanced replicates need two PSUs in every stratum", "use JKn or bootstrap"
        )
    order = 1 << len(sizes).bit_length()  # the first power of two above the strata
    signs = hadamard(order)[1 : len(sizes) + 1]
    which = np.empty(len(stratum))
    for number in range(len(sizes)):
        which[np.flatnonzero(stratum == number)] = (1, -1)
    half = signs[stratum] * which[:, None]
    factors = 1 + (1 - rho) * half
    return factors, 1 / (order * (1 - rho) ** 2), np.ones(order)


def replicated(totals: PsuTotals, factors: Floats) -> dict[str, Floats]:
    """Estimate every score in every cell under every replicate, from PSU totals alone.

    Args:
        totals: what ``collapse`` gives.
        factors: factor of each PSU in each replicate, PSUs in the order of ``totals.psus``.

    Returns:
        By score, (replicates, cells); NaN where a ratio has no denominator.
    """
    if factors.shape[0] != len(totals.psus.labels):
        raise InputError("there is a factor for each PSU", "make them for this design")

    def summed(column: str | None) -> Floats:
        key = () if column is None else (column,)
        table: Floats = factors.T @ totals.sums[key].astype(np.float64)
        return table * totals.design.weight_scale

    def one(score: Score) -> Floats:
        if score.denominator is None:
            return summed(score.numerator)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = summed(score.numerator) / summed(score.denominator)
        return found

    return {score.name: one(score) for score in totals.scores}
