"""The whole road on a small twin: what comes out, twice the same, near the truth."""

import hashlib
import io
import json
import subprocess
import sys

import polars as pl
import pytest

from tests.graph.road import ROOT, TABLES, WAVE, full_run, in_a_process, printed, settled, survey_of

pytestmark = pytest.mark.graph
FIELDS = {
    "pub.estimate": {"value": "obs_value", "lower": "ci_lower", "upper": "ci_upper", "n": "n"},
    "pub.driver": {"value": "ame", "lower": "ame_ci_lower", "upper": "ame_ci_upper", "n": "n"},
}


@pytest.fixture(scope="module")
def tables(good):
    return printed(good)


def frame(text):
    return pl.read_csv(io.StringIO(text), schema_overrides={"category": pl.String})


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_figures_is_there_and_holds_rows(tables, name):
    found = frame(tables[name])
    assert found.height > 0
    assert found["survey_id"].unique().to_list() == [WAVE]


def test_drivers_are_there_for_both_populations(tables):
    rows = frame(tables["est.driver"]).group_by("population").len()
    assert dict(rows.iter_rows()).keys() == {"all_employed", "non_employees"}


def test_persons_are_not_printed(good):
    ended = in_a_process("table", "core.person", "--workspace", good)
    assert ended.code == 2
    assert "stay in the vault" in ended.err
    assert not ended.out


@pytest.mark.parametrize(
    "indicator",
    ["employed", "unemployment_rate", "informal_employment_rate", "social_security_coverage"],
)
def test_four_standard_errors_hold_the_truth(tables, twin, indicator):
    national = (pl.col("indicator") == indicator) & (pl.col("breakdown") == "total")
    (row,) = frame(tables["est.estimate"]).filter(national).iter_rows(named=True)
    (fact,) = frame((twin / "truth.csv").read_text()).filter(national)["value"]
    assert row["se"] > 0
    assert abs(row["obs_value"] - fact) <= 4 * row["se"]
    assert row["ci_lower"] <= row["obs_value"] <= row["ci_upper"]


def test_register_counts_are_the_twins_truth(tables, twin):
    """No sampling lies between the register and its counts, so they must be equal."""
    facts = frame((twin / "truth.csv").read_text())
    for concept in ("affiliated", "active_contributor"):
        (fact,) = facts.filter(indicator=concept, breakdown="total")["value"]
        found = frame(tables["est.register_coverage"]).filter(
            concept=concept, breakdown="total", scheme="total"
        )
        assert found["persons"].to_list() == [fact]


def test_two_workspaces_give_the_same_bytes(good, twin, tables, tmp_path):
    other = tmp_path / "another name of another length"
    assert full_run(twin, other).code == 0
    assert printed(other) == tables
    # Once more from a process of its own: other hash seed, other order of sets.
    apart = in_a_process("table", "pub.estimate", "--workspace", other, "--format", "csv")
    assert apart.out == tables["pub.estimate"]
    for path in sorted((good / "briefs" / WAVE).iterdir()):
        assert (other / "briefs" / WAVE / path.name).read_bytes() == path.read_bytes(), path.name


def test_spss_gives_the_estimates_of_stata(twin, tables, tmp_path, monkeypatch):
    settled(monkeypatch)
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.instance import dagster_home
    from pipelines.settings import record_source
    from pipelines.warehouse.warehouse import Warehouse

    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(tmp_path))
    record_source(tmp_path, WAVE, {"lfs": survey_of(twin, f"{WAVE}_sav")})
    names = (
        "raw.survey",
        "core.person",
        "core.job",
        "est.psu_total",
        "est.estimate",
        "est.computability",
        "est.driver",
    )
    with dg.DagsterInstance.from_config(str(dagster_home(tmp_path))) as instance:
        done = defs.resolve_job_def("survey").execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            instance=instance,
            partition_key=WAVE,
            asset_selection=[dg.AssetKey(name.split(".")) for name in names],
        )
    assert done.success
    with Warehouse(tmp_path) as warehouse:
        from data_contracts.contract.find import load

        found = warehouse.get("est.estimate").sort(load("est.estimate").primary_key)
    assert found.write_csv() == tables["est.estimate"]


