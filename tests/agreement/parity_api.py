"""The school survey (apisrs, apistrat, apiclus1, apiclus2) in eight designs against R survey 4.5."""

import numpy as np

from analyses.engine.contrasts import difference, ratio
from analyses.engine.independence import rao_scott, wald_independence
from analyses.engine.proportions import proportion_interval
from analyses.engine.quantiles import quantiles
from analyses.engine.statistics import Variance
from analyses.models.fit import fit as fit_model
from tests.agreement.parity_comparison import (
    API,
    ITERATED,
    Family,
    bound,
    by_of,
    column,
    effects,
    expected,
    flags,
    mean_of,
    ratio_of,
    total_of,
)
from tests.agreement.parity_r_glm import likelihood_off_a_spline

SPLINE = "R joins few points of the profile; read so, we agree (next row)"


def estimates():
    """Means, totals, ratios, domains, a subpopulation, variances, design effects, df."""
    family = Family("api: estimates", [])
    for name, design in API.items():
        _estimates(family, name, bound(*design), expected("api_taylor.json")[name])
    return family.rows


def _estimates(family, name, s, r):
    y, df = column(s, "api00"), s.df()
    stype = np.stack([flags(s, "stype", t) for t in "EHM"], axis=1)
    enroll = column(s, "enroll")
    family.add(f"{name} df", df, r["degf"])
    family.add(f"{name} rows", len(s.weight), r["n"])

    def entry(key, statistic, found, *, degf=df, kind="wor", within=None):
        value = statistic.value(s.weight)
        deff = effects(s, statistic, kind, within) if "deff" in found else None
        spread = s.covariance(statistic, value)
        family.entry(f"{name} {key}", found, value, spread, df=degf, deff=deff)

    entry("mean api00", mean_of(y), r["mean_api00"])
    wr = effects(s, mean_of(y), "wr")
    family.add(f"{name} mean api00: design effect, with replacement", wr, r["mean_api00_deffwr"])
    several = np.stack([y, column(s, "api99"), column(s, "ell")], axis=1)
    entry("means of three", mean_of(several), r["mean_multi"])
    entry("shares of school types", mean_of(stype), r["mean_stype"])
    entry("mean enroll", mean_of(enroll), r["mean_enroll_narm"])
    entry("total api00", total_of(y), r["total_api00"])
    entry("totals of school types", total_of(stype), r["total_stype"])
    entry("total enroll", total_of(enroll), r["total_enroll_narm"])
    pair = ratio_of(column(s, "api.stu"), enroll)
    both = np.isfinite(column(s, "api.stu")) & np.isfinite(enroll)
    family.add(f"{name} ratio api.stu/enroll: df", s.df(both), r["ratio"]["degf"])
    entry("ratio api.stu/enroll", pair, r["ratio"], degf=r["ratio"]["degf"])
    scores = ratio_of(y, column(s, "api99"))
    entry("ratio api00/api99", scores, r["ratio_api"])
    entry("mean by type", by_of(mean_of(y), stype), r["by_stype_mean"])
    if "degf" in r["by_stype_mean"]:
        ours = [s.df(t > 0) for t in stype.T]
        family.add(f"{name} mean by type: df", ours, r["by_stype_mean"]["degf"])
    entry("total by type", by_of(total_of(y), stype), r["by_stype_total"])
    entry("ratio by type", by_of(scores, stype), r["by_stype_ratio"])
    awards = np.stack([flags(s, "awards", v) for v in ("No", "Yes")], axis=1)
    wide = flags(s, "sch.wide", "Yes")
    entry("share by awards", by_of(mean_of(wide), awards), r["by_awards_prop"])
    inside = flags(s, "comp.imp", "Yes")
    held = s.df(inside > 0)
    family.add(f"{name} subpopulation: df", held, r["sub_mean"]["degf"])
    entry("subpopulation mean", mean_of(y, inside), r["sub_mean"]["r"], degf=held, within=inside)
    entry("subpopulation total", total_of(y, inside), r["sub_total"], degf=held)
    one = np.ones(len(y))
    spread = Variance(y[:, None], one)
    family.entry(f"{name} variance", r["var_api00"], spread.value(s.weight), s.covariance(spread))
    pairs = Variance(np.stack([y, column(s, "api99")], axis=1), one)
    family.entry(f"{name} covariances", r["cov_api"], pairs.value(s.weight), s.covariance(pairs))
    _contrasts(family, name, s, by_of(mean_of(y), stype), r["contrast"])


def _contrasts(family, name, s, m, r):
    value, spread = m.value(s.weight), s.covariance(m)
    less, over = difference(value, spread, 0, 1, s.df()), ratio(value, spread, 0, 1, s.df())
    family.add(f"{name} contrast, difference", [less.value, less.se], r["diff"])
    family.add(f"{name} contrast, ratio", [over.value, over.se], r["ratio"])
    log = ratio(value, spread, 0, 2, s.df())
    ours = [np.log(log.value), log.se / log.value]
    family.add(f"{name} contrast, log ratio", ours, r["logdiff"])


