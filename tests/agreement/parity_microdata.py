"""Real files of Costa Rica and Bolivia against R survey, and the figures their offices published."""

import tempfile
import zipfile
from functools import cache

import numpy as np
import polars as pl
import pyreadstat

from analyses.engine.design import Design
from analyses.engine.quantiles import quantiles
from analyses.engine.sample import sample
from analyses.models.fit import fit as fit_model
from tests.agreement.parity_comparison import (
    ITERATED,
    MICRODATA,
    Family,
    by_of,
    column,
    effects,
    expected,
    flags,
    mean_of,
    total_of,
)
from tests.agreement.parity_r_glm import EARLY, logit_with_early_stop

CRI = ("diseno_muestra", "upm", "factor", "condact_inec", "posiemppri", "e10a", "a4", "a5", "zona",
       "region", "np", "ithn", "ipm_pobreza", "id_hogar_inec")  # fmt: skip


def entries():
    """Give the references by their id."""
    return {e["id"]: e for e in expected("microdata_expected.json")}


@cache
def costa_rica():
    """Bind the Costa Rican household survey of 2020."""
    with (
        zipfile.ZipFile(MICRODATA / "cri20n1.dta.zip") as bundle,
        tempfile.TemporaryDirectory() as to,
    ):
        inside = next(n for n in bundle.namelist() if n.endswith(".dta"))
        data, _ = pyreadstat.read_dta(
            bundle.extract(inside, to), usecols=list(CRI), output_format="dict"
        )
    rows = pl.DataFrame({k: np.asarray(v, float) for k, v in data.items()}).fill_nan(None)
    return sample(rows, Design("factor", "diseno_muestra", "upm"))


@cache
def bolivia(file, columns):
    """Bind a Bolivian survey."""
    data, _ = pyreadstat.read_sav(MICRODATA / file, usecols=list(columns), output_format="dict")
    rows = pl.DataFrame({k: list(v) for k, v in data.items()})
    return sample(rows, Design("factor", "estrato", "upm"))


def figure(family, key, s, statistic, deff=None):
    """Compare estimate, SE and design effect of one entry."""
    r = entries()[key]
    at = statistic.value(s.weight)
    name = f"{key} {r['stat'][:60]}"
    family.add(f"{name}: estimate", at, r["est"])
    family.add(f"{name}: SE", np.sqrt(np.diag(s.covariance(statistic, at))), r["se"], scale=at)
    if "deff" in r:
        family.add(f"{name}: design effect", effects(s, deff or statistic), r["deff"])


def side(*parts):
    """Put one-figure statistics of one kind side by side."""
    y = np.concatenate([p.y for p in parts], axis=1)
    if not hasattr(parts[0], "x"):
        return type(parts[0])(y)
    return type(parts[0])(y, np.concatenate([p.x for p in parts], axis=1))


def cri():
    """Entries CR: poverty, income, employment, social security, a model of a subpopulation."""
    family = Family("microdata: Costa Rica", [])
    s, r = costa_rica(), entries()
    level, house = column(s, "np"), flags(s, "id_hogar_inec", 1)
    known = np.isfinite(level)
    poor = np.where(known, level <= 2, np.nan)
    extreme = np.where(known, level == 1, np.nan)
    both = np.stack([poor, extreme], axis=1)
    figure(family, "CR1", s, mean_of(both, house))
    figure(family, "CR2", s, total_of(both, house))
    figure(family, "CR3", s, total_of(poor))
    figure(family, "CR4", s, mean_of(column(s, "ithn"), house))
    figure(family, "CR5", s, mean_of(column(s, "ipm_pobreza"), house))
    persons = mean_of(both)
    counts = total_of(extreme)
    name, found = f"CR12 {r['CR12']['stat']}", r["CR12"]
    at = [*counts.value(s.weight), *persons.value(s.weight)]
    se = [*np.sqrt(np.diag(s.covariance(counts))), *np.sqrt(np.diag(s.covariance(persons)))]
    family.add(f"{name}: estimate", at, found["est"])
    family.add(f"{name}: SE", se, found["se"])
    family.add(f"{name}: design effect", effects(s, persons), found["deff"])
    for key, by, codes in (("CR13", "zona", (1, 2)), ("CR14", "region", range(1, 7))):
        groups = np.stack([flags(s, by, c) for c in codes], axis=1)
        parts = [by_of(mean_of(one, house), groups) for one in (poor, extreme)]
        figure(family, key, s, side(*parts))
    income, inside = column(s, "ithn"), house * np.isfinite(column(s, "ithn"))
    ours = quantiles(s, np.nan_to_num(income), inside, [0.25, 0.5, 0.75], df=s.df(inside > 0))
    found = r["CR11"]
    family.add("CR11 quartiles of income: estimate", [q.value for q in ours], found["est"])
    family.add(
        "CR11 quartiles of income: SE", [q.se for q in ours], found["se"], tolerance=ITERATED
    )
    ends = [[q.ci_lower for q in ours], [q.ci_upper for q in ours]]
    family.add(
        "CR11 quartiles of income: interval", ends, [found["lo"], found["hi"]], tolerance=ITERATED
    )
    _work(family, s, r)
    return family.rows


