"""The register's files to core tables; identifiers are hashed before anything is stored."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from analyses.quality.finding import QualityFinding
from analyses.quality.register import register_findings
from data_contracts.registers.layout import load_layout
from pipelines.assets.tables import asset_key, contract_check, stored, table_specs
from pipelines.figures.register import (
    TABLES,
    read_register,
    read_register_file,
    refuse_inconsistent,
)
from pipelines.guard import guarded
from pipelines.provenance import record_input
from pipelines.settings import AGGREGATE, REGISTER, load_settings
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.identity import identity_key
from pipelines.warehouse.warehouse import Warehouse

COUNTS = "core.register_aggregate"
# By run, what the extract's audit has found, for the step that reports it.
FOUND: dict[str, list[QualityFinding]] = {}
SAID = {
    name: f"The register's {role}; numbers are keyed hashes, names stay behind."
    for name, role in TABLES.items()
}


@dg.multi_asset(
    name="register_extract",
    specs=table_specs(SAID, deps=(), group="register"),
    check_specs=[contract_check(name) for name in TABLES],
)
@guarded
def register_extract(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Read the three files and store them; where one is wrong, or contradicts another, store none."""
    settings = load_settings()
    files = settings.whole_register()
    layout, key = load_layout(settings.register_layout), identity_key(settings.workspace)
    with Warehouse(settings.workspace) as warehouse:
        frames, facts = read_register(files, layout, key)

        def audit() -> None:
            FOUND.clear()  # of a run that ended before it was reported
            FOUND[context.run.run_id] = register_findings(Tables(warehouse))
            refuse_inconsistent(FOUND[context.run.run_id], facts)

        yield from stored(warehouse, frames, audit=audit)
    for name, told in facts.items():
        record_input(settings.workspace, REGISTER, TABLES[name], **told)


@dg.multi_asset(
    name="register_counts",
    specs=[
        dg.AssetSpec(
            asset_key(COUNTS),
            group_name="register",
            kinds={"duckdb"},
            skippable=True,
            description="The register's own counts, where a workbook of them was delivered.",
        )
    ],
    check_specs=[contract_check(COUNTS)],
    can_subset=True,  # so that the check, too, may be left out when no workbook is there
)
@guarded
def register_counts() -> Iterator[Any]:
    """Read the workbook of counts; where there is none, nothing is stored and nothing fails."""
    settings = load_settings()
    path = settings.aggregate_file()
    if path is None:
        return
    layout, key = load_layout(settings.aggregate_layout), identity_key(settings.workspace)
    with Warehouse(settings.workspace) as warehouse:
        frame, facts = read_register_file(AGGREGATE, path, layout, key)
        yield from stored(warehouse, {COUNTS: frame})
    # A source of its own: no figure of a brief comes from it.
    record_input(settings.workspace, f"{REGISTER}_COUNTS", AGGREGATE, **facts)
