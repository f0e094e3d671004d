"""Seeded streams, exact quotas and tables fitted to margins, for the twin; knows nothing of villages or questions."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def stream(seed: int, name: str) -> np.random.Generator:
    """Give the random stream of one named stage, so that stages do not shift one another."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def logistic(rng: np.random.Generator, size: int) -> Array:
    """Draw single-precision logistic noise, shape (size,), for a latent score."""
    u = np.clip(rng.random(size, dtype=np.float32), 1e-7, 1 - 1e-7)
    noise: Array = np.log(u / (1 - u)).astype(np.float32)
    return noise


def take_top(score: Array, cell: Array, quota: Sequence[int]) -> Array:
    """Choose in each cell the ``quota[cell]`` units with the highest score.

    Args:
        score: shape (n,), the propensity with its noise.
        cell: shape (n,), cell number 0 .. len(quota) - 1.
        quota: units to choose in each cell; a cell with fewer gives all it has.

    Returns:
        Boolean array, shape (n,).
    """
    chosen = np.zeros(len(score), dtype=bool)
    for number, wanted in enumerate(quota):
        rows = np.flatnonzero(cell == number)
        n = min(int(wanted), len(rows))
        if n > 0:
            chosen[rows[np.argpartition(score[rows], len(rows) - n)[len(rows) - n :]]] = True
    return chosen


def fit_to_margins(table: Array, margins: Sequence[Sequence[float]]) -> Array:
    """Scale a table until each axis sums to its margin (iterative proportional fitting).

    Args:
        table: positive seed counts, one axis for each margin.
        margins: totals wanted along each axis; all must have the same sum.

    Returns:
        Integer counts with the seed's shape, rounded to the nearest unit.
    """
    fitted = table.astype(np.float64)
    for _ in range(500):
        for axis, wanted in enumerate(margins):
            others = tuple(a for a in range(fitted.ndim) if a != axis)
            shape = [1] * fitted.ndim
            shape[axis] = -1
            factor = np.asarray(wanted, dtype=np.float64) / fitted.sum(axis=others)
            fitted *= factor.reshape(shape)
    return np.rint(fitted).astype(np.int64)


def share_out(total: int, weights: Array, least: int = 0) -> Array:
    """Divide ``total`` in proportion to ``weights`` by largest remainder, ``least`` or more each."""
    free = max(total - least * len(weights), 0)
    exact = free * weights / weights.sum()
    out: Array = np.floor(exact).astype(np.int64)
    short = free - int(out.sum())
    out[np.argsort(out - exact, kind="stable")[:short]] += 1
    return out + least


def pick(
    rng: np.random.Generator, size: int, codes: Sequence[int], chances: Sequence[float]
) -> Array:
    """Draw ``size`` codes with the given chances (they need not sum to one)."""
    edges = np.cumsum(np.asarray(chances, dtype=np.float64))
    at = np.searchsorted(edges / edges[-1], rng.random(size, dtype=np.float32), side="right")
    kind = np.int8 if max(codes) < 128 else np.int16
    drawn: Array = np.asarray(codes, dtype=kind)[np.minimum(at, len(codes) - 1)]
    return drawn
