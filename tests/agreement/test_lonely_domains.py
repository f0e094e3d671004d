"""Domains that some strata do not hold, under the rules for strata with one PSU: R's values.

Source: R survey 4.1.1, ``svyby(~inc, ~dom, d, svymean)`` and ``svytotal(~one)`` with
``options(survey.lonely.psu=...)``. Stratum A has three PSUs, B two, C one; domain north lies in A alone.
"""

import numpy as np
import polars as pl
import pytest

from analyses.ask import face
from analyses.engine.concentration import Concentration, concentration_index
from analyses.engine.design import Design
from analyses.engine.independence import rao_scott, wald_independence
from analyses.engine.quantiles import quantiles
from analyses.models.fit import fit
from tests.places import ROOT

pytestmark = pytest.mark.agreement
ROWS = pl.read_csv(ROOT / "tests" / "data" / "lonely_domain.csv")
R = {
    ("average", "mean(inc)"): {"north": 79.07, "east": 30.65},
    ("average", "total(1)"): {"north": 24.32, "east": 244.22, "south": 108.13},
    ("adjust", "mean(inc)"): {"north": 79.07},
    ("adjust", "total(1)"): {"north": 24.32},
}


def errors(lonely, figure, **more):
    design = Design(weight="w", strata="st", psu="ea", lonely=lonely, **more)
    made = face.estimate(ROWS, figure, design=design, by=["dom"])
    return dict(zip(made["dom"], made["se"], strict=True))


@pytest.mark.parametrize(("lonely", "figure"), list(R))
def test_only_strata_that_hold_the_domain_count(lonely, figure):
    asked = face.mean("inc") if figure.startswith("mean") else face.total("1")
    found = errors(lonely, asked)
    for domain, se in R[lonely, figure].items():
        assert found[domain] == pytest.approx(se, abs=0.005)


@pytest.mark.parametrize("lonely", ["average", "adjust", "certainty"])
def test_sums_by_psu_and_rows_one_by_one_agree(lonely):
    """Census-like fractions of nothing send the same design down the road over rows."""
    rows = ROWS.with_columns(many=pl.lit(1e12))
    fast = errors(lonely, face.total("1"))
    design = Design(weight="w", strata="st", psu="ea", fpc=("many",), lonely=lonely)
    made = face.estimate(rows, face.total("1"), design=design, by=["dom"])
    slow = dict(zip(made["dom"], made["se"], strict=True))
    for domain, se in fast.items():
        assert np.isclose(slow[domain], se, rtol=1e-6)


def bound(lonely):
    rows = ROWS.with_columns(
        rich=(pl.col("inc") >= 2500).cast(pl.Int64), old=(pl.col("sex") == 2).cast(pl.Int64)
    )
    sample = face.bind(rows, Design(weight="w", strata="st", psu="ea", lonely=lonely))
    return rows, sample, (rows["dom"] == "north").to_numpy().astype(np.float64)


BOTH = pytest.mark.parametrize("lonely", ["average", "adjust"])


@BOTH
def test_a_model_in_a_domain_has_rs_errors(lonely):
    """R: ``svyglm(rich ~ old, design = d[dom == "north", ], family = quasibinomial())``."""
    rows, sample, north = bound(lonely)
    x = np.column_stack([np.ones(len(rows)), rows["old"].to_numpy()])
    made = fit(
        sample, x, rows["rich"].to_numpy().astype(float), family="logit", within=north,
        df_method="stata",
    )  # fmt: skip
    assert made.coefficients == pytest.approx([-0.4048436868, 1.334745934], rel=1e-8)
    assert np.sqrt(np.diag(made.covariance)) == pytest.approx([0.5960254864, 1.434966835], rel=1e-6)


@BOTH
def test_a_test_of_independence_in_a_domain_is_rs(lonely):
    """R: ``svychisq(~rich + old, d[dom == "north", ], statistic = "F")`` and ``"Wald"``."""
    rows, sample, north = bound(lonely)
    made = rao_scott(sample, rows["rich"].to_numpy(), rows["old"].to_numpy(), north)
    assert made.rao_scott_f.statistic == pytest.approx(0.8994169804, rel=1e-8)
    plain, _ = wald_independence(sample, rows["rich"].to_numpy(), rows["old"].to_numpy(), north)
    assert plain.statistic == pytest.approx(0.917571391, rel=1e-8)


@BOTH
def test_a_ratio_and_a_proportion_in_a_domain_have_rs_errors(lonely):
    """R: ``svyratio(~inc, ~one, ...)`` and ``svymean(~rich, d[dom == "north", ])``."""
    _, sample, _ = bound(lonely)
    made = face.estimate(
        sample, face.ratio("inc", "1"), face.prop("rich == 1"), where="dom == 'north'"
    )
    assert made["se"].to_list() == pytest.approx([79.06995149, 0.09335630831], rel=1e-8)


@BOTH
def test_quantiles_and_concentration_take_the_domains_strata_too(lonely):
    """As if the other strata were not there: the domain lies whole in a stratum with three PSUs."""
    _, sample, north = bound(lonely)
    alone = face.bind(
        sample.frame.filter(pl.col("dom") == "north"), Design(weight="w", strata="st", psu="ea")
    )
    inc, each = rank_of(sample), sample.frame["id"].to_numpy().astype(float)
    there = inc[north > 0]
    (wide,) = quantiles(sample, each, north, [0.5], df=2, level=0.5)
    (near,) = quantiles(alone, each[north > 0], np.ones(len(there)), [0.5], df=2, level=0.5)
    assert wide.se == pytest.approx(near.se)
    whole = np.ones(len(there))
    asked = face.concentration("inc", "inc")
    by_face = face.estimate(sample, asked, where="dom == 'north'")["se"][0]
    assert by_face == pytest.approx(face.estimate(alone, asked)["se"][0])
    index = concentration_index(sample, Concentration(inc, rank_of(sample), north))
    assert index.se == pytest.approx(
        concentration_index(alone, Concentration(there, rank_of(alone), whole)).se
    )


def rank_of(sample):
    return sample.frame["inc"].to_numpy().astype(float)
