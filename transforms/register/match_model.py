"""How likely a pair of records is one person: the Fellegi-Sunter model, fitted by EM on patterns.

Works on a table of a hundred patterns of agreement; making pairs and joining them is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = npt.NDArray[np.float64]
Pattern = tuple[int, ...]

MISSING: Final = 0  # in every field the level 0: one of the two records has no value
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("missing", "differ", "agree"),
    "birth": ("missing", "differ", "year", "day"),
    "phone": ("missing", "differ", "agree"),
    "place": ("missing", "differ", "province", "district", "employer"),
}
# What a person's two records are believed to agree on before any is seen, and with the weight of
# how many pairs: it steadies a register of a few records and is nothing in one of thousands.
BELIEVED: Final[dict[str, tuple[float, ...]]] = {
    "name": (0, 0.2, 0.8),
    "birth": (0, 0.1, 0.1, 0.8),
    "phone": (0, 0.3, 0.7),
    "place": (0, 0.2, 0.2, 0.3, 0.3),
}
WEIGHT: Final = 10.0
_ROUNDS: Final = 2000
_SETTLED: Final = 1e-9


@dataclass(frozen=True)
class Fit:
    """The fitted model.

    Attributes:
        m: by field the probability of each level in a pair of one person.
        u: the same in a pair of strangers.
        matches: expected number of pairs of one person, compared or not.
        unseen: those of them that no block compares.
        probability: by compared pattern (one level a field) that the pair is one person.
        rounds: rounds of EM until the estimates moved by less than a billionth.
    """

    m: Mapping[str, Array]
    u: Mapping[str, Array]
    matches: float
    unseen: float
    probability: Mapping[Pattern, float]
    rounds: int


def is_compared(name: int, birth: int, phone: int, place: int) -> bool:
    """Tell whether the blocks hold pairs of this pattern: the same rule as the blocks' joins."""
    return (name == 2 and birth >= 2) or (birth == 3 and place >= 2) or phone == 2


def fit(counts: Mapping[Pattern, int], levels: Mapping[str, Array], pairs: float) -> Fit:
    """Fit the model to the compared pairs by EM, the pairs outside the blocks being incomplete data.

    Blocks choose pairs by what they agree on, which would bias m and u: the pairs outside are
    therefore part of the likelihood through their number. How often each level occurs in all
    pairs is known exactly, so u is that count less the expected matches, not a free estimate.
    Given match or no match the fields are taken as independent. Missing values are taken to be as
    common in both, so that they tell nothing. Fellegi and Sunter (1969), Dempster et al. (1977).

    Args:
        counts: number of compared pairs by pattern (levels in the order of ``FIELDS``).
        levels: by field, the number of all pairs at each level.
        pairs: number of all pairs.

    Returns:
        The fit; with no pairs, the beliefs it starts from.
    """
    patterns = list(product(*(range(len(names)) for names in FIELDS.values())))
    grid = np.asarray(patterns)
    seen = np.asarray([is_compared(*pattern) for pattern in patterns])
    number = np.asarray([counts.get(pattern, 0) for pattern in patterns], dtype=np.float64)
    outside = max(pairs - float(number[seen].sum()), 0.0)
    missing = {f: float(n[MISSING]) / pairs if pairs else 0.0 for f, n in levels.items()}
    m = {f: np.asarray(p) * (1 - missing[f]) for f, p in BELIEVED.items()}
    for f, p in m.items():
        p[MISSING] = missing[f]
    u = {f: _strangers(levels[f], np.zeros(len(p)), pairs) for f, p in m.items()}
    matches = max(1.0, 0.01 * np.sqrt(2 * pairs))
    w = np.zeros(len(patterns))
    inside = np.zeros(len(patterns))
    rounds = 0
    moved = 1.0
    while moved > _SETTLED and rounds < _ROUNDS:
        rounds += 1
        one = matches * _joint(grid, m)
        two = max(pairs - matches, 0.0) * _joint(grid, u)
        w = one / np.maximum(one + two, np.finfo(float).tiny)
        inside = np.where(seen, w * number, 0.0)
        hidden = float((one + two)[~seen].sum())
        expected = np.where(seen, inside, one * (outside / hidden if hidden else 0.0))
        last, matches = matches, float(expected.sum())
        moved = abs(matches - last) / max(last, 1e-12)
        for i, (f, names) in enumerate(FIELDS.items()):
            found = np.bincount(grid[:, i], expected, len(names)).astype(np.float64)
            new = _believing(found, f, missing[f])
            moved = max(moved, float(np.abs(new - m[f]).max()))
            m[f] = new
            u[f] = _strangers(levels[f], found, pairs)
    known = {p: float(v) for p, v, s in zip(patterns, w, seen, strict=True) if s}
    return Fit(m, u, matches, matches - float(inside.sum()), known, rounds)


def _joint(grid: npt.NDArray[np.int64], chances: Mapping[str, Array]) -> Array:
    """Multiply the fields' probabilities for every pattern."""
    joint = np.ones(len(grid))
    for i, chance in enumerate(chances.values()):
        joint = joint * chance[grid[:, i]]
    return joint


def _believing(found: Array, field: str, missing: float) -> Array:
    """Give m from expected matches and the belief; a missing value is no evidence."""
    weighed = found + WEIGHT * np.asarray(BELIEVED[field])
    weighed[MISSING] = 0.0
    chance: Array = weighed / weighed.sum() * (1 - missing)
    chance[MISSING] = missing
    return chance


def _strangers(level: Array, found: Array, pairs: float) -> Array:
    """Give u: the counted pairs at each level less the expected matches, at least half a pair."""
    left = np.maximum(level - found, 0.5)
    left[MISSING] = level[MISSING]
    rest = left.sum() - left[MISSING]
    chance: Array = left / rest * (1 - level[MISSING] / pairs if pairs else 1.0)
    chance[MISSING] = level[MISSING] / pairs if pairs else 0.0
    return chance
