"""The coverage table against other software: 40 domains by 6 proportions with standard errors.

A sample is made in a folder that is deleted. Every contender reads it in a process of its own and
gives the 240 proportions with their standard errors; ours gives intervals, degrees of freedom,
design effects and a status besides. Wall and CPU time (user and system, all threads) are those of
the whole process, imports included, peak memory is its VmHWM. The floor is a process that reads the
same columns once with polars and makes nothing of them. All figures are checked against ours. R and
svy are told nothing that we are not; R reads plain binary columns, which is faster.

Contenders run by turns, and a ratio is the median of the turns' ratios, so that a busy machine
meets all of them; CPU time is what to look at there. Python's bytecode is compiled, as it is where
a package is installed: a first turn compiles it and is not counted.

    python benchmarks/coverage_table.py [--rows 500000] [--peers all] [--repeats 3]
        [--python-of-peers PYTHON] [--bootstrap REPLICATES]

svy and samplics run with the Python of another environment (``--python-of-peers``), R where
``Rscript`` finds the package survey. Contenders that cannot run are left out and named.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from coverage_contenders import BOOTSTRAPS, CONTENDERS, R_SCRIPT, make

PEERS = ("floor", "ours", "polars", "duckdb", "svy", "R", "samplics")
# What a contender can do in reasonable time and memory on a laptop.
LARGEST = {"svy": 5_000_000, "R": 5_000_000, "samplics": 50_000}
LARGEST_BOOTSTRAP = {"svy": 50_000, "R": 500_000}


def child(name: str, folder: Path, replicates: int) -> None:
    """Be one contender: print the figures and the process's peak."""
    figures = BOOTSTRAPS[name](folder, replicates) if replicates else CONTENDERS[name](folder)
    package = sys.modules.get("svy" if name == "svy" else name)
    version = f"{name} {package.__version__}" if hasattr(package, "__version__") else name
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0])
    sys.stdout.write(json.dumps({"version": version, "peak": peak, "figures": figures}))


def run(name: str, folder: Path, rows: int, replicates: int, python: str | None) -> dict[str, Any]:
    """Run a contender as a process of its own and time the whole of it."""
    if name == "R":
        (folder / "table.R").write_text(R_SCRIPT, encoding="utf-8")
        command = ["Rscript", "--vanilla", str(folder / "table.R"), str(folder)]
        command += [str(rows), str(replicates)]
    else:
        other = python if name in {"svy", "samplics"} else sys.executable
        command = [str(other), __file__, "--child", name, "--folder", str(folder)]
        command += ["--bootstrap", str(replicates)]
    settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    settings["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    begun, spent = time.perf_counter(), processor_time()
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=settings
    )
    times = {"seconds": time.perf_counter() - begun, "processor": processor_time() - spent}
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:]}
    return {**times, **json.loads(done.stdout[done.stdout.index("{") :])}


def processor_time() -> float:
    """Give the user and system time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def able(name: str, rows: int, replicates: int, python: str | None) -> str:
    """Say why a contender cannot run; nothing if it can."""
    most = (LARGEST_BOOTSTRAP if replicates else LARGEST).get(name)
    if most is not None and rows > most:
        return f"takes too long or too much memory above {most:,} rows"
    if replicates and name not in {"ours", "R", "svy"}:
        return "makes no bootstrap replicates"
    if name == "R" and not shutil.which("Rscript"):
        return "Rscript is not installed"
    if name in {"svy", "samplics"} and not python:
        return "no --python-of-peers"
    return ""


def main() -> None:
    """Make the sample, run the contenders by turns, print times, ratios, peaks and agreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--peers", default="all", help="names, separated by commas")
    parser.add_argument("--repeats", type=int, default=3, help="of contenders under a minute")
    parser.add_argument("--python-of-peers")
    parser.add_argument("--bootstrap", type=int, default=0, help="replicates; 0 for the table")
    parser.add_argument("--workspace", type=Path, help="where the folder is made")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.child, chosen.folder, chosen.bootstrap)
        return
    asked = (
        PEERS
        if chosen.peers == "all"
        else tuple(dict.fromkeys(("floor", "ours", *chosen.peers.split(","))))
    )
    said = {
        name: able(name, chosen.rows, chosen.bootstrap, chosen.python_of_peers) for name in asked
    }
    names = [name for name in asked if not said[name]]
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=chosen.workspace) as place:
        folder = Path(place)
        make(folder, chosen.rows, for_r="R" in names)
        found = turns(names, folder, chosen)
    report(found, chosen)
    for name, why in said.items():
        if why:
            print(f"{name}: left out, {why}")
    print(f"load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after; ", end="")
    print(f"{os.cpu_count()} processors")


