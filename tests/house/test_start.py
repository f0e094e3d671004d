"""The command line answers at once, and a wrong word gets a plain answer."""

import ast
import os
import shutil
import subprocess
import sys
import time

import pytest

from tests.places import ROOT

HEAVY = ("dagster", "great_expectations", "statsmodels", "matplotlib", "polars", "typer")


def ended(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def seconds(*arguments):
    began = time.perf_counter()
    assert ended(*arguments).returncode == 0
    return time.perf_counter() - began


def test_help_names_every_command():
    from pipelines.cli import COMMANDS

    done = ended("-m", "pipelines.cli", "--help")
    assert done.returncode == 0
    for name, purpose in COMMANDS.items():
        assert (ROOT / "pipelines" / "commands" / f"{name}.py").exists()
        assert any(
            line.split()[:1] == [name] and purpose in line for line in done.stdout.split("\n")
        )


def test_every_command_file_is_in_the_list():
    from pipelines.cli import COMMANDS

    files = {path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py")}
    parts = {name for name in files if name.partition("_")[0] in COMMANDS}  # profile_diff
    assert files - parts - {"__init__", "start", "options", "printing", "printout"} == set()
    assert set(COMMANDS) <= files


def test_help_takes_at_most_eight_bare_starts_of_python():
    """A ratio of the best of ten interleaved runs: neither machine nor load decides it."""
    pairs = [(seconds("-m", "pipelines.cli", "--help"), seconds("-c", "pass")) for _ in range(10)]
    assert min(one for one, _ in pairs) <= 8 * min(bare for _, bare in pairs)


def test_the_front_door_imports_nothing_heavy():
    code = f"import sys, pipelines.cli; print(*(set({HEAVY!r}) & set(sys.modules)))"
    assert ended("-c", code).stdout.strip() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fly"], "There is no command fly"),
        (["covrage"], "There is no command covrage (did you mean coverage?)"),
        (["run"], "--survey"),
        (["run", "--survey", "XXX_1900_NO"], "XXX_1900_NO"),
        (["run", "--wings"], "--wings"),
        (["run", "--survy", "X"], "There is no option --survy (did you mean --survey?)"),
        (["table"], "'name'"),
    ],
)
def test_a_wrong_request_ends_with_two_and_a_plain_message(arguments, said, tmp_path):
    place = ["--workspace", str(tmp_path)] if arguments[-1].isupper() else []
    done = ended("-m", "pipelines.cli", *arguments, *place)
    assert done.returncode == 2
    assert said in done.stderr
    assert "What to do: " in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=[(3, 8, 18), (3, 10, 13)], ids=str)
def older(tmp_path, request):
    """An environment in which this Python says that it is an older one."""
    said = f"import sys; sys.version_info = ({', '.join(map(str, request.param))}, 'final', 0)\n"
    said += f"sys.version = '{'.'.join(map(str, request.param))} (main)'\n"
    (tmp_path / "sitecustomize.py").write_text(said, encoding="utf-8")
    return request.param, os.environ | {"PYTHONPATH": str(tmp_path)}


def test_the_front_door_can_be_read_by_python_3_8():
    text = (ROOT / "pipelines" / "cli.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 8))
    assert (ROOT / "pipelines" / "__init__.py").read_bytes() == b""  # read before it


@pytest.mark.parametrize("way", [["pipelines/cli.py"], ["-m", "pipelines.cli"]], ids=str)
def test_an_older_python_is_told_in_one_sentence(older, way):
    version, environment = older
    done = subprocess.run(
        [sys.executable, *way, "--help"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"informality needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}. "
        "What to do: "
    )
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_setup_tells_it_before_it_makes_anything(older, tmp_path):
    version, environment = older
    place = tmp_path / "clone"
    place.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copyfile(ROOT / name, place / name)
    before = sorted(place.iterdir())
    done = subprocess.run(
        ["make", "setup", f"PYTHON={sys.executable}"],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    first, *rest = done.stderr.splitlines()
    assert first.startswith("informality needs Python 3.11 or newer, and this is Python")
    assert ".".join(map(str, version)) in first
    assert [line for line in rest if not line.startswith("make")] == []
    assert sorted(place.iterdir()) == before
