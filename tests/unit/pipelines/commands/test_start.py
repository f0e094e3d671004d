"""A command ends in silence when nobody reads it any more, and never hides another fault."""

import os
import subprocess
import sys
from io import IOBase

import pytest

pytestmark = pytest.mark.slow  # each starts a process of its own
# Each writes more than a pipe holds, by another road: polars, the stream itself, Rich.
WRITERS = {
    "polars": "pl.DataFrame({'a': range(200_000)}).write_csv(sys.stdout)",
    "stream": "sys.stdout.write('a line\\n' * 200_000)",
    "rich": "Console().print('a line\\n' * 50_000)",
    "little": "sys.stdout.write('a line\\n')",  # waits in the buffer until the end
}
LAUNCHER = """
import sys, types
import polars as pl
from rich.console import Console
from pipelines.commands.start import start
def command():
    {write}
sys.modules["pipelines.commands.trial"] = types.SimpleNamespace(command=command)
sys.exit(start("trial", []))
"""


def ended(write, reader):
    """Run a command whose output is read by ``reader``; give its exit code and what it said."""
    # Unbuffered, Python takes half a line for a whole one and does not notice a closed pipe.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER.format(write=write)],
        env=buffered,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        reader(process.stdout)
        process.stdout.close()
        said = process.stderr.read().decode()
    return process.returncode, said


@pytest.mark.skipif(os.name != "posix", reason="pipes are closed otherwise on Windows")
@pytest.mark.parametrize("road", WRITERS)
def test_a_closed_pipe_ends_in_silence(road):
    assert ended(WRITERS[road], lambda stream: road == "little" or stream.readline()) == (141, "")


@pytest.mark.parametrize("road", WRITERS)
def test_what_is_read_to_its_end_is_all_there(road):
    lines = []
    code, said = ended(WRITERS[road], lambda stream: lines.extend(stream.readlines()))
    assert (code, said) == (0, "")
    assert len(lines) >= 1


def test_another_broken_pipe_is_not_hidden():
    code, said = ended("raise OSError('Broken pipe (os error 32)')", IOBase.readlines)
    assert code == 1
    assert "Broken pipe" in said
