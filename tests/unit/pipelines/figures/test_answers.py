"""Totals of which many answers are missing are withheld and say why; shares counted by hand."""

import polars as pl
import pytest

from data_contracts.catalogue.indicators import catalogue
from data_contracts.profile.plan import Conventions, resolve
from pipelines.figures.answers import answered, missing_share
from tests.unit.profiles import profile_of

YES_NO = {"from": "q", "codes": {"1": "yes", "2": "no"}}
PLAN = resolve(
    profile_of(
        columns={
            "age": {"from": "age", "number": True},
            "lfs_status_given": {"from": "a", "codes": {"1": "employed"}, "blank": "outside"},
            "social_security": YES_NO,
        }
    )
)


def people(missing):
    """Ten employed of weight 1 to 10 millionths, of whom the first few do not answer."""
    answers = ["no_answer"] * missing + ["yes", "no"] * 5
    return pl.DataFrame(
        {
            "lfs_status": ["employed"] * 10,
            "working_age": [True] * 10,
            "social_security": answers[:10],
            "nature_of_job": pl.Series([None] * 10, dtype=pl.String),
            "weight_micro": range(1, 11),
        }
    )


@pytest.mark.parametrize(("missing", "share"), [(0, 0.0), (1, 1 / 55), (3, 6 / 55), (4, 10 / 55)])
def test_the_share_is_weighted(missing, share):
    for name in ("social_security_covered", "coverage_gap", "social_security_coverage"):
        assert missing_share(people(missing), catalogue()[name]) == pytest.approx(share)
    assert missing_share(people(missing), catalogue()["employed"]) == 0


def test_a_total_above_the_line_is_withheld_and_the_rate_is_kept():
    settled = answered(PLAN, people(3))  # 6 of 55 is 10.9 %
    reason = settled.not_computable["coverage_gap"]
    assert reason.startswith("10.9 % of employed persons gave no usable answer")
    assert "estimates.missing" in reason
    able = {indicator.id for indicator in settled.indicators}
    assert {"social_security_coverage", "coverage_gap_rate", "employed"} <= able
    assert {"coverage_gap", "social_security_covered"}.isdisjoint(able)


def test_below_the_line_and_with_a_line_of_ones_own_nothing_is_withheld():
    assert answered(PLAN, people(2)).verdicts == PLAN.verdicts  # 3 of 55
    loose = resolve(PLAN.profile, Conventions(missing=0.2))
    assert answered(loose, people(3)).verdicts == loose.verdicts
