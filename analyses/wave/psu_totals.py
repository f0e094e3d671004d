"""Stored PSU totals rolled up again, and two sets of figures compared; rows are never seen here.

From ``est.psu_total`` follow, without a second pass over rows, figures in any breakdown or
crossing of breakdowns, their contrasts (``estimates.covariance``) and replicates.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from analyses.engine.collapse import TOTAL, PsuTotals
from analyses.engine.design import Design, Ints, number_psus
from analyses.wave.collapse_ibis import BLANK, PARTS, PERSONS
from analyses.wave.indicators import score_of
from data_contracts.catalogue.indicators import Indicator
from data_contracts.errors import InputError

FIGURE = ["indicator", "breakdown", "category"]
COMPARED = ("obs_value", "se", "n")
TOLERANCE = 1e-9


def totals_of(
    stored: pl.DataFrame, design: Design, indicators: Sequence[Indicator], breakdowns: Sequence[str]
) -> PsuTotals:
    """Roll stored totals up to what ``collapse`` gives for the same rows, to the last bit.

    Args:
        stored: one wave of ``est.psu_total``; a crossing is a text column made of several.
        design: the design the rows were summed with.
        indicators: those wanted.
        breakdowns: columns of ``stored`` whose categories are cells.

    Returns:
        The totals; squares and products of 0/1 scores are the scores themselves, as an
        indicator's numerator lies within its denominator.

    Raises:
        InputError: an indicator or a breakdown is not stored.
    """
    for name in breakdowns:
        if name not in stored.columns:
            raise InputError("these totals have no such breakdown", "see the table", column=name)
    stored = stored.with_columns(pl.col(list(breakdowns)).replace(BLANK, None))
    everybody = stored.filter(pl.col("indicator") == PERSONS)
    pairs = everybody.select("strata", "psu").unique(maintain_order=True)
    psus, _ = number_psus(list(pairs.iter_rows()))
    numbers = pl.DataFrame(
        {"strata": psus.strata, "psu": psus.labels, "at": np.arange(len(psus.labels))}
    )
    cells = [TOTAL]
    for name in breakdowns:
        found = everybody[name].drop_nulls().unique().sort().to_list()
        cells += [(name, category) for category in found]
    rolled = _rolled(stored.join(numbers, on=["strata", "psu"], how="left"), cells, breakdowns)
    shape = (len(psus.labels), len(cells))
    everyone, rows, *_ = _tables(rolled, PERSONS, shape)
    sums: dict[tuple[str, ...], Ints] = {(): everyone}
    counts = {"": rows}
    for item in indicators:
        score = score_of(item)
        num, n_num, den, n_den = _tables(rolled, item.id, shape)
        sums |= dict.fromkeys([(score.numerator,), (score.numerator, score.numerator)], num)
        if (over := score.denominator) is None:
            counts[score.numerator] = n_num
        else:
            sums |= dict.fromkeys([(over,), (over, over)], den)
            sums[(score.numerator, over)] = num
            counts[over] = n_den
    return PsuTotals(
        design=design,
        psus=psus,
        cells=tuple(cells),
        scores=tuple(score_of(item) for item in indicators),
        sums=sums,
        counts={name: table.astype(np.int32) for name, table in counts.items()},
        binary=frozenset(key[0] for key in sums if key),
    )


def _rolled(
    numbered: pl.DataFrame, cells: list[tuple[str, str]], breakdowns: Sequence[str]
) -> dict[object, pl.DataFrame]:
    """Sum the parts by indicator, PSU and cell; by indicator's name."""
    order = pl.DataFrame(
        {
            "breakdown": [name for name, _ in cells],
            "category": [category for _, category in cells],
            "cell": np.arange(len(cells)),
        }
    )
    whole = numbered.with_columns(pl.lit(TOTAL[1]).alias(TOTAL[0]))
    frames = [
        whole.drop_nulls(name)
        .group_by("indicator", "at", pl.col(name).alias("category"))
        .agg(pl.col(*PARTS).sum())
        .with_columns(pl.lit(name).alias("breakdown"))
        for name in (TOTAL[0], *breakdowns)
    ]
    placed = pl.concat(frames).join(order, on=["breakdown", "category"], how="left")
    return {name: part for (name,), part in placed.partition_by("indicator", as_dict=True).items()}


def _tables(
    rolled: dict[object, pl.DataFrame], name: str, shape: tuple[int, int]
) -> tuple[Ints, ...]:
    """Give an indicator's four parts as tables (PSUs, cells)."""
    tables = tuple(np.zeros(shape, dtype=np.int64) for _ in PARTS)
    if name not in rolled:
        raise InputError(
            f"these totals do not hold the indicator {name}", "run the wave again, or leave it out"
        )
    place = rolled[name]["at"].to_numpy(), rolled[name]["cell"].to_numpy()
    for table, column in zip(tables, PARTS, strict=True):
        table[place] = rolled[name][column].to_numpy()
    return tables


def differences(
    figures: pl.DataFrame, others: pl.DataFrame, tolerance: float = TOLERANCE
) -> pl.DataFrame:
    """Find the figures that two roads give differently.

    Args:
        figures: what ``estimates.estimate`` gives, or a part of it.
        others: the same by another road; figures of its own are not looked at.
        tolerance: largest difference, relative to the larger of the two.

    Returns:
        One row a figure and measure (obs_value, se, n) that differs: indicator, breakdown,
        category, measure, difference (relative; infinite where only one of the two has it).
    """
    pairs = figures.select(*FIGURE, *COMPARED).join(
        others.select(*FIGURE, *COMPARED), on=FIGURE, how="left", suffix="__other"
    )
    frames = []
    for name in COMPARED:
        one, other = pl.col(name).cast(pl.Float64), pl.col(f"{name}__other").cast(pl.Float64)
        apart = (one - other).abs() / pl.max_horizontal(one.abs(), other.abs())
        difference = (
            pl.when(one.is_null() & other.is_null() | (one == other))
            .then(0.0)
            .otherwise(apart.fill_null(float("inf")).fill_nan(float("inf")))
        )
        frames.append(
            pairs.select(*FIGURE, pl.lit(name).alias("measure"), difference.alias("difference"))
        )
    return pl.concat(frames).filter(pl.col("difference") > tolerance)
