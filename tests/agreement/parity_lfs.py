"""The synthetic labour force survey against R survey 4.5: designs, domains, lonely PSUs, rounds."""

from dataclasses import replace

import numpy as np
import polars as pl

from analyses.engine.calibration import poststratify, rake
from analyses.engine.collapse import Score, collapse
from analyses.engine.contrasts import difference, linear, ratio
from analyses.engine.design import Design
from analyses.engine.independence import rao_scott, wald_independence
from analyses.engine.proportions import proportion_interval
from analyses.engine.quantiles import quantiles
from analyses.engine.replicates import made, replicated
from analyses.engine.sample import Replicates
from analyses.models.fit import fit as fit_model
from tests.agreement.parity_api import association, proportion
from tests.agreement.parity_comparison import (
    ITERATED,
    VECTORS,
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
from tests.agreement.parity_replicates import pair, value

LFS = Design("w", "stratum", "psu")
FPC1 = Design("w", "stratum", "psu", fpc=("n_psu_pop",))
FPC2 = Design("w", "stratum", "psu", ssu="hh", fpc=("n_psu_pop", "n_hh_pop"))
RULES = ("remove", "certainty", "adjust", "average")


def groups(s, *names):
    """Give a 0/1 column for each combination of codes, the first name changing fastest."""
    codes = [sorted(s.frame[n].unique().to_list()) for n in names]
    found = [np.ones(len(s.weight))]
    for name, each in reversed(list(zip(names, codes, strict=True))):
        found = [f * flags(s, name, code) for f in found for code in each]
    return np.stack(found, axis=1)


def common(family, name, s, r):
    """Compare the figures that R gives for every design of the survey."""
    employed, informal, wage = (column(s, n) for n in ("employed", "informal", "wage"))
    inside = flags(s, "employed", 1)
    df, held = s.df(), s.df(inside > 0)
    family.add(f"{name} df", df, r["degf"])
    family.add(f"{name} rows", len(s.weight), r["n"])
    family.add(f"{name} df of the employed", held, r["informal_sub"]["degf"])
    both = np.stack([employed, column(s, "health")], axis=1)
    for key, statistic, found, degf, within in [
        ("means employed, health", mean_of(both), r["mean_employed"], df, None),
        ("total employed", total_of(employed), r["total_employed"], df, None),
        ("informal of the employed", mean_of(informal, inside), r["informal_sub"]["r"], held, inside),
        ("informal, blanks out", mean_of(informal), r["informal_narm"], df, None),
        ("total informal", total_of(informal), r["total_informal"], df, None),
        ("mean wage of the employed", mean_of(wage, inside), r["mean_wage_sub"], held, inside),
        ("wage over hours", ratio_of(wage, column(s, "hours"), inside), r["ratio_wage_hours"], held, inside),
    ]:  # fmt: skip
        at = statistic.value(s.weight)
        spread = s.covariance(statistic, at)
        deff = effects(s, statistic, within=within) if "deff" in found else None
        family.entry(f"{name} {key}", found, at, spread, df=degf, deff=deff)


def designs():
    """With replacement, with one and two stages of finite populations, calibrated."""
    family = Family("lfs: designs", [])
    r = expected("lfs.json")
    for name, design in (("taylor", LFS), ("fpc1", FPC1), ("fpc2", FPC2)):
        common(family, name, bound("lfs", design), r[name])
    s = bound("lfs", LFS)
    totals = pl.read_csv(VECTORS / "lfs_poststrat_totals.csv").sort("province", "sex")
    province = s.frame["province"].cast(pl.Int64).to_numpy() - 1
    sex = s.frame["sex"].cast(pl.Int64).to_numpy()
    cells = totals["Freq"].cast(pl.Float64).to_numpy()
    after = poststratify(s, province * 2 + sex, cells).sample
    common(family, "poststratified", after, r["poststrat"])
    by = by_of(mean_of(column(after, "informal")), groups(after, "province"))
    value(family, "poststratified informal by province", after, by, r["poststrat"]["by_prov"])
    whole = cells.reshape(-1, 2)
    margins = [(province, whole.sum(axis=1)), (sex, whole.sum(axis=0))]
    common(family, "raked", rake(s, margins).sample, r["raked"])
    return family.rows


def domains():
    """Domains with their covariances and df, contrasts between them."""
    family = Family("lfs: domains", [])
    r, s = expected("lfs.json")["taylor"], bound("lfs", LFS)
    inside = flags(s, "employed", 1)
    province = groups(s, "province")

    def by(key, statistic, *names):
        value(family, key, s, by_of(statistic, groups(s, *names)), r[key])

    informal = column(s, "informal")
    by("by_prov_informal", mean_of(informal, inside), "province")
    by("by_prov_sex_informal", mean_of(informal, inside), "province", "sex")
    for name in ("informal", "pension", "contract", "leave", "union"):
        by(f"by_dom40_{name}", mean_of(column(s, name), inside), "dom40")
    by("by_dom40_employed", mean_of(column(s, "employed")), "dom40")
    by("by_prov_total_informal", total_of(informal, inside), "province")
    by("by_educ_mean_wage", mean_of(column(s, "wage"), inside), "educ")
    held = [s.df((p * inside) > 0) for p in province.T]
    family.add("by province: df", held, r["by_prov_degf"])
    shares = by_of(mean_of(informal, inside), province)
    at = shares.value(s.weight)
    se = np.sqrt(np.diag(s.covariance(shares, at)))
    rows = [int(p.sum()) for p in (province * inside[:, None]).T]
    for method in ("logit", "beta"):
        found = r[f"by_prov_ciprop_{method}"]
        ours = [proportion_interval(*each[:3], method, 0.95, n=each[3])
                for each in zip(at, se, held, rows, strict=True)]  # fmt: skip
        family.add(f"by province, {method}: estimate", at, found["est"])
        family.add(f"by province, {method}: lower", [o[0] for o in ours], found["lo"])
        family.add(f"by province, {method}: upper", [o[1] for o in ours], found["hi"])
    four = by_of(mean_of(informal, inside), groups(s, "sex", "urban"))
    at = four.value(s.weight)
    spread = s.covariance(four, at)
    less = difference(at, spread, 1, 0, s.df())
    family.add("women less men in rural areas", [less.value, less.se], r["contrast"]["diff"])
    twice = linear(at, spread, np.array([-1.0, 1, 1, -1]), s.df())
    family.add("difference in differences", [twice.value, twice.se], r["contrast"]["did"])
    return family.rows


def inference():
    """Intervals of proportions, quantiles, tests and models."""
    family = Family("lfs: inference", [])
    r, s = expected("lfs.json")["taylor"], bound("lfs", LFS)
    informal, wage, inside = column(s, "informal"), column(s, "wage"), flags(s, "employed", 1)
    proportion(family, "informal", r["ciprop"], s, informal, inside)
    few = flags(s, "province", 3) * (informal == 1)
    proportion(family, "rare", r["ciprop_rare"], s, column(s, "pension"), few)
    within = np.isfinite(wage) * 1.0
    paid = np.where(within > 0, wage, 0.0)
    for rule, found in r["quantile"].items():
        ours = quantiles(s, paid, within, [0.1, 0.5, 0.9], rule=rule, df=s.df(within > 0))
        family.add(f"wage quantiles {rule}", [[q.value, q.ci_lower, q.ci_upper, q.se] for q in ours],
                   found["tab"], tolerance=ITERATED)  # fmt: skip
    medians = [quantiles(s, paid, within * g, [0.5], df=s.df(within * g > 0))[0]
               for g in groups(s, "sex").T]  # fmt: skip
    found = r["by_sex_median"]
    ours = [
        [q.value for q in medians],
        [q.ci_lower for q in medians],
        [q.ci_upper for q in medians],
    ]
    family.add(
        "median wage by sex", ours, [found["est"], found["lo"], found["hi"]], tolerance=ITERATED
    )
    educ = s.frame["educ"].cast(pl.Int64).to_numpy()
    status = np.where(within > 0, informal, 0).astype(np.int64)
    tested = rao_scott(s, educ, status, within)
    f, x2, w = r["chisq"]["F"], r["chisq"]["X2"], r["chisq"]["W"]
    association(family, "informal by education, F", tested.rao_scott_f,
                {"stat": f[0], "par": f[1:3], "p": f[3]})  # fmt: skip
    family.add("informal by education, Chisq", [tested.rao_scott_chisq.statistic,
               tested.rao_scott_chisq.p], x2, scale=1.0)  # fmt: skip
    plain = wald_independence(s, educ, status, within)[0]
    family.add("informal by education, Wald", [plain.statistic, plain.p], w, scale=1.0)
    one, sex = np.ones(len(s.weight)), column(s, "sex")
    fit, found = fit_model(s, np.column_stack([one, sex]), wage), r["ttest"]
    family.add("t-test of wages by sex", [fit.coefficients[1] / fit.se[1], fit.df, fit.coefficients[1]],
               [found["t"], found["df"], found["est"]])  # fmt: skip
    family.add("t-test of wages by sex: p", fit.p[1], found["p"])
    fit = fit_model(s, columns(s, r["glm_logit"]["names"]), informal, family="logit")
    family.model("logit informal", r["glm_logit"], fit, s.df())
    fit = fit_model(s, columns(s, r["glm_wage"]["names"]), np.log(wage))
    family.model("log wage", r["glm_wage"], fit, s.df())
    return family.rows


def columns(s, names):
    """Give the model columns that R's names stand for."""
    found = []
    for name in names:
        if name == "(Intercept)":
            found.append(np.ones(len(s.weight)))
        elif name == "I(age^2)":
            found.append(column(s, "age") ** 2)
        elif name.startswith(("educf", "provf")):
            found.append(flags(s, {"e": "educ", "p": "province"}[name[0]], int(name[5:])))
        else:
            found.append(column(s, name))
    return np.column_stack(found)


def lonely():
    """The four rules for strata with one PSU."""
    family = Family("lfs: lonely PSUs", [])
    r = expected("lfs.json")
    for rule in RULES:
        s, found = (
            bound("lfs_lonely", Design("w", "stratum", "psu", lonely=rule)),
            r[f"lonely_{rule}"],
        )
        common(family, rule, s, found)
        inside, informal = flags(s, "employed", 1), column(s, "informal")
        by_sex = by_of(mean_of(informal, inside), groups(s, "sex"))
        value(family, f"{rule} informal by sex", s, by_sex, found["by_sex"])
        by_area = by_of(mean_of(column(s, "health")), groups(s, "urban"))
        value(family, f"{rule} health by area", s, by_area, found["by_urban"])
        fit = fit_model(s, columns(s, found["glm"]["names"]), informal, family="logit")
        family.model(f"{rule} logit", found["glm"], fit, s.df())
    s = bound("lfs_lonely", Design("w", "stratum", "psu", lonely="adjust"))
    third = mean_of(column(s, "informal"), flags(s, "province", 3))
    for key in ("domain_lonely_adjust_on", "domain_lonely_adjust_off"):
        value(family, f"{key.replace('_', ' ')}: province 3", s, third, r[key])
    return family.rows


def rounds():
    """Two rounds that share 45 per cent of their PSUs: the change with its covariance."""
    family = Family("lfs: rounds", [])
    r, s = expected("lfs.json")["rounds"], bound("lfs_rounds", LFS)
    informal = column(s, "informal")
    by = by_of(mean_of(informal), groups(s, "round"))
    family.add("rounds: df", s.df(), r["degf"])
    value(family, "informal by round", s, by, r["by"])
    at = by.value(s.weight)
    spread = s.covariance(by, at)
    less, over = difference(at, spread, 1, 0, s.df()), ratio(at, spread, 1, 0, s.df())
    family.add("change between rounds", [less.value, less.se], r["change"])
    family.add("ratio of rounds", [over.value, over.se], r["ratio"])
    both = by_of(mean_of(informal), groups(s, "province", "round"))
    value(family, "informal by province and round", s, both, r["by_prov_round"])
    return family.rows


def replicates():
    """JKn made by us; 200 bootstrap replicates of PSU factors, on rows and by one matrix product."""
    family = Family("lfs: replicates", [])
    r, s = expected("lfs.json"), bound("lfs", LFS)
    both = np.stack([column(s, "employed"), column(s, "health")], axis=1)
    informal, inside = column(s, "informal"), flags(s, "employed", 1)
    jkn = made(s, "JKn")
    scales = [jkn.replicates.scale, *np.sort(jkn.replicates.rscales)]
    family.add("jkn: scales made", scales, [r["jkn"]["scale"], *sorted(r["jkn"]["rscales"])])
    boot = _bootstrapped(s, r["subboot200"])
    for name, one in (("jkn", jkn), ("subboot200", boot)):
        family.add(f"{name}: df", one.df(), r[name]["degf"])
        value(family, f"{name} means", one, mean_of(both), r[name]["mean"])
        value(family, f"{name} informal", one, mean_of(informal, inside), r[name]["informal"])
        over = ratio_of(column(s, "wage"), column(s, "hours"), inside)
        value(family, f"{name} wage over hours", one, over, pair(r[name]["ratio"]))
    by = by_of(mean_of(informal, inside), groups(boot, "province"))
    value(family, "subboot200 informal by province", boot, by, r["subboot200"]["by_prov"])
    found = r["subboot200"]["glm"]
    fit = fit_model(boot, columns(boot, found["names"]), informal, family="logit")
    family.model("subboot200 logit", found, fit, boot.df(), dispersion=False)
    _by_product(family, s, r["subboot200"])
    return family.rows


def _factors():
    return pl.read_csv(VECTORS / "lfs_subbootstrap200_psu_factors.csv")


def _bootstrapped(s, r):
    each = s.frame.select("psu", "stratum").join(
        _factors(), on=["psu", "stratum"], how="left", maintain_order="left"
    )
    weights = each.drop("psu", "stratum").to_numpy() * s.weight[:, None]
    rscales = np.array(r["rscales"], float)
    return replace(s, replicates=Replicates(weights, r["scale"], rscales, df=199))


def _by_product(family, s, r):
    """Compare the covariance by province that comes from PSU totals and factors alone."""
    known = s.frame.with_columns(
        pl.col("stratum", "psu").cast(pl.String), paid=pl.col("informal").is_not_null()
    )
    totals = collapse(known, LFS, [Score("informal", "informal", "paid")], ["province"])
    key = {(str(x[1]), str(x[0])): x[2:] for x in _factors().rows()}
    order = list(zip(totals.psus.strata, totals.psus.labels, strict=True))
    factors = np.array([key[each] for each in order], dtype=np.float64)
    cells = totals.cells_of("province")
    labels = [totals.cells[i][1] for i in cells]
    place = [cells[labels.index(k)] for k in r["by_prov"]["keys"]]
    each = replicated(totals, factors)["informal"][:, place]
    away = each - each.mean(axis=0)
    at = replicated(totals, np.ones((len(order), 1)))["informal"][0, place]
    family.entry("subboot200 by one matrix product", r["by_prov"], at, r["scale"] * away.T @ away)
