"""The register's own counts: stored when a workbook of them is there, left out when there is none."""

import io

import polars as pl
import pytest
import xlsxwriter

HEADERS = [
    ["Month", "Scheme", "Age band", "Members", None],
    [None, None, None, "Male", "Female"],
    ["2017-12", "public", "15-24", 12, "<5"],
]


def counts():
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Bokeo")
        for row, cells in enumerate(HEADERS, start=3):
            sheet.write_row(row, 0, cells)
    return memory.getvalue()


@pytest.mark.graph
def test_counts_are_stored_when_they_are_delivered(tmp_path, monkeypatch):
    import dagster as dg

    from pipelines.assets.register import COUNTS, register_counts
    from pipelines.settings import WORKSPACE_VARIABLE
    from pipelines.warehouse.warehouse import Warehouse

    monkeypatch.setenv(WORKSPACE_VARIABLE, str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        none = dg.materialize([register_counts], instance=instance)
        assert none.success
        assert none.asset_materializations_for_node("register_counts") == []
        assert not (tmp_path / "provenance.json").exists()
        landing = tmp_path / "landing" / "LSSO"
        landing.mkdir(parents=True)
        (landing / "aggregate.xlsx").write_bytes(counts())
        some = dg.materialize([register_counts], instance=instance)
    assert some.success
    assert all(check.passed for check in some.get_asset_check_evaluations())
    with Warehouse(tmp_path) as warehouse:
        stored = warehouse.get(COUNTS)
    assert (
        stored.sort("sex")
        .select("admin1_code", "sex", "value", "lower", "upper")
        .equals(
            pl.DataFrame(
                [("05", "SEX_F", None, 0, 4), ("05", "SEX_M", 12, 12, 12)],
                schema=["admin1_code", "sex", "value", "lower", "upper"],
                orient="row",
            )
        )
    )
