"""Do two versions of the code print the same? Saves every figure and page of fixed runs, and compares.

`python benchmarks/same_bytes.py save FOLDER` runs the demo (scale 0.1), the twin's 2010 wave alone,
and, where ../shared/microdata lies beside the project, Costa Rica and Bolivia; it writes each
est and pub table as CSV and each page beside it. `compare OLD NEW` names every file that differs.
The version of the code, which every page prints, is held fixed; so is the vault's key, whose hashes
decide the order in which the register is summed.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MICRODATA = ROOT.parent / "shared" / "microdata"
SURVEYS = {
    "cri": (("CRI_2020_ENAHO", "cri20n1.dta.zip"),),
    "bol": (("BOL_2021_ECE", "ece_t4_2021.sav"), ("BOL_2021_EH", "eh2021_uml.sav")),
}
# The command line in a process of its own, with a version that does not follow the code.
LAUNCHER = """
import sys
from pipelines import provenance
provenance.code_version = lambda: "0.0.0+samebytes"
from pipelines.cli import main
sys.argv = ["informality", *sys.argv[1:]]
main()
"""
EXPORTER = """
import sys
from pathlib import Path
try:
    from pipelines.warehouse.warehouse import Warehouse
except ModuleNotFoundError:
    from pipelines.warehouse import Warehouse
workspace, target = map(Path, sys.argv[1:])
with Warehouse(workspace) as warehouse:
    for name in warehouse.tables():
        if not name.startswith(("est.", "pub.")):
            continue
        frame = warehouse.get(name)
        frame.sort(frame.columns, nulls_last=True).write_csv(target / f"{name}.csv")
"""


def run(*arguments: str, code: str = LAUNCHER) -> str:
    """Run one command in a fresh process and give what it printed; its failure ends the script."""
    environment = os.environ | {"INFORMALITY_VAULT_KEY": "ab" * 32, "COLUMNS": "100"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def keep(workspace: Path, target: Path, said: str) -> None:
    """Copy figures, pages and what was printed out of one workspace."""
    tables = target / "tables"
    tables.mkdir(parents=True)
    run(str(workspace), str(tables), code=EXPORTER)
    for folder in ("briefs", "quality"):
        if (workspace / folder).is_dir():
            shutil.copytree(workspace / folder, target / folder)
    printed = said.replace(str(workspace), "WORKSPACE").replace("\n", " ")
    (target / "printed.txt").write_text(" ".join(printed.split()), encoding="utf-8")


def save(folder: Path) -> None:
    """Run everything and keep it in a new folder."""
    if folder.exists():
        sys.exit(f"{folder} is there already: name a new folder")
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        said = run("demo", "--workspace", str(place / "demo"), "--scale", "0.1")
        keep(place / "demo", folder / "demo", said)
        (wave,) = sorted((place / "demo" / "landing" / "LAO_2010_LFS").iterdir())
        jobs = {"lao": (("LAO_2010_LFS", str(wave)),)}
        if MICRODATA.is_dir():
            jobs |= {
                name: tuple((survey, str(MICRODATA / file)) for survey, file in files)
                for name, files in SURVEYS.items()
            }
        for name, files in jobs.items():
            told = [
                run("run", OPTION, survey, "--lfs", file, "--workspace", str(place / name))
                for survey, file in files
            ]
            keep(place / name, folder / name, "\n".join(told))


def option() -> str:
    """Give the name of `run`'s option for the survey: it has changed once."""
    return "--survey" if "--survey" in run("run", "--help") else "--profile"


def compare(old: Path, new: Path) -> int:
    """Name the files that differ; give 1 where there are any."""
    names = sorted(
        {path.relative_to(folder) for folder in (old, new) for path in folder.rglob("*.*")}
    )
    files = [name for name in names if not (old / name).is_dir() and not (new / name).is_dir()]
    apart = [
        name
        for name in files
        if not ((old / name).is_file() and (new / name).is_file())
        or not filecmp.cmp(old / name, new / name, shallow=False)
    ]
    for name in apart:
        print("differs:", name)
    print(f"{len(files) - len(apart)} of {len(files)} files are the same bytes")
    return int(bool(apart))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["save", folder]:
            OPTION = option()
            save(Path(folder).resolve())
        case ["compare", old, new]:
            sys.exit(compare(Path(old), Path(new)))
        case _:
            sys.exit(__doc__)
