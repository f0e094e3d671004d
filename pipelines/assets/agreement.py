"""What comes of comparing the two collapses, as Dagster sees it; the comparing is in figures/estimates.py."""

import dagster as dg
import polars as pl

from pipelines.assets.tables import asset_key
from pipelines.failures import RunFailed

AGREE = "two_collapses_agree"
AGREE_CHECK = dg.AssetCheckSpec(
    AGREE,
    asset=asset_key("est.estimate"),
    blocking=True,
    description="numpy's and the engine's sums give every figure, error and n alike (1e-9)",
)


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
