"""The cascade: a population worked out by hand, R's errors, exact closure, and what cannot be said."""

import math

import numpy as np
import polars as pl
import pytest

from analyses.coverage.cascade import stages as cascade_stages
from analyses.coverage.cascade.stages import LARGER
from analyses.coverage.cascade.table import CascadeOpenError, cascade, survey_cascade
from data_contracts.contract import find as contract
from data_contracts.errors import InputError, Refused
from tests.unit.analyses.coverage.cascade.cascade_rows import (
    DESIGN,
    LABELS,
    REGISTER,
    at_random,
    eleven,
    one,
    terms,
)

EXACT_SPECIFICITY = (0.9, 0.0)


@pytest.fixture(scope="module")
def table():
    return cascade(
        eleven(), DESIGN, REGISTER, LABELS, specificity=EXACT_SPECIFICITY, breakdowns=["sex"]
    )


# By hand from ELEVEN, 100 persons a row; the register has 180 + 150 affiliated, 150 + 100 active.
@pytest.mark.parametrize(
    ("stage", "value", "gap"),
    [
        ("employed", 1000, None),
        ("legally_covered", 600, 400),
        ("legal_status_unknown", 100, 100),
        ("registered_unit", 400, 200),
        ("registration_unknown", 100, 100),
        ("affiliated", 330, 70),
        ("active_contributor", 250, 80),
    ],
)
def test_persons_worked_out_by_hand(table, stage, value, gap):
    row = one(table, stage)
    assert (row["value"], row["gap"]) == (pytest.approx(value), gap and pytest.approx(gap))


# Person 5 has no known due: the mean of the branch, 600,000 / 3 = 200,000, stands in.
# legal 20 + 60 + 20 m; registered 20 + 50 m. Means of the covered at specificity 0.9: public
# (20 - 2) / (200 - 20) = 0.1 m; enterprise (30 - 8) / (100 - 40) = 22/60 m. Active
# 150 x 0.1 + 100 x 22/60 = 15 + 36.667 m; affiliated 15 x 18/15 + 36.667 x 40/25 = 76.667 m.
# Declared 15 + 25 m; paid 15 x 0.9 + 25 x 0.8 = 33.5 m.
@pytest.mark.parametrize(
    ("stage", "value", "gap"),
    [
        ("due_legal", 100, None),
        ("due_registered", 70, 30),
        ("due_affiliated", 230 / 3, -20 / 3),
        ("due_active", 155 / 3, 25),
        ("due_declared", 40, 35 / 3),
        ("paid", 33.5, 6.5),
    ],
)
def test_money_worked_out_by_hand(table, stage, value, gap):
    row = one(table, stage, "LAK_MONTH")
    assert row["value"] == pytest.approx(value * 1e6)
    assert row["gap"] == (None if gap is None else pytest.approx(gap * 1e6))
    if gap is not None and gap < 0:
        assert LARGER in row["note"]


def test_what_stands_in_for_missing_earnings_is_said(table):
    assert "16.7% of the legally covered" in one(table, "due_legal", "LAK_MONTH")["note"]
    assert one(table, "due_legal", "LAK_MONTH", "public")["note"] is None


# R 4.2, survey 4.1.1, with d the table above, and columns of 0 and 1 or of kip: e employed, l legally
# covered, r registered; of the enterprises le legally covered, ke due known, de due, dre due of the
# registered, ce reported covered, dce their due; of the public lp, dp. With
# s from svydesign(~psu, strata = ~stratum, weights = ~w, data = d, nest = TRUE) and t the svytotal of
# all columns over s, each number is what its id says.
R = [
    ("SE(svytotal(~I(l - r), s))", "registered_unit", "PS", "gap_se", 141.421356237),
    (
        "SE(svycontrast(t, quote((e - l) / (e - 250))))",
        "legally_covered", "PS", "share_se", 0.100566297769,
    ),
    (
        "SE(svycontrast(t, quote((l - r) / (e - 250))))",
        "registered_unit", "PS", "share_se", 0.19515109689,
    ),
    (
        "SE(svycontrast(t, quote(dp + de + (le - ke) * de / ke)))",
        "due_legal", "LAK_MONTH", "value_se", 14907119.85,
    ),
    (
        "SE(svycontrast(t, quote(dp + de + (le - ke) * de / ke - dp - dre)))",
        "due_registered", "LAK_MONTH", "gap_se", 24267032.9643,
    ),
    (
        "SE(svycontrast(t, quote(150 * (dp - .1 * dp) / (lp - .1 * lp) + 100 * (dce - .1 * (de + (le - ke) * de / ke)) / (ce - .1 * le))))",
        "due_active", "LAK_MONTH", "value_se", 11679886.6898,
    ),
    (
        "SE(svycontrast(t, quote(e * (1 - l/e) * (1/4 + 1/12 * (r/l + 330/r + 250/330) + 1/12 * (330/l + r/l * 250/330 + 250/r) + 1/4 * 250/l))))",
        "legally_covered", "PS", "shapley_se", 26.8288154964,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "unit", "column", "expected"), [row[1:] for row in R], ids=[row[0] for row in R]
)
def test_errors_agree_with_r(table, stage, unit, column, expected):
    assert one(table, stage, unit)[column] == pytest.approx(expected, rel=1e-9)


