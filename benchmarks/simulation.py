"""How often 95 % intervals hold the twin's known truth, by method, for rare and common outcomes.

The twin's population is made once; its survey is redrawn a thousand times with the twin's own
design (54 strata, 10 villages each with chance proportional to size, 20 households a village) and
estimated by the package's own ``collapse`` and ``estimate``. Every method of
analyses/engine/proportions.py is then applied to the same figures. Proportions of about 1, 5 and 50 %
nationally, in urban and rural areas, in the 18 provinces and in the 54 strata; and totals.

    python benchmarks/simulation.py [--draws 1000] [--scale 1.0] [--processes 2]

Beside each share stands its Monte Carlo standard error in points; "below" and "above" are the
shares of samples whose whole interval lies below or above the truth (2.5 each when right).
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import numpy as np
import polars as pl

from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.engine.proportions import (
    effective_size,
    exact_ends,
    proportion_interval,
    size_without_variation,
)
from analyses.wave.estimates import estimate
from transforms.twin.population import Population, population
from transforms.twin.survey import draw_sample
from transforms.twin.truth import indicator_flags

LEVEL = 0.95
METHODS = ("wald", "logit", "asin", "likelihood", "wilson", "beta")
BREAKDOWNS = ("area", "province", "stratum")
# Name, score, denominator, share in the twin at scale 1.
OUTCOMES = (
    ("1 %: apprentices of the employed", "apprentice", "employed"),
    ("5 %: insured of working age", "insured", "adult"),
    ("50 %: in a private business of the employed", "private", "employed"),
)
TOTALS = ("employed", "unemployed", "insured", "apprentice", "private")
SCORES = (
    *(Score(score, score, over) for _, score, over in OUTCOMES),
    *(Score(f"total {name}", name) for name in TOTALS),
)
LOGIT_BELOW = (3, 5, 10, 15, 20, 30)  # limits tried: beta below so many effective cases
_HELD: dict[str, Any] = {}  # what the processes share


def facts(people: Population) -> dict[str, Any]:
    """Give the outcomes and domains of all persons, arrays of shape (persons,)."""
    flags, person = indicator_flags(people), people.person
    return {
        "adult": flags["working_age_population"],
        "employed": flags["employed"],
        "unemployed": flags["unemployed"],
        "insured": flags["social_security_covered"],
        "apprentice": flags["employed"] & (person["ac03"] == 2),
        "private": flags["employed"] & (person["ac13"] == 3),
        "area": person["vtype1"],
        "province": people.villages["prov"].to_numpy()[person["village"]],
        "stratum": people.villages["stratum"].to_numpy()[person["village"]],
    }


def truth(known: dict[str, Any]) -> pl.DataFrame:
    """Count every figure in the population, by indicator, breakdown and category."""
    frame = pl.DataFrame(known)
    rows = []
    for breakdown in ("total", *BREAKDOWNS):
        by = pl.lit("TOTAL") if breakdown == "total" else pl.col(breakdown).cast(pl.String)
        found = frame.group_by(by.alias("category")).agg(
            *(
                ((pl.col(s.numerator).sum() / pl.col(s.denominator).sum()) if s.denominator
                 else pl.col(s.numerator).sum().cast(pl.Float64)).alias(s.name)
                for s in SCORES
            )
        )  # fmt: skip
        rows.append(
            found.unpivot(index="category", variable_name="indicator", value_name="truth")
            .with_columns(breakdown=pl.lit(breakdown))
        )  # fmt: skip
    return pl.concat(rows)


def one(seed: int) -> pl.DataFrame:
    """Estimate one redraw: all figures with their intervals by every method."""
    people, known = _HELD["people"], _HELD["known"]
    drawn = draw_sample(people, seed)
    frame = pl.DataFrame(
        {
            **{name: values[drawn.rows] for name, values in known.items()},
            "psu": drawn.village,
            "weight_micro": np.round(drawn.weight * 1e6).astype(np.int64),
        }
    )
    design = Design(
        "weight_micro", "stratum", "psu", weight_scale=1e-6, df_method=_HELD["df_method"]
    )
    table = estimate(collapse(frame, design, SCORES, BREAKDOWNS), ci_level=LEVEL)
    return intervals(table).with_columns(seed=pl.lit(seed))


def intervals(table: pl.DataFrame) -> pl.DataFrame:
    """Add the ends by every method; where a sample shows no variation, the package's exact ends."""
    rows = []
    whole = dict(
        table.filter(pl.col("breakdown") == "total").select("indicator", "deff").iter_rows()
    )
    for row in table.iter_rows(named=True):
        value, se, df, n = row["obs_value"], row["se"], row["df"], row["n"]
        out = {k: row[k] for k in ("indicator", "breakdown", "category", "obs_value", "se", "n")}
        out |= {"package low": row["ci_lower"], "package high": row["ci_upper"], "cases": None}
        if row["unit_measure"] == "RATIO" and value is not None and df > 0:
            held = np.array([n]), np.array([row["n_psu"]]), np.array([df])
            end = value <= 0 or value >= 1
            size = (
                float(size_without_variation(*held, whole[row["indicator"]] or np.nan, LEVEL)[0])
                if end else effective_size(value, se, df, LEVEL, n)
            )  # fmt: skip
            out["cases"] = size * min(value, 1 - value)
            for method in METHODS:
                low, high = (
                    (float(x[0]) for x in exact_ends(np.array([value]), np.array([size]), LEVEL))
                    if end and method != "wald"
                    else proportion_interval(value, se or 0.0, df, method, LEVEL, n=n)
                )
                out |= {f"{method} low": low, f"{method} high": high}
        rows.append(out)
    schema = {f"{m} {end}": pl.Float64 for m in METHODS for end in ("low", "high")}
    return pl.DataFrame(
        rows, infer_schema_length=None, schema_overrides=schema | {"cases": pl.Float64}
    )


