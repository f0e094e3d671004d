"""`informality ui`: Dagster's own page over this workspace, on this machine alone."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import Workspace
from pipelines.settings import WORKSPACE_VARIABLE, load_settings


def command(
    workspace: Workspace = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> int:
    """Open the graph: every table, its checks and its runs. Stop it with Ctrl+C."""
    from pipelines.instance import dagster_home

    settings = load_settings(workspace)
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {
        WORKSPACE_VARIABLE: str(settings.workspace),
        "DAGSTER_HOME": str(dagster_home(settings.workspace)),
    }
    return subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
        [sys.executable, "-m", "dagster", "dev", "--workspace", str(root / "workspace.yaml"),
         "--host", "127.0.0.1", "--port", str(port)],
        cwd=root, env=environment, check=False,
    ).returncode  # fmt: skip
