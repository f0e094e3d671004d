"""Dagster's own storage: in the workspace, with telemetry switched off."""

import os
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parents[1] / "dagster.yaml"


def dagster_home(workspace: Path) -> Path:
    """Give the workspace's Dagster folder, with the repository's dagster.yaml in it."""
    home = workspace / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_bytes(CONFIGURATION.read_bytes())
    os.environ["DAGSTER_HOME"] = str(home)
    return home
