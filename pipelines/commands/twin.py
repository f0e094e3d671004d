"""`informality twin`: the synthetic Lao twin on disk."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table


def command(
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path("workspace/landing"),
    scale: Annotated[
        float, typer.Option(min=0.005, max=2, help="1 is the whole country, 0.02 a quick look.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    error: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Share of an error planted in register or survey; may be repeated: duplicates, "
            "dormant, late_posting, head_office, under_declaration, foreigners, armed_forces, "
            "sensitivity, specificity.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a script.")] = False,
) -> None:
    """Write a synthetic Lao population's survey and register in the real file layouts.

    The truth that estimates should find lies beside them: truth.csv, as everybody would answer
    and as the register says; truth_coverage.csv, what is so. SYNTHETIC: no real person.
    """
    from transforms.twin.errors import errors_of
    from transforms.twin.write import write_twin

    errors = errors_of(error or [])
    console = Console()
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("the twin's population")
        report = write_twin(
            folder,
            scale,
            seed,
            on_progress=lambda text: progress.update(task, description=text),
            errors=errors,
        )
    if as_json:
        typer.echo(report.margins.write_json())
        return
    table = Table("indicator", "breakdown", "category", "published", "twin", "meets",
                  title="Published margins of 2017 and the twin")  # fmt: skip
    for row in report.margins.iter_rows(named=True):
        table.add_row(
            row["indicator"], row["breakdown"], row["category"], f"{row['published']:,.2f}",
            f"{row['twin']:,.2f}", "yes" if row["meets"] else "NO",
        )  # fmt: skip
    console.print(table)
    console.print(f"Written to {folder}", highlight=False)
