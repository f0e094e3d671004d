"""Figures of R's tests and documentation: the school survey, NHANES and NHANES II."""

import numpy as np
import polars as pl

from analyses.engine.calibration import calibrate, poststratify, rake
from analyses.engine.design import Design
from analyses.engine.independence import rao_scott
from analyses.engine.intervals import interval
from analyses.engine.proportions import proportion_interval
from analyses.engine.quantiles import quantiles
from analyses.engine.replicates import given, made
from analyses.engine.sample import sample
from analyses.models.fit import fit as fit_model
from tests.agreement.parity_calibration import API99, TYPES, margins
from tests.agreement.parity_comparison import (
    API,
    ITERATED,
    VECTORS,
    Combined,
    Family,
    bound,
    by_of,
    column,
    effects,
    expected,
    flags,
    frame,
    mean_of,
    numbers,
    ratio_of,
    total_of,
)
from tests.agreement.parity_r_glm import EARLY, logit_with_early_stop

PRINTED = {"reason": "the reference is a printout of six or seven digits", "reach": 1e-6}


def entries():
    """Give the references by their id."""
    return {e["id"]: e for e in expected("classic_surveys_expected.json")}


def figure(family, key, s, statistic, *, deff=True, kind="wor", se=None, **options):
    """Compare estimate, SE, design effect, interval and df of one entry, as it has them."""
    r = entries()[key]
    at = statistic.value(s.weight)
    spread = s.covariance(statistic, at)
    own = np.sqrt(np.diag(spread))
    name = f"{key} {r['stat']}"
    family.add(f"{name}: estimate", at, r["est"], **options)
    family.add(f"{name}: SE", own, r["se"] if se is None else se, scale=at, **options)
    if "deff" in r and deff:
        family.add(
            f"{name}: design effect",
            effects(s, statistic, kind)[: len(numbers(r["deff"]).ravel())],
            r["deff"],
        )
    if "ci95_t" in r:
        family.add(f"{name}: t interval", interval(at[0], own[0], s.df(), 0.95), r["ci95_t"])
    if "df" in r:
        family.add(f"{name}: df", s.df(), r["df"])


def schools():
    """Entries S, C, D and L: the school survey."""
    family = Family("classic: schools", [])
    _stratified(family, bound(*API["strat_fpc"]))
    _clustered(family, bound(*API["clus1_fpc"]))
    two, wr = bound(*API["clus2_fpc"]), bound(*API["clus2"])
    y = column(two, "api00")
    both = side_by_side(y, column(two, "enroll"))
    figure(family, "D1", two, both)
    figure(family, "D2", wr, both)
    r = entries()
    family.add(
        "D2 design effect, with replacement",
        effects(wr, mean_of(y), "wr"),
        r["D2"]["deff_replace"],
    )
    model(family, "D3", wr, ["ell", "meals", "mobility"], y)
    for rule in ("remove", "certainty", "adjust", "average"):
        lonely = Design("pw", "dnum", "snum", lonely=rule)
        s = bound("apiclus1", lonely)
        figure(family, f"L_{rule}", s, mean_of(column(s, "api00")))
        if rule != "average":
            _five(family, rule)
    return family.rows


def side_by_side(y, enroll):
    """Give a mean of one amount and a total of another, blanks out."""
    return Combined([mean_of(y), total_of(enroll)])


def model(family, key, s, names, y, *, kind="gaussian", x=None, within=None):
    """Compare coefficients, SE and df of a model; for a logit also with R's early stop."""
    r = entries()[key]
    if x is None:
        x = np.column_stack([np.ones(len(y)), *(column(s, n) for n in names)])
    fit = fit_model(s, x, y, family=kind, within=within)
    name = f"{key} {r['stat']}"
    early = {} if kind == "gaussian" else EARLY
    family.add(f"{name}: coefficients", fit.coefficients, r["est"], **early)
    family.add(f"{name}: SE", fit.se, r["se"], **early)
    family.add(f"{name}: df", fit.df, r["df_resid"])
    if early:
        beta, spread = logit_with_early_stop(s, x, y, within)
        family.add(f"{name}: coefficients, stopped as R", beta, r["est"])
        family.add(f"{name}: SE, stopped as R", np.sqrt(np.diag(spread)), r["se"])


