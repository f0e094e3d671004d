"""Rows to PSU totals as one Ibis expression, for DuckDB and Spark: no engine and no variance here.

The twin of ``collapse``: other code for the same sums, so that each checks the other. Conditions
are read in Ibis, weights are summed by the engine, exactly, as integers of a millionth of a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data_contracts.conditions import expression_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis

    from analyses.engine.design import Design
    from data_contracts.catalogue.indicators import Indicator

PERSONS = "persons"  # the rows themselves, beside the indicators
BLANK = "_X"  # SDMX: not specified; a stored category that is blank, not asked or not applicable
PARTS = ("numerator_micro", "n_numerator", "denominator_micro", "n_denominator")


def with_main_job(person: ibis.Table, job: ibis.Table) -> ibis.Table:
    """Put the main job's columns beside each person; persons without a job stay.

    Args:
        person: ``core.person``, one wave.
        job: ``core.job``, the same wave.
    """
    key = ["survey_id", "hh_id", "person_id"]
    job = job.drop(*(name for name in job.columns if name in person.columns and name not in key))
    joined = person.left_join(job, key)
    return joined.select(*person.columns, *(name for name in job.columns if name not in key))


def finest_totals(
    rows: ibis.Table, design: Design, indicators: Sequence[Indicator], by: Sequence[str]
) -> ibis.Table:
    """Sum weight times score by stratum, PSU and every combination of categories, in one scan.

    A test on a blank cell is false, as in ``indicators.scores``. Sums are 64-bit integers: nine
    thousand billion persons fit; an engine stops rather than wrap around.

    Args:
        rows: one row a person, all persons kept, the main job's columns beside.
        design: the sampling design; its weight column holds integers.
        indicators: the 0/1 figures to prepare.
        by: the breakdowns; a blank category is a cell of its own.

    Returns:
        One row a stratum, PSU and combination with rows: ``strata``, ``psu``, the breakdowns as
        text, and for ``persons`` and each indicator the columns ``<name>__<part>`` of PARTS
        (a total has no denominator).
    """
    strata, psu, weight = design.one_stage()
    places = {"strata": strata, "psu": psu} | {name: name for name in by}
    counted = {}
    for item in indicators:
        numerator = expression_on(rows, item.numerator)
        if item.denominator is not None:
            over = expression_on(rows, item.denominator)
            counted[f"{item.id}__denominator"] = over
            numerator &= over
        counted[f"{item.id}__numerator"] = numerator
    marked = rows.select(
        **{new: rows[old].cast("string") for new, old in places.items()},
        weight_micro=rows[weight],
        **{name: flag.cast("int64") for name, flag in counted.items()},
    )
    sums = {f"{PERSONS}__{PARTS[0]}": marked.weight_micro.sum()}
    sums[f"{PERSONS}__{PARTS[1]}"] = marked.count()
    for name in counted:
        item_id, _, part = name.rpartition("__")
        sums[f"{name}_micro"] = (marked.weight_micro * marked[name]).sum()
        sums[f"{item_id}__n_{part}"] = marked[name].sum()
    return marked.group_by(*places).agg(**sums)


def as_stored(
    wide: pl.DataFrame, indicators: Sequence[Indicator], by: Sequence[str]
) -> pl.DataFrame:
    """Turn the result of ``finest_totals`` into rows of ``est.psu_total``, without survey_id.

    Args:
        wide: the executed expression.
        indicators: as given to ``finest_totals``.
        by: as given to ``finest_totals``.

    Returns:
        One row an indicator and cell with rows of its universe, sorted by stratum and PSU:
        ``strata``, ``psu``, the breakdowns (BLANK for null), ``indicator`` and PARTS (Int64; the
        denominator's are null for totals and for ``persons``). An indicator without any rows keeps one, of 0.
    """
    places = ["strata", "psu", *by]
    wide = wide.with_columns(pl.col(by).fill_null(BLANK)).sort(places)
    frames = [_part(wide, places, PERSONS, ratio=False)]
    frames += [_part(wide, places, i.id, ratio=i.denominator is not None) for i in indicators]
    return pl.concat(frames).sort(*places, "indicator")


def _part(wide: pl.DataFrame, places: list[str], name: str, *, ratio: bool) -> pl.DataFrame:
    columns = [f"{name}__{part}" for part in PARTS if ratio or "denominator" not in part]
    taken = wide.select(
        *places,
        pl.lit(name).alias("indicator"),
        *(pl.col(c).cast(pl.Int64).alias(c.removeprefix(f"{name}__")) for c in columns),
    )
    if not ratio:
        taken = taken.with_columns(pl.lit(None, dtype=pl.Int64).alias(p) for p in PARTS[2:])
    universe = pl.col(PARTS[3] if ratio else PARTS[1])
    return taken.filter((universe > 0) | ((universe.sum() == 0) & (pl.int_range(pl.len()) == 0)))
