"""`informality export`: files of a published survey, and a refusal where there is nothing to export."""

import csv
import json

import polars as pl
import pytest

from data_contracts.contract.find import load
from pipelines.commands.start import start
from tests.unit.pipelines.checks.stored_tables import Stored

SURVEY = "LAO_2017_LFS"


@pytest.fixture
def warehouse(tmp_path, monkeypatch):
    """Put a stand-in where the command opens the warehouse."""
    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(tmp_path / "workspace"))

    def hold(tables):
        monkeypatch.setattr("pipelines.warehouse.warehouse.Warehouse", Stored(tables))

    return hold


def published(name, *rows):
    """Rows of a published table, every column they do not name left empty."""
    schema = {
        column.name: pl.String if column.type == "VARCHAR" else pl.Float64
        for column in load(name).columns
    }
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def estimate(breakdown, category, value):
    return {
        "survey_id": SURVEY, "ref_area": "LAO", "time_period": "2017", "indicator": "employed",
        "standard": "ICLS19", "universe": "persons", "breakdown": breakdown, "category": category,
        "unit_measure": "PS", "obs_value": value, "ci_lower": value - 100, "ci_upper": value + 100,
        "obs_status": "A", "suppression_reason": "none",
    }  # fmt: skip


def figures():
    cells = [("total", "TOTAL", 2_477_000.0), ("sex", "SEX_F", 1_200_000.0)]
    cells += [("area_type", "GEO_COV_URB", 800_000.0), ("area_type", "GEO_COV_RUR", 1_677_000.0)]
    told = {
        "survey_id": SURVEY,
        "indicator": "unemployed",
        "status": "NOT COMPUTABLE",
        "reason": "not asked",
    }
    return {
        "pub.estimate": published("pub.estimate", *(estimate(*cell) for cell in cells)),
        "pub.computability": published("pub.computability", told),
        "pub.register_coverage": published("pub.register_coverage"),
    }


def export(capsys, *arguments):
    code = start("export", ["--survey", SURVEY, *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_files_lie_in_the_folder_that_was_named(warehouse, tmp_path, capsys):
    warehouse(figures())
    code, out, _ = export(capsys, "--format", "sdmx", "--output", tmp_path / "out", "--json")
    files = json.loads(out)["files"]
    assert (code, files) == (0, ["DF_EMP_TEMP_SEX_GEO_NB.csv", "export_notes.csv"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == files
    with (tmp_path / "out" / files[0]).open(encoding="utf-8") as text:
        rows = {(row["SEX"], row["GEO"]): row for row in csv.DictReader(text)}
    assert rows["SEX_T", "GEO_COV_NAT"]["OBS_VALUE"] == "2477.0"
    assert rows["SEX_F", "GEO_COV_NAT"]["OBS_VALUE"] == "1200.0"
    assert rows["SEX_T", "GEO_COV_RUR"]["SOURCE"] == "BA:6651"
    assert rows["SEX_T", "GEO_COV_RUR"]["NOTE_SOURCE"] == "S14:4077_T2:84"


def test_a_second_export_replaces_the_first_and_no_other_file(warehouse, tmp_path, capsys):
    warehouse(figures())
    folder = tmp_path / "out"
    assert export(capsys, "--output", folder)[0] == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert export(capsys, "--output", folder)[0] == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "mine.csv").write_text("a\n1\n")
    code, _, err = export(capsys, "--output", folder)
    assert code == 2
    assert "other CSV files lie in the folder" in err


def test_without_figures_the_request_is_refused(warehouse, tmp_path, capsys):
    warehouse({})
    code, _, err = export(capsys, "--output", tmp_path / "out")
    assert code == 2
    assert f"informality run --survey {SURVEY}" in err
    assert not (tmp_path / "out").exists()
