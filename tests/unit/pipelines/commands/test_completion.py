"""Completion from the front door: bash itself asks; zsh and fish by what their scripts send."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.commands.start import start
from tests.places import ROOT

pytestmark = pytest.mark.slow  # a shell is started for each

BIN = Path(sys.executable).parent


def answered(**environment):
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout


def zsh(line):
    return answered(_INFORMALITY_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=line)


@pytest.mark.parametrize(
    ("line", "offered", "not_offered"),
    [
        ("informality ", ["demo", "profile", "completion"], ["pub.estimate"]),
        ("informality pro", ["profile"], ["demo"]),
        ("informality profile ", ["check", "draft"], ["published"]),
        ("informality run --sur", ["--survey"], ["--lfs"]),
        ("informality run --survey LAO", ["LAO_2010_LFS", "LAO_2017_LFS"], ["CRI_2020_ENAHO"]),
        ("informality table pub.e", ["pub.estimate"], ["est.estimate"]),
        ("informality table pub.estimate --format ", ["csv", "md", "parquet", "xlsx"], ["sdmx"]),
        ("informality quality report --format ", ["json", "text"], []),
        ("informality table pub.estimate --indicator unem", ["unemployment_rate"], ["employed"]),
        ("informality contract show core.p", ["core.person"], ["core.job"]),
    ],
)
def test_zsh_is_offered_what_may_stand_there(line, offered, not_offered):
    said = zsh(line)
    assert [word for word in offered if f'"{word}"' not in said] == []
    assert [word for word in not_offered if f'"{word}"' in said] == []


def test_fish_gets_a_word_a_line():
    said = answered(
        _INFORMALITY_COMPLETE="complete_fish",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
        _TYPER_COMPLETE_ARGS="informality table pub.esti",
    )
    assert said.splitlines() == ["pub.estimate"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_the_script_that_is_printed():
    script = (
        "source <(informality completion bash); COMP_WORDS=(informality coverage --survey BOL_2021_EC);"
        ' COMP_CWORD=3; _informality_completion informality; echo "${COMPREPLY[@]}"'
    )
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("BOL_2021_ECE\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_has_a_script_that_asks_us(capsys, shell):
    assert start("completion", [shell]) == 0
    assert f"complete_{shell}" in capsys.readouterr().out


def test_the_script_is_of_one_s_own_shell_where_none_is_named(capsys, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/fish")
    assert start("completion", []) == 0
    assert "complete_fish" in capsys.readouterr().out
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert start("completion", []) == 2
    assert "shell tcsh is not one that can complete. What to do: name one of bash" in (
        capsys.readouterr().err
    )


def test_it_is_installed_where_zsh_looks(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert start("completion", ["zsh", "--install"]) == 0
    assert "Written to" in capsys.readouterr().err
    (script,) = (tmp_path / ".zfunc").iterdir()
    assert "complete_zsh" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("word", ["--show-completion", "--install-completion"])
def test_typer_s_own_words_for_it_work_too(tmp_path, word):
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", word, "fish"],
        cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    written = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.fish")]
    assert "complete_fish" in (done.stdout if word == "--show-completion" else written[0])
