"""The main job of each employed person: sector, formality, unit, cover; no hours or pay here."""

import numpy as np

from transforms.twin import targets as t
from transforms.twin.draws import Array, logistic, pick, stream, take_top

GOVERNMENT, STATE_FIRM, PRIVATE, HOME, ASSOCIATION, EMPLOYER, OWN, FAMILY, OTHER = range(9)
UNASKED = np.int8(-1)


def choose_sector(seed: int, sex: Array, urban: Array, edu: Array, agr: Array) -> Array:
    """Choose who works in agriculture, exact by sex; shapes (employed,)."""
    n = len(sex)
    women = t.FEMALE_BY_SECTOR[1]
    quota = [round(t.AGRICULTURE * n * share) for share in (1 - women, women)]
    score = -1.6 * urban - 0.5 * edu + 0.7 * agr + logistic(stream(seed, "sector"), n)
    return take_top(score, sex - 1, quota)


def choose_formal(
    seed: int, sex: Array, farm: Array, *, urban: Array, edu: Array, vill: Array
) -> Array:
    """Choose who has a formal job, exact by agriculture and sex; shapes (employed,)."""
    cell = (farm * 2 + sex - 1).astype(np.int8)
    count = np.bincount(cell, minlength=4)
    rates = [r for pair in t.INFORMAL for r in pair]
    quota = [round((1 - r) * int(c)) for r, c in zip(rates, count, strict=True)]
    score = 0.9 * edu + 0.6 * urban + 0.5 * vill + logistic(stream(seed, "formal"), len(sex))
    return take_top(score, cell, quota)


def choose_kind(seed: int, sex: Array, farm: Array, formal: Array) -> Array:
    """Choose the kind of job (module constants); formal jobs are never family or other."""
    rng = stream(seed, "kind")
    n = len(sex)
    codes = [GOVERNMENT, STATE_FIRM, PRIVATE, HOME, ASSOCIATION, EMPLOYER, OWN, FAMILY, OTHER]
    town = pick(rng, n, codes, [0.46, 0.07, 0.31, 0, 0.02, 0.04, 0.10, 0, 0])
    field = pick(rng, n, codes, [0.05, 0.05, 0.45, 0, 0.05, 0.15, 0.25, 0, 0])
    kind = np.where(farm, field, town)
    chances = {
        (False, 1): [0.04, 0.01, 0.36, 0.01, 0.005, 0.03, 0.42, 0.12, 0.005],
        (False, 2): [0.03, 0.01, 0.22, 0.04, 0.005, 0.02, 0.46, 0.21, 0.005],
        (True, 1): [0.0, 0.002, 0.12, 0.005, 0.0, 0.01, 0.66, 0.20, 0.003],
        (True, 2): [0.0, 0.002, 0.09, 0.005, 0.0, 0.005, 0.35, 0.545, 0.003],
    }
    for (in_field, code), chance in chances.items():
        rows = np.flatnonzero(~formal & (farm == in_field) & (sex == code))
        kind[rows] = pick(rng, len(rows), codes, chance)
    return kind


def _unsure(rng: np.random.Generator, answer: Array) -> Array:
    """Turn 0.6 % of answers into don't know (8) and 0.4 % into a blank, at random."""
    u = rng.random(len(answer), dtype=np.float32)
    out = answer.copy()
    out[(u < 0.006) & (answer != UNASKED)] = 8
    out[(u > 0.996) & (answer != UNASKED)] = UNASKED
    return out


def _yes(rng: np.random.Generator, chance: Array) -> Array:
    """Answer 1 with the given chance, else 2."""
    return np.where(rng.random(len(chance), dtype=np.float32) < chance, 1, 2).astype(np.int8)


