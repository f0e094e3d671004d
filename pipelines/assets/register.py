"""The register's three files to core tables; identifiers are hashed before anything is stored."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from data_contracts.errors import InputError
from pipelines.assets.tables import asset_key, contract_check, stored
from pipelines.guard import guarded
from pipelines.identity import identity_key
from pipelines.provenance import record_input
from pipelines.settings import REGISTER, load_settings
from pipelines.warehouse import Warehouse
from transforms import pseudonyms
from transforms.read.files import read_table

TABLES = {
    "core.member": ("members", pseudonyms.members),
    "core.contribution": ("contributions", pseudonyms.contributions),
    "core.employer": ("employers", pseudonyms.employers),
}


@dg.multi_asset(
    name="register_extract",
    specs=[
        dg.AssetSpec(
            asset_key(name),
            group_name="register",
            kinds={"duckdb"},
            description=f"The register's {role}; numbers are keyed hashes, names stay behind.",
        )
        for name, (role, _) in TABLES.items()
    ],
    check_specs=[contract_check(name) for name in TABLES],
)
@guarded
def register_extract() -> Iterator[Any]:
    """Read the three files, refuse them all when one is wrong, then store them."""
    settings = load_settings()
    files = settings.register_files()
    missing = [role for role, _ in TABLES.values() if role not in files]
    if missing:
        raise InputError(
            f"the register's {missing[0]} file is not there",
            "put members, contributions and employers into landing/LSSO, or name them",
        )
    with Warehouse(settings.workspace) as warehouse:
        tables, facts = {}, {}
        key = identity_key(settings.workspace)
        for name, (role, canonical) in TABLES.items():
            raw = read_table(files[role])
            tables[name] = canonical(raw.frame, key, raw.name)
            facts[role] = {"name": raw.name, "sha256": raw.sha256, "rows": raw.frame.height}
        yield from stored(warehouse, tables)
    for role, known in facts.items():
        record_input(settings.workspace, REGISTER, role, **known)
