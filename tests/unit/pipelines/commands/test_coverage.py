"""`informality coverage`: the published steps on one screen, and a refusal where nothing is stored."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.commands.start import start
from tests.unit.pipelines.checks.stored_tables import Stored
from tests.unit.reports.coverage import coverage_sample as sample


@pytest.fixture
def warehouse(tmp_path, monkeypatch):
    """Put a stand-in where the command opens the warehouse."""
    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(tmp_path / "workspace"))

    def hold(tables):
        monkeypatch.setattr("pipelines.warehouse.warehouse.Warehouse", Stored(tables))

    return hold


def published():
    return {f"pub.{name}": frame for name, frame in sample.pub().items()}


def run(*options):
    return start("coverage", ["--survey", sample.ID, *options])


def test_the_headlines_are_the_page_s_tables_and_its_path(warehouse, capsys):
    warehouse(published())
    assert run() == 0
    out = capsys.readouterr().out
    assert "Covered by law" in out
    assert "712,300" in out
    assert "141,204" in out
    assert "−21,000" in out  # noqa: RUF001
    assert out.rstrip().endswith(str(Path("briefs", sample.ID, "coverage.html")))


def test_markdown_is_a_table_a_line_a_row(warehouse, capsys):
    warehouse(published())
    assert run("--format", "md") == 0
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if line.startswith("| Active contributors: register")]
    assert "| 300,800 | 289,000–312,600 | 30,400 |" in row  # noqa: RUF001


def test_json_holds_national_rows_and_the_path(warehouse, capsys):
    warehouse(published())
    assert run("--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"survey_id", "cascade", "bridge", "page"}
    assert {row["breakdown"] for row in told["cascade"]} == {"total"}
    assert told["bridge"][-1]["persons"] == 336_900


def test_csv_is_one_whole_table(warehouse, capsys):
    warehouse(published())
    assert run("--format", "csv", "--table", "bridge") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["row"] for row in rows] == [row[0] for row in sample.BRIDGE]
    assert run("--format", "csv") == 0
    assert "stage_no" in capsys.readouterr().out.splitlines()[0]


def test_adjustments_are_those_of_the_survey_s_own_register(warehouse, capsys):
    tables = published()
    own = tables["pub.adjustment"]
    other = own.with_columns(register_date=own["register_date"].str.replace("2017", "2022"))
    tables["pub.adjustment"] = own.vstack(other)
    warehouse(tables)
    assert run("--table", "adjustment", "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)) == own.height


def test_a_survey_that_was_not_run_is_told_what_to_do(warehouse, capsys):
    warehouse(published())
    assert start("coverage", ["--survey", "LAO_2022_LFS"]) == 2
    assert "run `informality run --survey LAO_2022_LFS` first" in capsys.readouterr().err


def test_an_empty_warehouse_and_an_absent_table_are_told_as_such(warehouse, capsys):
    warehouse({})
    assert run() == 2
    assert "No coverage figures of LAO_TEST are stored" in capsys.readouterr().err
    warehouse({"pub.cascade": sample.cascade()})
    assert run("--table", "bridge") == 2
    assert "No rows of pub.bridge" in capsys.readouterr().err


def test_the_command_s_help_imports_nothing_heavy():
    code = (
        "import sys; from pipelines.commands import coverage; "
        "print([m for m in ('polars', 'matplotlib', 'dagster', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