def test_a_domain_keeps_the_psus_outside_it(table):
    # 100 in R as well: SE(svytotal(~I(l - r), subset(s, sex == "F"))), where filtering gives no error
    assert one(table, "registered_unit", category="SEX_F")["gap_se"] == pytest.approx(100, rel=1e-9)


def test_a_gap_between_survey_and_register_carries_both_errors():
    register = terms(
        ("public", "affiliated", 180, 30), ("public", "active_contributor", 150, 25),
        ("enterprise", "affiliated", 150, 40), ("enterprise", "active_contributor", 100, 20),
    )  # fmt: skip
    covariance = pl.DataFrame({
        "branch": ["public"], "term": ["affiliated"], "other_branch": ["public"],
        "other_term": ["active_contributor"], "breakdown": ["total"], "category": ["TOTAL"],
        "covariance": [600.0],
    })  # fmt: skip
    table = cascade(eleven(), DESIGN, register, LABELS, covariance=covariance, breakdowns=[])
    # Registered: PSU totals 300 and 100 in stratum A, none in B: variance 2 x 2 x 100^2 = 200^2.
    row = one(table, "affiliated")
    assert row["gap_se"] == pytest.approx(math.sqrt(200**2 + 30**2 + 40**2))
    # t with 4 PSUs - 2 strata: 4.30265 (tables of Student's t)
    assert row["ci_lower"] == pytest.approx(70 - 4.30265 * row["gap_se"], rel=1e-5)
    wanted = math.sqrt(30**2 + 25**2 - 2 * 600 + 40**2 + 20**2)
    assert one(table, "active_contributor")["gap_se"] == pytest.approx(wanted)
    assert one(table, "active_contributor")["value_se"] == pytest.approx(math.hypot(25, 20))


def test_active_may_come_as_affiliated_less_an_independent_gap():
    register = terms(
        ("public", "affiliated", 180, 30), ("public", "payment_gap", 30, 4),
        ("enterprise", "affiliated", 150, 40), ("enterprise", "payment_gap", 50, 3),
    )  # fmt: skip
    table = cascade(eleven(), DESIGN, register, LABELS, breakdowns=[])
    row = one(table, "active_contributor")
    assert (row["value"], row["gap"]) == (pytest.approx(250), pytest.approx(80))
    assert row["gap_se"] == pytest.approx(5)
    assert row["value_se"] == pytest.approx(math.sqrt(30**2 + 4**2 + 40**2 + 3**2))


@pytest.mark.parametrize("seed", range(12))
def test_it_telescopes_in_every_domain(seed):
    rows, register = at_random(seed)
    table = cascade(rows, DESIGN, register, LABELS)
    whole = table.filter(~pl.col("component").fill_null("").str.ends_with("_unknown"))
    closed = 0
    for _, own in whole.group_by(["unit_measure", "branch", "breakdown", "category"]):
        stages = own.sort("stage_no")
        value, gap = stages["value"], stages["gap"]
        if value.null_count():
            assert stages["note"].str.starts_with("NOT COMPUTABLE").any()
            continue
        fall = value[0] - value[-1]
        assert abs(gap.sum() - fall) <= 1e-9 * value.abs().max()
        if (value[:-1] == 0).any():
            assert stages["note"].str.contains("no Shapley part")[-1]
        else:
            assert abs(stages["shapley"].sum() - fall) <= 1e-9 * value.abs().max()
        assert stages["share"].sum() == pytest.approx(1, rel=1e-9)
        closed += 1
    assert closed > 40
    # The compulsory branches together are the sum of the two.
    both = ["public", "enterprise"]
    wide = whole.pivot("branch", index=["unit_measure", "category", "stage"], values="value")
    wide = wide.filter(pl.col("stage") != "employed").drop_nulls(both)
    assert wide.select(
        ((pl.sum_horizontal(both) - pl.col("compulsory")).abs() < 1e-9 * pl.col("compulsory").abs())
        .all()
    ).item()  # fmt: skip