def answer_job(seed: int, farm: Array, formal: Array, kind: Array, vill: Array) -> dict[str, Array]:
    """Answer the job questions so that the ILO's Lao rule gives back ``formal``.

    Don't-know and blank answers are part of the person, so the truth and every redraw share
    them. Cover is a fact (``covered``) beside its answer ``sp01``; the answer is missing at
    random, equally for employees and the others, so the coverage rate is not touched.

    Args:
        seed: the population's seed.
        farm: works in agriculture, shape (employed,).
        formal: the job is formal, shape (employed,).
        kind: as ``choose_kind``, shape (employed,).
        vill: the village's effect on formality, shape (employed,).

    Returns:
        One int8 array a question, -1 where not asked or blank, and boolean ``covered``.
    """
    rng = stream(seed, "job")
    n = len(kind)
    employee = kind <= ASSOCIATION
    asked = employee | (kind == OTHER)
    own = (kind == EMPLOYER) | (kind == OWN)
    apprentice = (kind == PRIVATE) & ~formal & (rng.random(n, dtype=np.float32) < 0.05)
    ac03 = np.asarray([1, 1, 1, 1, 1, 3, 4, 5, 6], dtype=np.int8)[kind]
    ac03[apprentice] = 2
    helper_at_home = (kind == OTHER) & (rng.random(n, dtype=np.float32) < 0.5)
    ac11a = np.where(asked, np.where((kind == HOME) | helper_at_home, 2, 1), UNASKED)
    unit = np.asarray([1, 2, 3, 6, 4, 3, 3, 3, 3], dtype=np.int8)[kind]
    unit[(kind == ASSOCIATION) & (rng.random(n, dtype=np.float32) < 0.5)] = 5
    at_home = (kind == OWN) | (kind == FAMILY)
    unit[at_home & ~formal & (rng.random(n, dtype=np.float32) < 0.6)] = 6

    ac05 = np.where(asked, _yes(rng, np.where(formal, 0.85, 0.3)), UNASKED)
    ac08 = _unsure(rng, np.where(asked, np.where(formal, 1, 2), UNASKED).astype(np.int8))
    ac09 = np.where(asked, _yes(rng, np.where(formal, 0.85, 0.12)), UNASKED)
    ac10 = np.where(asked, _yes(rng, np.where(formal, 0.8, 0.12)), UNASKED)
    silent = asked & ~np.isin(ac08, (1, 2))
    ac09[silent & formal], ac10[silent & formal] = 1, 1
    ac10[silent & ~formal & (ac09 == 1)] = 2

    ac15, ac16 = _registration_and_books(rng, formal, kind, np.isin(unit, (3, 6)) & (ac11a != 2))

    crowd = pick(rng, n, [1, 2, 3, 4, 5], [0.02, 0.28, 0.25, 0.2, 0.25])
    few = pick(rng, n, [2, 3], [0.8, 0.2])
    ac17 = np.where(
        asked, crowd, np.where((kind == OWN) & ~formal, pick(rng, n, [1, 2], [3, 2]), few)
    )
    place = pick(rng, n, [1, 2, 4, 5, 6, 7, 8], [0.3, 0.05, 0.3, 0.15, 0.08, 0.07, 0.05])
    place = np.where(asked & formal, np.int8(4), place)
    ac18 = np.where(farm, pick(rng, n, [3, 1, 4], [0.9, 0.07, 0.03]), place)
    # A fixed shop with two or more workers makes the unit formal whatever else was said.
    ac17[own & ~formal & (ac18 == 4)] = 1
    unproven = own & formal & (ac15 != 1) & (ac16 != 1) & ~((ac18 == 4) & (ac17 >= 2))
    ac16[unproven] = 1

    members = round(t.MEMBERS["voluntary"] * (1 - t.DORMANT) * 0.95 * n / (t.WORKING_AGE * 0.3697))
    score = 1.6 * formal + 0.6 * vill - 1.5 * farm + logistic(rng, n)
    voluntary = take_top(score, np.where(own | (kind == FAMILY), 0, -1), [members])
    covered = (formal & employee) | voluntary
    sp01 = np.where(asked, ac08, _unsure(rng, np.where(covered, 1, 2).astype(np.int8)))
    return {
        "ac03": ac03,
        "ac05": ac05,
        "ac08": ac08,
        "ac09": ac09,
        "ac10": ac10,
        "ac11a": ac11a,
        "ac13": unit,
        "ac15": ac15,
        "ac16": ac16,
        "ac17": ac17,
        "ac18": ac18,
        "sp01": sp01,
        "ac20": _yes(rng, np.full(n, 0.08)),
        "covered": covered,
    }


def _registration_and_books(
    rng: np.random.Generator, formal: Array, kind: Array, register: Array
) -> tuple[Array, Array]:
    """Answer both of those in private and household units that are not an employer's home."""
    own, family = (kind == EMPLOYER) | (kind == OWN), kind == FAMILY
    employee = kind <= ASSOCIATION
    chance = np.where(employee, np.where(formal, 0.85, 0.3), np.where(family, 0.05, 0.0))
    ac15 = np.where(register, _yes(rng, np.where(own & formal, 0.85, chance)), UNASKED)
    ac16 = np.where(register, _yes(rng, np.where(own & formal, 0.5, 0.8 * chance)), UNASKED)
    return _unsure(rng, ac15.astype(np.int8)), _unsure(rng, ac16.astype(np.int8))
