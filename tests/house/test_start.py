"""The command line answers at once, and a wrong word gets a plain answer."""

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
        (["run"], "--survey"),
        (["run", "--survey", "XXX_1900_NO"], "XXX_1900_NO"),
        (["run", "--wings"], "--wings"),
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
