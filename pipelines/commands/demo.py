"""`informality demo`: the main job on the synthetic twin, ready after one command."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.printing import printed, progress
from pipelines.commands.printout import Printout, json_line
from pipelines.commands.run import headline_frame, headline_parts, headline_rows, run_all

WAVES = ["LAO_2010_LFS", "LAO_2017_LFS"]
SYNTHETIC = "SYNTHETIC figures from the Lao twin, not results about Lao PDR."


@printed()
def command(
    workspace: Annotated[Path, typer.Option(help="The workspace folder.")] = Path("workspace"),
    scale: Annotated[
        float, typer.Option(min=0.005, max=2, help="Of the twin; 1 is the whole country.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the twin.")] = 1,
) -> Printout:
    """Make the synthetic Lao twin, run two survey waves and the register, write their briefs.

    SYNTHETIC: the figures are made up within published margins; no real person is in them.
    """
    from transforms.twin.write import write_twin

    with progress("making the twin") as on_step:
        write_twin(workspace / "landing", scale, seed, on_progress=on_step)
        run_all(workspace.resolve(), WAVES, on_step)
    summaries = [headline_rows(workspace.resolve(), survey) for survey in WAVES]
    parts = [part for summary in summaries for part in headline_parts(summary)]
    told = json_line({"surveys": summaries, "note": SYNTHETIC})
    return Printout({"figures": headline_frame(summaries)}, [*parts, SYNTHETIC], told)
