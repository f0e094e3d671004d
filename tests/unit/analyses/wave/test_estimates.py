"""Figures, intervals and statuses from PSU totals."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta

from analyses.engine.collapse import Score, collapse
from analyses.engine.proportions import proportion_interval
from analyses.engine.psu_figures import covariance
from analyses.wave.core_design import core_design
from analyses.wave.estimates import estimate
from data_contracts.errors import InputError


def sample(y, d=None, *, psus=6, strata=2, weight=2_000_000) -> pl.DataFrame:
    n = len(y)
    return pl.DataFrame(
        {
            "strata": [str(i % strata) for i in range(n)],
            "psu": [str((i // strata) % (psus // strata)) for i in range(n)],
            "weight_micro": [weight] * n,
            "y": np.array(y, dtype=np.int8),
            "d": np.ones(n, dtype=np.int8) if d is None else np.array(d, dtype=np.int8),
            "half": ["a" if i < n // 2 else "b" for i in range(n)],
        }
    )


def one(frame, score, **design):
    totals = collapse(frame, core_design(**design), [score])
    return estimate(totals).row(0, named=True)


RATE, COUNT = Score("rate", "y", "d"), Score("count", "y")


def test_total_by_the_textbook_formula():
    frame = sample([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1] * 2)
    by_psu = frame.group_by("strata", "psu").agg(z=2.0 * pl.col("y").sum())
    expected = sum(
        3 / 2 * ((z["z"] - z["z"].mean()) ** 2).sum()
        for z in by_psu.partition_by("strata")  # three PSUs in each stratum
    )
    row = one(frame, COUNT)
    assert row["obs_value"] == 2 * frame["y"].sum()
    assert row["se"] == pytest.approx(np.sqrt(expected), rel=1e-14)
    assert (row["df"], row["unit_measure"], row["ci_method"]) == (4, "PS", "wald")


def test_logit_interval_stays_within_0_and_1():
    row = one(sample(np.random.default_rng(9).random(2000) < 0.1, psus=10), RATE)
    assert 0 < row["ci_lower"] < row["obs_value"] < row["ci_upper"] < 1
    assert row["ci_method"] == "logit"


@pytest.mark.parametrize(("rows", "method"), [(70, "beta"), (3000, "logit")])
@pytest.mark.parametrize("flipped", [False, True])
def test_few_effective_cases_of_the_rarer_side_have_a_beta_interval(rows, method, flipped):
    y = np.random.default_rng(4).random(rows) < 0.1
    row = one(sample(~y if flipped else y, psus=10), RATE)
    p, se, n = row["obs_value"], row["se"], row["n"]
    effective = p * (1 - p) / se**2 * min(p, 1 - p)
    assert (effective < 30) == (method == "beta")
    assert row["ci_method"] == method
    assert (row["ci_lower"], row["ci_upper"]) == pytest.approx(
        proportion_interval(p, se, row["df"], method, 0.95, n=n), rel=1e-12
    )


@pytest.mark.parametrize("value", [0, 1])
def test_no_variation_gives_a_clopper_pearson_interval_and_says_so(value):
    row = one(sample([value] * 60), RATE)
    assert row["ci_method"] == "beta"
    assert row["note"].startswith("no variation")
    assert row["ci_upper"] - row["ci_lower"] > 0
    # No deff exists anywhere, so 6 PSUs count, times (t(59) / t(4))^2 = 0.5194.
    size = 6 * 0.519408
    width = 1 - beta.ppf(0.025, size, 1)
    assert row["ci_upper"] - row["ci_lower"] == pytest.approx(width, rel=1e-4)


@pytest.mark.parametrize(("n", "status"), [(4, "S"), (5, "U"), (14, "U"), (300, "A")])
def test_status_by_the_ilo_rule(n, status):
    y = [i % 2 for i in range(n)] + [0] * 300
    row = one(sample(y, [1] * n + [0] * 300), RATE)
    assert row["n"] == n
    assert row["obs_status"] == status


@pytest.mark.parametrize("common", [0, 1])
def test_a_rare_side_with_a_large_cv_is_unreliable_whichever_side_it_is(common):
    y = [common] * 398 + [1 - common] * 2
    row = one(sample(y), RATE)
    assert row["n"] == 400
    assert row["obs_status"] == "U"


def test_a_rate_over_nobody_is_null_and_suppressed():
    row = one(sample([0] * 20, [0] * 20), RATE)
    assert (row["obs_value"], row["se"], row["ci_lower"]) == (None, None, None)
    assert (row["n"], row["obs_status"]) == (0, "S")


def test_a_lonely_psu_fails_by_default_and_names_its_stratum():
    frame = sample([0, 1] * 20).with_columns(
        strata=pl.when(pl.int_range(40) < 3).then(pl.lit("north")).otherwise("strata"),
        psu=pl.when(pl.int_range(40) < 3).then(pl.lit("x")).otherwise("psu"),
    )
    with pytest.raises(InputError, match=r"north.*What to do"):
        one(frame, RATE)
    assert one(frame, RATE, lonely="adjust")["se"] > one(frame, RATE, lonely="remove")["se"]


def test_a_domain_is_not_a_filter():
    frame = sample([1, 0, 0, 1, 1, 0] * 20)
    totals = collapse(frame, core_design(), [COUNT], ["half"])
    domain = estimate(totals).filter(category="a").row(0, named=True)
    filtered = one(frame.filter(half="a"), COUNT)
    assert domain["obs_value"] == filtered["obs_value"]
    assert domain["df"] == 4
    keep = frame.with_columns(y=pl.when(pl.col("half") == "a").then("y").otherwise(0))
    as_zero = one(keep.with_columns(pl.col("y").cast(pl.Int8)), COUNT)
    assert domain["se"] == as_zero["se"]


def test_df_by_domain_counts_psus_with_rows():
    frame = sample([1, 0] * 60)
    frame = frame.with_columns(
        d=((pl.col("strata") == "0") & (pl.col("psu") != "2")).cast(pl.Int8)
    ).with_columns(y=pl.col("y") * pl.col("d"))
    assert one(frame, RATE, df_method="domain")["df"] == 1
    assert one(frame, RATE)["df"] == 4


def test_covariance_of_categories_adds_up_to_the_variance_of_the_total():
    rng = np.random.default_rng(3)
    totals = collapse(sample(rng.integers(0, 2, 120)), core_design(), [COUNT], ["half"])
    names, matrix = covariance(totals, "count", "half")
    whole = estimate(totals)["se"][0]
    assert names == ("a", "b")
    assert matrix.sum() == pytest.approx(whole**2, rel=1e-12)
