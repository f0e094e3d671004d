"""Made-up names, telephones and birth days of the twin's members, and the typing errors in them."""

from itertools import product
from typing import Final

import numpy as np
import polars as pl

from transforms.twin.draws import Array

# Syllables that no family known to us is made of: the names are nobody's.
_SYLLABLES: Final = tuple(a + b for a, b in product("zxvwjqkb", ("a", "e", "i", "o", "u", "ao")))
GIVEN: Final = tuple((a + b).capitalize() for a, b in product(_SYLLABLES, repeat=2))[::4]
FAMILY: Final = tuple("".join(parts).capitalize() for parts in product(_SYLLABLES, repeat=3))[::16]
NOT_MISTYPED, IN_NAME, IN_BIRTH = range(3)
TYPING: Final = ("none", "name", "birth")


def draw_names(rng: np.random.Generator, size: int) -> pl.Series:
    """Draw full names: a given and a family part, some of them much more common than others."""
    given = (len(GIVEN) * rng.random(size) ** 2).astype(np.int32)
    family = (len(FAMILY) * rng.random(size) ** 2).astype(np.int32)
    parts = (pl.Series(GIVEN).gather(given), pl.Series(FAMILY).gather(family))
    return parts[0] + " " + parts[1]


def mistype_names(rng: np.random.Generator, names: pl.Series, wrong: Array) -> pl.Series:
    """Where ``wrong`` is IN_NAME, two neighbouring letters of the family part change places."""
    out = names.to_list()
    for row in np.flatnonzero(wrong == IN_NAME):
        given, family = out[row].split(" ")
        at = [i for i in range(1, len(family) - 1) if family[i] != family[i + 1]]
        i = at[rng.integers(0, len(at))]
        out[row] = f"{given} {family[:i]}{family[i + 1]}{family[i]}{family[i + 2 :]}"
    return pl.Series(out, dtype=pl.String)


def mistype_days(rng: np.random.Generator, birth: Array, wrong: Array) -> Array:
    """Where ``wrong`` is IN_BIRTH, write another day of the same month."""
    month = birth.astype("datetime64[M]").astype("datetime64[D]")
    day = (birth - month).astype(int)
    other = month + ((day + rng.integers(1, 28, len(birth))) % 28).astype("timedelta64[D]")
    return np.where(wrong == IN_BIRTH, other, birth)


def mistyping(rng: np.random.Generator, size: int) -> Array:
    """Say where each of some second numbers has its typing error: half have one, half of these each."""
    wrong = round(size / 2)
    kinds = np.full(size, NOT_MISTYPED)
    kinds[:wrong] = np.where(np.arange(wrong) % 2 == 0, IN_NAME, IN_BIRTH)
    return rng.permutation(kinds)
