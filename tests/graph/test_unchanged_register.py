"""A register that is as it was is not read again; one setting changed, and it is."""

import pytest

from tests.graph.road import settled

pytestmark = pytest.mark.graph


def runs(workspace):
    return len(list((workspace / "dagster" / "history" / "runs").glob("*-*.db")))


def test_the_register_is_read_again_only_after_a_change(workspace, monkeypatch):
    from pipelines.runner import run_register
    from pipelines.warehouse.warehouse import Warehouse

    def tally():
        with Warehouse(workspace) as warehouse:
            return warehouse.get("linked.register_tally")

    settled(monkeypatch)
    said, before, first = [], runs(workspace), tally()
    run_register(workspace, said.append)
    assert said == ["the register is as it was"]
    assert runs(workspace) == before > 0
    (workspace / "informality.toml").write_text("[register]\nactive_months = 6\n")
    # The extract's audit judges the register; the step that reports it does not judge it again.
    monkeypatch.setattr("pipelines.stored.register_findings", None)
    run_register(workspace, said.append)
    assert said[1:] == ["starting"]
    assert runs(workspace) == before + 1
    assert not tally().equals(first)
    run_register(workspace, said.append)
    assert said[2:] == ["the register is as it was"]
    assert runs(workspace) == before + 1
