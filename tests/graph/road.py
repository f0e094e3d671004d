"""The command line run twice over, and what the graph's tests share; fixtures are in conftest.py."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from typing import NamedTuple

import pytest

from tests.places import ROOT

WAVE = "LAO_2017_LFS"
OURS = ("INFORM", "DAGSTER_")  # what the environment's variables of ours begin with
TABLES = (
    "est.estimate", "est.computability", "est.driver", "est.register_coverage",
    "pub.estimate", "pub.computability", "pub.driver", "pub.register_coverage",
)  # fmt: skip


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def in_a_process(*arguments):
    """Run the command line as a person does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def printed(workspace, names=TABLES):
    """Give what `informality table NAME --format csv` prints, by name; all in this process."""
    from pipelines.commands.start import start

    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OURS)]:
            patch.delenv(name)
        settled(patch)
        for name in names:
            with redirect_stdout(io.StringIO()) as out:
                code = start("table", [name, "--workspace", str(workspace), "--format", "csv"])
            assert code == 0, name
            found[name] = out.getvalue()
    return found


def full_run(twin, workspace):
    """Run the 2017 wave with the register from a fresh process."""
    return in_a_process(
        "run", "--survey", WAVE, "--lfs", survey_of(twin), "--register", twin / "LSSO",
        "--workspace", workspace,
    )  # fmt: skip


def survey_of(twin, folder=WAVE):
    """Give the only survey file of one of the twin's folders."""
    (path,) = (twin / folder).iterdir()
    return path


def settled(monkeypatch):
    """Put the two variables that a run sets under the care of monkeypatch."""
    for name in ("INFORMALITY_WORKSPACE", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
