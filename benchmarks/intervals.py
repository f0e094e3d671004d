"""How often the 95 % interval of each headline figure holds the twin's known truth.

The population is drawn once; the survey is redrawn from it with each seed and goes through the
same code as a delivered file: profile, statuses, estimates. Run: make bench
"""

import argparse
import time

import polars as pl

from data_contracts.profile.plan import resolve
from data_contracts.profile.profile import load_profile
from pipelines.figures.core import KEY, derive
from pipelines.figures.estimates import estimates_of
from transforms.survey.harmonise import harmonise
from transforms.twin.population import Population, population
from transforms.twin.survey import draw_survey
from transforms.twin.truth import truth

FIGURES = (
    "working_age_population",
    "labour_force",
    "employed",
    "unemployed",
    "labour_force_participation_rate",
    "unemployment_rate",
    "informal_employment",
    "informal_employment_rate",
    "outside_formal_sector_rate",
    "social_security_covered",
    "social_security_coverage",
    "social_security_coverage_employees",
    "coverage_gap",
    "coverage_gap_rate",
)


def intervals(people: Population, seed: int) -> pl.DataFrame:
    """Estimate the national headline figures from one redraw of the survey."""
    profile = load_profile("LAO_2017_LFS")
    person, job = derive(profile, harmonise(profile, draw_survey(people, seed), "twin"))
    rows = person.join(job, on=KEY, how="left", maintain_order="left")
    return estimates_of(resolve(profile), rows, ()).select(
        "indicator", "obs_value", "ci_lower", "ci_upper"
    )


def held(people: Population, seeds: range) -> pl.DataFrame:
    """Count, by headline figure, the redraws whose interval holds the truth; and the mean bias."""
    known = (
        truth(people)
        .filter(pl.col("breakdown") == "total", pl.col("indicator").is_in(FIGURES))
        .select("indicator", pl.col("value").alias("truth"))
    )
    drawn = pl.concat([intervals(people, seed) for seed in seeds]).join(known, on="indicator")
    inside = pl.col("truth").is_between(pl.col("ci_lower"), pl.col("ci_upper"))
    return (
        drawn.group_by("indicator", maintain_order=True)
        .agg(
            pl.len().alias("redraws"),
            inside.sum().alias("held"),
            pl.col("truth").first(),
            (100 * (pl.col("obs_value").mean() / pl.col("truth").first() - 1)).alias("bias_pct"),
        )
        .sort("indicator")
    )


def main() -> None:
    """Print the table for the scale and number of seeds asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--seeds", type=int, default=100)
    chosen = options.parse_args()
    began = time.perf_counter()
    table = held(population(chosen.scale, 1), range(1001, 1001 + chosen.seeds))
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, fmt_float="full"):
        print(table)
    print(f"scale {chosen.scale}, {chosen.seeds} redraws, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
