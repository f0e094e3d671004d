"""The face: both roads agree, domains are no filters, gaps are told; expected values by hand."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import t

from analyses.ask.face import Design, bind, estimate, mean, prop, quantile, ratio, total
from analyses.engine.calibration import poststratify
from analyses.engine.replicates import made
from data_contracts.errors import InputError

N = 360
RNG = np.random.default_rng(5)
FRAME = pl.DataFrame(
    {
        "W": RNG.integers(1, 9, N).astype(float) + 0.25,
        "stratum": [f"s{i % 4}" for i in range(N)],
        "psu": [(i // 4) % 7 for i in range(N)],
        "work": pl.Series(RNG.integers(1, 4, N)).cast(pl.Float64),
        "pay": RNG.lognormal(3, 1, N),
        "hours": RNG.integers(0, 60, N),
        "region": [float(1 + (i // 4) % 7 // 2) for i in range(N)],
        "sex": ["m" if i % 3 else "f" for i in range(N)],
        "age": RNG.integers(0, 80, N),
    }
).with_columns(
    pl.when(pl.col("age") > 5).then(pl.col("work")),
    pl.when(pl.col("hours") % 7 > 0).then(pl.col("pay")),
)
DESIGN = Design("w", "stratum", "psu")
FIGURES = (
    total("1"), total("work == 1"), total("pay"), mean("pay"), prop("work == 2"),
    ratio("work == 2", "work in (1, 2)"), ratio("pay", "hours"), prop("sex"),
)  # fmt: skip


def row(table, at=0):
    return table.row(at, named=True)


@pytest.mark.parametrize("df_method", ["r", "stata", "design"])
@pytest.mark.parametrize("deff", ["wor", "wr"])
@pytest.mark.parametrize("by", [(), ("region", "sex")])
def test_both_roads_agree(df_method, deff, by):
    options = {
        "by": by, "where": "age >= 10 and region != 3", "df_method": df_method, "deff": deff,
        "design": DESIGN,
    }  # fmt: skip
    fast = estimate(FRAME, *FIGURES, road="psus", **options)
    general = estimate(FRAME, *FIGURES, road="rows", **options)
    assert fast.columns == general.columns
    for name in fast.columns:
        if fast.schema[name].is_float() and name != "region":
            np.testing.assert_allclose(
                fast[name].to_numpy(), general[name].to_numpy(), rtol=1e-10, atol=1e-14
            )
        else:
            assert fast[name].to_list() == general[name].to_list()


def test_both_roads_agree_without_strata():
    options = {"design": Design("w", psu="psu"), "by": "sex"}
    fast = estimate(FRAME, mean("age"), road="psus", **options)
    general = estimate(FRAME, mean("age"), road="rows", **options)
    for name in ("estimate", "se", "deff", "df", "n_psu", "n_strata"):
        assert fast[name].to_list() == pytest.approx(general[name].to_list(), rel=1e-10)
    assert "no strata named" in row(fast)["note"]


def test_where_is_no_filter():
    """Rows outside score zero, so that strata keep their PSUs: Wolter's formula by hand."""
    found = row(estimate(FRAME, total("age"), design=DESIGN, where="psu < 2"))
    z = (
        FRAME.with_columns(z=pl.when(pl.col("psu") < 2).then(pl.col("W") * pl.col("age")))
        .group_by("stratum", "psu").agg(pl.col("z").sum())
    )  # fmt: skip
    variance = sum(
        7 / 6 * ((part["z"] - part["z"].mean()) ** 2).sum() for _, part in z.group_by("stratum")
    )
    assert found["se"] == pytest.approx(np.sqrt(variance), rel=1e-12)
    filtered = row(estimate(FRAME.filter(pl.col("psu") < 2), total("age"), design=DESIGN))
    assert filtered["estimate"] == pytest.approx(found["estimate"])
    assert filtered["se"] < found["se"]


def test_degrees_of_freedom_by_hand():
    options = {"design": DESIGN, "where": "psu < 2 and stratum in ('s0', 's1')"}
    found = {
        m: row(estimate(FRAME, mean("age"), df_method=m, **options))["df"]
        for m in ("r", "stata", "design")
    }
    assert found == {"r": 4 - 2, "stata": 14 - 2, "design": 28 - 4}


