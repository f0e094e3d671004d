"""Quality on the road: stored with counts, told in a report, and a refused file changes nothing."""

import json
import shutil

import polars as pl
import pytest

from tests.graph.road import WAVE, in_a_process, printed, survey_of

pytestmark = pytest.mark.graph
QUALITY = ("est.quality", "est.quality_effect")


def test_a_good_run_stores_findings_and_writes_the_report(good):
    told = printed(good, QUALITY)
    rows = pl.read_csv(told["est.quality"].encode(), infer_schema=False)
    assert {"passed", "failed"} <= set(rows["status"])
    assert rows.filter(severity="error", status="failed").is_empty()
    weights = rows.filter(check_id="weights_sum_to_population")["measure"].item()
    assert float(weights) == pytest.approx(1, abs=0.1)  # the twin's scale counts
    page = (good / "quality" / WAVE / "quality_SYNTHETIC.html").read_text(encoding="utf-8")
    assert "Internal: contains small counts" in page
    assert (good / "quality" / "LSSO" / "quality_SYNTHETIC.html").is_file()


def test_the_command_tells_counts_and_the_place_of_the_report(workspace, here):
    ended = here("quality", "report", "--survey", WAVE, "--workspace", workspace, "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told["counts"]["blocking"] == 0
    assert told["counts"]["passed"] > 50
    assert told["report"] == str(workspace.resolve() / "quality" / WAVE / "quality_SYNTHETIC.html")


def test_a_survey_that_was_not_run_is_said_to_be_so(workspace, here):
    ended = here("quality", "report", "--survey", "BOL_2021_ECE", "--workspace", workspace)
    assert ended.code == 2
    assert "No quality checks of BOL_2021_ECE are stored" in ended.err


def test_a_file_that_fails_a_blocking_check_changes_nothing(twin, workspace, here, tmp_path):
    from transforms.read.files import read_table

    before = printed(workspace, ("est.estimate", *QUALITY))
    rows = read_table(survey_of(twin)).frame
    swapped = pl.when(pl.col("vtype1") == 1).then(2).otherwise(1).alias("vtype1")
    path = tmp_path / "swapped.csv"
    rows.with_columns(swapped, pl.col("v") * 50).write_csv(path)  # a csv cannot say its scale
    ended = here("run", "--survey", WAVE, "--lfs", path, "--workspace", workspace)
    assert ended.code == 2
    assert "area_swapped" in ended.err
    assert "What to do: the codes of urban and rural seem to be swapped" in ended.err
    assert printed(workspace, ("est.estimate", *QUALITY)) == before


def test_a_file_of_another_wave_is_refused_by_its_hash(twin, workspace):
    own = workspace / "profiles"
    own.mkdir(exist_ok=True)
    from data_contracts.profile.profile import FOLDER

    text = (FOLDER / f"{WAVE}.yaml").read_text(encoding="utf-8")
    profile = own / "LAO_2018_LFS.yaml"
    profile.write_text(text.replace(WAVE, "LAO_2018_LFS"), encoding="utf-8")
    copy = workspace / "lfs2018.dta"
    shutil.copyfile(survey_of(twin), copy)
    ended = in_a_process("run", "--profile", profile, "--lfs", copy, "--workspace", workspace)
    assert ended.code == 2
    assert f"the same file as {WAVE}" in ended.err
