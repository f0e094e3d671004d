"""The register's tables to the register's rows of est.quality; the checks live in analyses/quality."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from analyses.quality.finding import ERROR, FAILED, WARNING, QualityFinding
from pipelines.assets.tables import asset_key
from pipelines.figures.register import TABLES
from pipelines.guard import guarded
from pipelines.settings import load_settings
from pipelines.stored import judge_register
from pipelines.warehouse.warehouse import Warehouse

KEY = dg.AssetKey(["est", "quality", "register"])
CHECKS = {ERROR: "consistent", WARNING: "plausible"}


def severity_checks(findings: Sequence[QualityFinding]) -> Iterator[dg.AssetCheckResult]:
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
    settings = load_settings()
    with Warehouse(settings.workspace) as warehouse:
        found = judge_register(warehouse, settings)
    yield dg.MaterializeResult(asset_key=KEY, metadata={"checks": len(found)})
    yield from severity_checks(found)
