"""Who works, who seeks work and who farms for own use, and their answers; no job details here."""

import numpy as np

from transforms.twin import targets as t
from transforms.twin.draws import Array, fit_to_margins, logistic, pick, stream, take_top

EMPLOYED, UNEMPLOYED, OUTSIDE = 1, 2, 3


def build_status(
    seed: int, sex: Array, age: Array, *, urban: Array, edu: Array, work: Array, idle: Array
) -> tuple[Array, Array]:
    """Give each adult a labour-force status (19th ICLS) and whether they farm for own use.

    Args:
        seed: the population's seed.
        sex: 1 men, 2 women, shape (adults,).
        age: in years, shape (adults,).
        urban: boolean, shape (adults,).
        edu: latent schooling, shape (adults,).
        work: the village's effect on working, shape (adults,).
        idle: the village's effect on unemployment, shape (adults,).

    Returns:
        Status 1 employed, 2 unemployed, 3 outside; and the boolean own-use producer.
    """
    rng = stream(seed, "status")
    n = len(sex)
    youth = age < 25
    axes = (sex == 2, ~urban, ~youth)
    cell = (axes[0] * 4 + axes[1] * 2 + axes[2]).astype(np.int8)
    count = np.bincount(cell, minlength=8).reshape(2, 2, 2)
    force = t.PARTICIPATION * n
    women, town, young = t.FEMALE_OF_LABOUR_FORCE, t.URBAN_OF_LABOUR_FORCE, t.YOUTH_OF_LABOUR_FORCE
    margins = [(1 - women, women), (town, 1 - town), (young, 1 - young)]
    wanted = fit_to_margins(count, [[force * m for m in pair] for pair in margins])
    score = 0.5 * work + 0.3 * edu - 0.0015 * (age - 40.0) ** 2 + logistic(rng, n)
    active = take_top(score, cell, wanted.ravel().tolist())

    rates = (t.UNEMPLOYED_BY_SEX, t.UNEMPLOYED_BY_AREA, t.UNEMPLOYED_BY_AGE)
    jobless = fit_to_margins(
        wanted,
        [
            [force * m * r for m, r in zip(pair, rate, strict=True)]
            for pair, rate in zip(margins, rates, strict=True)
        ],
    )
    score = 0.6 * idle + logistic(rng, n)
    unemployed = take_top(score, np.where(active, cell, -1), jobless.ravel().tolist())
    status = np.where(unemployed, UNEMPLOYED, np.where(active, EMPLOYED, OUTSIDE)).astype(np.int8)

    # 2010 counted own-use producers as employed: their number closes that survey's figures.
    working_2010 = t.EMPLOYED_2010 * n
    seeking_2010 = t.UNEMPLOYED_2010 / (1 - t.UNEMPLOYED_2010) * working_2010
    farming_seekers = int(unemployed.sum()) - round(seeking_2010)
    farming = round(working_2010) - int((status == EMPLOYED).sum()) - farming_seekers
    score = -1.5 * urban - 0.5 * edu - 0.3 * youth - 0.02 * np.abs(age - 40.0) + logistic(rng, n)
    own_use = take_top(score, status, [0, 0, farming_seekers, farming])
    return status, own_use