def simulate(people: Population, draws: int, processes: int, df_method: str) -> pl.DataFrame:
    """Redraw, estimate and join the truth; one row a figure and sample."""
    _HELD.update(people=people, known=facts(people), df_method=df_method)
    seeds = range(1, draws + 1)
    if processes == 1:
        found = [one(seed) for seed in seeds]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            found = list(pool.map(one, seeds, chunksize=10))
    return pl.concat(found).join(
        truth(_HELD["known"]), on=["indicator", "breakdown", "category"], how="left"
    )


def coverage(table: pl.DataFrame, method: str, by: list[str]) -> pl.DataFrame:
    """Give the share of samples whose interval holds the truth, with its Monte Carlo error."""
    low, high, true = pl.col(f"{method} low"), pl.col(f"{method} high"), pl.col("truth")
    known = table.filter(low.is_not_null() & low.is_not_nan())
    held = (true >= low) & (true <= high)
    return known.group_by(by, maintain_order=True).agg(
        pl.len().alias("intervals"),
        (100 * held.mean()).alias("held %"),
        (100 * (held.mean() * (1 - held.mean()) / pl.len()).sqrt()).alias("mc se"),
        (100 * (high < true).mean()).alias("below %"),
        (100 * (low > true).mean()).alias("above %"),
        (high - low).mean().alias("mean width"),
        pl.lit(method).alias("method"),
    )


def with_rules(table: pl.DataFrame) -> pl.DataFrame:
    """Add the rules tried: beta below so many effective cases, logit from there on."""
    return table.with_columns(
        pl.when(pl.col("cases") < limit).then(f"beta {end}").otherwise(f"logit {end}")
        .alias(f"beta below {limit} {end}")
        for limit in LOGIT_BELOW
        for end in ("low", "high")
    )  # fmt: skip


def show(frame: pl.DataFrame, title: str) -> None:
    """Print a table whole."""
    print(f"\n{title}")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_hide_dataframe_shape=True, float_precision=4,
                   tbl_hide_column_data_types=True, tbl_width_chars=160, fmt_str_lengths=60):  # fmt: skip
        print(frame)


def main() -> None:
    """Simulate and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--df", choices=("design", "domain"), default="design")
    parser.add_argument("--keep", help="a parquet file for all intervals")
    chosen = parser.parse_args()
    begun = time.perf_counter()
    table = simulate(population(chosen.scale, 1), chosen.draws, chosen.processes, chosen.df)
    if chosen.keep:
        table.write_parquet(chosen.keep)
    tables(table)
    print(
        f"scale {chosen.scale}, {chosen.draws} samples, degrees of freedom by {chosen.df}, ", end=""
    )
    print(f"{time.perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f}")


def tables(table: pl.DataFrame) -> None:
    """Print coverage of totals, and of proportions by place and by effective cases."""
    ratio = with_rules(table.filter(pl.col("cases").is_not_null()))
    is_total = pl.col("indicator").str.starts_with("total ")
    nation = pl.col("breakdown") == "total"
    totals = coverage(table.filter(is_total, nation), "package", ["indicator"])
    show(totals, "Totals of the nation, t intervals (the package's)")
    names = {score: name for name, score, _ in OUTCOMES}
    ratio = ratio.with_columns(pl.col("indicator").replace(names))
    tried = ("package", *METHODS)
    level = pl.concat([coverage(ratio, m, ["indicator", "breakdown"]) for m in tried])
    for breakdown in ("total", *BREAKDOWNS):
        part = level.filter(pl.col("breakdown") == breakdown).drop("breakdown")
        show(part.sort("indicator", maintain_order=True), f"Proportions by {breakdown}")
    # What a domain expects over all samples, so that the bins do not depend on the sample.
    by = ["indicator", "breakdown", "category"]
    expected = ratio.group_by(by).agg(
        (pl.col("n").mean() * pl.min_horizontal("truth", 1 - pl.col("truth")).first()
         / (pl.col("se") ** 2 / (pl.col("truth") * (1 - pl.col("truth"))) * pl.col("n")).mean())
        .alias("expected")
    )  # fmt: skip
    bins = [1, 2, 3, 5, 10, 20, 50, 200]
    labels = ["<1", *(f"{a}-{b}" for a, b in pairwise(bins)), "200+"]
    binned = ratio.join(expected, on=by).sort("expected")
    at = np.searchsorted(bins, binned["expected"].to_numpy(), side="right")
    binned = binned.with_columns(pl.Series("effective cases expected", [labels[i] for i in at]))
    tried = (
        "wald",
        "logit",
        "likelihood",
        "wilson",
        "beta",
        *(f"beta below {k}" for k in LOGIT_BELOW),
    )
    found = pl.concat([coverage(binned, m, ["effective cases expected"]) for m in tried])
    for value in ("held %", "below %", "above %", "mean width"):
        wide = found.pivot("method", index="effective cases expected", values=value)
        show(wide, f"Proportions by effective cases expected in the domain: {value}")


if __name__ == "__main__":
    main()
