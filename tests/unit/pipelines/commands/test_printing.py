"""--format, --output and --json: which format is meant, where it goes, what is refused before any work."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest
import typer

from data_contracts.errors import InputError
from pipelines.commands.printing import asked, printed, told
from pipelines.commands.printout import TableFormat, one_table

T = TableFormat


@pytest.fixture
def _screen(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


@pytest.mark.parametrize(
    ("kind", "name", "as_json", "chosen"),
    [
        (None, None, False, T.md),
        (None, None, True, T.json),
        (T.json, None, True, T.json),
        (T.csv, None, False, T.csv),
        (None, "figures.XLSX", False, T.xlsx),
        (None, "figures.parquet", False, T.parquet),
        (None, "figures.txt", False, T.text),
        (None, "figures.odd", False, T.md),
        (T.csv, "figures.json", False, T.csv),
    ],
)
def test_the_format_is_the_one_asked_for_else_the_file_s_else_the_usual(
    tmp_path, kind, name, as_json, chosen
):
    output = tmp_path / name if name else None
    way = asked(kind, output, as_json=as_json, usual=T.md)
    assert (way.kind, way.output) == (chosen, output)


def test_two_formats_at_once_are_refused():
    with pytest.raises(InputError, match="--json and --format csv ask for two formats"):
        asked(T.csv, None, as_json=True)


@pytest.mark.usefixtures("_screen")
@pytest.mark.parametrize("kind", [T.parquet, T.xlsx])
def test_a_binary_format_is_not_for_a_screen(tmp_path, kind):
    with pytest.raises(
        InputError, match=r"not for a screen.*--output FILE, or send it into a pipe"
    ):
        asked(kind, None)
    assert asked(kind, tmp_path / "x").kind is kind


@pytest.mark.parametrize("name", ["nosuch/figures.csv", "."])
def test_a_file_needs_a_folder_that_is_there(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"o file can be written here.*a folder that is there"):
        asked(None, Path(name))
    assert list(tmp_path.iterdir()) == []


def run(*arguments, code=0):
    """A command of one table, started as the front door starts it."""
    app = typer.Typer(add_completion=False)
    calls = []

    @app.command()
    @printed()
    def command(word: str):
        calls.append(word)
        made = one_table("words", ("word",), [(word,)])
        object.__setattr__(made, "code", code)
        return made

    try:
        ended = app(args=list(arguments), standalone_mode=False)
    except InputError as refusal:
        return refusal, calls
    return ended or 0, calls


def test_a_command_has_its_own_options_and_those_of_printing(capsys):
    assert run("rice", "--json") == (0, ["rice"])
    assert json.loads(capsys.readouterr().out) == [{"word": "rice"}]


def test_what_is_not_in_order_gives_an_exit_code_after_the_answer(capsys):
    assert run("rice", "--format", "csv", code=2)[0] == 2
    assert capsys.readouterr().out == "word\nrice\n"


def test_a_file_is_written_whole_and_said_on_standard_error(tmp_path, capsys):
    path = tmp_path / "words.parquet"
    assert run("rice", "--output", str(path))[0] == 0
    assert capsys.readouterr() == ("", f"Written to {path}\n")
    assert pl.read_parquet(path).rows() == [("rice",)]
    assert list(tmp_path.iterdir()) == [path]


def test_a_wrong_request_is_refused_before_the_work_begins(tmp_path):
    refusal, calls = run("rice", "--output", str(tmp_path / "nosuch" / "words.csv"))
    assert isinstance(refusal, InputError)
    assert calls == []


def test_a_binary_format_goes_into_a_pipe_as_bytes(capfdbinary):
    run("rice", "--format", "parquet")
    assert pl.read_parquet(capfdbinary.readouterr().out).rows() == [("rice",)]


def test_a_message_is_never_read_as_markup(capsys):
    told("row [bold]3[/bold] :warning:")
    assert capsys.readouterr().err == "row [bold]3[/bold] :warning:\n"
