"""Designs that contradict themselves, and replicate weights under the names people use: R's values.

Sources: R survey 4.1.1 ``svydesign(fpc=)``, ``svymean(deff="replace")`` and ``svrepdesign``. Each file
is small, made up, and beside the tests.
"""

import polars as pl
import pytest

from analyses.ask import face
from analyses.engine.design import Design
from analyses.engine.replicates import given, made, method_of
from data_contracts.errors import InputError
from tests.places import ROOT

pytestmark = pytest.mark.agreement
DATA = ROOT / "tests" / "data"
COLUMNS = [f"r{i}" for i in range(8)]


def test_a_population_that_differs_within_a_stratum_is_refused():
    """R: "fpc varies within strata: stratum A at stage 1"."""
    rows = pl.read_csv(DATA / "population_differs.csv")
    design = Design(weight="w", strata="st", psu="ea", fpc=("N1",), lonely="adjust")
    with pytest.raises(InputError, match="stratum A of stage 1") as refused:
        face.estimate(rows, face.total("y"), design=design)
    assert "one number of units" in str(refused.value)


def test_a_population_that_is_one_in_a_stratum_gives_rs_error():
    rows = pl.read_csv(DATA / "population_differs.csv").with_columns(
        N1=pl.when(pl.col("st") == "A").then(10).otherwise(pl.col("N1"))
    )
    design = Design(weight="w", strata="st", psu="ea", fpc=("N1",), lonely="adjust")
    assert face.estimate(rows, face.total("y"), design=design)["se"][0] == pytest.approx(
        304.54, abs=0.005
    )


def scaled(**more):
    rows = pl.read_csv(DATA / "scaled_weights.csv")
    design = Design(weight="w", strata="st", psu="ea")
    return face.estimate(rows, face.mean("inc"), face.total("1"), design=design, **more)


def test_weights_that_sum_to_the_sample_are_noted_and_their_totals_are_not_graded_a():
    """R: "Sample size greater than population size: are weights correctly scaled?"."""
    mean, total = scaled().iter_rows(named=True)
    assert "add up to the number of rows" in mean["note"]
    assert mean["deff"] is None
    assert total["flag"] != "A"


def test_the_design_effect_of_scaled_weights_is_that_against_replacement():
    assert scaled(deff="wr")["deff"][0] == pytest.approx(0.47, abs=0.005)


def sampled():
    rows = pl.read_csv(DATA / "replicate_factors.csv")
    return face.bind(rows, Design(weight="w", strata="st", psu="ea"))


@pytest.mark.parametrize(
    ("method", "se"),
    [
        ("BRR", 75.21), ("brr", 75.21), ("SDR", 150.42), ("successive-difference", 150.42),
        ("ACS", 150.42),
    ],
)  # fmt: skip
def test_a_replicate_method_is_known_by_its_usual_names(method, se):
    taken = given(sampled(), COLUMNS, method, combined=False)
    assert face.estimate(taken, face.mean("inc"))["se"][0] == pytest.approx(se, abs=0.005)


@pytest.mark.parametrize("name", ["jackknife", "brr2", ""])
def test_a_method_that_is_not_known_is_refused_with_those_that_are(name):
    with pytest.raises(InputError, match="JK1, JKn, BRR, Fay, bootstrap, SDR"):
        given(sampled(), COLUMNS, name, combined=False)


def test_replicates_are_made_by_known_methods_alone_and_never_of_an_order_nobody_told():
    rows = pl.read_csv(DATA / "lonely_domain.csv").filter(pl.col("st") != "C")
    sample = face.bind(rows, Design(weight="w", strata="st", psu="ea"))
    assert made(sample, "jkn").replicates.kind == "JKn"
    with pytest.raises(InputError, match="JK1, JKn, BRR, Fay, bootstrap, SDR"):
        made(sample, "jackknife")
    with pytest.raises(InputError, match="the order in which PSUs were drawn"):
        made(sample, "ACS")


@pytest.mark.parametrize(
    ("name", "method"), [("jk1", "JK1"), ("JKN", "JKn"), ("fay", "Fay"), ("Bootstrap", "bootstrap")]
)
def test_case_does_not_matter(name, method):
    assert method_of(name) == method


def test_factors_taken_as_whole_weights_are_noticed_and_weights_taken_as_factors_too():
    """R: "Data do not look like combined weights"."""
    sample = sampled()
    with pytest.raises(InputError, match="look like factors on the weight"):
        given(sample, COLUMNS, "BRR")
    whole = sample.frame.with_columns(pl.col(name) * pl.col("w") for name in COLUMNS)
    again = face.bind(whole, Design(weight="w", strata="st", psu="ea"))
    with pytest.raises(InputError, match="look like whole weights"):
        given(again, COLUMNS, "BRR", combined=False)
    taken = given(again, COLUMNS, "BRR")
    assert face.estimate(taken, face.total("1"))["se"][0] == pytest.approx(89.40, abs=0.005)


def test_a_figure_without_an_error_or_an_end_is_never_graded_a():
    """Domain east has one PSU in each stratum that is left to it, so no degree of freedom."""
    rows = pl.read_csv(DATA / "lonely_domain.csv")
    design = Design(weight="w", strata="st", psu="ea", lonely="average")
    found = face.estimate(pl.concat([rows] * 20), face.total("1"), design=design, by=["dom"])
    ends = dict(zip(found["dom"], found["ci_upper"], strict=True))
    flags = dict(zip(found["dom"], found["flag"], strict=True))
    assert ends["east"] is None
    assert flags["east"] != "A"


def test_negative_weights_are_noted_and_nothing_of_them_is_graded_a():
    rows = pl.read_csv(DATA / "lonely_domain.csv").filter(pl.col("st") != "C")
    sample = face.bind(pl.concat([rows] * 20), Design(weight="w", strata="st", psu="ea"))
    assert face.estimate(sample, face.mean("inc"))["flag"].to_list() == ["A"]
    weight = sample.weight.copy()
    weight[0] = -1.0
    found = face.estimate(sample.reweighted(weight, None), face.mean("inc"))
    assert found["flag"].to_list() == ["U"]
    assert "some weights are negative" in found["note"][0]