def _work(family, s, r):
    employed, unemployed = flags(s, "condact_inec", 1), flags(s, "condact_inec", 2)
    figure(family, "CR6", s, total_of(np.stack([employed, unemployed], axis=1)))
    figure(family, "CR7", s, mean_of(unemployed, employed + unemployed))
    asked = employed * (flags(s, "posiemppri", 11) + flags(s, "posiemppri", 12))
    answered = asked * (flags(s, "e10a", 1) + flags(s, "e10a", 2))
    covered = flags(s, "e10a", 1)
    share = mean_of(covered, answered)
    figure(family, "CR8", s, share)
    family.add("CR8 rows", answered.sum(), r["CR8"]["n"])
    regions = np.stack([flags(s, "region", c) for c in range(1, 7)], axis=1)
    figure(family, "CR9", s, by_of(share, regions))
    age = column(s, "a5")
    x = np.column_stack(
        [np.ones(len(age)), flags(s, "a4", 2), age, age**2, flags(s, "zona", 2), regions[:, 1:]]
    )
    fit, found = fit_model(s, x, covered, family="logit", within=answered), r["CR10"]
    family.add(
        "CR10 logit of a subpopulation: coefficients", fit.coefficients, found["est"], **EARLY
    )
    family.add("CR10 logit of a subpopulation: SE", fit.se, found["se"], **EARLY)
    family.add("CR10 logit of a subpopulation: df", fit.df, found["df_resid"])
    beta, spread = logit_with_early_stop(s, x, covered, answered)
    family.add("CR10 coefficients, stopped as R", beta, found["est"])
    family.add("CR10 SE, stopped as R", np.sqrt(np.diag(spread)), found["se"])


def bol():
    """Entries BO: unemployment by area and department, poverty by area."""
    family = Family("microdata: Bolivia", [])
    s = bolivia("ece_t4_2021.sav", ("estrato", "upm", "factor", "condact", "area", "depto"))
    work = column(s, "condact")
    employed = np.isin(work, _codes("ece_t4_2021.sav", "condact", "ocupado")) * 1.0
    unemployed = np.isin(work, _codes("ece_t4_2021.sav", "condact", "desocup")) * 1.0
    active = employed + unemployed
    urban = flags(s, "area", 1)
    figure(family, "BO1", s, mean_of(unemployed, active * urban))
    figure(family, "BO2", s, total_of(np.stack([employed, active], axis=1), urban))
    figure(family, "BO3", s, mean_of(unemployed, active))
    departments = np.stack([flags(s, "depto", c) for c in range(1, 10)], axis=1)
    figure(family, "BO4", s, by_of(mean_of(unemployed, active), departments))
    s = bolivia("eh2021_uml.sav", ("estrato", "upm", "factor", "area", "p0", "pext0"))
    poor, extreme = column(s, "p0"), column(s, "pext0")
    figure(family, "BO5", s, mean_of(np.stack([poor, extreme], axis=1)))
    areas = np.stack([flags(s, "area", c) for c in (1, 2)], axis=1)
    figure(family, "BO6", s, side(*(by_of(mean_of(y), areas) for y in (poor, extreme))))
    return family.rows


def _codes(file, name, start):
    _, meta = pyreadstat.read_sav(MICRODATA / file, metadataonly=True)
    said = meta.variable_value_labels[name]
    return [code for code, label in said.items() if label.lower().startswith(start)]
