"""The sample of the coverage table's benchmark and who make the table of it; they are timed in coverage_table.py.

Each contender gives the proportions and standard errors, (domains, indicators).
"""

# ruff: noqa: PLC0415 - every contender imports its own software
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOMAINS, INDICATORS, SEED = 40, 6, 20260101
SHARES = (0.01, 0.05, 0.2, 0.5, 0.7, 0.9)
FLAGS = tuple(f"y{i + 1}" for i in range(INDICATORS))
DESIGN_COLUMNS = ("stratum", "psu", "domain", "weight_micro")
COLUMNS = (*DESIGN_COLUMNS, *FLAGS)
PSUS = {50_000: 625, 500_000: 6_250, 5_000_000: 25_000, 50_000_000: 62_500}
PSUS_A_STRATUM = 25


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


CONTENDERS: dict[str, Callable[[Path], Any]] = {
    "floor": floor,
    "ours": ours,
    "polars": polars,
    "duckdb": duckdb,
    "svy": svy,
    "samplics": samplics,
}
BOOTSTRAPS: dict[str, Callable[[Path, int], Any]] = {"ours": ours_bootstrap, "svy": svy_bootstrap}
