"""Two collapses of the same rows check each other: an error planted in either stops publication."""

from dataclasses import replace

import dagster as dg
import polars as pl
import pytest

from analyses.wave import collapse_ibis
from data_contracts.contract.find import load
from pipelines.assets.estimates import ESTIMATES
from pipelines.definitions import defs
from pipelines.figures import estimates
from pipelines.instance import dagster_home
from pipelines.warehouse.warehouse import Warehouse
from tests.graph.road import TABLES, WAVE

pytestmark = pytest.mark.graph
ONE_PERSON = 1_000_000  # millionths


def in_numpy(collapse):
    """Count one person too many among the employed of the first PSU."""

    def wrong(*arguments):
        totals = collapse(*arguments)
        sums = {key: table.copy() for key, table in totals.sums.items()}
        sums["employed__num",][0, 0] += ONE_PERSON
        return replace(totals, sums=sums)

    return wrong


def in_the_engine(as_stored):
    """Count one person too many among the covered of one cell."""

    def wrong(*arguments):
        stored = as_stored(*arguments)
        covered = pl.col("indicator") == "social_security_covered"
        first = covered & (covered.cum_sum() == 1)
        return stored.with_columns(pl.col("numerator_micro") + first.cast(pl.Int64) * ONE_PERSON)

    return wrong


def in_a_condition(expression_on):
    """Let a blank answer pass a test."""

    def wrong(table, condition):
        return expression_on(table, condition) | table.social_security.isnull()

    return wrong


PLANTS = {
    "numpy": (estimates, "collapse", in_numpy, "employed by total"),
    "engine": (estimates, "as_stored", in_the_engine, "social_security_covered by total"),
    "condition": (collapse_ibis, "expression_on", in_a_condition, "by total"),
}


@pytest.mark.parametrize("place", PLANTS)
def test_an_error_planted_in_either_leaves_what_was_published(place, workspace, monkeypatch):
    before = held(workspace)
    module, name, planted, said = PLANTS[place]
    monkeypatch.setattr(module, name, planted(getattr(module, name)))
    (failure,) = failures(workspace, monkeypatch)
    assert failure.metadata["fault"].value == "program"
    assert failure.description.startswith("The two collapses differ in")
    assert said in failure.description
    assert held(workspace) == before
    assert [(c.asset_key.path, c.check_name) for c in broken(workspace)] == [
        (["est", "estimate"], "two_collapses_agree")
    ]


@pytest.mark.slow
def test_the_command_says_so_and_ends_with_1(workspace, here, monkeypatch):
    before = held(workspace)
    monkeypatch.setattr(estimates, "collapse", in_numpy(estimates.collapse))
    ended = here("run", "--survey", WAVE, "--workspace", workspace)
    assert ended.code == 1
    assert "The two collapses differ in 1 of" in ended.err
    assert held(workspace) == before
    assert not {name for name in made_last(workspace) if name[-1] in {"estimate", "cascade"}}


def test_a_good_run_says_that_every_figure_was_computed_twice(good):
    (found,) = [c for c in checks_of(good) if c.check_name == "two_collapses_agree"]
    assert found.passed
    assert found.metadata["figures"].value > 400
    assert found.metadata["differ"].value == 0


def test_the_totals_of_psus_are_not_printed(good, here):
    ended = here("table", "est.psu_total", "--workspace", good)
    assert ended.code == 2
    assert "stay in the vault" in ended.err
    assert not ended.out


def held(workspace):
    """Give the rows of every table of figures, in the order of their key."""
    with Warehouse(workspace) as warehouse:
        return {
            name: warehouse.get(name).sort(load(name).primary_key).write_csv()
            for name in warehouse.tables()
            if name.startswith(("est.", "pub.")) and not name.startswith("est.quality")
        }


def failures(workspace, monkeypatch):
    """Make the wave's figures and publish them; give what failed."""
    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(workspace))
    wanted = (*ESTIMATES, *(n for n in TABLES if n.startswith("pub.")))
    with dg.DagsterInstance.from_config(str(dagster_home(workspace))) as instance:
        done = defs.resolve_job_def("survey").execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            instance=instance,
            partition_key=WAVE,
            asset_selection=[dg.AssetKey(name.split(".")) for name in wanted],
            raise_on_error=False,
        )
    steps = [event for event in done.all_events if event.is_step_failure]
    return [step.step_failure_data.user_failure_data for step in steps]


def broken(workspace):
    return [check for check in checks_of(workspace) if not check.passed]


def made_last(workspace):
    """Give the keys of the tables that the last run of the wave stored."""
    with dg.DagsterInstance.from_config(str(dagster_home(workspace))) as instance:
        last = next(run for run in instance.get_runs(limit=5) if run.job_name == "survey")
        records = instance.get_records_for_run(
            last.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
        ).records
        return {tuple(record.asset_key.path) for record in records}


def checks_of(workspace):
    """Give the check results of the last run that a workspace's event store holds."""
    with dg.DagsterInstance.from_config(str(dagster_home(workspace))) as instance:
        runs = instance.get_runs(limit=5)
        last = next(run for run in runs if run.job_name == "survey")
        records = instance.get_records_for_run(
            last.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
        return [r.event_log_entry.dagster_event.asset_check_evaluation_data for r in records]
