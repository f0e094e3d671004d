"""A command that only reads makes nothing: no workspace, no key, no vault, no folder, no other byte."""

import importlib

import pytest
import typer

from pipelines.cli import COMMANDS
from pipelines.commands.start import start
from pipelines.warehouse.vault import connect

pytestmark = pytest.mark.slow  # each runs a command whole, with its imports

# What makes files on request, and what writes into a workspace that is there.
MAKES = {"demo", "run", "register refresh", "twin", "ui", "contract docs", "contract schemas"}
WRITES = {"quality register", "quality docs"}
# What shows stored figures: without a run there is nothing to show.
SHOWS_A_RUN = {
    "table", "coverage", "export", "privacy scan", "quality report", *WRITES,
}  # fmt: skip
WORDS = {
    "file": "file.csv", "name": "pub.estimate", "survey": "LAO_2017_LFS", "old": "LAO_2010_LFS",
    "new": "LAO_2017_LFS", "mean": "pay", "output": "out", "folder": "docs", "shell": "bash",
}  # fmt: skip


def tree():
    """Every command and sub-command with its parameters, as Typer knows them."""
    for name in COMMANDS:
        module = importlib.import_module(f"pipelines.commands.{name}")
        if hasattr(module, "group"):
            for part, command in typer.main.get_command(module.group).commands.items():
                yield f"{name} {part}", command.params
        else:
            app = typer.Typer(add_completion=False)
            app.command(name=name)(module.command)
            yield name, typer.main.get_command(app).params


TREE = dict(tree())


def request(path, workspace=None):
    """A whole request: what is required, the survey and the workspace where they can be named."""
    name, *words = path.split()
    for param in TREE[path]:
        option = [one for one in param.opts if one.startswith("--")]
        if param.name == "workspace":
            words += ["--workspace", str(workspace)] if workspace else []
        elif param.required or param.name in {"survey", "mean", "shell"}:
            words += [*option[:1], WORDS[param.name]]
    return name, words


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to stand in, with a survey's file of three columns."""
    monkeypatch.chdir(tmp_path)
    for variable in ("INFORMALITY_WORKSPACE", "INFORMALITY_VAULT_KEY"):
        monkeypatch.delenv(variable, raising=False)
    text = "series,indicator,unit,breakdown,category,year,value,pay\n" + 30 * "a,b,c,d,e,1,1,2\n"
    (tmp_path / "file.csv").write_text(text, encoding="utf-8")
    return tmp_path


def held(place):
    return {
        path.relative_to(place): path.read_bytes() if path.is_file() else None
        for path in place.rglob("*")
    }


def test_the_sets_name_commands_that_there_are():
    assert set(TREE) >= MAKES | WRITES | SHOWS_A_RUN
    assert len(set(TREE) - MAKES) >= 20


@pytest.mark.parametrize("workspace", ["nosuch", None])
@pytest.mark.parametrize("path", sorted(set(TREE) - MAKES))
def test_nothing_appears_where_nothing_was_run(place, capsys, path, workspace):
    before = held(place)
    name, words = request(path, workspace)
    code = start(name, words)
    said = capsys.readouterr().err
    assert held(place) == before
    assert code in {0, 2}
    if path in SHOWS_A_RUN:
        assert code == 2
        assert (
            f"{workspace or 'workspace'}: nothing was run in this workspace. What to do: " in said
        )


@pytest.mark.parametrize("path", sorted(set(TREE) - MAKES - WRITES))
def test_no_byte_of_a_workspace_changes(place, capsys, path):
    connect(place / "work").close()
    before = held(place)
    name, words = request(path, "work")
    assert start(name, words) in {0, 2}
    assert "nothing was run" not in capsys.readouterr().err
    assert held(place) == before


@pytest.mark.parametrize("path", sorted(TREE))
def test_help_makes_nothing_and_says_what_the_command_is_for(place, capsys, path):
    before = held(place)
    name, *part = path.split()
    assert start(name, [*part, "--help"]) == 0
    assert "Usage: informality" in capsys.readouterr().out
    assert held(place) == before
