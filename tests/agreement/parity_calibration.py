"""Calibrated weights of apiclus1 and what follows from them, against R survey 4.5."""

import numpy as np

from analyses.engine.calibration import calibrate, poststratify, rake, trim
from analyses.models.fit import fit as fit_model
from tests.agreement.parity_comparison import (
    API,
    ITERATED,
    Family,
    bound,
    by_of,
    column,
    expected,
    flags,
    mean_of,
    ratio_of,
    total_of,
)

TYPES = np.array([4421.0, 755, 1018])  # schools of the population by stype E, H, M
WIDE = np.array([1072.0, 5122])  # by sch.wide No, Yes
API99 = 3914069.0  # the population's total of api99


def margins(s):
    """Give the raking margins stype and sch.wide."""
    stype = flags(s, "stype", "H") + 2 * flags(s, "stype", "M")
    return [(stype.astype(np.int64), TYPES), (flags(s, "sch.wide", "Yes").astype(np.int64), WIDE)]


def weights():
    """Weights, estimates, SEs, domains, a ratio and a model after each way to calibrate."""
    family = Family("calibration", [])
    r, s = expected("api_calibration.json"), bound(*API["clus1"])
    one = np.ones(len(s.weight))
    high, middle = flags(s, "stype", "H"), flags(s, "stype", "M")
    x = np.column_stack([one, high, middle, column(s, "api99")])
    totals = np.array([TYPES.sum(), TYPES[1], TYPES[2], API99])
    for name, made in {
        "post": poststratify(s, *margins(s)[0]),
        "rake": rake(s, margins(s)),
        "greg": calibrate(s, x, totals),
        "greg_bounded": calibrate(s, x, totals, distance="bounded", bounds=(0.5, 2)),
        "cal_raking": calibrate(s, x, totals, distance="raking"),
        "cal_logit": calibrate(s, x, totals, distance="logit", bounds=(0.3, 3)),
    }.items():
        _calibrated(family, name, made.sample, r[name], high, middle)
    strat = bound(*API["strat"])
    family.add(
        "trimmed weights", trim(strat.weight, 20, 45, strict=True), r["trim_strat"]["weights"]
    )
    return family.rows


def _calibrated(family, name, s, r, high, middle):
    options = {"tolerance": ITERATED}
    family.add(f"{name}: weights", s.weight, r["weights"], **options)
    types = np.column_stack([1 - high - middle, high, middle])
    y, enroll = column(s, "api00"), column(s, "enroll")
    for key, statistic in [
        ("mean_api00", mean_of(y)),
        ("total_enroll", total_of(enroll)),
        ("total_stype", total_of(types)),
        ("by_stype", by_of(mean_of(y), types)),
        ("ratio", ratio_of(y, column(s, "api99"))),
    ]:
        value = statistic.value(s.weight)
        found = r[key]
        if key == "ratio":
            found = {"est": found[0], "se": found[1]}
        family.entry(f"{name} {key}", found, value, s.covariance(statistic, value), **options)
    x = np.column_stack([np.ones(len(y)), column(s, "ell"), column(s, "meals")])
    fit = fit_model(s, x, flags(s, "sch.wide", "Yes"), family="logit")
    family.model(f"{name} logit", r["glm"], fit, s.df(), **options)
