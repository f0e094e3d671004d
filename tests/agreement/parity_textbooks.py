"""Figures of textbooks and manuals: Stata, Lohr, Levy and Lemeshow, Kalton, ambulances."""

import numpy as np
import polars as pl

from analyses.engine.calibration import calibrate, rake
from analyses.engine.design import Design
from analyses.engine.intervals import interval
from analyses.engine.quantiles import quantiles
from analyses.engine.replicates import given
from analyses.engine.sample import sample
from tests.agreement.parity_classic import PRINTED, entries, figure, side_by_side
from tests.agreement.parity_comparison import (
    ITERATED,
    VECTORS,
    Combined,
    Family,
    bound,
    column,
    effects,
    frame,
    mean_of,
    ratio_of,
    total_of,
)


def manuals():
    """Entries F, A, U, B and K: manuals of Stata, Lohr, Levy and Lemeshow, Kalton."""
    family = Family("classic: textbooks", [])
    r = entries()
    plain = bound("fpc", Design("weight", "stratid", "psuid"))
    finite = bound("fpc", Design("weight", "stratid", "psuid", fpc=("Nh",)))
    x = column(plain, "x")
    figures = [
        (plain, mean_of(x)),
        (finite, mean_of(x)),
        (finite, total_of(x)),
    ]
    at = [f.value(s.weight)[0] for s, f in figures]
    se = [np.sqrt(s.covariance(f)[0, 0]) for s, f in figures]
    family.add(f"F1 {r['F1']['stat']}: estimate", at, r["F1"]["est"])
    family.add(f"F1 {r['F1']['stat']}: SE", se, r["F1"]["se"])
    _lohr(family, r)
    _levy_lemeshow(family, r)
    _ambulances(family, r)
    _kalton(family, r)
    return family.rows


def _lohr(family, r):
    srs = frame("agsrs").with_columns(w=pl.lit(3078 / 300), n=pl.lit(3078.0))
    s = sample(srs, Design("w", None, None, fpc=("n",)))
    acres = column(s, "acres92")
    figure(family, "A1", s, side_by_side(acres, acres))
    sizes = {"NC": 1054.0, "NE": 220.0, "S": 1382.0, "W": 422.0}
    by_region = frame("agstrat").with_columns(n=pl.col("region").replace_strict(sizes))
    s = sample(by_region, Design("strwt", "region", None, fpc=("n",)))
    acres = column(s, "acres92")
    figure(family, "A2", s, side_by_side(acres, acres), deff=False)
    family.add("A2 mean: design effect", effects(s, mean_of(acres)), r["A2"]["deff"])
    s = bound("syc", Design("finalwt", "stratum", "psu"))
    age, found = column(s, "age"), r["A3"]
    mean = mean_of(age)
    ours = quantiles(s, age, np.ones(len(age)), [0.25, 0.5, 0.75])
    at = [mean.value(s.weight)[0], *(q.value for q in ours)]
    se = [np.sqrt(s.covariance(mean)[0, 0]), *(q.se for q in ours)]
    family.add(f"A3 {found['stat']}: estimate", at, found["est"])
    family.add(f"A3 {found['stat']}: SE", se, found["se"], tolerance=ITERATED)
    family.add("A3 mean age: design effect", effects(s, mean), found["deff"])
    family.add("A3 rows, df", [len(age), s.df()], [found["n"], found["df"]])


def _levy_lemeshow(family, r):
    rows = pl.DataFrame({
        "str": [1, 1, *[2] * 6], "clu": [1, 2, 3, 4, 5, 6, 7, 8],
        "w": [4.0] * 8, "n": [0.25] * 8,
        "ue91": [4123, 721, 194, 129, 239, 61, 262, 166],
        "lab91": [33786, 4930, 2069, 927, 2144, 573, 1737, 1615],
    })  # fmt: skip
    s = sample(rows, Design("w", "str", "clu", fpc=("n",)))
    out, force = column(s, "ue91"), column(s, "lab91")
    both = Combined([total_of(out), ratio_of(out, force)])
    figure(family, "U1", s, both, deff=False)
    total = total_of(out)
    family.add("U1 total: design effect", effects(s, total), r["U1"]["deff"])
    cv = 100 * np.sqrt(s.covariance(total)[0, 0]) / total.value(s.weight)[0]
    family.add("U1 total: coefficient of variation", cv, r["U1"]["cv_pct"])
    rows = pl.DataFrame({
        "xi": [15, 13, 12, 10, 21, 10], "xibar": [5.0, 4.33, 4.0, 3.33, 7.0, 3.33],
        "w": [9.0] * 6, "n": [54.0] * 6,
    })  # fmt: skip
    s = sample(rows, Design("w", None, None, fpc=("n",)))
    bar, xi = column(s, "xibar"), column(s, "xi")
    both = side_by_side(bar, xi)
    figure(family, "U2", s, both, deff=False)
    deff = [*effects(s, mean_of(bar)), *effects(s, total_of(xi))]
    family.add("U2 design effects", deff, r["U2"]["deff"])
    at, se = both.value(s.weight), np.sqrt(np.diag(s.covariance(both)))
    ours = [interval(a, b, s.df(), 0.95) for a, b in zip(at, se, strict=True)]
    family.add("U2 intervals", ours, [r["U2"]["ci_mean"], r["U2"]["ci_tot"]])


def _ambulances(family, r):
    half = pl.read_csv(VECTORS / "repw_scd_BRR.csv")
    rows = frame("scd").with_columns(w=pl.lit(1.0), n=pl.lit(5.0)).hstack(half)
    plain = sample(rows, Design("w", "ESA", "ambulance"))
    finite = sample(rows, Design("w", "ESA", "ambulance", fpc=("n",)))
    brr = given(plain, half.columns, "BRR", combined=False)
    found = []
    for s in (brr, finite, plain):
        over = ratio_of(column(s, "alive"), column(s, "arrests"))
        found.append([over.value(s.weight)[0], np.sqrt(s.covariance(over)[0, 0])])
    family.add(f"B1 {r['B1']['stat']}: estimate", [f[0] for f in found], r["B1"]["est"])
    family.add(f"B1 {r['B1']['stat']}: SE", [f[1] for f in found], r["B1"]["se"])


def _kalton(family, r):
    counts = [20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50, 70]
    there = np.array([80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125], float)
    cell = np.repeat(np.arange(12), counts)
    a, b = cell % 4, cell // 4
    s = sample(pl.DataFrame({"w": np.ones(len(cell))}), Design("w", None, None))
    square = there.reshape(3, 4)
    by_a, by_b = square.sum(axis=0), square.sum(axis=1)
    x = np.column_stack([np.ones(len(cell)), *((a == i) * 1.0 for i in range(1, 4)),
                         *((b == i) * 1.0 for i in range(1, 3))])  # fmt: skip
    totals = np.array([there.sum(), *by_a[1:], *by_b[1:]])
    first = np.searchsorted(cell, np.arange(12))
    for key, made_of in {
        "K1": rake(s, [(a, by_a), (b, by_b)]),
        "K2": calibrate(s, x, totals),
        "K3": calibrate(s, x, totals, distance="bounded", bounds=(0.5, 2.2)),
        "K4": calibrate(s, x, totals, distance="logit", bounds=(0.5, 2.2)),
    }.items():
        family.add(
            f"{key} cell weights: {r[key]['stat']}",
            made_of.sample.weight[first],
            r[key]["est"],
            **PRINTED,
        )
