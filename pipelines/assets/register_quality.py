"""The register's tables to the register's rows of est.quality; the checks live in analyses/quality."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from analyses.quality.finding import ERROR, FAILED, WARNING, Finding, frame
from analyses.quality.register import register_findings
from data_contracts.contract.find import load
from pipelines.assets.quality import report_path
from pipelines.assets.register import TABLES
from pipelines.assets.tables import asset_key
from pipelines.guard import guarded
from pipelines.provenance import code_version, inputs
from pipelines.settings import REGISTER, load_settings
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse
from reports.quality.page import quality_page

KEY = dg.AssetKey(["est", "quality", "register"])
CHECKS = {ERROR: "consistent", WARNING: "plausible"}


def judge_register(warehouse: Warehouse) -> list[Finding]:
    """Judge the register's tables and store what was found in est.quality.

    Raises:
        InputError: the tables are not in the warehouse.
    """
    found = register_findings(Tables(warehouse))
    findings = frame(found)
    warehouse.put("est.quality", findings, replace={"survey_id": REGISTER})
    write_report(findings, warehouse.workspace)
    return found


def write_report(findings: pl.DataFrame, workspace: Path) -> Path:
    """Write the register's quality report; no headline figure stands on single rows of it."""
    facts = {
        "survey_id": REGISTER,
        "title": "Register of social security",
        "ref_area": "LAO",
        "files": [{"synthetic": False, **file} for file in inputs(workspace, REGISTER)],
        "admin1_labels": {},
        "code_version": code_version(),
    }
    none = load("est.quality_effect").polars_schema()
    places = {**none, "admin1_code": pl.String(), "failed": pl.Int64(), "checked": pl.Int64()}
    page = quality_page(findings, pl.DataFrame(schema=none), pl.DataFrame(schema=places), facts)
    path = report_path(REGISTER)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)
    return path


def severity_checks(findings: Sequence[Finding]) -> Iterator[dg.AssetCheckResult]:
    """Give one check a severity: how many rules were judged and which failed, with counts."""
    for severity, name in CHECKS.items():
        inside = [finding for finding in findings if finding.severity == severity]
        failed = [finding for finding in inside if finding.status == FAILED]
        yield dg.AssetCheckResult(
            check_name=name,
            asset_key=KEY,
            passed=not failed,
            severity=(
                dg.AssetCheckSeverity.ERROR if severity == ERROR else dg.AssetCheckSeverity.WARN
            ),
            metadata={"checks": len(inside), "failed": len(failed)}
            | {f.check_id: f"{f.failed} of {f.checked}" for f in failed},
        )


@dg.multi_asset(
    name="register_quality",
    specs=[
        dg.AssetSpec(
            KEY,
            deps=[asset_key(name) for name in TABLES],
            group_name="quality",
            kinds={"duckdb"},
            description="The register's checks, with counts: the rows LSSO of est.quality.",
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(name, asset=KEY, blocking=severity == ERROR)
        for severity, name in CHECKS.items()
    ],
)
@guarded
def register_quality() -> Iterator[Any]:
    """Run the register's checks inside DuckDB and store what they found."""
    with Warehouse(load_settings().workspace) as warehouse:
        found = judge_register(warehouse)
    yield dg.MaterializeResult(asset_key=KEY, metadata={"checks": len(found)})
    yield from severity_checks(found)