def answer_employment(
    seed: int, status: Array, own_use: Array, ac03: Array, agriculture: Array
) -> dict[str, Array]:
    """Answer ep01-ep09 so that the questionnaire's own rule gives back ``status``.

    Three in a hundred of the employed are absent from their job. All arrays are (adults,); a
    question that is not asked is -1.
    """
    rng = stream(seed, "employment")
    n = len(status)
    employed = status == EMPLOYED
    absent = employed & (rng.random(n, dtype=np.float32) < 0.03)
    present = employed & ~absent
    paid = present & np.isin(ac03, (1, 2, 6))
    business = present & np.isin(ac03, (3, 4))
    helper = present & (ac03 == 5)
    owner = own_use & (rng.random(n, dtype=np.float32) < 0.6)
    yes_no = {True: np.int8(1), False: np.int8(2)}
    out = {f"ep0{i}": np.full(n, -1, dtype=np.int8) for i in range(1, 10)}
    out["ep01"] = np.where(paid, yes_no[True], yes_no[False])
    out["ep02"][~paid] = np.where((business | owner)[~paid], 1, 2)
    ask3 = ~paid & (out["ep02"] == 2)
    out["ep03"][ask3] = np.where((helper | (own_use & ~owner))[ask3], 1, 2)
    ask4 = (out["ep02"] == 1) | (out["ep03"] == 1)
    farm = own_use | (agriculture & employed)
    out["ep04"][ask4] = np.where(farm[ask4], 1, 2)
    ask5 = out["ep04"] == 1
    sold, eaten = pick(rng, n, [1, 2], [0.4, 0.6]), pick(rng, n, [3, 4], [0.5, 0.5])
    out["ep05"][ask5] = np.where(own_use, eaten, sold)[ask5]
    ask6 = ~present
    off_season = ask6 & ~employed & (rng.random(n, dtype=np.float32) < 0.01)
    out["ep06"][ask6] = np.where((absent | off_season)[ask6], 1, 2)
    leave = pick(rng, n, [1, 2, 3, 4, 5, 6, 7, 10, 11], [30, 8, 25, 10, 3, 10, 5, 4, 5])
    away = pick(rng, n, [6, 7, 8, 10, 11, 12], [2, 1, 1, 2, 3, 1])
    out["ep07"][absent] = leave[absent]
    out["ep07"][off_season] = away[off_season]
    ask8 = out["ep07"] >= 5
    soon, late = pick(rng, n, [1, 2, 3], [8, 1, 1]), pick(rng, n, [2, 3], [1, 1])
    out["ep08"][ask8] = np.where(employed, soon, late)[ask8]
    ask9 = out["ep08"] >= 2
    out["ep09"][ask9] = np.where(employed, 1, 2)[ask9]
    return out


def answer_search(seed: int, status: Array) -> dict[str, Array]:
    """Answer ue01-ue09 of those not employed so that the rule gives back ``status``."""
    rng = stream(seed, "search")
    n = len(status)
    seeker = status == UNEMPLOYED
    idle = status == OUTSIDE
    u = rng.random(n, dtype=np.float32)
    out = {k: np.full(n, -1, dtype=np.int8) for k in ("ue01", "ue02", "ue03", "ue06")}
    out |= {k: np.full(n, -1, dtype=np.int8) for k in ("ue07", "ue08", "ue09")}
    asked = seeker | idle
    looked = (seeker & (u < 0.9)) | (idle & (u < 0.012))
    out["ue01"][asked] = np.where(looked, 1, 2)[asked]
    not_looked = asked & ~looked
    starts = not_looked & (seeker | (idle & (u > 0.998)))
    out["ue02"][not_looked] = np.where(starts, 1, 2)[not_looked]
    method = np.where(idle & (u < 0.002), 14, pick(rng, n, list(range(1, 14)), [1] * 13))
    out["ue03"][looked] = method[looked]
    out["ue06"][looked] = pick(rng, n, [1, 2, 3, 4, 5, 6], [4, 3, 2, 2, 1, 1])[looked]
    neither = not_looked & ~starts
    wants = neither & (rng.random(n, dtype=np.float32) < 0.18)
    out["ue07"][neither] = np.where(wants, 1, 2)[neither]
    out["ue08"][wants] = pick(rng, n, list(range(1, 14)), [1] * 13)[wants]
    ready = pick(rng, n, [1, 2], [0.6, 0.4])
    hesitant = pick(rng, n, [1, 2, 3], [0.25, 0.2, 0.55])
    free = np.where(seeker | (out["ue03"] == 14), ready, np.where(wants, hesitant, 3))
    ask9 = looked | starts | wants
    out["ue09"][ask9] = free[ask9]
    return out
