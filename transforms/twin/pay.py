"""Industry, occupation, hours and earnings of the employed; nothing about formality here."""

import numpy as np

from transforms.twin import jobs as j
from transforms.twin import targets as t
from transforms.twin.draws import Array, logistic, pick, stream

# Industries (ISIC Rev.4 divisions) of each kind of job outside agriculture, with their weights.
INDUSTRY = {
    j.GOVERNMENT: ([84, 85, 86], [5, 4, 1]),
    j.STATE_FIRM: ([35, 61, 64, 49, 36], [3, 2, 3, 2, 1]),
    j.PRIVATE: (
        [10, 13, 14, 16, 23, 41, 43, 45, 47, 49, 55, 56, 64, 80],
        [4, 2, 5, 3, 2, 8, 4, 3, 8, 4, 3, 4, 3, 2],
    ),
    j.HOME: ([97], [1]),
    j.ASSOCIATION: ([94, 88, 99], [3, 2, 2]),
    j.EMPLOYER: ([10, 16, 41, 45, 47, 55, 56], [2, 2, 4, 2, 6, 2, 3]),
    j.OWN: ([10, 13, 14, 16, 31, 45, 47, 49, 56, 95, 96], [3, 5, 3, 2, 1, 2, 20, 4, 7, 1, 3]),
    j.FAMILY: ([10, 13, 47, 56], [2, 2, 10, 4]),
    j.OTHER: ([47, 96, 81], [2, 2, 1]),
}
# Occupations (ISCO-08 unit groups) by kind; 110 is 0110, armed forces.
OCCUPATION = {
    j.GOVERNMENT: ([110, 1112, 2341, 2330, 2221, 3343, 4110, 5412], [1, 1, 4, 2, 1, 3, 3, 2]),
    j.STATE_FIRM: ([2151, 3113, 4211, 4110, 8332], [1, 2, 2, 2, 2]),
    j.PRIVATE: (
        [2411, 3313, 4110, 5223, 7112, 7531, 8153, 8332, 9313, 9329],
        [1, 2, 2, 4, 4, 2, 4, 3, 5, 4],
    ),
    j.HOME: ([9111, 5311], [4, 1]),
    j.ASSOCIATION: ([2635, 3412, 4110], [1, 2, 1]),
    j.EMPLOYER: ([1420, 1323, 5221], [3, 2, 4]),
    j.OWN: ([5221, 5211, 5212, 7318, 7531, 8321, 7522], [9, 6, 3, 3, 2, 2, 1]),
    j.FAMILY: ([5221, 5211, 5120, 7318], [6, 3, 2, 1]),
    j.OTHER: ([9629, 5223], [1, 1]),
}
WEEKS, DAYS, FORTNIGHTS = 52 / 12, 365 / 12, 26 / 12


def answer_trade(seed: int, farm: Array, kind: Array) -> dict[str, Array]:
    """Answer lsic2 (ISIC Rev.4 division) and lsco4 (ISCO-08 unit group); shapes (employed,)."""
    rng = stream(seed, "trade")
    n = len(kind)
    industry, occupation = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int16)
    for code, (codes, weights) in INDUSTRY.items():
        rows = np.flatnonzero(kind == code)
        industry[rows] = pick(rng, len(rows), codes, weights)
        occupation[rows] = pick(rng, len(rows), *OCCUPATION[code])
    rows = np.flatnonzero(farm)
    industry[rows] = pick(rng, len(rows), [1, 2, 3], [0.88, 0.05, 0.07])
    occupation[rows] = pick(rng, len(rows), [6111, 6121, 6130, 6222, 9211], [5, 2, 3, 1, 2])
    return {"lsic2": industry, "lsco4": occupation}


def answer_pay(
    seed: int, formal: Array, edu: Array, job: dict[str, Array], absent: Array
) -> dict[str, Array]:
    """Answer hours (wt*) and earnings (eri*), and keep the implied monthly pay in kip.

    Employees' mean hourly pay meets the published figure of each broad sector, with months of
    365/12 days, 52/12 weeks and 26/12 fortnights. All arrays are (employed,).
    """
    rng = stream(seed, "pay")
    n = len(edu)
    usual = np.clip(rng.normal(43, 11, n), 4, 80).astype(np.int8)
    second = np.where(job["ac20"] == 1, rng.integers(2, 17, n), 0).astype(np.int8)
    actual = np.clip(usual + rng.normal(-1, 5, n), 1, 82).astype(np.int8)
    actual[absent] = 0
    extra = np.where(absent, 0, second).astype(np.int8)

    industry = job["lsic2"]
    broad = np.where(industry < 5, 0, np.where(industry < 45, 1, 2)).astype(np.int8)
    hourly = np.exp(0.25 * edu + 0.3 * formal + 0.25 * logistic(rng, n)).astype(np.float64)
    employee = np.isin(job["ac03"], (1, 2)) | ((job["ac03"] == 6) & (job["ac11a"] == 2))
    for sector, published in enumerate(t.HOURLY):
        rows = broad == sector
        hourly[rows] *= published / max(float(hourly[rows & employee].mean()), 1e-9)
    month = hourly * usual * WEEKS
    period = np.where(formal, np.int8(5), pick(rng, n, [2, 3, 4, 5], [0.3, 0.08, 0.07, 0.55]))
    parts = np.select([period == 2, period == 3, period == 4], [DAYS, WEEKS, FORTNIGHTS], 1.0)
    amount = np.maximum(np.rint(month / parts / 1000), 1).astype(np.int32) * 1000
    profit = (np.maximum(np.rint(0.7 * month / 1000), 1) * 1000).astype(np.int32)
    working_for_self = np.isin(job["ac03"], (3, 4))
    taken = (np.rint(month * rng.random(n) * 0.3 / 1000) * 1000).astype(np.int32)
    asked = np.isin(job["ac03"], (1, 2, 6))
    return {
        "wt01a": usual,
        "wt01b": second,
        "wt01t": usual + second,
        "wt02a": actual,
        "wt02b": extra,
        "wt02t": actual + extra,
        "eri01": np.where(working_for_self, profit, -1),
        "eri03": np.where(working_for_self, taken, -1),
        "eri06": np.where(asked, amount, -1),
        "eri07": np.where(asked, period, -1).astype(np.int8),
        "monthly_pay": (amount * parts).astype(np.float32),
    }