def test_missing_answers_by_each_rule():
    gone = FRAME["pay"].null_count()
    amounts, weight = FRAME["pay"], FRAME["W"]
    exclude = row(estimate(FRAME, mean("pay"), design=DESIGN))
    zero = row(estimate(FRAME, mean("pay"), design=DESIGN, missing="zero"))
    held = (amounts * weight).sum()
    assert exclude["estimate"] == pytest.approx(held / weight.filter(amounts.is_not_null()).sum())
    assert zero["estimate"] == pytest.approx(held / weight.sum())
    assert (exclude["n"], exclude["n_missing"]) == (N - gone, gone)
    assert (zero["n"], zero["n_missing"]) == (N, gone)
    assert f"{gone} rows without an answer left out" in exclude["note"]
    with pytest.raises(InputError, match=f"{gone:,} rows of the domain have no answer"):
        estimate(FRAME, mean("pay"), design=DESIGN, missing="fail")


def test_a_psu_without_answers_stays():
    silent = FRAME.with_columns(pl.when(pl.col("psu") > 0).then(pl.col("pay")))
    found = row(estimate(silent, total("pay"), design=DESIGN))
    zeros = row(
        estimate(silent.with_columns(pl.col("pay").fill_null(0)), total("pay"), design=DESIGN)
    )
    assert found["se"] == pytest.approx(zeros["se"], rel=1e-12)


def test_weight_alone_is_marked():
    found = row(estimate(FRAME, mean("age"), design=Design("W")))
    w, y = FRAME["W"].to_numpy(), FRAME["age"].to_numpy()
    z = w * (y - found["estimate"]) / w.sum()
    assert found["se"] == pytest.approx(np.sqrt(N / (N - 1) * (z**2).sum()), rel=1e-10)
    assert "design unknown" in found["note"]
    assert (found["flag"], found["df"]) == ("U", N - 1)
    bare = row(estimate(FRAME, total("1")))
    assert "every row weighs 1" in bare["note"]
    assert bare["estimate"] == N


def test_simple_random_sample_has_design_effect_one():
    found = row(estimate(FRAME, mean("age"), deff="wr"))
    assert found["deff"] == pytest.approx(1.0, rel=1e-10)


def test_text_columns_of_a_csv_give_the_same():
    text = FRAME.with_columns(pl.all().cast(pl.String))
    found = estimate(text, ratio("work == 2", "work in (1, 2)"), design=DESIGN, where="age >= 15")
    numbers = estimate(
        FRAME, ratio("work == 2", "work in (1, 2)"), design=DESIGN, where="age >= 15"
    )
    assert row(found)["se"] == pytest.approx(row(numbers)["se"], rel=1e-12)
    assert "work is text and was read as numbers" in row(found)["note"]


def test_shares_of_codes_sum_to_one_and_a_contained_ratio_is_a_proportion():
    found = estimate(FRAME, prop("work"), design=DESIGN)
    assert found["statistic"].to_list() == [f"prop(work) == {k}" for k in (1, 2, 3)]
    assert found["estimate"].sum() == pytest.approx(1.0)
    share = estimate(FRAME, ratio("work == 2", "work in (1, 2)"), prop("work == 2"), design=DESIGN)
    assert share["ci_method"].to_list() == ["logit", "logit"]
    assert row(estimate(FRAME, ratio("pay", "hours"), design=DESIGN))["ci_method"] == "wald"


def test_nothing_observed_gets_exact_ends_and_an_empty_domain_nulls():
    found = row(estimate(FRAME, prop("work == 9"), design=DESIGN))
    assert (found["estimate"], found["ci_method"], found["ci_lower"]) == (0.0, "beta", 0.0)
    # no design effect without variation: 28 PSUs as effective n, with Korn and Graubard's factor
    size = 28 * (t.ppf(0.975, found["n"] - 1) / t.ppf(0.975, 24)) ** 2
    assert found["ci_upper"] == pytest.approx(1 - 0.025 ** (1 / size))
    gap = FRAME.with_columns(pl.when(pl.col("region") > 1).then(pl.col("pay")))
    for road in ("psus", "rows"):
        cell = row(estimate(gap, mean("pay"), design=DESIGN, by="region", road=road))
        assert (cell["region"], cell["estimate"], cell["n"], cell["flag"]) == (1, None, 0, "S")


