"""Affordability beside R survey 4.1 and by hand.

R on group_sample.people() as a data frame f (see test_groups.py for emp and d), a flat 9 % of 600:
  f$due <- 54; f$share <- due / earnings where earnings > 0; f$above <- due > 0.1 * earnings where known
"""

import polars as pl
import pytest

from analyses.coverage.groups.affordability import affordability, decile_cuts
from analyses.wave.core_design import core_design
from data_contracts.catalogue.indicators import Asked
from data_contracts.contract.find import load
from data_contracts.errors import InputError
from tests.unit.analyses.coverage.groups.group_sample import people, wave

ROWS = people().with_columns(due_flat_lak=0.09 * 600)


@pytest.fixture(scope="module")
def table():
    return affordability(ROWS, core_design(), wave(), "9 % of 600", "due_flat_lak")


def one(table, measure, breakdown="total", category="TOTAL"):
    return table.filter(measure=measure, breakdown=breakdown, category=category).row(0, named=True)


def test_cuts_of_deciles_are_those_of_r():
    # R's `svyquantile(~earnings_monthly, subset(d, emp == 1 & !is.na(earnings_monthly)), 1:9 / 10, qrule = "math")`
    assert decile_cuts(ROWS, core_design()) == [160, 280, 520, 720, 900, 1040, 1220, 1400, 1620]


def test_median_mean_and_share_above_are_those_of_r(table):
    median = one(table, "median_share")
    # R's `svyquantile(~share, subset(d, emp == 1 & !is.na(share)), 0.5, df = degf(d))`
    found = [median[name] for name in ("obs_value", "se", "ci_lower", "ci_upper")]
    assert found == pytest.approx([0.06, 0.00471551990443, 0.0519230769231, 0.075], rel=1e-10)
    mean = one(table, "mean_share")
    # R's `svymean(~share, same); confint(df = degf(d))`
    found = [mean[name] for name in ("obs_value", "se", "ci_lower", "ci_upper")]
    expected = [0.1423672513397, 0.0306972335595, 0.0672538267456, 0.217480675934]
    assert found == pytest.approx(expected, rel=1e-9)
    above = one(table, "share_above_burden")
    # R's `svymean(~above, subset(d, emp == 1 & !is.na(above)))`
    assert above["obs_value"] == pytest.approx(0.3121951219512, rel=1e-10)
    assert above["se"] == pytest.approx(0.0473759613377, rel=1e-10)


def test_by_status_and_decile_as_r(table):
    # R's `svyby(~above, ~status_icse93, subset(d, emp == 1 & !is.na(above)), svymean)`
    family = one(table, "share_above_burden", "status_icse93", "STE_ICSE93_5")
    assert family["obs_value"] == pytest.approx(0.417266187050, rel=1e-10)
    assert family["se"] == pytest.approx(0.1209655963845, rel=1e-10)
    # R's `findInterval(earnings, cuts, left.open = TRUE) + 1; svyby(~share, ~dec, ..., svymean)`
    lowest = one(table, "mean_share", "earnings_decile", "D01")
    assert lowest["obs_value"] == pytest.approx(0.7306760204082, rel=1e-10)
    assert lowest["se"] == pytest.approx(0.105883454317269, rel=1e-10)
    assert one(table, "mean_share", "earnings_decile", "D10")["obs_value"] == pytest.approx(
        0.0316163878081, rel=1e-10
    )


def small(**changes):
    """Six employed persons in three units of one stratum, all of weight 1; earnings and due in kip."""
    frame = pl.DataFrame(
        {
            "psu": ["a", "a", "b", "b", "c", "c"], "strata": ["s"] * 6, "weight_micro": [10**6] * 6,
            "lfs_status": ["employed"] * 6,
            "earnings_monthly": [1000.0, 2000.0, 0.0, None, 500.0, 4000.0],
            "due": [100.0, 100.0, 100.0, 100.0, None, 0.0],
        }
    )  # fmt: skip
    return frame.with_columns(**changes)


def found(frame, **options):
    return affordability(frame, core_design(), wave(), "law", "due", breakdowns=(), **options)


def test_no_earnings_unknown_earnings_and_nothing_due_by_hand():
    # Who owes nothing (the last) is outside; the fourth and fifth are unknown; the third has no
    # earnings. Shares: 0.1 and 0.05, mean 0.075. Above 6 %: the first and the third, of three.
    table = found(small(), burden=0.06)
    assert one(table, "mean_share")["obs_value"] == pytest.approx(0.075)
    assert one(table, "mean_share")["n"] == 2
    above = one(table, "share_above_burden")
    assert (above["n"], above["obs_value"]) == (3, pytest.approx(2 / 3))
    assert "have no earnings (0) and count as above" in above["note"]
    assert "Fewer than 5 of 5 sample rows have unknown earnings" in above["note"]
    # A share that equals the burden does not exceed it: 100 of 1,000 at 10 %.
    assert one(found(small()), "share_above_burden")["obs_value"] == pytest.approx(1 / 3)


def test_the_table_keeps_its_contract(table):
    contract = load("est.affordability")
    assert dict(table.schema) == contract.polars_schema()
    assert not table.select(contract.primary_key).is_duplicated().any()
    assert set(table.filter(breakdown="earnings_decile")["category"]) == {
        f"D{k:02}" for k in range(1, 11)
    }


def test_where_nothing_can_be_said_there_is_no_figure_and_the_reason():
    unasked = wave(
        asked={"earnings_monthly": Asked(usable=False, reason="earnings were not asked")}
    )
    for table in (
        affordability(ROWS, core_design(), unasked, "law", "due_flat_lak"),
        found(small(due=pl.lit(None, pl.Float64))),
    ):
        assert table.select("obs_value", "obs_status").unique().rows() == [(None, "M")]
        assert table["note"].null_count() == 0


def test_equal_cuts_are_said():
    table = found(small(earnings_monthly=pl.lit(1000.0)))
    (decile,) = table.filter(breakdown="earnings_decile", measure="mean_share").iter_rows(
        named=True
    )
    assert decile["category"] == "D01"
    assert "8 of the 9 cuts are equal" in decile["note"]


@pytest.mark.parametrize(
    ("change", "options", "rule"),
    [
        ({}, {"burden": 1.5}, "between 0 and 1"),
        ({"due": pl.lit(-1.0)}, {}, "column due, row 1 .6 rows in all.: an amount is negative"),
    ],
)
def test_wrong_input_is_refused(change, options, rule):
    with pytest.raises(InputError, match=rule):
        found(small(**change), **options)
    with pytest.raises(InputError, match="column due"):
        found(small().drop("due"))
