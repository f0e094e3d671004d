"""Waves put together for one estimate over all, or for a change between them; nothing is estimated."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import polars as pl

from analyses.ask.columns import as_number, find_column
from analyses.ask.figures import codes
from analyses.engine.design import Design
from data_contracts.errors import InputError

Units = Literal["apart", "shared"]
Weights = Literal["given", "averaged"]


def pool(
    waves: Sequence[tuple[str, pl.DataFrame]],
    design: Design,
    *,
    units: Units = "apart",
    weights: Weights = "given",
    wave: str = "wave",
) -> tuple[pl.DataFrame, Design]:
    """Put waves under one another as one sample, with the wave's name in a column.

    ``apart``: the waves were drawn independently. The wave becomes part of each stratum, so that
    no stratum and no PSU of one wave is taken for one of another, and the covariance between waves
    is zero (Korn and Graubard 1999, ch. 8). ``shared``: the waves went to the same PSUs (a rotating
    panel, the same villages). Labels stay, a PSU's waves are one unit, and a change between
    waves has its covariance (R ``svydesign`` of the stacked rows, the wave as a domain).

    Args:
        waves: names and rows; the design's columns are in each under the same names.
        design: how each wave was sampled.
        units: ``apart`` or ``shared``.
        weights: ``given``: totals over the pool add the waves up. ``averaged``: weights are divided
            by the number of waves, so that totals over the pool are the waves' average (a year of
            four quarters), and a total of one wave is that share of it.
        wave: the new column's name.

    Returns:
        The rows of all waves, and the design for them; its notes say what was done. A column that
        a wave has not is null there.

    Raises:
        InputError: fewer than two waves, a name twice, a column is missing or there already, or
            units are shared without PSUs.
    """
    names = [name for name, _ in waves]
    if len(names) < 2 or len(set(names)) < len(names):
        raise InputError("a pool needs two waves or more, each with its own name", "name them")
    if units not in {"apart", "shared"} or weights not in {"given", "averaged"}:
        raise InputError(
            "there is no such way to pool",
            "units are apart or shared, weights are given or averaged",
        )
    if units == "shared" and design.psu is None:
        raise InputError("waves share units, and no PSUs are named", "name the column of PSUs")
    if design.joins and units == "apart":
        raise InputError(
            "a collapse map does not fit strata that carry their wave",
            "give the map with the labels of the pool in the design that pool returns",
        )
    strata, weight = design.strata, design.weight
    named = "strata within the wave"
    frames = [
        _wave(name, frame, design, wave, named if units == "apart" else None,
              len(names) if weights == "averaged" else 1)
        for name, frame in waves
    ]  # fmt: skip
    said = f"{len(names)} waves pooled, units {units}, weights {weights}"
    return pl.concat(frames, how="diagonal_relaxed"), replace(
        design,
        strata=named if units == "apart" else strata,
        weight=weight or (ONE if weights == "averaged" else None),
        notes=(*design.notes, said),
    )


ONE = "weight of a row"


def _wave(
    name: str, frame: pl.DataFrame, design: Design, wave: str, strata: str | None, divisor: int
) -> pl.DataFrame:
    """Give a wave's rows with the design's columns under the design's own names."""
    for new in (wave, *([strata] if strata else [])):
        if new in frame.columns:
            raise InputError("the column is there already", "give another name", column=new)
    columns = {column: find_column(frame, column) for column in design.columns}
    frame = frame.rename({old: new for new, old in columns.items() if old != new})
    length = frame.height
    added = [codes(frame[unit]) for unit in (design.strata, design.psu, design.ssu) if unit]
    added.append(pl.Series(wave, [name] * length, pl.String))
    if strata is not None:
        own = codes(frame[design.strata]).cast(pl.String) if design.strata else None
        within = [name] * length if own is None else f"{name}: " + own
        added.append(pl.Series(strata, within, pl.String))
    if design.weight:
        added.append((as_number(frame[design.weight])[0] / divisor).alias(design.weight))
    elif divisor > 1:
        added.append(pl.Series(ONE, [1 / divisor] * length))
    return frame.with_columns(added)