def test_a_cascade_that_does_not_close_is_not_given(monkeypatch):
    monkeypatch.setattr(cascade_stages, "shapley", lambda stages: [s * 0.5 for s in stages[1:]])
    with pytest.raises(CascadeOpenError, match="does not close"):
        cascade(eleven(), DESIGN, REGISTER, LABELS, breakdowns=[])


def test_where_too_few_report_the_mean_of_the_whole_survey_stands_in():
    women = terms(
        ("public", "active_contributor", 60, 0), ("enterprise", "active_contributor", 30, 6),
        breakdown="sex", category="SEX_F",
    )  # fmt: skip
    table = cascade(
        eleven(), DESIGN, pl.concat([REGISTER, women]), LABELS,
        specificity=EXACT_SPECIFICITY, breakdowns=["sex"],
    )  # fmt: skip
    # Means of the covered as above: 0.1 m of the public, 22/60 m of the enterprises.
    row = one(table, "due_active", "LAK_MONTH", category="SEX_F")
    assert row["value"] == pytest.approx(60 * 0.1e6 + 30 * 22e6 / 60)
    assert "(public, enterprise): the mean due of the whole survey stands in" in row["note"]
    assert "whole survey" not in (one(table, "due_active", "LAK_MONTH")["note"] or "")
    # With 30 exact the error is that of the two means: R's of 60 and 30 times them, and here
    # (22e6 / 60)^2 x 6^2 more.
    exact = women.with_columns(se=pl.lit(0.0))
    other = cascade(
        eleven(), DESIGN, pl.concat([REGISTER, exact]), LABELS,
        specificity=EXACT_SPECIFICITY, breakdowns=["sex"],
    )  # fmt: skip
    bare = one(other, "due_active", "LAK_MONTH", category="SEX_F")["value_se"]
    assert row["value_se"] == pytest.approx(math.hypot(bare, 22e6 / 60 * 6))
    # R: SE of svycontrast(t, quote(60 * ... + 30 * ...)), the quotients as in R above.
    assert bare == pytest.approx(3503966.00694, rel=1e-9)


def test_without_a_register_its_stages_are_not_computable():
    table = cascade(eleven(), DESIGN, None, LABELS, breakdowns=[])
    for stage, unit in (("affiliated", "PS"), ("active_contributor", "PS"), ("paid", "LAK_MONTH")):
        row = one(table, stage, unit)
        assert (row["value"], row["gap"], row["obs_status"]) == (None, None, "M")
        assert row["note"].startswith("NOT COMPUTABLE: ")
    assert one(table, "registered_unit")["gap"] == pytest.approx(200)


def test_the_voluntary_have_money_only_where_the_law_gives_an_amount(table):
    row = one(table, "due_legal", "LAK_MONTH", "voluntary")
    assert row["value"] is None
    assert row["note"].startswith("NOT COMPUTABLE: the law's data")
    assert one(table, "legally_covered", branch="voluntary")["value"] == pytest.approx(200)
    priced = eleven().with_columns(
        due_total_lak=pl.when(pl.col("legal_status") == "voluntary").then(50_000).otherwise(
            "due_total_lak"
        )
    )  # fmt: skip
    found = cascade(priced, DESIGN, REGISTER, LABELS, breakdowns=[])
    assert one(found, "due_legal", "LAK_MONTH", "voluntary")["value"] == pytest.approx(1e7)


def test_without_a_law_the_legal_stages_are_not_computable():
    rows = eleven().with_columns(legal_status=pl.lit(None, pl.String))
    table = cascade(rows, DESIGN, REGISTER, LABELS, breakdowns=[])
    row = one(table, "legally_covered")
    assert row["note"] == "NOT COMPUTABLE: data_contracts/law holds no law of this country"
    row = one(table, "affiliated")
    assert row["gap"] == pytest.approx(670)
    assert "the gap is from employed" in row["note"]