def test_what_2010_did_not_ask_is_said_with_the_reason(twin, tmp_path):
    ended = in_a_process(
        "run", "--survey", "LAO_2010_LFS", "--lfs", survey_of(twin, "LAO_2010_LFS"),
        "--workspace", tmp_path,
    )  # fmt: skip
    assert ended.code == 0, ended
    text = " ".join(ended.out.split())
    assert "NOT COMPUTABLE: " in text
    said = text.partition("NOT COMPUTABLE: ")[2]
    assert "informal employment rate" in said.partition(":")[0]
    made = printed(tmp_path, ("pub.estimate", "pub.computability"))
    judged = frame(made["pub.computability"]).filter(indicator="informal_employment_rate")
    assert judged["status"].to_list() == ["NOT COMPUTABLE"]
    assert judged["reason"][0] in said
    given = set(frame(made["pub.estimate"])["indicator"])
    assert {"employed", "unemployment_rate"} <= given
    assert not any("informal" in name for name in given)


def test_the_brief_is_there_and_its_numbers_are_published(good, tables):
    folder = good / "briefs" / WAVE
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    assert {name.rpartition(".")[2] for name in manifest["files"]} == {"html", "pdf", "xlsx"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert str(folder / name) in (good / "stdout.txt").read_text(encoding="utf-8")
    rows = frame(tables["pub.estimate"])
    bound = [number for number in manifest["numbers"] if number["table"] == "pub.estimate"]
    assert len(bound) > 50
    columns = FIELDS["pub.estimate"]
    cells = {
        (row["indicator"], row["breakdown"], row["category"]): row
        for row in rows.iter_rows(named=True)
    }
    for number in bound:
        cell = cells[number["indicator"], number["breakdown"], number["category"]]
        column = number["detail"] or columns[number["field"]]  # the base of a rate names its column
        assert cell[column] == number["value"], number


def test_the_manifest_names_the_inputs(good, twin):
    manifest = json.loads((good / "briefs" / WAVE / "MANIFEST.json").read_text(encoding="utf-8"))
    files = [survey_of(twin), *(twin / "LSSO").iterdir()]
    known = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert {entry["name"]: entry["sha256"] for entry in manifest["inputs"]} == known
    assert manifest["synthetic"] is True


def test_dagster_loads_the_code_location_of_workspace_yaml(tmp_path):
    import os

    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        cwd=ROOT, env=os.environ | {"DAGSTER_HOME": str(tmp_path)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_every_table_asset_has_a_blocking_check_of_its_contract():
    from data_contracts.contract.find import all_names
    from pipelines.definitions import defs

    graph = defs.resolve_asset_graph()
    checks = {(key.asset_key, key.name): graph.get(key).blocking for key in graph.asset_check_keys}
    named = {".".join(key.path): key for key in graph.get_all_asset_keys()}
    assert set(all_names()) <= set(named)
    for name in all_names():
        assert checks[named[name], "contract"] is True


def test_the_sensor_asks_for_one_run_a_file_and_hash(tmp_path, monkeypatch):
    import dagster as dg

    from pipelines.definitions import defs

    def asked():
        with dg.build_sensor_context(repository_def=defs.get_repository_def()) as context:
            return [
                (wish.job_name, wish.partition_key, wish.run_key)
                for wish in sensor.evaluate_tick(context).run_requests
            ]

    (sensor,) = defs.sensors
    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(tmp_path))
    assert asked() == []
    wave, register = tmp_path / "landing" / WAVE / "lfs.dta", tmp_path / "landing" / "LSSO"
    wave.parent.mkdir(parents=True)
    wave.write_bytes(b"as it came")
    digest = hashlib.sha256(b"as it came").hexdigest()
    first = [("survey", WAVE, f"{WAVE}-{digest}")]
    assert asked() == asked() == first
    wave.rename(wave.with_name("the same under another name.dta"))
    assert asked() == first
    register.mkdir()
    for role in ("members", "contributions"):
        (register / f"{role}.csv").write_bytes(b"x")
    assert asked() == first  # a register is three files
    (register / "employers.csv").write_bytes(b"x")
    assert [wish[0] for wish in asked()] == ["survey", "register"]
    next(wave.parent.iterdir()).write_bytes(b"corrected")
    assert asked()[0][2] == f"{WAVE}-{hashlib.sha256(b'corrected').hexdigest()}"
