"""Domains that some strata do not hold, under the rules for strata with one PSU: R's values.

Source: R survey 4.1.1, ``svyby(~inc, ~dom, d, svymean)`` and ``svytotal(~one)`` with
``options(survey.lonely.psu=...)``. Stratum A has three PSUs, B two, C one; domain north lies in A alone.
"""

import numpy as np
import polars as pl
import pytest

from analyses.ask import face
from analyses.engine.design import Design
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
