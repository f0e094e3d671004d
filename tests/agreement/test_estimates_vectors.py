"""Our figures against R survey 4.5 (vectors/README.md): test designs and two real surveys.

Relative tolerance 1e-8, but for CR10: R's ``glm`` stops on the deviance before its fixed point,
so its standard errors are known to about 2e-7 (survey_statistics.md 2.4) and are held to 1e-6.
"""

import json
import zipfile

import numpy as np
import polars as pl
import pytest

from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.engine.psu_figures import covariance
from analyses.engine.sample import sample
from analyses.models.drivers import drivers
from analyses.models.fit import fit
from analyses.models.model_matrix import Covariate
from analyses.wave.core_design import core_design
from analyses.wave.estimates import estimate
from data_contracts.errors import InputError
from tests.places import SHARED

VECTORS, MICRODATA = SHARED / "vectors", SHARED / "microdata"
pytestmark = [
    pytest.mark.agreement,
    pytest.mark.skipif(not VECTORS.is_dir(), reason="the folder shared/vectors is not beside us"),
]
SAME = {"rel": 1e-8, "abs": 1e-12}


def expected(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def pick(table, indicator, column, breakdown="total", keys=("TOTAL",)):
    cells = table.filter(indicator=indicator, breakdown=breakdown)
    found = dict(cells.select("category", column).iter_rows())
    return [found[str(key)] for key in keys]


def same(found, value, **tolerance):
    np.testing.assert_allclose(
        np.asarray(found, float), np.atleast_1d(value),
        rtol=tolerance.get("rel", 1e-8), atol=tolerance.get("abs", 1e-12),
    )  # fmt: skip


def lfs(name):
    frame = pl.read_csv(VECTORS / name)
    flags = [c for c in ("employed", "informal", "health", "pension") if c in frame.columns]
    return frame.with_columns(
        pl.col(flags).cast(pl.Int8),
        one=pl.lit(1, dtype=pl.Int8),
        known=pl.col("informal").is_not_null(),
        paid=pl.col("wage").is_not_null(),
    )


LFS_SCORES = [
    Score("employed_total", "employed"),
    Score("employed", "employed", "one"),
    Score("informal_total", "informal"),
    Score("informal", "informal", "known"),
    Score("wage", "wage", "paid"),
]
LFS = Design("w", "stratum", "psu")


@pytest.fixture(scope="module")
def lfs_totals():
    scores = [*LFS_SCORES, Score("health", "health", "one"), Score("hourly", "wage", "hours")]
    breakdowns = ["province", "dom40", "educ"]
    return collapse(lfs("lfs.csv"), LFS, scores, breakdowns)


def test_lfs_totals_means_ratios_and_design_effects(lfs_totals):
    r, table = expected("lfs.json")["taylor"], estimate(lfs_totals)
    assert table["df"][0] == r["degf"]
    cases = [
        ("employed_total", r["total_employed"]),
        ("employed", {k: v[0] for k, v in r["mean_employed"].items()}),
        ("health", {k: v[1] for k, v in r["mean_employed"].items()}),
        ("informal_total", r["total_informal"]),
        ("informal", r["informal_sub"]["r"]),
        ("wage", r["mean_wage_sub"]),
        ("hourly", r["ratio_wage_hours"]),
    ]
    for name, entry in cases:
        same(pick(table, name, "obs_value"), entry["est"])
        same(pick(table, name, "se"), entry["se"])
        if "deff" in entry:
            same(pick(table, name, "deff"), entry["deff"])
    for name in ("employed_total", "informal_total", "wage"):
        entry = dict(cases)[name]
        same(pick(table, name, "ci_lower"), entry["ci_t"][0][0])
        same(pick(table, name, "ci_upper"), entry["ci_t"][0][1])


@pytest.mark.parametrize(
    ("entry", "indicator", "breakdown"),
    [
        ("by_prov_informal", "informal", "province"),
        ("by_dom40_informal", "informal", "dom40"),
        ("by_dom40_employed", "employed", "dom40"),
        ("by_educ_mean_wage", "wage", "educ"),
        ("by_prov_total_informal", "informal_total", "province"),
    ],
)
def test_lfs_domains_with_their_covariances(lfs_totals, entry, indicator, breakdown):
    r, table = expected("lfs.json")["taylor"][entry], estimate(lfs_totals)
    same(pick(table, indicator, "obs_value", breakdown, r["keys"]), r["est"])
    same(pick(table, indicator, "se", breakdown, r["keys"]), r["se"])
    if "vcov" in r:
        names, matrix = covariance(lfs_totals, indicator, breakdown)
        order = [names.index(str(key)) for key in r["keys"]]
        scale = np.outer(r["se"], r["se"])
        found = matrix[np.ix_(order, order)] / scale
        np.testing.assert_allclose(found, np.array(r["vcov"]) / scale, atol=1e-8)


def test_lfs_logit_intervals(lfs_totals):
    # "xlogit" is R's logit interval without the early stop of its glm.
    r = expected("lfs.json")["taylor"]["ciprop"]["xlogit"]["ci"]
    table = estimate(lfs_totals)
    same(pick(table, "informal", "ci_lower") + pick(table, "informal", "ci_upper"), r)


def test_lfs_logit_intervals_and_df_by_domain():
    r = expected("lfs.json")["taylor"]
    design = Design("w", "stratum", "psu", df_method="domain")
    table = estimate(collapse(lfs("lfs.csv"), design, LFS_SCORES, ["province"]))
    keys = range(1, 19)
    assert pick(table, "employed", "df", "province", keys) == r["by_prov_degf"]
    by_province, reach = r["by_prov_ciprop_logit"], {"rel": 1e-7}  # this one has the early stop
    same(pick(table, "informal", "ci_lower", "province", keys), by_province["lo"], **reach)
    same(pick(table, "informal", "ci_upper", "province", keys), by_province["hi"], **reach)


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_lonely_psu_rules(rule):
    r = expected("lfs.json")[f"lonely_{rule}"]
    design = Design("w", "stratum", "psu", lonely=rule)
    scores = [*LFS_SCORES, Score("health", "health", "one")]
    table = estimate(collapse(lfs("lfs_lonely.csv"), design, scores, ["sex", "urban"]))
    assert table["df"][0] == r["degf"]
    for name, entry in [
        ("employed_total", r["total_employed"]),
        ("informal_total", r["total_informal"]),
        ("informal", r["informal_sub"]["r"]),
        ("wage", r["mean_wage_sub"]),
    ]:
        same(pick(table, name, "obs_value"), entry["est"])
        same(pick(table, name, "se"), entry["se"])
    for breakdown, name in (("sex", "informal"), ("urban", "health")):
        entry = r[f"by_{breakdown}"]
        same(pick(table, name, "obs_value", breakdown, entry["keys"]), entry["est"])
        same(pick(table, name, "se", breakdown, entry["keys"]), entry["se"])


def test_lonely_psu_fails_by_default_as_in_r():
    assert expected("lfs.json")["lonely_fail"].startswith("Stratum (5)")
    with pytest.raises(InputError, match=r"20, 5"):
        estimate(collapse(lfs("lfs_lonely.csv"), LFS, LFS_SCORES))


API = {
    "srs": ("apisrs.csv", None, None),
    "strat": ("apistrat.csv", "stype", None),
    "clus1": ("apiclus1.csv", None, "dnum"),
    "clus2": ("apiclus2.csv", None, "dnum"),
}


@pytest.mark.parametrize("name", API)
def test_api_designs(name):
    file, strata, psu = API[name]
    r = expected("api_taylor.json")[name]
    frame = pl.read_csv(VECTORS / file).with_row_index("row")
    frame = frame.with_columns(
        strata=pl.col(strata) if strata else pl.lit("all"),
        unit=pl.col(psu or "row"),
        one=pl.lit(1, dtype=pl.Int8),
        wide=pl.col("sch.wide") == "Yes",
        **{s: pl.col("stype") == s for s in "EHM"},
    )
    # R's na.rm leaves out rows without enrolment, or students tested (clus2 has such rows).
    both = pl.col("enroll").is_not_null() & pl.col("api.stu").is_not_null()
    frame = frame.with_columns(pl.when(both).then(pl.col("enroll", "api.stu").cast(float)))
    pair = Score("ratio", "api.stu", "enroll")
    scores = [Score("total", "api00"), Score("mean", "api00", "one"), pair]
    scores += [Score("ratio_api", "api00", "api99"), Score("wide", "wide", "one")]
    scores += [Score(f"share_{s}", s, "one") for s in "EHM"]
    # R takes the df of the rows it uses, so in clus2 the ratio has fewer: the rule "domain".
    design = Design("pw", "strata", "unit", df_method="domain")
    table = estimate(collapse(frame, design, scores, ["stype"]))
    assert table["df"][0] == r["degf"]
    assert pick(table, "ratio", "df") == [r["ratio"]["degf"]]
    for score, entry in [
        ("total", r["total_api00"]),
        ("mean", r["mean_api00"]),
        ("ratio", r["ratio"]),
        ("ratio_api", r["ratio_api"]),
    ]:
        same(pick(table, score, "obs_value"), entry["est"])
        same(pick(table, score, "se"), entry["se"])
        if "ci_t" in entry:
            interval = pick(table, score, "ci_lower") + pick(table, score, "ci_upper")
            same(interval, np.ravel(entry["ci_t"]))
        if "deff" in entry:
            same(pick(table, score, "deff"), entry["deff"])
    shares = r["mean_stype"]
    for i, s in enumerate("EHM"):
        same(pick(table, f"share_{s}", "obs_value"), shares["est"][i])
        same(pick(table, f"share_{s}", "se"), shares["se"][i], abs=1e-9)
    # Fewer than 30 effective cases have beta, the others logit ("xlogit": at the fixed point).
    (method,) = pick(table, "wide", "ci_method")
    assert method == ("beta" if name.startswith("clus") else "logit")
    interval = r["ciprop_wide"]["xlogit" if method == "logit" else method]["ci"]
    same(pick(table, "wide", "ci_lower") + pick(table, "wide", "ci_upper"), interval)
    for score, entry in [
        ("mean", r["by_stype_mean"]),
        ("total", r["by_stype_total"]),
        ("ratio_api", r["by_stype_ratio"]),
    ]:
        same(pick(table, score, "obs_value", "stype", entry["keys"]), entry["est"])
        same(pick(table, score, "se", "stype", entry["keys"]), entry["se"])


def test_lfs_logit_model():
    r = expected("lfs.json")["taylor"]["glm_logit"]
    frame = lfs("lfs.csv")
    member = frame["informal"].is_not_null() & frame["hours"].is_not_null()
    names, columns = r["names"], []
    for name in names:
        if name == "(Intercept)":
            columns.append(np.ones(len(frame)))
        elif name == "I(age^2)":
            columns.append(frame["age"].to_numpy().astype(float) ** 2)
        elif name.startswith("educf"):
            columns.append((frame["educ"] == int(name[5:])).to_numpy().astype(float))
        elif name.startswith("provf"):
            columns.append((frame["province"] == int(name[5:])).to_numpy().astype(float))
        else:
            columns.append(frame[name].cast(float).fill_null(0).to_numpy())
    x = np.column_stack(columns)
    y = frame["informal"].cast(float).fill_null(0).to_numpy()
    found = fit(sample(frame, LFS), x, y, family="logit", within=member.to_numpy())
    same(found.coefficients, r["est"])
    same(np.sqrt(np.diag(found.covariance)), r["se"])
    assert found.df == r["df_resid"]


def real(name):
    return {entry["id"]: entry for entry in expected("microdata_expected.json")}[name]


def micro(frame, strata, psu):
    """Give design columns as text and the weight in millionths of a person."""
    return frame.with_columns(
        strata=pl.col(strata).cast(pl.String),
        psu=pl.col(psu).cast(pl.String),
        weight_micro=(pl.col("factor") * 1e6).round().cast(pl.Int64),
    )


@pytest.fixture(scope="module")
def costa_rica(tmp_path_factory):
    pyreadstat = pytest.importorskip("pyreadstat")
    archive = MICRODATA / "cri20n1.dta.zip"
    if not archive.is_file():
        pytest.skip("the folder shared/microdata is not beside us")
    folder = tmp_path_factory.mktemp("cri")
    with zipfile.ZipFile(archive) as bundle:
        member = next(n for n in bundle.namelist() if n.endswith(".dta"))
        path = bundle.extract(member, folder)
    use = ["diseno_muestra", "upm", "factor", "condact_inec", "posiemppri", "e10a", "a4", "a5"]
    data, _ = pyreadstat.read_dta(path, usecols=[*use, "zona", "region"], output_format="dict")
    frame = pl.DataFrame({k: np.asarray(v, float) for k, v in data.items()}).fill_nan(None)
    employed = (pl.col("condact_inec") == 1).fill_null(value=False)
    unemployed = (pl.col("condact_inec") == 2).fill_null(value=False)
    asked = employed & pl.col("posiemppri").is_in([11.0, 12.0]).fill_null(value=False)
    answered = asked & pl.col("e10a").is_in([1.0, 2.0]).fill_null(value=False)
    covered = answered & (pl.col("e10a") == 1).fill_null(value=False)
    return micro(frame, "diseno_muestra", "upm").with_columns(
        pl.col("region", "zona").cast(pl.Int64).cast(pl.String),
        employed=employed, unemployed=unemployed, labour_force=employed | unemployed,
        answered=answered, covered=covered,
    )  # fmt: skip


def test_costa_rica_cr6_to_cr9(costa_rica):
    scores = [Score("emp", "employed"), Score("une", "unemployed")]
    scores += [Score("rate", "unemployed", "labour_force"), Score("ss", "covered", "answered")]
    table = estimate(collapse(costa_rica, core_design(), scores, ["region"]))
    for name, value, se in zip(("emp", "une"), *[(real("CR6")["est"].values()), real("CR6")["se"]],
                               strict=True):  # fmt: skip
        same(pick(table, name, "obs_value"), value)
        same(pick(table, name, "se"), se)
    same(pick(table, "rate", "obs_value"), real("CR7")["est"])
    same(pick(table, "rate", "se"), real("CR7")["se"])
    r = real("CR8")
    same(pick(table, "ss", "obs_value"), r["est"]["ss"])
    same(pick(table, "ss", "se"), r["se"])
    same(pick(table, "ss", "deff"), r["deff"])
    assert pick(table, "ss", "n") == [r["n"]]
    r = real("CR9")
    same(pick(table, "ss", "obs_value", "region", r["est"]), list(r["est"].values()))
    same(pick(table, "ss", "se", "region", r["est"]), r["se"])


def test_costa_rica_cr10_logit_of_a_subpopulation(costa_rica):
    r = real("CR10")
    frame = costa_rica.with_columns(
        lfs_status=pl.when(pl.col("answered")).then(pl.lit("employed")),
        covered=pl.col("covered").cast(pl.Int8),
        female=(pl.col("a4") == 2).cast(pl.Float64),
    )
    covariates = ["female", Covariate("a5", squared=True)]
    covariates += [Covariate("zona", reference="1"), Covariate("region", reference="1")]
    table = drivers(frame, core_design(), "covered", "all_employed", covariates)
    assert table["covariate"].to_list() == [
        "(intercept)", "female", "a5", "a5^2", "zona", *["region"] * 5,
    ]  # fmt: skip
    same(table["coefficient"].to_list(), list(r["est"].values()), rel=1e-6)
    same(table["coefficient_se"].to_list(), r["se"], rel=1e-6)
    assert set(table["df"]) == {r["df_resid"]}


def test_bolivia_bo1_bo3_bo4():
    pyreadstat = pytest.importorskip("pyreadstat")
    path = MICRODATA / "ece_t4_2021.sav"
    if not path.is_file():
        pytest.skip("the folder shared/microdata is not beside us")
    use = ["estrato", "upm", "factor", "condact", "area", "depto"]
    data, meta = pyreadstat.read_sav(path, usecols=use, output_format="dict")
    labels = meta.variable_value_labels
    codes = {
        name: [c for c, said in labels["condact"].items() if said.lower().startswith(start)]
        for name, start in (("employed", "ocupado"), ("unemployed", "desocup"))
    }
    urban = [c for c, said in labels["area"].items() if said.lower().startswith("urban")]
    frame = pl.DataFrame({k: list(v) for k, v in data.items()})
    frame = micro(frame, "estrato", "upm").with_columns(
        unemployed=pl.col("condact").is_in(codes["unemployed"]).fill_null(value=False),
        active=pl.col("condact")
        .is_in(codes["employed"] + codes["unemployed"])
        .fill_null(value=False),
        urban=pl.col("area").is_in(urban).cast(pl.String),
        depto=pl.col("depto").cast(pl.Int64).cast(pl.String),
    )
    scores = [Score("rate", "unemployed", "active")]
    table = estimate(collapse(frame, core_design(), scores, ["urban", "depto"]))
    same(pick(table, "rate", "obs_value"), real("BO3")["est"])
    same(pick(table, "rate", "se"), real("BO3")["se"])
    same(pick(table, "rate", "obs_value", "urban", ["true"]), real("BO1")["est"])
    same(pick(table, "rate", "se", "urban", ["true"]), real("BO1")["se"])
    r = real("BO4")
    same(pick(table, "rate", "obs_value", "depto", r["est"]), list(r["est"].values()))
    same(pick(table, "rate", "se", "depto", r["est"]), r["se"])
