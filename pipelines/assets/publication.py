"""est tables to pub tables: suppressed, rounded, with the reason kept, in a file of their own."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from analyses.disclosure.estimates import publish
from analyses.quality.published import judge_published
from pipelines.assets.partitions import waves
from pipelines.assets.tables import asset_key, contract_check, stored
from pipelines.guard import guarded
from pipelines.settings import load_settings
from pipelines.warehouse.warehouse import Warehouse

TABLES = ("estimate", "computability", "driver", "register_coverage")


def figures_agree(wrong: pl.DataFrame) -> dg.AssetCheckResult:
    """Tell Dagster which published figures contradict each other; it warns and stops nothing."""
    columns = ("check_id", "indicator", "breakdown", "measure")
    return dg.AssetCheckResult(
        check_name="figures_agree",
        asset_key=asset_key("pub.estimate"),
        passed=wrong.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            f"{check} {indicator} {breakdown}": measure
            for check, indicator, breakdown, measure in wrong.select(columns).iter_rows()
        },
    )


@dg.multi_asset(
    name="publication",
    partitions_def=waves,
    specs=[
        dg.AssetSpec(
            asset_key(f"pub.{name}"),
            deps=[asset_key(f"est.{name}")],
            partitions_def=waves,
            group_name="publication",
            kinds={"duckdb"},
            description=f"est.{name} fit for print: small cells withheld, figures rounded.",
        )
        for name in TABLES
    ],
    check_specs=[
        *(contract_check(f"pub.{name}") for name in TABLES),
        dg.AssetCheckSpec("figures_agree", asset=asset_key("pub.estimate"), blocking=False),
    ],
)
@guarded
def publication(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Apply disclosure control to each table of estimates."""
    where = {"survey_id": context.partition_key}
    with Warehouse(load_settings().workspace) as warehouse:
        tables = {name: warehouse.get(f"est.{name}", where) for name in TABLES}
        fit = {
            f"pub.{name}": frame if name == "computability" else publish(frame)
            for name, frame in tables.items()
        }
        yield from stored(warehouse, fit, where)
    yield figures_agree(judge_published(fit["pub.estimate"]))
