"""Nothing is sent anywhere: telemetry is off, and no socket leaves this machine."""

import os
import socket

import duckdb
import pytest

from data_contracts.contract.find import load
from pipelines.checks.checks import quiet_context, verify
from pipelines.instance import dagster_home


@pytest.fixture
def connections(monkeypatch):
    """List the addresses to which this process connects; none is reached."""
    seen = []

    def note(_self, address):
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", note)
    monkeypatch.setattr(socket.socket, "connect_ex", note)
    return seen


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "")
    return dagster_home(tmp_path)


def leaving(addresses):
    return [a for a in addresses if not isinstance(a, tuple) or a[0] not in {"127.0.0.1", "::1"}]


def an_empty_table(name):
    connection = duckdb.connect()
    connection.execute(f"CREATE SCHEMA {name.partition('.')[0]}")
    columns = ", ".join(f'"{column.name}" {column.type}' for column in load(name).columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    return connection


def test_dagster_has_its_telemetry_off(home):
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.telemetry_enabled is False
        assert instance.nux_enabled is False


def test_the_checks_have_their_telemetry_off(connections):
    with an_empty_table("est.driver") as connection:
        report = verify(connection, "memory.est.driver", load("est.driver"))
    assert report.evaluated > 10
    assert os.environ["GX_ANALYTICS_ENABLED"] == "False"
    assert not quiet_context().variables.analytics_enabled
    assert leaving(connections) == []


@pytest.mark.slow
def test_a_run_of_the_graph_leaves_this_machine_alone(home, connections):
    import dagster as dg

    @dg.asset
    def small():
        with an_empty_table("est.driver") as connection:
            return verify(connection, "memory.est.driver", load("est.driver")).evaluated

    with dg.DagsterInstance.from_config(str(home)) as instance:
        done = dg.materialize(
            [small], instance=instance, resources={"io_manager": dg.mem_io_manager}
        )
    assert done.success
    assert leaving(connections) == []


def test_the_database_fetches_nothing_behind_our_back(tmp_path):
    """DuckDB's own sockets are not Python's: its doors are shut by settings."""
    from pipelines.warehouse.vault import connect

    with connect(tmp_path) as connection:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            (value,) = connection.execute(f"SELECT current_setting('{name}')").fetchone()
            assert value is False
