"""The command line run twice over, and what the graph's tests share; fixtures are in conftest.py."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WAVE = "LAO_2017_LFS"
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
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("INFORM", "DAGSTER_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def printed(workspace, names=TABLES):
    """Give what `informality table NAME --format csv` prints, by name."""
    ended = {
        n: in_a_process("table", n, "--workspace", workspace, "--format", "csv") for n in names
    }
    assert all(end.code == 0 for end in ended.values()), ended
    return {name: end.out for name, end in ended.items()}


def full_run(twin, workspace):
    """Run the 2017 wave with the register from a fresh process."""
    return in_a_process(
        "run", "--profile", WAVE, "--lfs", survey_of(twin), "--register", twin / "LSSO",
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
