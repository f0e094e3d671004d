"""The corpus of awkward and corrupted files: what each is, how it is made, how it must end.

Run it to see the table:  python -m tests.graph.corpus FOLDER
Each case either reads identically to the clean file or is refused for the reason named here.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SAME = "reads as the clean file"


@dataclass(frozen=True)
class Case:
    """One awkward delivery.

    ``make`` gets the twin's landing folder and an empty folder and gives what is delivered.
    ``ends`` is SAME, or words that the refusal must hold; ``told`` are words that the reader's
    notes must hold, where the file is read with a reservation.
    """

    name: str
    road: str
    make: Callable[[Path, Path], Path]
    ends: str = SAME
    told: str = ""


def cases() -> list[Case]:
    """Give every case, surveys first."""
    from tests.graph.corpus_register import REGISTER_CASES
    from tests.graph.corpus_survey import SURVEY_CASES
    from tests.graph.corpus_workbook import WORKBOOK_CASES

    return [*SURVEY_CASES, *REGISTER_CASES, *WORKBOOK_CASES]


def ended(case: Case, twin: Path, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Deliver one case; give SAME, SILENT (read, and read differently) or the refusal, and notes."""
    from data_contracts.errors import InputError
    from tests.graph.corpus_roads import ROADS, same

    folder.mkdir(parents=True, exist_ok=True)
    clean, read = ROADS[case.road]
    path = case.make(twin, folder)
    try:
        result, notes = read(path)
    except InputError as refusal:
        return str(refusal), ()
    return (SAME if same(clean(twin), result) else "SILENT"), notes


def held(case: Case, end: str, notes: tuple[str, ...]) -> bool:
    """Tell whether a case ended as it must."""
    right = end == SAME if case.ends == SAME else case.ends in end
    return right and case.told in " ".join(notes)


def main(folder: Path) -> int:
    """Make a small twin and every case in a folder, deliver them, print the table."""
    from rich.console import Console
    from rich.table import Table

    from transforms.twin.write import write_twin

    twin = folder / "twin"
    write_twin(twin, 0.02, 1)
    table = Table("case", "road", "ended", "as it must", title="Awkward and corrupted files")
    wrong = silent = refused = 0
    every = cases()
    for case in every:
        end, notes = ended(case, twin, folder / case.name)
        good = held(case, end, notes)
        wrong, silent = wrong + (not good), silent + (end == "SILENT")
        refused += end not in {SAME, "SILENT"}
        told = f" (told: {'; '.join(notes)})" if case.told else ""
        table.add_row(case.name, case.road, end + told, "yes" if good else "NO")
    console = Console(width=160)
    console.print(table)
    console.print(
        f"{len(every)} files: {len(every) - refused - silent} read identically, {refused} refused, "
        f"{silent} silent, {wrong} not as they must"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
