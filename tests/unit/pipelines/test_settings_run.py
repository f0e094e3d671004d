"""A workspace in which nothing was run is refused with the way to one, and with those that lie near."""

import pytest

from data_contracts.errors import InputError
from pipelines.settings import holds_run, require_run
from pipelines.warehouse.vault import connect


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    connect(tmp_path / "laos").close()
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_workspace_that_was_run_is_let_through(place):
    assert holds_run(place / "laos")
    require_run(place / "laos")


def test_both_databases_make_a_run(place):
    (place / "laos" / "public.duckdb").unlink()
    assert not holds_run(place / "laos")


@pytest.mark.parametrize("name", ["lao", "empty"])
def test_another_is_refused_and_its_neighbour_is_named(place, name):
    with pytest.raises(InputError) as refused:
        require_run(place / name)
    assert str(refused.value) == (
        f"{name}: nothing was run in this workspace. What to do: run `informality demo --workspace "
        f"{name}`, or `informality run --survey ID --lfs FILE --workspace {name}`, or name another "
        "with --workspace; workspaces nearby: laos."
    )


@pytest.mark.usefixtures("place")
def test_a_workspace_elsewhere_is_named_by_its_whole_path(tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("other") / "deep" / "lao"
    with pytest.raises(InputError) as refused:
        require_run(elsewhere)
    assert str(elsewhere) in str(refused.value)
    assert "nearby: laos" in str(refused.value)