def _stratified(family, s):
    r = entries()
    y, one = column(s, "api00"), np.ones(len(s.weight))
    figure(family, "S1", s, mean_of(y))
    figure(family, "S2", s, total_of(column(s, "enroll")))
    figure(family, "S3", s, ratio_of(column(s, "api.stu"), column(s, "enroll")))
    met = flags(s, "comp.imp", "Yes")
    figure(family, "S4", s, mean_of(np.stack([1 - met, met], axis=1)))
    share = mean_of(met)
    value, se = float(share.value(s.weight)[0]), float(np.sqrt(s.covariance(share)[0, 0]))
    for key, method in (("S5", "logit"), ("S5b", "beta")):
        ours = proportion_interval(value, se, s.df(), method, 0.95, n=len(y))
        family.add(f"{key} {r[key]['stat']}: estimate", value, r[key]["est"])
        family.add(f"{key} {r[key]['stat']}: interval", ours, r[key]["ci95"])
    types = np.stack([flags(s, "stype", t) for t in "EHM"], axis=1)
    figure(family, "S6", s, by_of(mean_of(y), types))
    figure(family, "S7", s, mean_of(y, met))
    for rule in ("math", "school", "hf1", "hf2", "hf7", "hf8"):
        quartiles(family, f"S8_{rule}", s, y, one, rule)
    model(family, "S9", s, ["ell", "meals", "mobility"], y)
    wide = flags(s, "sch.wide", "Yes")
    model(family, "S10", s, ["ell", "meals", "mobility"], wide, kind="logit")
    model(family, "S11", s, ["ell", "meals"], wide, kind="logit", within=1 - met)
    jkn = made(s, "JKn")
    figure(family, "S12", jkn, mean_of(y))
    family.add("S12 replicates", jkn.replicates.weights.shape[1], r["S12"]["replicates"])
    stype = (types @ np.arange(3)).astype(np.int64)
    association(family, "S13", rao_scott(s, met.astype(np.int64), stype, one).rao_scott_f)
    fit, found = fit_model(s, np.column_stack([one, met]), y), r["S14"]
    ours = [fit.coefficients[1], fit.coefficients[1] / fit.se[1], fit.df, fit.p[1]]
    family.add(
        "S14 t-test: difference, t, df, p",
        ours,
        [found["est"][0], found["t"], found["df"], found["p"]],
    )


def quartiles(family, key, s, y, within, rule="math"):
    """Compare quartiles with their Woodruff intervals."""
    r = entries()[key]
    ours = quantiles(s, y, within, [0.25, 0.5, 0.75], rule=rule)
    name = f"{key} {r['stat']}"
    family.add(f"{name}: estimate", [q.value for q in ours], r["est"])
    family.add(f"{name}: SE", [q.se for q in ours], r["se"], tolerance=ITERATED)
    ends = [[q.ci_lower for q in ours], [q.ci_upper for q in ours]]
    family.add(f"{name}: interval", ends, [r["ci_lo"], r["ci_hi"]], tolerance=ITERATED)


def association(family, key, test):
    """Compare a Rao-Scott F test."""
    r = entries()[key]
    name = f"{key} {r['stat']}"
    family.add(f"{name}: F", test.statistic, r["est"])
    family.add(f"{name}: df", [test.ndf, test.ddf], [r["ndf"], r["ddf"]])
    family.add(f"{name}: p", test.p, r["p"])


def _clustered(family, s):
    r = entries()
    y, enroll, one = column(s, "api00"), column(s, "enroll"), np.ones(len(s.weight))
    figure(family, "C1", s, mean_of(y))
    figure(family, "C2", s, total_of(enroll))
    for key, mse in (("C3", False), ("C3m", True)):
        jk = made(s, "JK1", mse=mse)
        figure(family, key, jk, mean_of(y))
    both = side_by_side(y, enroll)
    figure(family, "C4", poststratify(s, *margins(s)[0]).sample, both, tolerance=ITERATED)
    made_of = rake(s, margins(s)).sample
    figure(family, "C5", made_of, both, tolerance=ITERATED)
    ends = [made_of.weight.min(), made_of.weight.max(), made_of.weight.sum()]
    family.add(
        "C5 raked weights: range, sum",
        ends,
        [*r["C5"]["weight_range"], r["C5"]["sum_w"]],
        tolerance=ITERATED,
    )
    types = [flags(s, "stype", t) for t in "HM"]
    x = np.column_stack([one, *types, column(s, "api99")])
    greg = calibrate(s, x, np.array([TYPES.sum(), *TYPES[1:], API99]))
    figure(family, "C6", greg.sample, both, tolerance=ITERATED)
    family.add(
        "C6 g-weights: range", [greg.g.min(), greg.g.max()], r["C6"]["g_range"], tolerance=ITERATED
    )
    _enrolment(family, s)
    quartiles(family, "C8", s, y, one)


