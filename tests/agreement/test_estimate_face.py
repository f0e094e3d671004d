"""`informality estimate` and its face against R survey 4.5: a real file (CR6 to CR9) and api data.

The real file's expected values come with shared/vectors/microdata_expected.json.
"""

import json
import sys

import numpy as np
import polars as pl
import pytest

from analyses.ask.face import Design, bind, estimate, mean, prop, quantile, ratio, total
from analyses.engine.calibration import poststratify
from analyses.engine.replicates import given
from tests.places import SHARED

VECTORS, FILE = SHARED / "vectors", SHARED / "microdata/cri20n1.dta.zip"
pytestmark = [
    pytest.mark.agreement,
    pytest.mark.skipif(not VECTORS.is_dir(), reason="the folder shared/vectors is not beside us"),
]
CR = [
    "--weight",
    "factor",
    "--strata",
    "diseno_muestra",
    "--psu",
    "upm",
    "--lonely",
    "adjust",
    "--format",
    "json",
]
WAGE = "posiemppri in (11,12) and e10a in (1,2,3,4,5,6,7,8)"


def vector(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def same(found, expected, rel=1e-8):
    np.testing.assert_allclose(np.atleast_1d(found), np.atleast_1d(expected), rtol=rel, atol=1e-12)


@pytest.fixture
def command(monkeypatch, capsys):
    if not FILE.is_file():
        pytest.skip("the folder shared/microdata is not beside us")

    def go(*options):
        from pipelines import cli

        monkeypatch.setattr(sys, "argv", ["informality", "estimate", str(FILE), *CR, *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 0
        return json.loads(capsys.readouterr().out)["figures"]

    return go


def costa_rica():
    return {case["id"]: case for case in vector("microdata_expected.json")}


def test_employed_unemployed_and_rate_of_costa_rica(command):
    r = costa_rica()
    found = command(
        "--total", "condact_inec==1", "--total", "condact_inec==2",
        "--ratio", "condact_inec==2 / condact_inec in (1,2)",
    )  # fmt: skip
    rate, employed, unemployed = found
    same([employed["estimate"], unemployed["estimate"]], list(r["CR6"]["est"].values()))
    same([employed["se"], unemployed["se"]], r["CR6"]["se"])
    same([rate["estimate"], rate["se"]], [r["CR7"]["est"][0], r["CR7"]["se"][0]])


def test_social_security_of_employees_and_by_region(command):
    r = costa_rica()
    (whole,) = command("--prop", "e10a==1", "--where", WAGE, "--deff", "--ci", "logit")
    same(whole["estimate"], r["CR8"]["est"]["ss"])
    same(whole["se"], r["CR8"]["se"])
    same(whole["deff"], r["CR8"]["deff"])
    assert whole["n"] == r["CR8"]["n"]
    regions = command("--prop", "e10a==1", "--where", WAGE, "--by", "region")
    assert [str(row["region"]) for row in regions] == list(r["CR9"]["est"])
    same([row["estimate"] for row in regions], list(r["CR9"]["est"].values()))
    same([row["se"] for row in regions], r["CR9"]["se"])


API = {
    "srs": ("apisrs", Design("pw")),
    "srs_fpc": ("apisrs", Design("pw", fpc=("fpc",))),
    "strat": ("apistrat", Design("pw", "stype")),
    "strat_fpc": ("apistrat", Design("pw", "stype", fpc=("fpc",))),
    "clus1": ("apiclus1", Design("pw", psu="dnum")),
    "clus1_fpc": ("apiclus1", Design("pw", psu="dnum", fpc=("fpc",))),
    "clus2": ("apiclus2", Design("pw", psu="dnum", ssu="snum")),
    "clus2_fpc": ("apiclus2", Design("pw", psu="dnum", ssu="snum", fpc=("fpc1", "fpc2"))),
}


def api(name):
    return pl.read_csv(VECTORS / f"{name}.csv", infer_schema_length=None, null_values=["NA"])


@pytest.mark.parametrize("name", list(API))
def test_face_on_the_api_designs(name):
    file, design = API[name]
    frame, r = api(file), vector("api_taylor.json")[name]
    figures = (mean("api00"), total("api00"), ratio("api00", "api99"), mean("enroll"))
    table = estimate(frame, *figures, design=design)
    for row, key in zip(
        table.iter_rows(named=True),
        ("mean_api00", "total_api00", "ratio_api", "mean_enroll_narm"),
        strict=True,
    ):
        same([row["estimate"], row["se"]], [r[key]["est"], r[key]["se"]])
        if key != "mean_enroll_narm":  # R took the whole design's df there, ours the answers'
            same([row["ci_lower"], row["ci_upper"]], r[key]["ci_t"][0])
        if "deff" in r[key]:
            same(row["deff"], r[key]["deff"])
    replaced = estimate(frame, mean("api00"), design=design, deff="wr").row(0, named=True)
    same(replaced["deff"], r["mean_api00_deffwr"])
    by = estimate(frame, mean("api00"), design=design, by="stype")
    same(by["estimate"], r["by_stype_mean"]["est"])
    same(by["se"], r["by_stype_mean"]["se"])
    assert by["df"].to_list() == r["by_stype_mean"]["degf"]


@pytest.mark.parametrize("name", list(API))
def test_intervals_of_a_proportion_on_the_api_designs(name):
    """R's likelihood interval reads the deviance off a spline: 2e-5 is its own error."""
    file, design = API[name]
    r = vector("api_taylor.json")[name]["ciprop_wide"]
    for method, expected in r.items():
        table = estimate(
            api(file), prop("`sch.wide` == 'Yes'"), design=design,
            ci="wald" if method == "mean" else method,
        )  # fmt: skip
        row = table.row(0, named=True)
        same(
            [row["ci_lower"], row["ci_upper"]], expected["ci"],
            rel=2e-5 if method == "likelihood" else 1e-8,
        )  # fmt: skip


@pytest.mark.parametrize("rule", ["math", "school", "hf7"])
def test_quantiles_on_the_api_designs(rule):
    for name, (file, design) in API.items():
        r = vector("api_taylor.json")[name]["quantile"][f"{rule}_mean"]
        table = estimate(api(file), quantile("api00", r["p"]), design=design, quantile_rule=rule)
        same(table.select("estimate", "ci_lower", "ci_upper", "se").to_numpy(), r["tab"])


def test_calibrated_and_replicated_samples():
    frame = api("apiclus1")
    bound = bind(frame, Design("pw", psu="dnum"))
    kind = frame["stype"].replace_strict({"E": 0, "H": 1, "M": 2}, return_dtype=pl.Int64)
    post = poststratify(bound, kind.to_numpy(), np.array([4421.0, 755.0, 1018.0]))
    r = vector("api_calibration.json")["post"]
    found = estimate(post, mean("api00"), total("enroll"))
    expected = [r[key][part] for part in ("est", "se") for key in ("mean_api00", "total_enroll")]
    same([*found["estimate"], *found["se"]], expected)
    weights = pl.read_csv(VECTORS / "repw_api_clus1_JK1.csv")
    jackknife = given(
        bind(pl.concat([frame, weights], how="horizontal"), Design("pw", psu="dnum")),
        weights.columns, "JK1",
    )  # fmt: skip
    r = vector("api_replicates.json")["clus1_JK1"]
    row = estimate(jackknife, mean("api00")).row(0, named=True)
    same([row["estimate"], row["se"]], [r["mean_api00"]["est"], r["mean_api00"]["se"]])
