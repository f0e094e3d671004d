"""One draw of the 2017 survey from the twin, in the raw layout of the file; labels are elsewhere."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from transforms.twin import targets as t
from transforms.twin.draws import Array, stream
from transforms.twin.errors import Errors
from transforms.twin.misreport import as_answered
from transforms.twin.population import Population

COLUMNS: Final = (
    *("prov", "stratum", "ea", "hhid", "pid", "v", "vtype1", "hl04", "hl05", "hl06"),
    *("hl10", "hl11", "hl12", "hl13", "hl14", "hl15", "ed02", "ed03", "ed06"),
    *("ep01", "ep02", "ep03", "ep04", "ep05", "ep06", "ep07", "ep08", "ep09"),
    *("ac03", "ac05", "ac08", "ac09", "ac10", "ac11a", "ac13", "ac15", "ac16", "ac17", "ac18"),
    *("ac20", "lsic2", "lsco4", "wt01a", "wt01b", "wt01t", "wt02a", "wt02b", "wt02t"),
    *("eri01", "eri03", "eri06", "eri07", "ue01", "ue02", "ue03", "ue06", "ue07", "ue08", "ue09"),
    *("opw04", "opw05", "sp01"),
)
# The columns that the real file holds as text (the ILO had to convert them).
TEXT: Final = frozenset(
    "ed02 ed03 ed06 ue01 ue02 ue06 ue09 ac17 ac18 ac20 lsco4".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class DrawnSample:
    """Which persons were drawn: row numbers into the population, with design columns.

    Attributes:
        rows: shape (sampled persons,), row numbers, in village, household and person order.
        weight: design weight of each, the inverse of the two-stage inclusion probability.
        household: number of the household within its village, from 1.
        village: row number of the village.
    """

    rows: Array
    weight: Array
    household: Array
    village: Array


def draw_sample(population: Population, seed: int) -> DrawnSample:
    """Draw villages by systematic PPS within 54 strata, then 20 households in each village.

    Ten villages a stratum at scale 1, two or more always; size is the village's number of
    households, villages are put in random order first. A village whose share would exceed one
    draw is taken with certainty, and the rest are drawn anew. A village of fewer than 20
    households gives all. Reference: Saerndal, Swensson and Wretman (1992), 3.6 and 4.3.
    """
    rng = stream(seed, "sample")
    stratum = population.villages["stratum"].to_numpy()
    size = population.villages["households"].to_numpy().astype(np.float64)
    wanted = max(2, round(t.VILLAGES_DRAWN * population.scale))
    drawn, chance = [], []
    for code in np.unique(stratum):
        rows = rng.permutation(np.flatnonzero(stratum == code))
        picked, pi = _systematic(rng, size[rows], min(wanted, len(rows)))
        drawn.append(rows[picked])
        chance.append(pi)
    villages = np.concatenate(drawn)
    order = np.argsort(villages)
    villages, pi = villages[order], np.concatenate(chance)[order]

    first = population.frame.first_household
    count = first[villages + 1] - first[villages]
    owner = np.repeat(np.arange(len(villages)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    shuffled = np.lexsort((rng.random(len(owner)), owner))
    rank = np.empty(len(owner), dtype=np.int64)
    rank[shuffled] = number
    keep = rank < t.HOUSEHOLDS_DRAWN
    owner, number = owner[keep], number[keep]
    taken = np.minimum(count, t.HOUSEHOLDS_DRAWN)
    weight = (count / taken / pi)[owner]
    household = first[villages][owner] + number

    start = population.frame.first_person
    people = start[household + 1] - start[household]
    of = np.repeat(np.arange(len(household)), people)
    within = np.arange(len(of)) - np.repeat(np.cumsum(people) - people, people)
    return DrawnSample(
        start[household][of] + within, weight[of], number[of] + 1, villages[owner][of]
    )


def _systematic(rng: np.random.Generator, size: Array, wanted: int) -> tuple[Array, Array]:
    """Draw ``wanted`` of the units with probability proportional to size; rows and chances."""
    sure = np.zeros(len(size), dtype=bool)
    while True:
        left = wanted - int(sure.sum())
        pi = np.where(sure, 1.0, left * size / size[~sure].sum())
        more = ~sure & (pi >= 1)
        if not more.any():
            break
        sure |= more
    rest = np.flatnonzero(~sure)
    points = rng.random() + np.arange(left)
    at = np.searchsorted(np.cumsum(pi[rest]), points, side="right")
    picked = np.concatenate([np.flatnonzero(sure), rest[np.minimum(at, len(rest) - 1)]])
    return picked, pi[picked]


def design_columns(population: Population, sample: DrawnSample) -> dict[str, Array]:
    """Give prov, stratum, ea, hhid and pid of the sampled persons; hhid is unique in the file."""
    villages = population.villages
    out = {k: villages[k].to_numpy()[sample.village] for k in ("prov", "stratum", "ea")}
    out["hhid"] = out["ea"].astype(np.int64) * 10_000 + sample.household
    out["pid"] = population.person["pid"][sample.rows]
    return out


def draw_survey(population: Population, seed: int, errors: Errors | None = None) -> pl.DataFrame:
    """Draw one survey in the raw 2017 layout (``COLUMNS``), one row a person of any age.

    Codes are those of the 2017 questionnaire; a question not asked or left blank is null; the
    columns in ``TEXT`` are strings. As in the real file, exactly one record has no age (someone
    outside the labour force). Another seed redraws the sample from the same people. The weights
    are pure design weights, not calibrated to any total. What a person says of the own cover
    (sp01) errs as ``errors`` plant it, the same in every redraw; ac08 does not.
    """
    sample = draw_sample(population, seed)
    values = design_columns(population, sample)
    values["v"] = np.round(sample.weight, 6)
    for name in COLUMNS:
        if name not in values:
            values[name] = population.person[name][sample.rows]
    covered, places = population.person["covered"][sample.rows], population.recall[sample.rows]
    planted = errors if errors is not None else Errors()
    values["sp01"] = as_answered(values["sp01"], covered, places, planted)
    frame = pl.DataFrame({name: values[name] for name in COLUMNS}).with_columns(
        pl.when(pl.col(name) >= 0).then(pl.col(name)) for name in COLUMNS if name != "v"
    )
    outside = np.flatnonzero(population.person["status"][sample.rows] == 3)
    ageless = int(stream(seed, "ageless").choice(outside))
    row = pl.int_range(pl.len())
    return frame.with_columns(
        pl.when(row != ageless).then(pl.col("hl05")).alias("hl05"),
        *(pl.col(name).cast(pl.String) for name in sorted(TEXT - {"lsco4"})),
        pl.col("lsco4").cast(pl.String).str.zfill(4),
    )
