"""Replicate weights of the school survey and of the ambulance data, against R survey 4.5."""

import numpy as np
import polars as pl

from analyses.engine.calibration import rake, through_replicates
from analyses.engine.design import Design
from analyses.engine.quantiles import quantiles
from analyses.engine.replicates import given, made
from analyses.engine.sample import sample
from analyses.models.fit import fit as fit_model
from tests.agreement.parity_calibration import margins
from tests.agreement.parity_comparison import (
    API,
    ITERATED,
    VECTORS,
    Family,
    bound,
    by_of,
    column,
    expected,
    flags,
    frame,
    mean_of,
    ratio_of,
    total_of,
)

MADE = {"clus1_JK1": "JK1", "clus1_JK1_mse": "JK1", "strat_JKn": "JKn",
        "strat_JKn_mse": "JKn", "strat_JKn_fpc": "JKn"}  # fmt: skip


def with_weights(data, r, weight):
    """Bind a file's rows to replicate weights that were exported from R."""
    each = pl.read_csv(VECTORS / r["weights_file"])
    names = [f"replicate {i}" for i in range(each.width)]
    each.columns = names
    rows = data.with_columns(pl.Series("full weight", weight)).hstack(each)
    return given(
        sample(rows, Design("full weight", None, None)), names, "bootstrap",
        scale=r["scale"], rscales=np.array(r["rscales"], float), mse=r.get("mse", False),
    )  # fmt: skip


def weights():
    """Estimates, domains, quantiles and a model under JK1, JKn, bootstraps, BRR and Fay."""
    family = Family("replicates", [])
    expectations = expected("api_replicates.json")
    for name, r in expectations.items():
        if name == "meta" or not r.get("data", "").startswith("api"):
            continue
        _replicated(family, name, with_weights(frame(r["data"]), r, r["pw"]), r)
        if name in MADE:
            _made(family, name, r)
    for name in ("scd_BRR", "scd_Fay"):
        r = expectations[name]
        s = with_weights(frame("scd"), r, np.ones(6))
        family.add(f"{name}: df", s.df(), r["degf"])
        alive = column(s, "alive")
        value(family, f"{name} ratio", s, ratio_of(alive, column(s, "arrests")), pair(r["ratio"]))
        value(family, f"{name} mean alive", s, mean_of(alive), r["mean_alive"])
    _raked(family, expectations["clus1_JK1_raked"])
    return family.rows


def value(family, quantity, s, statistic, found, **options):
    """Compare a statistic's figures with an entry."""
    at = statistic.value(s.weight)
    family.entry(quantity, found, at, s.covariance(statistic, at), **options)


def pair(numbers):
    """Name the two numbers of R's short entries."""
    return {"est": numbers[0], "se": numbers[1]}


def _replicated(family, name, s, r):
    family.add(f"{name}: df", s.df(), r["degf"])
    y, types = column(s, "api00"), np.stack([flags(s, "stype", t) for t in "EHM"], axis=1)
    value(family, f"{name} mean api00", s, mean_of(y), r["mean_api00"])
    value(family, f"{name} total enroll", s, total_of(column(s, "enroll")), r["total_enroll"])
    value(family, f"{name} shares of types", s, mean_of(types), r["mean_stype"])
    value(family, f"{name} mean by type", s, by_of(mean_of(y), types), r["by_stype"])
    value(family, f"{name} ratio", s, ratio_of(y, column(s, "api99")), pair(r["ratio"]))
    found = [[q.value, q.ci_lower, q.ci_upper, q.se]
             for q in quantiles(s, y, np.ones(len(y)), [0.25, 0.5, 0.75])]  # fmt: skip
    family.add(f"{name} quartiles", found, r["quantile"]["tab"], tolerance=ITERATED)
    x = np.column_stack([np.ones(len(y)), column(s, "ell"), column(s, "meals")])
    fit = fit_model(s, x, flags(s, "sch.wide", "Yes"), family="logit")
    family.model(f"{name} logit", r["glm"], fit, s.df(), dispersion=False)


def _made(family, name, r):
    """Compare the weights that we make with those that R made."""
    design = f"{name.split('_')[0]}{'_fpc' if name.endswith('fpc') else ''}"
    ours = made(bound(*API[design]), MADE[name], mse=r["mse"])
    theirs = pl.read_csv(VECTORS / r["weights_file"]).to_numpy()
    scale = ours.replicates.scale * ours.replicates.rscales
    there = r["scale"] * np.array(r["rscales"], float)
    # Replicates have no order of their own.
    a = np.lexsort(ours.replicates.weights[::-1])
    b = np.lexsort(theirs[::-1])
    family.add(f"{name}: weights made", ours.replicates.weights[:, a], theirs[:, b], scale=1.0)
    family.add(f"{name}: scales made", scale[a], there[b])
    value(
        family,
        f"{name} mean, weights made",
        ours,
        mean_of(column(ours, "api00")),
        r["mean_api00"],
    )


def _raked(family, r):
    """Compare JK1 weights, each replicate raked on its own."""
    plain = made(bound(*API["clus1"]), "JK1")
    s = through_replicates(plain, lambda one: rake(one, margins(plain)))
    options = {"tolerance": ITERATED}
    value(
        family,
        "JK1 raked mean api00",
        s,
        mean_of(column(s, "api00")),
        r["mean_api00"],
        **options,
    )
    enroll = total_of(column(s, "enroll"))
    value(family, "JK1 raked total enroll", s, enroll, r["total_enroll"], **options)