def turns(names: list[str], folder: Path, chosen: argparse.Namespace) -> dict[str, list[Any]]:
    """Run every contender in turn, so that a busy minute meets all; slow ones once."""
    found: dict[str, list[Any]] = {name: [] for name in names}
    for turn in range(chosen.repeats + 1):
        for name in names:
            earlier = found[name]
            slow = earlier and ("failed" in earlier[0] or earlier[0]["seconds"] > 60)
            # The first turn of quick ones warms the file cache and bytecode, and is not counted.
            if slow:
                continue
            one = run(name, folder, chosen.rows, chosen.bootstrap, chosen.python_of_peers)
            if turn == 1 and earlier:
                earlier.clear()
            earlier.append(one)
    return found


def report(found: dict[str, list[Any]], chosen: argparse.Namespace) -> None:
    """Print a line a contender: median times, ours over it, peak, largest difference from ours."""
    what = f"{chosen.bootstrap} bootstrap replicates of 240" if chosen.bootstrap else "240"
    print(f"{chosen.rows:,} rows, {what} proportions with standard errors; whole processes")
    print(f"{'':18}{'':>8}{'':>8}{'ours over it':>16}")
    print(
        f"{'':18}{'wall s':>8}{'CPU s':>8}{'wall':>8}{'CPU':>8}{'peak MB':>9}{'runs':>6}  differs by"
    )
    for name, runs in found.items():
        if "failed" in runs[0]:
            print(f"{name:18}failed: {runs[0]['failed']}")
            continue
        wall, cpu = (median(one[kind] for one in runs) for kind in ("seconds", "processor"))
        peak = max(one["peak"] for one in runs) / 1024
        far = difference(runs[0]["figures"], found["ours"][0]["figures"], chosen.bootstrap)
        print(
            f"{runs[0]['version']:18}{wall:8.2f}{cpu:8.2f}{ratio(found, name, 'seconds'):8.3f}"
            f"{ratio(found, name, 'processor'):8.3f}{peak:9.0f}{len(runs):6}  {far}"
        )
    if "floor" in found:
        print(
            f"ours takes {ratio(found, 'floor', 'seconds'):.2f} x the floor's wall time, ", end=""
        )
        print(f"{ratio(found, 'floor', 'processor'):.2f} x its CPU time")


def ratio(found: dict[str, list[Any]], name: str, kind: str) -> float:
    """Give ours over a contender: the median over turns; of medians where it ran once."""
    own, its = ([one[kind] for one in found[who]] for who in ("ours", name))
    if len(own) != len(its):
        own, its = [median(own)], [median(its)]
    return median(mine / theirs for mine, theirs in zip(own, its, strict=True))


def difference(figures: Any, own: Any, replicates: int) -> str:
    """Give the largest relative difference of proportions and errors from ours."""
    import numpy as np  # noqa: PLC0415 - the floor's process must not pay for it

    if figures is None:
        return ""
    share, error = (
        np.max(np.abs(np.array(mine) / np.array(theirs) - 1))
        for mine, theirs in zip(own, figures, strict=True)
    )
    drawn = " (other draws)" if replicates else ""
    return f"{share:.0e} proportion, {error:.0e} error{drawn}"


if __name__ == "__main__":
    main()
