"""A register's persons and kip after the adjustments, with delta and drawn errors; rates come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zlib import crc32

import numpy as np
from scipy.special import betaincinv, gammaincinv, ndtr

from analyses.coverage.register.adjustments import NAMES, Given, Rates
from analyses.engine.delta import crossed, se_of
from analyses.engine.design import Floats
from data_contracts.discreet import Discreet

Basis = Literal["register", "process"]
DRAWS = 20_000
TERMS = (
    "affiliated",
    "active_contributor",
    "declared_due_lak",
    "declared_due_active_lak",
    "due_window_lak",
    "paid_window_lak",
)
_OF_ACTIVE = np.array([False, False, False, True, True, True])  # kip of active persons
_OF_KIP = np.array([False, False, True, True, True, True])
_GRID = ndtr(np.linspace(-6, 6, 1201))


@dataclass(frozen=True, repr=False)
class AdjustedTerms(Discreet):
    """Adjusted totals of one cell, in the order of ``TERMS``.

    Args:
        rates: what they were adjusted by.
        value: the totals (persons; kip a month for declared dues, kip of the window for the
            last two), shape (6,).
        covariance: by the delta method, shape (6, 6).
        drawn: ``DRAWS`` draws of them, shape (draws, 6); empty unless asked for.
        df: degrees of freedom of the standard errors, at least 1.
        shared: what the one error of the matching model, a standard error of it, does to the terms,
            shape (6,); its square is in the covariance.
    """

    rates: Rates
    value: Floats
    covariance: Floats
    drawn: Floats
    df: int
    shared: Floats

    @property
    def key(self) -> tuple[str, str, str]:
        """Scheme, breakdown and category."""
        return _key(self.rates)

    def of(self, term: str) -> tuple[float, float]:
        """Give a term and its standard error by the delta method."""
        i = TERMS.index(term)
        return float(self.value[i]), float(se_of(self.covariance[i, i]))


def adjust(
    rates: Rates, *, basis: Basis = "register", draws: int = 0, seed: int = 20171231
) -> AdjustedTerms:
    """Apply the adjustments of a cell.

    With N affiliated records: affiliated in the universe N (1-f-m)(1-d) g; active contributors
    A* = N (1-f-m)(1-d-h)(1+l) g. Kip are persons times the observed means: declared dues of the
    affiliated by affiliated persons; declared dues, dues and payments of the window by active
    ones, payments also times (1+late payment)/(1+l). Means are taken as known, but for what late
    persons may owe above or below them (``Rates.uneven``).

    Delta method: gradient J of the terms by the rates (complex step, exact to rounding; Squire and
    Trapp 1998), covariance J S J'. Monte Carlo: rates drawn jointly from S; estimated ones normal
    (many clusters), given ones beta (shares) or gamma (late posting and payment, geography) with
    the given mean and standard error, joined by a normal copula. The relative standard error of a
    drawn standard error is 1/sqrt(2 draws), 0.5 % with 20,000.

    Args:
        rates: the adjustments.
        basis: ``register`` for the error of this register's own count, ``process`` for that of
            a count whose rates are known from this register alone.
        draws: how many to draw, 0 for none.
        seed: of the draws; each cell draws its own stream, whatever cells there are beside it.

    Returns:
        The terms.
    """
    centre = np.nan_to_num(rates.value)
    spread = rates.register if basis == "register" else rates.process
    steps = centre[None, :] + 1e-20j * np.eye(len(NAMES))
    gradient = (_terms(rates, steps).imag / 1e-20).T
    drawn = np.empty((0, len(TERMS)))
    if draws:
        rng = np.random.default_rng([seed, crc32("|".join(_key(rates)).encode())])
        drawn = _terms(rates, _draw(centre, spread, rates, draws, rng))
        noise = rng.standard_normal((2, draws))
        drawn[:, _OF_ACTIVE] *= 1 + se_of(rates.uneven) * noise[0][:, None]
        drawn[:, _OF_KIP] *= 1 + se_of(rates.moved) * noise[1][:, None]
    value = _terms(rates, centre[None, :])[0]
    covariance = crossed(gradient, spread)
    for part, kinds in ((rates.uneven, _OF_ACTIVE), (rates.moved, _OF_KIP)):
        kip = np.where(kinds, value, 0.0)
        covariance = covariance + part * np.outer(kip, kip)
    shared: Floats = gradient @ rates.shared
    return AdjustedTerms(rates, value, covariance, drawn, max(rates.df, 1), shared)


def together(whole: Rates, parts: Sequence[AdjustedTerms]) -> AdjustedTerms:
    """Add up the terms of schemes whose records are different persons': independent but for what they share.

    The matching model errs for all schemes at once: its parts of the error add up, not their squares.
    Degrees of freedom are the least.

    Args:
        whole: the rates of the schemes together, which the sum is shown beside.
        parts: the schemes' terms, of one category; draws, where there are any, are added row by row.
    """
    shared = np.sum([one.shared for one in parts], axis=0)
    apart = [one.covariance - np.outer(one.shared, one.shared) for one in parts]
    return AdjustedTerms(
        whole,
        np.sum([one.value for one in parts], axis=0),
        np.sum(apart, axis=0) + np.outer(shared, shared),
        np.sum([one.drawn for one in parts], axis=0),
        min(one.df for one in parts),
        shared,
    )


def _terms(rates: Rates, theta: Any) -> Any:
    """Compute the terms for rows of rates, (rows, 7) -> (rows, 6)."""
    cell = rates.cell
    foreign, armed, duplicates, dormant, late, late_paid, geography = theta.T
    scope = cell.total("all_records") * (1 - foreign - armed) * geography / rates.counted
    affiliated = scope * (1 - duplicates)
    active = scope * (1 - duplicates - dormant) * (1 + late)
    persons, paying = cell.total("persons"), cell.total("active")

    def mean(measure: str, over: float) -> float:
        return cell.total(measure) / over if over > 0 else 0.0

    return np.stack(
        [
            affiliated,
            active,
            affiliated * mean("declared_due_lak", persons),
            active * mean("declared_due_active_lak", paying),
            active * mean("due_window_lak", paying),
            active * mean("paid_window_lak", paying) * (1 + late_paid) / (1 + late),
        ],
        axis=1,
    )


def _key(rates: Rates) -> tuple[str, str, str]:
    return rates.cell.scheme, rates.cell.breakdown, rates.cell.category


def _draw(
    centre: Floats, spread: Floats, rates: Rates, draws: int, rng: np.random.Generator
) -> Floats:
    values, vectors = np.linalg.eigh(spread)
    root = vectors * se_of(values)
    theta: Floats = centre + rng.standard_normal((draws, len(centre))) @ root.T
    for name, item in rates.given.items():
        i = NAMES.index(name)
        if item.se > 0 and item.value > 0:
            theta[:, i] = _as_given(theta[:, i], item)
    return theta


def _as_given(normal: Floats, item: Given) -> Floats:
    """Turn normal draws of a given rate into beta or gamma ones with its mean and error."""
    level = ndtr((normal - item.value) / item.se)
    m, v = item.value, item.se**2
    share = item.adjustment in {"foreigners", "armed_forces", "duplicates", "dormant"}
    if share and v < m * (1 - m):
        size = m * (1 - m) / v - 1
        grid = betaincinv(m * size, (1 - m) * size, _GRID)
    else:
        grid = gammaincinv(m**2 / v, _GRID) * v / m
    found: Floats = np.interp(level, _GRID, grid)
    return found
