"""Register and survey side by side: who is one person, the register's sums, and the coverage tables."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from analyses.disclosure.coverage import publish_coverage
from pipelines.assets.partitions import wave_plan, waves
from pipelines.assets.tables import contract_check, empty, stored, table_specs
from pipelines.figures.coverage import coverage_figures
from pipelines.figures.register import tallied
from pipelines.guard import guarded
from pipelines.settings import load_settings
from pipelines.stored import ADJUSTMENT, TALLY, register_side, wave_rows
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse
from transforms.register.matching import match_members

PERSONS = "linked.member_person"
REGISTER_SAID = {
    PERSONS: "Which records of the register are one person, by keyed hashes alone.",
    TALLY: "The register in sums by employer, scheme and place; every adjustment follows.",
    ADJUSTMENT: "What is taken off and put on the register's count, each with its error.",
    "pub.adjustment": "The adjustments as published.",
}
WAVE_SAID = {
    "cascade": "Employed, covered by law, registered, affiliated, paying: where cover is lost.",
    "adjusted": "The register after its adjustments, over the survey, beside the self-report.",
    "bridge": "From what the register could be quoted for to what the survey says, row by row.",
    "group": "The groups that policy asks about, and why a wave cannot tell some of them.",
    "affordability": "Contributions as a share of earnings, by decile and status.",
    "indirect": "Persons who live with a covered worker.",
}
FROM_REGISTER = ("cascade", "adjusted", "bridge")


def wave_specs() -> Iterator[dg.AssetSpec]:
    """Declare est and pub of each coverage table of a wave."""
    for name, said in WAVE_SAID.items():
        # After the two collapses have agreed: the same sums stand behind these tables.
        sources = ("core.person", *((TALLY,) if name in FROM_REGISTER else ()), "est.estimate")
        yield from table_specs({f"est.{name}": said}, sources, "coverage", waves)
        fit = {f"pub.{name}": f"est.{name} fit for print."}
        yield from table_specs(fit, (f"est.{name}",), "coverage", waves)


@dg.multi_asset(
    name="register_persons",
    specs=table_specs(REGISTER_SAID, deps=("core.member", "core.contribution"), group="register"),
    check_specs=[contract_check(name) for name in REGISTER_SAID],
)
@guarded
def register_persons() -> Iterator[Any]:
    """Match the register with itself, sum it as of its last month, estimate its adjustments."""
    settings = load_settings()
    with Warehouse(settings.workspace) as warehouse:
        tables = Tables(warehouse)
        yield from stored(warehouse, {PERSONS: match_members(tables("core.member")).persons})
        members, contributions = tables("core.member"), tables("core.contribution")
        made = tallied(members, contributions, tables(PERSONS), settings)
        fit = publish_coverage("adjustment", made[ADJUSTMENT])
        yield from stored(warehouse, made)
        yield from stored(warehouse, {"pub.adjustment": fit})


@dg.multi_asset(
    name="survey_coverage",
    partitions_def=waves,
    specs=list(wave_specs()),
    check_specs=[
        contract_check(f"{schema}.{name}") for name in WAVE_SAID for schema in ("est", "pub")
    ],
)
@guarded
def survey_coverage(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Compute, make fit for print and store the coverage tables; without a register some are empty."""
    plan, settings = wave_plan(context.partition_key), load_settings()
    where = {"survey_id": plan.survey_id}
    with Warehouse(settings.workspace) as warehouse:
        rows, register = wave_rows(warehouse, plan.survey_id), register_side(warehouse)
        figures = coverage_figures(plan, rows, register, settings.coverage)
        est = {name: figures.get(name, empty(f"est.{name}")) for name in WAVE_SAID}
        fit = {f"pub.{name}": publish_coverage(name, frame) for name, frame in est.items()}
        # Two files, and one transaction writes to one of them.
        yield from stored(warehouse, {f"est.{name}": frame for name, frame in est.items()}, where)
        yield from stored(warehouse, fit, where)
