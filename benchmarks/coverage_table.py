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

# ruff: noqa: PLC0415 - every contender imports its own software
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

DOMAINS, INDICATORS, SEED = 40, 6, 20260101
SHARES = (0.01, 0.05, 0.2, 0.5, 0.7, 0.9)
FLAGS = tuple(f"y{i + 1}" for i in range(INDICATORS))
DESIGN_COLUMNS = ("stratum", "psu", "domain", "weight_micro")
COLUMNS = (*DESIGN_COLUMNS, *FLAGS)
PSUS = {50_000: 625, 500_000: 6_250, 5_000_000: 25_000, 50_000_000: 62_500}
PSUS_A_STRATUM = 25
PEERS = ("floor", "ours", "polars", "duckdb", "svy", "R", "samplics")
# What a contender can do in reasonable time and memory on a laptop.
LARGEST = {"svy": 5_000_000, "R": 5_000_000, "samplics": 50_000}
LARGEST_BOOTSTRAP = {"svy": 50_000, "R": 500_000}


def make(folder: Path, rows: int, *, for_r: bool) -> None:
    """Write the sample, sorted by stratum and PSU, whose persons share their PSU's level."""
    import numpy as np
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    psus = PSUS.get(rows, max(2 * PSUS_A_STRATUM, rows // 100))
    rng = np.random.default_rng(SEED)
    level = rng.normal(0, 0.5, (psus, INDICATORS))
    home = rng.integers(0, DOMAINS, psus)
    size = rng.multinomial(rows - psus, np.full(psus, 1 / psus)) + 1
    binary = [(folder / f"{name}.bin").open("wb") for name in COLUMNS] if for_r else []
    writer, step = None, max(1, psus * 500_000 // rows)
    for first in range(0, psus, step):
        at = np.arange(first, min(first + step, psus)).repeat(size[first : first + step])
        own = rng.random(len(at)) < 0.5
        domain = np.where(own, home[at], rng.integers(0, DOMAINS, len(at)))
        chance = np.log(np.array(SHARES) / (1 - np.array(SHARES))) + level[at]
        hit = rng.random(chance.shape) < 1 / (1 + np.exp(-chance))
        values = {
            "stratum": (at // PSUS_A_STRATUM).astype(np.int32),
            "psu": at.astype(np.int32),
            "domain": domain.astype(np.int16),
            "weight_micro": rng.integers(20_000_000, 800_000_000, len(at)),
            **{name: hit[:, i] for i, name in enumerate(FLAGS)},
        }
        for file, name in zip(binary, COLUMNS, strict=bool(binary)):
            values[name].astype(np.float64 if name == "weight_micro" else np.int32).tofile(file)
        table = pl.DataFrame(values).to_arrow()
        if writer is None:
            writer = pq.ParquetWriter(folder / "sample.parquet", table.schema, compression="zstd")
        writer.write_table(pa.Table.from_batches(table.to_batches()), row_group_size=250_000)
    for file in binary:
        file.close()
    if writer is not None:
        writer.close()


# --- contenders: each gives the proportions and standard errors, (domains, indicators) ----------


def floor(folder: Path) -> None:
    """Read the columns once; nothing is made of them."""
    import polars as pl

    scan = pl.scan_parquet(folder / "sample.parquet").select(COLUMNS)
    for batch in scan.collect_batches():
        batch.height  # noqa: B018 - the batch is there; that is all


def totals_of(folder: Path) -> Any:
    """Collapse the sample to PSU totals, as the pipeline does."""
    import polars as pl

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from analyses.engine.collapse import Score, collapse
    from analyses.engine.design import Design

    scan = pl.scan_parquet(folder / "sample.parquet").select(
        *COLUMNS, pl.lit(1, dtype=pl.Int8).alias("one")
    )
    return collapse(
        scan.collect_batches(), Design("weight_micro", "stratum", "psu", weight_scale=1e-6),
        [Score(name, name, "one") for name in FLAGS], ["domain"],
    )  # fmt: skip


def ours(folder: Path) -> Any:
    """Estimate over PSU totals, with intervals, design effects and reliability besides."""
    import polars as pl

    totals = totals_of(folder)
    from analyses.wave.estimates import estimate

    table = (
        estimate(totals)
        .filter(pl.col("breakdown") == "domain")
        .sort(pl.col("category").cast(pl.Int16), maintain_order=True)
    )
    return [
        table[name].to_numpy().reshape(DOMAINS, INDICATORS).tolist() for name in ("obs_value", "se")
    ]


def from_groups(stratum: Any, psu: Any, domain: Any, sums: Any) -> Any:
    """Turn sums by PSU and domain (weights first) into proportions and errors, in numpy."""
    import numpy as np

    units, row = np.unique(psu, return_inverse=True)
    table = np.zeros((len(units), DOMAINS, INDICATORS + 1))
    table[row, domain] = sums
    of = np.zeros(len(units), dtype=np.int64)
    of[row] = stratum
    size = np.bincount(of)
    total = table.sum(axis=0)
    share = total[:, 1:] / total[:, :1]
    z = (table[..., 1:] - share * table[..., :1]) / total[:, :1]
    mean = np.add.reduceat(z, np.concatenate(([0], np.cumsum(size)[:-1])), axis=0)
    z -= (mean / size[:, None, None])[of]
    scale = size / (size - 1)
    return share.tolist(), np.sqrt(np.einsum("pdi,pdi,p->di", z, z, scale[of])).tolist()


def polars(folder: Path) -> Any:
    """Group in the streaming engine of polars, the variance in numpy."""
    import polars as pl

    w = pl.col("weight_micro").cast(pl.Float64)
    found = (
        pl.scan_parquet(folder / "sample.parquet")
        .group_by("stratum", "psu", "domain")
        .agg(w.sum().alias("w"), *((w * pl.col(name)).sum().alias(name) for name in FLAGS))
        .collect(engine="streaming")
    )
    sums = found.select("w", *FLAGS).to_numpy()
    return from_groups(*(found[name].to_numpy() for name in DESIGN_COLUMNS[:3]), sums)


def duckdb(folder: Path) -> Any:
    """Group in DuckDB, the variance in numpy."""
    import duckdb as db
    import numpy as np

    wanted = ", ".join(f"sum(CASE WHEN {name} THEN w END) AS {name}" for name in FLAGS)
    found = db.sql(
        f"SELECT stratum, psu, domain, sum(w) AS w, {wanted} FROM "
        f"(SELECT *, weight_micro::DOUBLE AS w FROM read_parquet('{folder}/sample.parquet')) "
        "GROUP BY ALL"
    ).fetchnumpy()
    sums = np.stack([np.ma.filled(found[name], 0.0) for name in ("w", *FLAGS)], axis=1)
    return from_groups(*(np.asarray(found[name]) for name in DESIGN_COLUMNS[:3]), sums)


def svy(folder: Path) -> Any:
    """Estimate with svy, one indicator after another."""
    import polars as pl
    import svy as package

    frame = pl.read_parquet(folder / "sample.parquet").with_columns(
        pl.col("weight_micro").cast(pl.Float64), pl.col(FLAGS).cast(pl.Float64)
    )
    sample = package.Sample(frame, package.Design(stratum="stratum", psu="psu", wgt="weight_micro"))
    share, error = [], []
    for name in FLAGS:
        table = (
            sample.estimation.mean(name, by="domain")
            .to_polars()
            .sort(pl.col("domain").cast(pl.Int16))
        )
        share.append(table["est"].to_list())
        error.append(table["se"].to_list())
    return [list(row) for row in zip(*share, strict=True)], [
        list(row) for row in zip(*error, strict=True)
    ]


def samplics(folder: Path) -> Any:
    """Estimate with samplics, one indicator after another."""
    import numpy as np
    import polars as pl
    from samplics import TaylorEstimator
    from samplics.utils.types import PopParam

    frame = pl.read_parquet(folder / "sample.parquet").with_columns(pl.col(FLAGS).cast(pl.Float64))
    column = {name: frame[name].to_numpy() for name in COLUMNS}
    share, error = np.empty((DOMAINS, INDICATORS)), np.empty((DOMAINS, INDICATORS))
    for i, name in enumerate(FLAGS):
        estimator = TaylorEstimator(PopParam.mean)
        estimator.estimate(
            y=column[name], samp_weight=column["weight_micro"].astype(float),
            stratum=column["stratum"], psu=column["psu"], domain=column["domain"],
        )  # fmt: skip
        for d in range(DOMAINS):
            share[d, i], error[d, i] = estimator.point_est[d], estimator.stderror[d]
    return share.tolist(), error.tolist()


R_SCRIPT = """
options(warn = -1); suppressMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; rows <- as.integer(arguments[2]); replicates <- as.integer(arguments[3])
read <- function(name, what) readBin(file.path(folder, paste0(name, ".bin")), what, rows)
data <- data.frame(stratum = read("stratum", "integer"), psu = read("psu", "integer"),
  domain = read("domain", "integer"), w = read("weight_micro", "double"))
for (i in 1:6) data[[paste0("y", i)]] <- read(paste0("y", i), "integer")
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = data, nest = TRUE)
if (replicates > 0) { set.seed(1)
  design <- as.svrepdesign(design, type = "subbootstrap", replicates = replicates) }
found <- svyby(~y1 + y2 + y3 + y4 + y5 + y6, ~domain, design, svymean)
status <- readLines("/proc/self/status")
peak <- as.integer(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE)))
row <- function(v) paste0("[", paste(format(v, digits = 17), collapse = ","), "]")
grid <- function(m) paste0("[", paste(apply(as.matrix(m), 1, row), collapse = ","), "]")
cat("{\\"version\\": \\"survey", as.character(packageVersion("survey")),
  "\\", \\"peak\\":", peak, ", \\"figures\\": [", grid(coef(found) |> matrix(nrow = 40)), ",",
  grid(SE(found)), "]}")
"""


# --- bootstrap --------------------------------------------------------------------------------


def ours_bootstrap(folder: Path, count: int) -> Any:
    """Estimate under PSU-level bootstrap replicates: one matrix product over PSU totals."""
    import numpy as np

    totals = totals_of(folder)
    from analyses.engine.replicates import factors_of, replicated

    factors, scale, _ = factors_of(totals.psus.stratum, "bootstrap", count=count, seed=1)
    made = replicated(totals, factors)
    at = totals.cells_of("domain")
    order = np.argsort([int(totals.cells[i][1]) for i in at])
    grid = np.stack([made[name][:, at][:, order] for name in FLAGS], axis=2)
    whole = replicated(totals, np.ones((len(factors), 1)))
    share = np.stack([whole[name][0, at][order] for name in FLAGS], axis=1)
    spread = grid - grid.mean(axis=0)
    return share.tolist(), np.sqrt((spread**2).sum(axis=0) * scale).tolist()


def svy_bootstrap(folder: Path, count: int) -> Any:
    """Estimate with svy under its bootstrap weights."""
    import polars as pl
    import svy as package

    frame = pl.read_parquet(folder / "sample.parquet").with_columns(
        pl.col("weight_micro").cast(pl.Float64), pl.col(FLAGS).cast(pl.Float64)
    )
    sample = package.Sample(frame, package.Design(stratum="stratum", psu="psu", wgt="weight_micro"))
    sample = sample.weighting.create_bs_wgts(n_reps=count, rstate=1)
    for name in FLAGS:
        sample.estimation.mean(name, by="domain", method="replication")


# --- the run ------------------------------------------------------------------------------------

CONTENDERS: dict[str, Callable[[Path], Any]] = {
    "floor": floor,
    "ours": ours,
    "polars": polars,
    "duckdb": duckdb,
    "svy": svy,
    "samplics": samplics,
}


def child(name: str, folder: Path, replicates: int) -> None:
    """Be one contender: print the figures and the process's peak."""
    if replicates:
        figures = {"ours": ours_bootstrap, "svy": svy_bootstrap}[name](folder, replicates)
    else:
        figures = CONTENDERS[name](folder)
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
    import numpy as np

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
