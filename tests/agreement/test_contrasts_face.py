"""Changes between waves, contrasts and standardised rates of the face against R survey 4.5."""

import json

import numpy as np
import polars as pl
import pytest

from analyses.ask.face import Design, contrast, mean, pool, standardised
from tests.places import VECTORS

pytestmark = [
    pytest.mark.agreement,
    pytest.mark.skipif(not VECTORS.is_dir(), reason="the folder shared/vectors is not beside us"),
]


def expected(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def pair(table):
    return table.select("estimate", "se").row(0)


@pytest.mark.parametrize("kind", ["difference", "ratio"])
def test_a_change_between_rounds_that_share_psus_has_its_covariance(kind):
    """R: svycontrast of svyby(~informal, ~round, covmat = TRUE); 45 per cent of PSUs are shared."""
    r = expected("lfs.json")["rounds"]
    rows = pl.read_csv(VECTORS / "lfs_rounds.csv", infer_schema_length=None)
    waves = [(str(n), part.drop("round")) for (n,), part in sorted(rows.group_by("round"), key=str)]
    pooled, design = pool(waves, Design("w", "stratum", "psu"), units="shared")
    found = contrast(
        pooled, mean("informal"), by="wave", one="2", other="1", kind=kind, design=design
    )
    wanted = r["change"] if kind == "difference" else r["ratio"]
    assert pair(found) == pytest.approx(wanted, rel=1e-10)
    assert found["covariance"].item() == pytest.approx(r["by"]["vcov"][0][1], rel=1e-9)
    assert found["df"].item() == r["degf"]


@pytest.mark.parametrize(
    ("vector", "file", "design"),
    [("strat", "apistrat", Design("pw", "stype")), ("clus1", "apiclus1", Design("pw", None, "dnum"))],
)  # fmt: skip
def test_contrasts_between_school_types(vector, file, design):
    r = expected("api_taylor.json")[vector]
    rows = pl.read_csv(VECTORS / f"{file}.csv", infer_schema_length=None)
    for kind, wanted in (("difference", "diff"), ("ratio", "ratio")):
        found = contrast(
            rows, mean("api00"), by="stype", one="E", other="H", kind=kind, design=design
        )
        assert pair(found) == pytest.approx(r["contrast"][wanted], rel=1e-10)


def test_a_standardised_mean_is_the_shares_of_rs_domains_and_their_covariance():
    r = expected("api_taylor.json")["clus1"]["by_stype_mean"]
    rows = pl.read_csv(VECTORS / "apiclus1.csv", infer_schema_length=None)
    population = {"E": 4421, "H": 755, "M": 1018}  # all Californian schools by type
    share = np.array(list(population.values())) / sum(population.values())
    found = standardised(
        rows, mean("api00"), by="stype", population=population, design=Design("pw", None, "dnum")
    )
    se = float(share @ np.array(r["vcov"]) @ share) ** 0.5
    assert pair(found) == pytest.approx((float(share @ r["est"]), se), rel=1e-10)