def _enrolment(family, s):
    population = frame("apipop")["enroll"].cast(pl.Float64)
    x = np.column_stack([np.ones(len(s.weight)), column(s, "enroll")])
    totals = np.array([len(population), population.sum()])
    free = calibrate(s, x, totals).g
    cut = calibrate(s, x, totals, distance="bounded", bounds=(0.6, 1.5)).g
    ours = [free.min(), free.max(), cut.min(), cut.max()]
    family.add(
        "C7 g-weights, free and bounded: ranges", ours, entries()["C7"]["est"], tolerance=ITERATED
    )


def _five(family, rule):
    rows = pl.DataFrame({
        "stratum": [1, 1, 2, 2, 3], "psu": [1, 2, 3, 4, 5],
        "w": [10.5, 10.5, 20.0, 20.0, 15.0], "age": [30.5, 40.5, 35.0, 52.0, 44.0],
    })  # fmt: skip
    s = sample(rows, Design("w", "stratum", "psu", lonely=rule))
    key = f"L5_{rule}"
    printed = PRINTED if rule == "adjust" else {}
    figure(family, key, s, total_of(column(s, "age")), **printed)
    var = s.covariance(total_of(column(s, "age")))[0, 0]
    family.add(f"{key} total Age: variance", var, entries()[key]["var"], **printed)


def health():
    """Entries N and B2 to B4: NHANES and NHANES II with its published replicates."""
    family = Family("classic: health", [])
    s = bound("nhanes", Design("WTMEC2YR", "SDMVSTRA", "SDMVPSU"))
    high = column(s, "HI_CHOL")
    r = entries()
    mean = mean_of(high)
    figure(family, "N1", s, mean)
    family.add("N1 rows without an answer", np.isnan(high).sum(), r["N1"]["n_na"])
    races = [flags(s, "race", i) for i in (1, 2, 3, 4)]
    sexes = [flags(s, "RIAGENDR", i) for i in (1, 2)]
    eight = np.stack([a * b for b in sexes for a in races], axis=1)
    figure(family, "N2", s, by_of(mean, eight))
    ages = [flags(s, "agecat", g) for g in ("(19,39]", "(39,59]", "(59,Inf]")]
    x = np.column_stack([np.ones(len(high)), *races[1:], *ages, column(s, "RIAGENDR")])
    model(family, "N3", s, [], high, kind="logit", x=x)
    model(family, "N4", s, [], high, kind="logit", x=x[:, :-1], within=sexes[1])
    known = np.isfinite(high) * 1.0
    race = s.frame["race"].cast(pl.Int64).to_numpy() - 1
    status = np.where(known > 0, high, 0).astype(np.int64)
    association(family, "N5", rao_scott(s, status, race, known).rao_scott_f)
    brr = _published("nhanes2brr", "brr_", "BRR")
    weight, height = column(brr, "weight"), column(brr, "height")
    figure(family, "B2", brr, mean_of(np.stack([weight, height], axis=1)))
    figure(family, "B3", brr, ratio_of(weight, height))
    fay = _published("nhanes2fay", "fay_", "Fay")
    figure(family, "B4", fay, mean_of(column(fay, "weight")))
    return family.rows


def _published(name, prefix, method):
    path = VECTORS / f"{name}.csv"
    names = pl.read_csv(path, n_rows=0).columns
    replicate = [c for c in names if c.startswith(prefix)]
    wanted = ["weight", "height", "finalwgt", *replicate]
    rows = pl.read_csv(path, columns=wanted, schema_overrides=dict.fromkeys(wanted, pl.Float64))
    s = sample(rows, Design("finalwgt", None, None))
    return given(s, replicate, method, fay_rho=0.3, mse=True)
