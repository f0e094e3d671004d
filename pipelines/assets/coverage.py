"""Register and survey side by side: who is one person, the register's sums, and the coverage tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from analyses.coverage.register.rates import adjustment_table, register_rates
from analyses.disclosure.coverage import publish_coverage
from data_contracts.profile.profile import Profile
from pipelines.assets.briefs import survey_facts
from pipelines.assets.core import wave_profile, waves
from pipelines.assets.estimates import survey_design, survey_rows
from pipelines.assets.tables import asset_key, contract_check, empty, stored
from pipelines.figures.coverage import (
    RegisterSide,
    coverage_figures,
    given_adjustments,
    law_terms,
)
from pipelines.guard import guarded
from pipelines.provenance import code_version, inputs
from pipelines.settings import REGISTER, Settings, load_settings
from pipelines.warehouse.engine import Tables
from pipelines.warehouse.warehouse import Warehouse
from reports.coverage.page import coverage_page
from transforms.register.matching import match_members
from transforms.register.tally import register_tally

PERSONS, TALLY, ADJUSTMENT = "linked.member_person", "linked.register_tally", "est.adjustment"
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


@dg.multi_asset(
    name="register_persons",
    specs=[
        dg.AssetSpec(
            asset_key(name),
            deps=[asset_key("core.member"), asset_key("core.contribution")],
            group_name="register",
            kinds={"duckdb"},
            description=description,
        )
        for name, description in REGISTER_SAID.items()
    ],
    check_specs=[contract_check(name) for name in REGISTER_SAID],
)
@guarded
def register_persons() -> Iterator[Any]:
    """Match the register with itself, sum it as of its last month, estimate its adjustments."""
    settings = load_settings()
    with Warehouse(settings.workspace) as warehouse:
        tables = Tables(warehouse)
        matching = match_members(tables("core.member"))
        yield from stored(warehouse, {PERSONS: matching.persons})
        month, tally = tallied(tables, settings)
        rates = register_rates(tally, given_adjustments(settings.coverage))
        level = settings.conventions.level
        adjustments = adjustment_table(rates, REGISTER, month, ci_level=level)
        fit = publish_coverage("adjustment", adjustments)
        yield from stored(warehouse, {TALLY: tally, ADJUSTMENT: adjustments})
        yield from stored(warehouse, {"pub.adjustment": fit})


def tallied(tables: Tables, settings: Settings) -> tuple[str, pl.DataFrame]:
    """Give the register's last month and its tally for the window that ends with it."""
    contributions = tables("core.contribution")
    month = str(contributions.period.max().execute())
    tally = register_tally(
        tables("core.member"),
        contributions,
        tables(PERSONS),
        law_terms(month, settings.coverage.law),
        month,
        active_months=settings.active_months,
        window=settings.active_window,
        known_days=settings.coverage.known_days,
    )
    return month, tally.to_polars()


def register_side(warehouse: Warehouse) -> RegisterSide | None:
    """Give the stored tally, or None where no register was run."""
    if TALLY not in warehouse.tables():
        return None
    month = warehouse.get(ADJUSTMENT)["register_date"][0]
    return RegisterSide(REGISTER, str(month), warehouse.get(TALLY))


def wave_coverage(warehouse: Warehouse, profile: Profile) -> dict[str, pl.DataFrame]:
    """Compute the coverage tables of one wave, by name without ``est.``; those of a register may be absent."""
    settings = load_settings()
    return coverage_figures(
        profile,
        survey_rows(warehouse, profile.survey_id),
        survey_design(profile, settings.conventions),
        register_side(warehouse),
        settings.conventions,
        settings.coverage,
    )


@dg.multi_asset(
    name="survey_coverage",
    partitions_def=waves,
    specs=[
        dg.AssetSpec(
            asset_key(f"{schema}.{name}"),
            deps=[
                asset_key(f"est.{name}") if schema == "pub" else asset_key("core.person"),
                *([asset_key(TALLY)] if schema == "est" and name in FROM_REGISTER else []),
                # After the two collapses have agreed: the same sums stand behind these tables.
                *([asset_key("est.estimate")] if schema == "est" else []),
            ],
            partitions_def=waves,
            group_name="coverage",
            kinds={"duckdb"},
            description=said if schema == "est" else f"est.{name} fit for print.",
        )
        for name, said in WAVE_SAID.items()
        for schema in ("est", "pub")
    ],
    check_specs=[
        contract_check(f"{schema}.{name}") for name in WAVE_SAID for schema in ("est", "pub")
    ],
)
@guarded
def survey_coverage(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Compute, make fit for print and store the coverage tables; without a register some are empty."""
    profile = wave_profile(context.partition_key)
    with Warehouse(load_settings().workspace) as warehouse:
        figures = wave_coverage(warehouse, profile)
        est = {
            name: figures[name] if name in figures else empty(f"est.{name}") for name in WAVE_SAID
        }
        fit = {f"pub.{name}": publish_coverage(name, frame) for name, frame in est.items()}
        where = {"survey_id": profile.survey_id}
        # Two files, and one transaction writes to one of them.
        yield from stored(warehouse, {f"est.{name}": frame for name, frame in est.items()}, where)
        yield from stored(warehouse, fit, where)


@dg.multi_asset(
    name="coverage_page",
    partitions_def=waves,
    specs=[
        dg.AssetSpec(
            dg.AssetKey(["brief", "coverage"]),
            deps=[asset_key(f"pub.{name}") for name in WAVE_SAID],
            partitions_def=waves,
            group_name="briefs",
            kinds={"html"},
            description="The coverage gap step by step, from published tables alone.",
        )
    ],
)
@guarded
def coverage_page_of(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Write the page of one wave."""
    path = write_coverage_page(context.partition_key)
    yield dg.MaterializeResult(
        asset_key=dg.AssetKey(["brief", "coverage"]), metadata={"html": path.name}
    )


def write_coverage_page(survey_id: str) -> Path:
    """Write briefs/SURVEY/coverage.html from the published tables."""
    settings, profile = load_settings(), wave_profile(survey_id)
    with Warehouse(settings.workspace) as warehouse:
        stored_tables = warehouse.tables()
        pub = {name: warehouse.get(f"pub.{name}", {"survey_id": survey_id}) for name in WAVE_SAID}
        if "pub.adjustment" in stored_tables:
            pub["adjustment"] = warehouse.get("pub.adjustment")
    used = pub["adjusted"].height > 0
    facts = survey_facts(profile, settings) | {
        "files": inputs(settings.workspace, survey_id, *([REGISTER] if used else [])),
        "code_version": code_version(),
        "register_id": REGISTER if used else "",
        "register_date": str(pub["adjusted"]["register_date"][0]) if used else "",
        "not_computable": _not_computable(pub),
        "min_age": profile["min_age_labour"],
    }
    path = settings.briefs / survey_id / "coverage.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(coverage_page(pub, facts))
    return path


def _not_computable(pub: dict[str, pl.DataFrame]) -> list[tuple[str, str]]:
    """List the stages of the cascade that no domain can give, with the reason."""
    rows = pub["cascade"].filter(
        (pl.col("breakdown") == "total") & pl.col("note").str.starts_with("NOT COMPUTABLE: ")
    )
    return [
        (f"{row['stage']} ({row['branch']})", row["note"].removeprefix("NOT COMPUTABLE: "))
        for row in rows.iter_rows(named=True)
    ]
