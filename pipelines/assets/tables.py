"""What every table's asset does alike: store it, check its contract, report counts and hashes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from data_contracts.contract.find import load
from pipelines.warehouse.warehouse import CheckFailed, PutReport, Warehouse

CONTRACT = "contract"


def asset_key(name: str) -> dg.AssetKey:
    """Give the asset key of a table: core.person is core/person."""
    return dg.AssetKey(name.split("."))


def contract_check(name: str) -> dg.AssetCheckSpec:
    """Give the blocking check of a table's contract."""
    return dg.AssetCheckSpec(
        CONTRACT,
        asset=asset_key(name),
        blocking=True,
        description=f"every promise of data_contracts/tables/{name}.yaml, inside DuckDB",
    )


def table_specs(
    said: Mapping[str, str],
    deps: Sequence[str],
    group: str,
    partitions: dg.PartitionsDefinition | None = None,
) -> list[dg.AssetSpec]:
    """Declare tables that are made together: name to description, all from the same tables."""
    return [
        dg.AssetSpec(
            asset_key(name),
            deps=[asset_key(source) for source in deps],
            partitions_def=partitions,
            group_name=group,
            kinds={"duckdb"},
            description=description,
        )
        for name, description in said.items()
    ]


def empty(name: str) -> pl.DataFrame:
    """Give a table of no rows with the contract's columns."""
    return pl.DataFrame(schema=load(name).polars_schema())


def stored(
    warehouse: Warehouse,
    frames: Mapping[str, pl.DataFrame],
    replace: Mapping[str, str] | None = None,
    audit: Callable[[], None] | None = None,
) -> Iterator[Any]:
    """Store tables through their contracts, all or none, and tell Dagster counts and hashes.

    ``audit`` sees the tables as they would stand, before they do: what it raises keeps them out.

    When a promise is broken the check is reported as failed, every table keeps its last good
    state and the error goes on to the caller. Rows are never reported.
    """
    reports: dict[str, PutReport] = {}
    name = ""
    try:
        with warehouse.together():
            for name, frame in frames.items():
                reports[name] = warehouse.put(name, frame, replace=replace)
            if audit is not None:
                audit()
    except CheckFailed as broken:
        yield dg.AssetCheckResult(
            check_name=CONTRACT,
            asset_key=asset_key(name),
            passed=False,
            metadata={"broken promises": str(broken)},
        )
        raise
    for name, report in reports.items():
        checked = report.checks.evaluated if report.checks else 0
        warned = report.checks.failures if report.checks else ()
        yield dg.MaterializeResult(
            asset_key=asset_key(name),
            metadata={"rows": report.rows, "content hash": report.content_hash},
            check_results=[
                dg.AssetCheckResult(
                    check_name=CONTRACT,
                    asset_key=asset_key(name),
                    # A promise whose severity is warning does not stop what comes after.
                    passed=not warned,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"promises checked": checked}
                    | {f"warning {failure.column}": failure.unexpected for failure in warned},
                )
            ],
        )
