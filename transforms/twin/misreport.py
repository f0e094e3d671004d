"""What employed persons say of their own cover, right or wrong; their cover itself is decided elsewhere.

Misreport is part of the person: every redraw of the survey asks the same people, who answer the same.
"""

import numpy as np

from transforms.twin.draws import Array, stream
from transforms.twin.errors import Errors

GOLDEN = (5**0.5 - 1) / 2


def recall(seed: int, covered: Array, cell: Array) -> Array:
    """Give each employed person a place from 0 to 1 among the covered, or among those who are not.

    Any share of the places is spread evenly over the cells (multiples of the golden ratio along
    the sorted cells), so that every group of persons misreports about as often as all do.

    Args:
        seed: the population's seed.
        covered: boolean, shape (employed,).
        cell: number of the person's cell, shape (employed,).

    Returns:
        Single precision, shape (employed,); the places of either group are 1/2n, 3/2n, ...
    """
    rng = stream(seed, "recall")
    places = np.zeros(len(covered), dtype=np.float32)
    for group in (covered, ~covered):
        rows = np.flatnonzero(group)
        ordered = rows[np.lexsort((rng.random(len(rows), dtype=np.float32), cell[rows]))]
        spread = np.argsort((rng.random() + GOLDEN * np.arange(len(rows))) % 1.0)
        places[ordered[spread]] = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
    return places


def as_answered(sp01: Array, covered: Array, places: Array, errors: Errors) -> Array:
    """Answer sp01 (1 yes, 2 no) with the planted sensitivity and specificity.

    Don't know (8) and not asked or blank (-1) stay. All arrays have the same shape.
    """
    says_yes = places < np.where(covered == 1, errors.sensitivity, 1 - errors.specificity)
    said = (sp01 == 1) | (sp01 == 2)
    return np.where(said, np.where(says_yes, 1, 2), sp01).astype(np.int8)
