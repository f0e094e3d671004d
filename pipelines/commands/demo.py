"""`informality demo`: the main job on the synthetic twin, ready after one command."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines.commands.run import headline_rows, run_all, show

WAVES = ["LAO_2010_LFS", "LAO_2017_LFS"]


def command(
    workspace: Annotated[Path, typer.Option(help="The workspace folder.")] = Path("workspace"),
    scale: Annotated[
        float, typer.Option(min=0.005, max=2, help="Of the twin; 1 is the whole country.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the twin.")] = 1,
) -> None:
    """Make the synthetic Lao twin, run two survey waves and the register, write their briefs.

    SYNTHETIC: the figures are made up within published margins; no real person is in them.
    """
    from transforms.twin.write import write_twin

    console = Console()
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("making the twin")

        def on_step(text: str) -> None:
            progress.update(task, description=text)

        write_twin(workspace / "landing", scale, seed, on_progress=on_step)
        run_all(workspace.resolve(), WAVES, on_step)
    for survey in WAVES:
        show(console, workspace, survey, headline_rows(workspace.resolve(), survey))
    console.print("SYNTHETIC figures from the Lao twin, not results about Lao PDR.")
