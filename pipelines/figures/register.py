"""The register's files to canonical tables, and the tables to counts and adjustments; nothing is stored."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analyses.coverage.register.rates import adjustment_table, register_rates
from analyses.quality.finding import ERROR, FAILED, QualityFinding
from analyses.wave.register_coverage import register_coverage
from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan
from data_contracts.quality.rules import load_rules, said_of
from data_contracts.registers.layout import RegisterLayout
from pipelines.figures.coverage import given_adjustments, law_terms
from pipelines.settings import REGISTER, REGISTER_FILES, Settings
from transforms.read.files import read_table
from transforms.register.canonical import canonical, unknown_columns
from transforms.register.counts import register_counts
from transforms.register.plausible import last_usual_month, set_aside
from transforms.register.tally import register_tally

BY_REGISTRATION = "admin1_code"  # of register_counts: where members are registered
TABLES = dict(
    zip(("core.member", "core.contribution", "core.employer"), REGISTER_FILES, strict=True)
)


def read_register_file(
    role: str, path: Path, layout: RegisterLayout, key: bytes, last: str | None = None
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Give one canonical table, and what may be told of its file: name, hash, rows, notes.

    The delivered rows, with names and numbers in them, end with this function, and so does what
    cannot be: ``set_aside`` leaves it out, by row and with counts. ``last`` is the register's last month.

    Raises:
        InputError: the file or a value in it breaks the layout, or too much of it cannot be.
    """
    table = layout.tables.get(role)
    raw = read_table(path, layout=table.format if table is not None else None)
    frame = canonical(role, raw.frame, layout, key, raw.name)
    facts: dict[str, Any] = {
        "name": raw.name, "sha256": raw.sha256, "rows": raw.frame.height,
    } | ({"synthetic": True} if raw.synthetic else {})  # fmt: skip
    frame, aside = set_aside(role, frame, raw.name, last)
    notes = [*raw.notes, *(str(one) for one in aside)]
    if unknown := unknown_columns(role, raw.frame, layout, raw.name):
        notes.append(f"{unknown} columns that the layout {layout.name} does not know were left out")
    return frame, {**facts, "notes": notes} if notes else facts


def read_register(
    files: Mapping[str, Path], layout: RegisterLayout, key: bytes
) -> tuple[dict[str, pl.DataFrame], dict[str, dict[str, Any]]]:
    """Give the register's canonical tables and the facts of their files, both by table."""
    frames, facts, last = {}, {}, None
    paid = "core.contribution"
    for name in (paid, *(name for name in TABLES if name != paid)):
        frames[name], facts[name] = read_register_file(
            TABLES[name], files[TABLES[name]], layout, key, last
        )
        last = last or last_usual_month(frames[paid])
    return {name: frames[name] for name in TABLES}, {name: facts[name] for name in TABLES}


def refuse_inconsistent(
    findings: Sequence[QualityFinding], files: Mapping[str, Mapping[str, Any]]
) -> None:
    """Refuse an extract whose tables contradict each other by a check of severity error.

    Args:
        findings: what ``register_findings`` gives of the tables.
        files: facts of the delivered file by table.

    Raises:
        InputError: with the check, how many rows break it and how many were looked at.
    """
    failed = [one for one in findings if one.severity == ERROR and one.status == FAILED]
    if not failed:
        return
    said = "; ".join(
        said_of("register", f.check_id, f.statement, (f.failed, f.checked, f.measure, f.category))
        for f in failed
    )
    table = ".".join(failed[0].scope.split(".")[:2])
    raise InputError(
        f"the register contradicts itself ({said})",
        load_rules("register")[failed[0].check_id].remedy,
        file=str(files[table]["name"]) if table in files else table,
    )


def last_month(contributions: Any) -> str:
    """Give the last month that core.contribution (an Ibis table) holds, as YYYY-MM."""
    return str(contributions.period.max().execute())


def tallied(
    members: Any, contributions: Any, persons: Any, settings: Settings
) -> dict[str, pl.DataFrame]:
    """Sum the register for the window that ends with its last month, and estimate its adjustments.

    Args:
        members: core.member as an Ibis table.
        contributions: core.contribution, likewise.
        persons: linked.member_person, likewise.
        settings: the window, choices of the law, adjustments that are given, level.

    Returns:
        linked.register_tally and est.adjustment, by name.
    """
    month, coverage = last_month(contributions), settings.coverage
    tally = register_tally(
        members,
        contributions,
        persons,
        law_terms(month, coverage.law),
        month,
        active_months=settings.active_months,
        window=settings.active_window,
        known_days=coverage.known_days,
    ).to_polars()
    rates = register_rates(tally, given_adjustments(coverage))
    level = settings.conventions.level
    adjustments = adjustment_table(rates, REGISTER, month, ci_level=level)
    return {"linked.register_tally": tally, "est.adjustment": adjustments}


def register_over_survey(
    plan: WavePlan,
    members: Any,
    contributions: Any,
    figures: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Count the register as of its last month and divide by the survey's employed.

    For the whole and by sex: a register knows every member's province of registration, which is
    often a head office's. Provinces stand in est.adjusted, by residence, and in the bridge.

    Args:
        plan: the wave's.
        members: core.member as an Ibis table.
        contributions: core.contribution, likewise.
        figures: est.estimate of the wave.
        settings: how many months of which window make an active contributor.

    Returns:
        est.register_coverage of the wave.
    """
    last, months, window = last_month(contributions), settings.active_months, settings.active_window
    counts = register_counts(members, contributions, last, months, window).to_polars()
    counts = counts.filter(pl.col("breakdown") != BY_REGISTRATION)
    employed = figures.filter(pl.col("indicator") == "employed").select(
        "breakdown", "category", "obs_value", "se", "df"
    )
    return register_coverage(
        counts,
        employed,
        {
            "register_id": REGISTER,
            "register_date": last,
            "survey_id": plan.survey_id,
            "survey_date": plan.time_period,
            "survey_month": f"{plan.reference_day:%Y-%m}",
            "rule": f">={months} month in {window}",
        },
        months_apart=settings.coverage.months_apart,
    )
