"""A new wave is a new profile and no code: a file of YAML on the command line is enough."""

import pytest

from tests.graph.road import ROOT, in_a_process, survey_of

pytestmark = pytest.mark.graph


def test_a_profile_of_ones_own_runs_and_stays_with_the_workspace(twin, tmp_path):
    shipped = ROOT / "data_contracts" / "sources" / "LAO_2017_LFS.yaml"
    own = tmp_path / "next wave.yaml"
    text = shipped.read_text(encoding="utf-8").replace("LAO_2017_LFS", "LAO_2027_LFS")
    own.write_text(text.replace('time_period: "2017"', 'time_period: "2027"'), encoding="utf-8")
    work = tmp_path / "work"
    first = in_a_process(
        "run", "--profile", own, "--lfs", survey_of(twin), "--workspace", work, "--json"
    )
    assert first.code == 0, first
    assert '"survey_id": "LAO_2027_LFS"' in first.out
    own.unlink()
    assert (work / "profiles" / "LAO_2027_LFS.yaml").exists()
    table = in_a_process("table", "pub.estimate", "--workspace", work, "--format", "csv").out
    assert "LAO_2027_LFS,LAO,2027,employed" in table


def test_a_profile_that_is_not_there_is_refused(tmp_path):
    ended = in_a_process("run", "--profile", tmp_path / "none.yaml", "--workspace", tmp_path)
    assert ended.code == 2
    assert "there is no profile" in ended.err.lower()
    assert "Traceback" not in ended.err
