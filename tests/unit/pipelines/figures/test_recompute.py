"""Whether a wave can be recomputed under other rules, and that nobody is lost when it is."""

from data_contracts.catalogue.indicators import catalogue
from pipelines.figures.recompute import recomputable, under_rules
from tests.unit.pipelines.figures.test_change import ASKED, NEW, OLD, profile, raw


def test_without_market_orientation_the_standards_cannot_be_told_apart():
    columns = {name: rule for name, rule in ASKED.items() if name != "market_orientation"}
    blind = profile("2010", columns, "ICLS13")
    verdict = recomputable(NEW, blind, catalogue()["employed"])
    assert verdict.status == "NOT SEPARABLE"
    assert "did not ask whether farm output is for sale" in verdict.reason


def test_recomputing_keeps_every_person():
    rows = under_rules(NEW, OLD, raw())
    own = under_rules(NEW, NEW, raw())
    assert rows.height == own.height == 900
    assert (rows["lfs_status"] == "employed").sum() > (own["lfs_status"] == "employed").sum()
    assert rows["lfs_status"].equals(own["lfs_status_icls13"])
