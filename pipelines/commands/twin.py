"""`informality twin`: the synthetic Lao twin on disk."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pipelines.commands.printing import printed, progress
from pipelines.commands.printout import Printout, table

MARGINS = ("indicator", "breakdown", "category", "published", "twin", "meets")


@printed()
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
) -> Printout:
    """Write a synthetic Lao population's survey and register in the real file layouts.

    The truth that estimates should find lies beside them: truth.csv, as everybody would answer
    and as the register says; truth_coverage.csv, what is so. SYNTHETIC: no real person.
    """
    from transforms.twin.errors import errors_of
    from transforms.twin.write import write_twin

    errors = errors_of(error or [])
    with progress("the twin's population") as on_step:
        margins = write_twin(folder, scale, seed, on_progress=on_step, errors=errors).margins
    rows = [
        (row["indicator"], row["breakdown"], row["category"], f"{row['published']:,.2f}",
         f"{row['twin']:,.2f}", "yes" if row["meets"] else "NO")
        for row in margins.iter_rows(named=True)
    ]  # fmt: skip
    shown = table(MARGINS, rows, title="Published margins of 2017 and the twin")
    return Printout({"margins": margins}, [shown, Text(f"Written to {folder}")])