def intervals():
    """Six intervals of a proportion; quantiles by three rules and three intervals."""
    family = Family("api: intervals and quantiles", [])
    for name, design in API.items():
        s, r = bound(*design), expected("api_taylor.json")[name]
        proportion(
            family, f"{name} share sch.wide", r["ciprop_wide"], s, flags(s, "sch.wide", "Yes")
        )
        y, one = column(s, "api00"), np.ones(len(s.weight))
        for key, found in r["quantile"].items():
            if key == "old":
                continue
            rule, method = key.split("_")
            ours = quantiles(
                s, y, one, found["p"], rule=rule, method="wald" if method == "mean" else method
            )
            family.add(
                f"{name} quantiles {key}",
                [[q.value, q.ci_lower, q.ci_upper, q.se] for q in ours],
                found["tab"],
                tolerance=ITERATED,
            )
    return family.rows


def proportion(family, quantity, entries, s, y, within=None):
    """Compare R's ``svyciprop`` by each of its methods."""
    share = mean_of(y, within)
    value = float(share.value(s.weight)[0])
    se = float(np.sqrt(s.covariance(share)[0, 0]))
    held = share.x[:, 0] > 0
    df = s.df(held)
    for method, found in entries.items():
        own = "wald" if method == "mean" else method
        ours = proportion_interval(value, se, df, own, 0.95, n=int(held.sum()))
        options = {"reason": SPLINE, "reach": 1e-4} if method == "likelihood" else {}
        family.add(f"{quantity}: estimate, {method}", value, found["est"])
        family.add(f"{quantity}: SE, {method}", se, found["se"])
        family.add(f"{quantity}: interval, {method}", ours, found["ci"], **options)
    read = likelihood_off_a_spline(s, y, df, within)
    found = entries["likelihood"]["ci"]
    family.add(f"{quantity}: interval, likelihood, read as R reads it", read, found)


def tests():
    """Tests of the table awards by school type; the t-test; tests of a model's term."""
    family = Family("api: tests", [])
    for name, design in API.items():
        s, r = bound(*design), expected("api_taylor.json")[name]
        stype = (flags(s, "stype", "H") + 2 * flags(s, "stype", "M")).astype(np.int64)
        awards = flags(s, "awards", "Yes")
        one = np.ones(len(s.weight))
        ours = rao_scott(s, awards.astype(np.int64), stype, one)
        family.add(f"{name} table", ours.totals.ravel(), r["table"]["est"])
        plain, adjusted = wald_independence(s, awards.astype(np.int64), stype, one)
        for key, test in [
            ("F", ours.rao_scott_f), ("Chisq", ours.rao_scott_chisq),
            ("Wald", plain), ("adjWald", adjusted),
        ]:  # fmt: skip
            association(family, f"{name} {key}", test, r["chisq"][key])
        x = np.column_stack([one, awards])
        fit = fit_model(s, x, column(s, "api00"))
        t = fit.coefficients[1] / fit.se[1]
        found = r["ttest"]
        family.add(f"{name} t-test: t", t, found["t"])
        family.add(f"{name} t-test: df", fit.df, found["df"])
        family.add(f"{name} t-test: p", fit.p[1], found["p"])
        family.add(f"{name} t-test: difference", fit.coefficients[1], found["est"])
        family.add(f"{name} t-test: interval", fit.intervals()[1], found["ci"])
        found = r["glm_regterm"]
        high, middle = flags(s, "stype", "H"), flags(s, "stype", "M")
        term = fit_model(
            s, np.column_stack([one, column(s, "api99"), high, middle]), awards, family="logit"
        ).term([2, 3])
        family.add(f"{name} term test: F", term.statistic, found["wald_F"])
        family.add(f"{name} term test: df", [term.ndf, term.ddf], [found["df"], found["ddf"]])
        family.add(f"{name} term test: p", term.p, found["p"])
    return family.rows


def association(family, quantity, test, found):
    """Compare a test of a table with R's ``svychisq``."""
    family.add(f"{quantity}: statistic", test.statistic, found["stat"])
    df = test.ndf if np.isinf(test.ddf) else [test.ndf, test.ddf]
    family.add(f"{quantity}: df", df, found["par"])
    family.add(f"{quantity}: p", test.p, found["p"])


def models():
    """Gaussian, logit, probit and Poisson with an offset; categories; a subpopulation."""
    family = Family("api: models", [])
    for name, design in API.items():
        s, r = bound(*design), expected("api_taylor.json")[name]

        def columns(*names, s=s):
            each = [column(s, n) if isinstance(n, str) else n for n in names]
            return np.column_stack([np.ones(len(s.weight)), *each])

        high, middle = flags(s, "stype", "H"), flags(s, "stype", "M")
        wide, awards = flags(s, "sch.wide", "Yes"), flags(s, "awards", "Yes")
        three = columns("ell", "meals", "mobility")
        size = np.log(column(s, "enroll"))
        for key, x, y, options in [
            ("glm_logit", three, wide, {"family": "logit"}),
            ("glm_logit_cat", columns("api99", high, middle), awards, {"family": "logit"}),
            ("glm_gauss", columns("ell", "meals", high, middle), column(s, "api00"), {}),
            ("glm_pois", columns("ell", "meals"), column(s, "api.stu"),
             {"family": "poisson", "offset": size}),
            ("glm_sub", columns("ell", "meals"), wide,
             {"family": "logit", "within": flags(s, "stype", "E")}),
            ("glm_probit", three, wide, {"family": "probit"}),
        ]:  # fmt: skip
            fit = fit_model(s, x, y, **options)
            degf = fit.df + x.shape[1] - 1
            family.model(f"{name} {key}", r[key], fit, degf)
    return family.rows