def test_rows_without_category_are_told_and_stay_in_the_design():
    gap = FRAME.with_columns(pl.when(pl.col("sex") == "m").then(pl.col("region")))
    found = estimate(gap, mean("age"), design=DESIGN, by="region")
    assert (
        f"{(FRAME['sex'] == 'f').sum()} rows of the domain belong to no category"
        in row(found)["note"]
    )


def test_calibrated_and_replicated_samples():
    bound = bind(FRAME, DESIGN)
    cell = (FRAME["sex"] == "m").cast(pl.Int64).to_numpy()
    calibrated = poststratify(bound, cell, np.array([1000.0, 3000.0]))
    found = row(estimate(calibrated, total("sex == 'm'")))
    assert found["estimate"] == pytest.approx(3000)
    assert found["se"] == pytest.approx(0, abs=1e-9)
    jackknife = row(estimate(made(bound, "JKn"), total("age")))
    linear = row(estimate(FRAME, total("age"), design=DESIGN))
    assert jackknife["se"] == pytest.approx(linear["se"], rel=1e-10)  # equal for linear figures
    with pytest.raises(InputError, match="has its design already"):
        estimate(bound, total("age"), design=DESIGN)


def test_quantiles_name_their_rule():
    found = estimate(FRAME, quantile("age", [0.25, 0.5]), design=DESIGN, quantile_rule="school")
    assert found["statistic"].to_list() == ["quantile(age) 0.25", "quantile(age) 0.5"]
    assert found["quantile_rule"].to_list() == ["school", "school"]
    assert (found["ci_lower"] <= found["estimate"]).all()
    assert estimate(FRAME, mean("age"), design=DESIGN)["quantile_rule"].to_list() == [None]


def test_lonely_rule_is_asked_for():
    alone = FRAME.with_columns(
        stratum=pl.when(pl.col("psu") == 6).then(pl.lit("alone")).otherwise("stratum")
    )
    with pytest.raises(InputError, match="one PSU"):
        estimate(alone, mean("age"), design=DESIGN)
    found = row(estimate(alone, mean("age"), design=Design("W", "stratum", "psu", lonely="adjust")))
    assert found["lonely"] == "adjust"


@pytest.mark.parametrize(
    ("figure", "options", "said"),
    [
        ((), {}, "No figure"),
        ((mean("age"),), {"ci": "bayes"}, "no interval bayes"),
        ((mean("age"),), {"reliability": "mine"}, "no reliability rule set"),
        ((mean("age"),), {"df_method": "sas"}, "no df_method sas"),
        ((mean("age"),), {"missing": "guess"}, "no missing guess"),
        ((mean("age"),), {"level": 95}, "between 0 and 1"),
        ((mean("age"),), {"where": "age"}, "is no condition"),
        ((mean("sex"),), {}, "text where a number"),
        ((quantile("sex == 'm'"),), {}, "is no amount"),
        ((ratio("age", ""),), {}, "has a denominator"),
        ((prop("pay"),), {}, "different values"),
        ((mean("nowhere"),), {}, "column is missing"),
        ((mean("age"),), {"by": "nowhere"}, "column is missing"),
        ((mean("age"),), {"quantile_rule": "hf1", "road": "fast"}, "no road fast"),
    ],
)
def test_refusals(figure, options, said):
    with pytest.raises(InputError, match=said):
        estimate(FRAME, *figure, **({"design": DESIGN} | options))


def test_a_breakdown_by_an_amount_is_refused():
    many = pl.DataFrame({"id": range(3000), "y": [1.0] * 3000})
    with pytest.raises(InputError, match="3,000 categories"):
        estimate(many, mean("y"), by="id")
