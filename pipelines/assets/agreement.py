"""The second of the two collapses over the warehouse, and what comes of comparing both.

The first is ``analyses.engine.collapse`` over rows in numpy; the figures that are stored come from it.
"""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from analyses.engine.design import Design
from analyses.wave.collapse_ibis import BLANK, as_stored, finest_totals, with_main_job
from analyses.wave.estimates import estimate
from analyses.wave.psu_totals import differences, totals_of
from data_contracts.profile.profile import Profile
from pipelines.assets.tables import asset_key
from pipelines.failures import RunFailed
from pipelines.figures.computable import breakdowns_of, computable
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse

AGREE = "two_collapses_agree"
AGREE_CHECK = dg.AssetCheckSpec(
    AGREE,
    asset=asset_key("est.estimate"),
    blocking=True,
    description="numpy's and the engine's sums give every figure, error and n alike (1e-9)",
)


def psu_totals(
    profile: Profile, warehouse: Warehouse, design: Design, breakdowns: Sequence[str]
) -> pl.DataFrame:
    """Give est.psu_total of one wave, summed by the engine in one scan of the core tables."""
    tables, survey = Tables(warehouse), profile.survey_id
    person, job = (
        table.filter(table.survey_id == survey)
        for table in (tables("core.person"), tables("core.job"))
    )
    chosen, present = computable(profile), breakdowns_of(profile, breakdowns)
    wide = finest_totals(with_main_job(person, job), design, chosen, present).to_polars()
    return as_stored(wide, chosen, present).with_columns(
        pl.lit(survey).alias("survey_id"),
        *(pl.lit(BLANK).alias(name) for name in breakdowns if name not in present),
    )


def apart(
    profile: Profile,
    figures: pl.DataFrame,
    totals: pl.DataFrame,
    design: Design,
    breakdowns: Sequence[str],
) -> pl.DataFrame:
    """Find the figures of est.estimate that est.psu_total gives differently."""
    present = breakdowns_of(profile, breakdowns)
    others = estimate(totals_of(totals, design, computable(profile), present))
    return differences(figures, others)


def agreement(figures: int, wrong: pl.DataFrame) -> dg.AssetCheckResult:
    """Tell Dagster how many figures were computed twice, and which differ by how much at most."""
    worst = wrong.group_by("indicator", "breakdown", "measure", maintain_order=True).agg(
        pl.col("difference").max()
    )
    return dg.AssetCheckResult(
        check_name=AGREE,
        asset_key=asset_key("est.estimate"),
        passed=wrong.is_empty(),
        metadata={"figures": figures, "differ": _distinct(wrong)}
        | {f"{measure} of {name} by {by}": size for name, by, measure, size in worst.iter_rows()},
    )


def disagreement(figures: int, wrong: pl.DataFrame) -> RunFailed:
    """Give the error that ends the run: names of figures, no values."""
    return RunFailed(
        f"The two collapses differ in {_distinct(wrong)} of {figures} figures, first in "
        f"{wrong['measure'][0]} of {wrong['indicator'][0]} by {wrong['breakdown'][0]}. Nothing was "
        "stored. What to do: report it; it is a fault in the program itself."
    )


def _distinct(wrong: pl.DataFrame) -> int:
    return wrong.select("indicator", "breakdown", "category").unique().height
