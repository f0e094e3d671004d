"""`informality reconcile published`: three formats of one audit, exit codes, a light start."""

import json
import subprocess
import sys

import pytest
import yaml

from analyses.published.figures import FILE
from pipelines import cli


@pytest.fixture
def run(monkeypatch, capsys):
    def go(*options):
        monkeypatch.setattr(sys, "argv", ["informality", "reconcile", "published", *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return go


HEADLINES = ("84.32", "85.71", "7.57", "2.02", "1.75", "1.71", "336,852", "570,118", "3,175,645")


def test_text_holds_the_audit_in_full(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    for number in HEADLINES:
        assert number in out
    for words in ("Its base is the employed", "Could explain it", "the dates differ", "refused:"):
        assert words in out


def test_markdown_has_the_same_numbers_in_tables(run):
    code, out, _ = run("--format", "md")
    assert code == 0
    for number in HEADLINES:
        assert number in out
    rows = [line for line in out.splitlines() if line.startswith("| ")]
    assert len(rows) > 60
    ratios = out.split("## Ratios")[1].split("##")[0].strip().splitlines()
    assert len({row.count("|") for row in ratios}) == 1
    assert "## Flag: members exceed formal jobs" in out


def test_json_can_be_read_by_a_strict_reader(run):
    def refuse(constant):
        raise AssertionError(constant)

    code, out, _ = run("--json")
    told = json.loads(out, parse_constant=refuse)
    assert code == 0
    assert set(told) == {"quantities", "ratios", "bases", "verdicts", "flags", "wording"}
    over = next(q for q in told["quantities"] if q["id"] == "working_age_bound")
    assert (over["low"], over["high"]) == (5_000_000, None)
    assert run("--format", "json")[1] == out


def test_every_footnote_number_is_explained(run):
    _, out, _ = run("--format", "md")
    tables, notes = out.split("## Notes")
    used = {word for word in tables.replace("|", " ").split() if word.strip("[]").isdigit() and word[0] == "["}  # fmt: skip
    assert used
    assert used == {line.split()[1] for line in notes.splitlines() if line.startswith("- [")}


def test_a_flag_that_does_not_hold_is_not_printed(run, tmp_path):
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    told["figures"]["members"]["value"] = 300_000
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(told), encoding="utf-8")
    code, out, _ = run("--figures", str(mine), "--format", "md")
    assert code == 0
    assert "members exceed formal jobs" not in out


def test_a_broken_file_ends_with_two_and_names_the_figure(run, tmp_path):
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    del told["figures"]["members"]["age"]
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(told), encoding="utf-8")
    code, out, err = run("--figures", str(mine))
    assert (code, out) == (2, "")
    assert "members" in err
    assert run("--figures", str(tmp_path / "none.yaml"))[0] == 2


def test_the_help_imports_nothing_heavy():
    heavy = "polars,numpy,scipy,dagster,duckdb,matplotlib"
    code = (
        "import sys; from pipelines.commands import reconcile; "
        f"print([m for m in '{heavy}'.split(',') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
