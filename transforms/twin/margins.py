"""How close the twin is to the published figures of 2017; it changes nothing."""

from importlib import resources

import numpy as np
import polars as pl

from transforms.twin.draws import Array
from transforms.twin.population import Population
from transforms.twin.truth import RATIOS, indicator_flags

SCHEMA = {
    "indicator": pl.String,
    "breakdown": pl.String,
    "category": pl.String,
    "published": pl.Float64,
    "twin": pl.Float64,
    "difference": pl.Float64,
    "tolerance": pl.Float64,
    "meets": pl.Boolean,
    "source": pl.String,
}
# Half the last printed digit, plus 0.1 point for the rounding of quotas in a small twin.
POINTS = 0.15
PERSONS = 50_000.0  # the counts are printed to 0.1 million
SHARE_OF_PAY = 0.01


def published_margins() -> pl.DataFrame:
    """Read the published figures of 2017 that a figure of the twin can be held against.

    Left out: rows marked UNUSABLE (known misprints kept as test fixtures), and labour
    underutilisation (it needs wt06-wt08, which the raw layout does not carry).
    """
    text = resources.files("data_contracts.codes").joinpath("published_margins.csv").read_bytes()
    return pl.read_csv(text).filter(
        (pl.col("year") == 2017)
        & ~pl.col("note").fill_null("").str.contains("UNUSABLE")
        & ~pl.col("indicator").str.contains("underutilisation|contribution_")
    )


def margins_met(population: Population) -> pl.DataFrame:
    """Compare the twin with every usable published margin of 2017.

    Counts of the twin are divided by its scale. Tolerance: 0.15 percentage points for rates and
    shares, 50,000 persons for counts printed to 0.1 million, 1 % for mean hourly earnings.

    Returns:
        Columns indicator, breakdown, category, published, twin, difference (twin minus
        published), tolerance, meets, source; in percent, persons or kip as published.
    """
    flags = indicator_flags(population)
    groups = _groups(population.person)
    rows: list[tuple[object, ...]] = []
    for row in published_margins().iter_rows(named=True):
        value = _twin_value(population, flags, groups, row)
        if value is None:
            continue
        published = float(row["value"])
        allowed = {"persons": PERSONS, "LAK": SHARE_OF_PAY * published}.get(row["unit"], POINTS)
        gap = value - published
        place = (row["indicator"], row["breakdown"], row["category"])
        rows.append((*place, published, value, gap, allowed, abs(gap) <= allowed, row["source"]))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _groups(person: dict[str, Array]) -> dict[str, Array]:
    """Give a boolean (persons,) for each category word of the published file."""
    age, industry = person["hl05"], person["lsic2"]
    everyone = np.ones(len(age), dtype=bool)
    return {
        "total": everyone,
        "both": everyone,
        "15+": everyone,
        "male": person["hl04"] == 1,
        "female": person["hl04"] == 2,
        "urban": person["vtype1"] == 1,
        "rural": person["vtype1"] == 2,
        "15-24": (age >= 15) & (age < 25),
        "25+": age >= 25,
        "agriculture": (industry >= 1) & (industry <= 3),
        "non-agriculture": industry > 3,
        "industry": (industry >= 5) & (industry <= 43),
        "services": industry >= 45,
    }


def _twin_value(
    population: Population, flags: dict[str, Array], groups: dict[str, Array], row: dict[str, str]
) -> float | None:
    """Compute one published figure on the twin; None where the twin has no such figure."""
    name, breakdown, category = row["indicator"], row["breakdown"], row["category"]
    if category not in groups:
        return None
    within = groups[category]
    if breakdown.startswith("sector="):
        within = within & groups[breakdown.removeprefix("sector=").removesuffix(" x sex")]
    employed = flags["employed"]
    if name == "share_of_employment":
        return 100 * float((employed & within).sum()) / int(employed.sum())
    if name == "neet":
        young = groups["15-24"]
        idle = young & ~employed & (population.person["ed02"] != 2)
        return 100 * float(idle.sum()) / int(young.sum())
    if name.startswith("hourly_earnings"):
        return _hourly(population, flags["employees"] & within)
    if name in RATIOS:
        top, base = RATIOS[name]
        return 100 * float((flags[top] & within).sum()) / int((flags[base] & within).sum())
    count = flags.get(name.removesuffix("_15plus"))
    return None if count is None else float((count & within).sum()) / population.scale


def _hourly(population: Population, who: Array) -> float:
    """Give the mean hourly pay (kip) of employees, with 52/12 weeks a month."""
    pay = population.monthly_pay[who].astype(np.float64)
    hours = population.person["wt01a"][who].astype(np.float64)
    return float((pay / (hours * 52 / 12)).mean())
