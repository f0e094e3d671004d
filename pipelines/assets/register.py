"""The register's files to core tables; identifiers are hashed before anything is stored."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from analyses.quality.finding import ERROR, FAILED
from analyses.quality.register import register_findings
from data_contracts.errors import InputError
from data_contracts.quality.rules import load_rules
from data_contracts.registers.layout import RegisterLayout, load_layout
from pipelines.assets.tables import asset_key, contract_check, stored
from pipelines.guard import guarded
from pipelines.provenance import record_input
from pipelines.settings import AGGREGATE, REGISTER, REGISTER_FILES, load_settings
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.identity import identity_key
from pipelines.warehouse.warehouse import Warehouse
from transforms.read.files import read_table
from transforms.register.canonical import canonical, unknown_columns

TABLES = dict(
    zip(("core.member", "core.contribution", "core.employer"), REGISTER_FILES, strict=True)
)
COUNTS = "core.register_aggregate"


def read_register_file(
    role: str, path: Path, layout: RegisterLayout, key: bytes
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Give one canonical table, and what may be told of its file: name, hash, rows, notes.

    The delivered rows, with names and numbers in them, end with this function.

    Raises:
        InputError: the file or a value in it breaks the layout.
    """
    table = layout.tables.get(role)
    raw = read_table(path, layout=table.format if table is not None else None)
    frame = canonical(role, raw.frame, layout, key, raw.name)
    facts = {"name": raw.name, "sha256": raw.sha256, "rows": raw.frame.height}
    notes = list(raw.notes)
    if unknown := unknown_columns(role, raw.frame, layout, raw.name):
        notes.append(f"{unknown} columns that the layout {layout.name} does not know were left out")
    return frame, {**facts, "notes": notes} if notes else facts


def refuse_inconsistent(warehouse: Warehouse, files: Mapping[str, str]) -> None:
    """Refuse an extract whose tables contradict each other by a check of severity error.

    Args:
        warehouse: holds the tables, within a transaction that an error rolls back.
        files: the delivered file's name by table.

    Raises:
        InputError: with the check, how many rows break it and how many were looked at.
    """
    failed = [
        finding
        for finding in register_findings(Tables(warehouse))
        if finding.severity == ERROR and finding.status == FAILED
    ]
    if not failed:
        return
    said = "; ".join(
        f"{f.statement.rstrip('.')}: {f.failed:,} of {f.checked:,} break it" for f in failed
    )
    table = ".".join(failed[0].scope.split(".")[:2])
    raise InputError(
        f"the register contradicts itself ({said})",
        load_rules("register")[failed[0].check_id].remedy,
        file=files.get(table, table),
    )


@dg.multi_asset(
    name="register_extract",
    specs=[
        dg.AssetSpec(
            asset_key(name),
            group_name="register",
            kinds={"duckdb"},
            description=f"The register's {role}; numbers are keyed hashes, names stay behind.",
        )
        for name, role in TABLES.items()
    ],
    check_specs=[contract_check(name) for name in TABLES],
)
@guarded
def register_extract() -> Iterator[Any]:
    """Read the three files and store them; where one is wrong, or contradicts another, store none."""
    settings = load_settings()
    files = settings.register_files()
    missing = [role for role in REGISTER_FILES if role not in files]
    if missing:
        raise InputError(
            f"the register's {missing[0]} file is not there",
            "put members, contributions and employers into landing/LSSO, or name them",
        )
    layout = load_layout(settings.register_layout)
    key = identity_key(settings.workspace)
    with Warehouse(settings.workspace) as warehouse:
        tables, facts = {}, {}
        for name, role in TABLES.items():
            tables[name], facts[role] = read_register_file(role, files[role], layout, key)
        names = {name: str(facts[role]["name"]) for name, role in TABLES.items()}
        yield from stored(warehouse, tables, audit=lambda: refuse_inconsistent(warehouse, names))
    for role, known in facts.items():
        record_input(settings.workspace, REGISTER, role, **known)


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
    layout = load_layout(settings.aggregate_layout)
    key = identity_key(settings.workspace)
    with Warehouse(settings.workspace) as warehouse:
        frame, facts = read_register_file(AGGREGATE, path, layout, key)
        yield from stored(warehouse, {COUNTS: frame})
    # A source of its own: no figure of a brief comes from it.
    record_input(settings.workspace, f"{REGISTER}_COUNTS", AGGREGATE, **facts)
