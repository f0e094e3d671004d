"""`informality register` on a register of three members, small enough to count by hand."""

import json

import polars as pl
import pytest

from pipelines.commands.start import start
from tests.unit.pipelines.register_folder import register_folder


def run(capsys, *words):
    code = start("register", list(words))
    return code, capsys.readouterr()


def test_a_sound_folder_has_no_error_and_nothing_is_stored(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = register_folder(tmp_path / "extract")
    before = sorted(tmp_path.rglob("*"))
    code, said = run(capsys, "check", str(folder), "--json")
    assert code == 0
    assert not [one for one in json.loads(said.out) if one["severity"] == "error"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_month_after_the_last_and_a_birth_in_1900_are_named_by_file_and_row(tmp_path, capsys):
    folder = register_folder(
        tmp_path / "extract",
        payments=[("0000000001", "2099-01", "2017-01-11")],
        births={"0000000002": "1900-01-01"},
    )
    code, said = run(capsys, "check", str(folder), "--json")
    found = [one for one in json.loads(said.out) if one["severity"] == "error"]
    assert code == 2
    assert [(one["file"], one["what"], one["rows"], one["first"]) for one in found] == [
        ("members.csv", "birth_date: birth in 1900 or age above 100 at registration", 1, "row 2"),
        ("contributions.csv", "period: month after the register's last", 1, "row 73"),
    ]
    assert "0000000001" not in said.out + said.err


def test_what_a_reader_refuses_is_told_and_the_other_files_are_checked_all_the_same(
    tmp_path, capsys
):
    folder = register_folder(tmp_path / "extract", payments=[("0000000009", "2017-13", "")])
    code, said = run(capsys, "check", str(folder), "--json")
    found = json.loads(said.out)
    assert code == 2
    assert [one["file"] for one in found if one["severity"] == "error"] == ["contributions.csv"]


def test_two_extracts_are_compared(tmp_path, capsys):
    old = register_folder(tmp_path / "old")
    new = register_folder(tmp_path / "new", payments=[("0000000001", "2018-01", "2018-02-10")])
    code, said = run(capsys, "diff", str(old), str(new), "--json")
    rows = {one["change"]: one["rows"] for one in json.loads(said.out)}
    assert code == 0
    assert rows["new, of months after 2017-12"] == 1
    assert rows["in both, unchanged"] == 72


def test_a_drafted_layout_reads_the_file_it_was_drafted_from(tmp_path, capsys):
    folder = register_folder(tmp_path / "extract")
    path = folder / "contributions.csv"
    frame = pl.read_csv(path, infer_schema=False).rename({"period": "Mounth"})
    frame.write_csv(path)
    layout = tmp_path / "OWN.yaml"
    assert run(capsys, "draft", str(path), "--layout", str(layout))[0] == 2
    workspace = tmp_path / "work"
    workspace.mkdir()
    text = f'[register]\nlayout = "{layout}"\n'
    (workspace / "informality.toml").write_text(text, encoding="utf-8")
    assert run(capsys, "draft", str(path), "--workspace", str(workspace))[0] == 0


@pytest.mark.slow
def test_a_register_is_run_without_a_survey_and_a_refused_one_leaves_it(tmp_path, capsys):
    workspace = str(tmp_path / "work")
    folder = register_folder(tmp_path / "extract", payments=[("0000000001", "2099-01", "")])
    code, said = run(capsys, "refresh", str(folder), "--workspace", workspace)
    assert code == 0
    assert "LSSO 2017-12" in said.out
    assert "month after the register's last, 1 row left out (first: row 73)" in said.out
    bad = register_folder(tmp_path / "bad", payments=[("0000000009", "2017-05", "")])
    assert run(capsys, "refresh", str(bad), "--workspace", workspace)[0] == 2
    code, said = run(capsys, "refresh", "--workspace", workspace)
    assert (code, "LSSO 2017-12" in said.out) == (0, True)