def test_nobody_known_to_be_covered_is_not_nobody_covered():
    compulsory = pl.col("legal_status").is_in(["compulsory_public", "compulsory_enterprise"])
    rows = eleven().with_columns(
        legal_status=pl.when(compulsory).then(pl.lit("unknown")).otherwise("legal_status")
    )
    found = cascade(rows, DESIGN, REGISTER, LABELS, breakdowns=[])
    for unit, stage in (
        ("PS", "legally_covered"),
        ("PS", "registered_unit"),
        ("LAK_MONTH", "due_legal"),
    ):
        row = one(found, stage, unit)
        assert row["value"] is None
        assert row["note"].startswith("NOT COMPUTABLE: for more persons than are known")
    # 7 of the 10 employed, 100 persons a row; the register's stages stand.
    assert one(found, "legal_status_unknown")["value"] == 700
    assert one(found, "affiliated")["gap"] == 1000 - 330


def test_the_survey_alone_ends_at_what_the_employed_say():
    table = survey_cascade(eleven(), DESIGN, LABELS, breakdowns=["sex"])
    said = [(r["stage"], r["value"], r["gap"]) for r in table.filter(category="TOTAL").to_dicts()]
    # By hand from ELEVEN: registered 1 2 3 4 8, unknown 5 9, say they contribute 1 2 4 8.
    assert said == [
        ("employed", 1000, None),
        ("registered_unit", 500, 500),
        ("self_reported_covered", 400, 100),
        ("registration_unknown", 200, 200),
        ("self_report_unknown", 0, 0),
    ]
    assert "self-reported" in one(table, "self_reported_covered", branch="all")["note"]


def test_a_wave_that_does_not_ask_about_registration():
    rows = eleven().with_columns(
        is_registered=pl.col("is_registered").replace("no", "unknown")
    )  # a unit of government is registered by what it is
    table = survey_cascade(rows, DESIGN, LABELS, breakdowns=[])
    row = one(table, "registered_unit", branch="all")
    assert row["note"].startswith("NOT COMPUTABLE: the wave does not ask")
    row = one(table, "self_reported_covered", branch="all")
    assert row["gap"] == pytest.approx(600)
    assert "the gap is from employed" in row["note"]


def test_it_is_no_model_of_informal_employees(table):
    assert "says nothing about informal employees" in one(table, "employed")["note"]
    rows = eleven().with_columns(nature_of_job=pl.lit("informal"))
    with pytest.raises(Refused, match="circular"):
        cascade(rows, DESIGN, None, LABELS, breakdowns=["nature_of_job"])


@pytest.mark.parametrize(
    ("register", "match"),
    [
        (terms(("public", "affiliated", 1, -1)), "no standard error"),
        (terms(("public", "members", 1, 0)), "no branch or kind"),
        (pl.concat([terms(("public", "affiliated", 1, 0))] * 2), "given twice"),
        (terms(("public", "affiliated", 1, 0)).drop("se"), "lack a column"),
    ],
)
def test_register_terms_that_are_not_right_are_refused(register, match):
    with pytest.raises(InputError, match=match):
        cascade(eleven(), DESIGN, register, LABELS, breakdowns=[])


def test_the_columns_are_the_contracts(table):
    schema = contract.load("est.cascade").polars_schema()
    assert table.schema == pl.Schema(schema)
    key = ["survey_id", "unit_measure", "branch", "breakdown", "category", "stage"]
    assert not table.select(key).is_duplicated().any()


def test_order_of_rows_does_not_matter():
    rows, register = at_random(5)
    one_way = cascade(rows, DESIGN, register, LABELS)
    other = cascade(rows.reverse(), DESIGN, register, LABELS)
    for name in ("value", "gap", "gap_se"):
        a, b = (t[name].fill_null(0).to_numpy() for t in (one_way, other))
        assert np.allclose(a, b, rtol=1e-9)


def test_a_stage_of_the_register_alone_has_the_registers_degrees_of_freedom():
    # Quantiles of t at 0.975 (R 4.2: qt(.975, c(5, 200))): 2.570582 with 5, 1.971896 with 200 degrees of freedom.
    given = REGISTER.with_columns(
        se=pl.lit(10.0), df=pl.when(pl.col("branch") == "public").then(5).otherwise(200)
    )
    table = cascade(eleven(), DESIGN, given, LABELS, breakdowns=["sex"])
    for branch, t in (("enterprise", 1.971896), ("public", 2.570582), ("compulsory", 2.570582)):
        row = one(table, "affiliated", branch=branch)
        assert row["value_se"] >= 10
        assert row["value_upper"] - row["value"] == pytest.approx(t * row["value_se"], rel=1e-6)
    survey, bare = (one(t, "employed")["value_upper"] for t in (table, cascade(
        eleven(), DESIGN, REGISTER, LABELS, breakdowns=["sex"]
    )))  # fmt: skip
    assert survey == bare
