"""`informality run`: files in, figures and a brief out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from data_contracts.catalogue.key_figures import key_figures
from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile
from pipelines.commands.options import OneSurvey, OwnProfile, Workspace, asked_survey
from pipelines.commands.printing import printed, progress
from pipelines.commands.printout import Block, Printout, frame, json_line, table
from pipelines.settings import (
    AGGREGATE,
    REGISTER,
    REGISTER_FILES,
    SOURCES_FILE,
    Settings,
    load_settings,
    record_source,
)

if TYPE_CHECKING:
    import polars as pl

    from data_contracts.catalogue.key_figures import Form
    from reports.model import Cell

FIGURE = (
    "indicator",
    "figure",
    "form",
    "name",
    "obs_value",
    "ci_lower",
    "ci_upper",
    "unit_measure",
    "obs_status",
)
PUB = ("estimate", "adjusted", "cascade", "computability")
SHOWN = ("figure", "value", "95 % interval", "reliability")


@printed()
def command(
    survey: OneSurvey = None,
    profile: OwnProfile = None,
    lfs: Annotated[
        Path | None, typer.Option(help="The survey's file; without it, the one in landing/.")
    ] = None,
    register: Annotated[
        Path | None, typer.Option(help="Folder with members, contributions and employers.")
    ] = None,
    workspace: Workspace = None,
) -> Printout:
    """Run one survey, and the register when it is given, from files to the brief.

    Everything is checked before it replaces anything: after an error the warehouse keeps what
    it had. Running twice on the same files gives the same bytes.
    """
    settings = load_settings(workspace)
    folder, survey = settings.workspace, adopted(settings, asked_survey(survey, profile))
    recorded = folder / SOURCES_FILE
    before = recorded.read_bytes() if recorded.exists() else None
    if lfs is not None:
        if not lfs.is_file():
            raise InputError("there is no such file", "check its name and folder", file=lfs.name)
        record_source(folder, survey, {"lfs": lfs})
    if register is not None:
        record_source(folder, REGISTER, found_register(register))
    with progress("reading what is there") as on_step:
        try:
            run_all(folder, [survey], on_step)
        except InputError:  # a refused file is not the one that later runs should find
            if before is None:
                recorded.unlink(missing_ok=True)
            else:
                recorded.write_bytes(before)
            raise
    summary = headline_rows(folder, survey)
    parts, told = headline_parts(summary), json_line(summary)
    return Printout({"figures": headline_frame([summary])}, parts, told)


def adopted(settings: Settings, name: str) -> str:
    """Give the survey id of a profile; one given by its path, if finished, is copied into the workspace."""
    if name.endswith(".yaml"):
        from pipelines.figures.survey_checks import refuse_unready

        given = load_profile(name)
        refuse_unready(given)
        survey = given.survey_id
        settings.own_profiles.mkdir(parents=True, exist_ok=True)
        copy = settings.own_profiles / f"{survey}.yaml"
        if Path(name).resolve() != copy.resolve():
            copy.write_bytes(Path(name).read_bytes())
        name = survey
    return load_profile(name, settings.profile_settings(name), settings.own_profiles).survey_id


def found_register(folder: Path) -> dict[str, Path]:
    """Give the register's three files in a folder, and its own counts when they are there.

    Raises:
        InputError: one of them is not there, or not once.
    """
    files = {}
    for role in REGISTER_FILES:
        found = sorted(folder.glob(f"{role}.*"))
        if len(found) != 1:
            raise InputError(
                f"{len(found)} files are named {role} where one is expected",
                "put members, contributions and employers into one folder",
                file=folder.name,
            )
        files[role] = found[0]
    for counts in sorted(folder.glob(f"{AGGREGATE}.*")):
        files[AGGREGATE] = counts
    return files


def run_all(folder: Path, surveys: list[str], on_step: Callable[[str], None]) -> None:
    """Run the register when there is one, then each survey."""
    from pipelines.runner import run_register, run_survey

    if load_settings(folder).register_files() and any(s.startswith("LAO") for s in surveys):
        on_step("the register")
        run_register(folder, on_step)
    for survey in surveys:
        on_step(survey)
        run_survey(folder, survey, on_step)


def headline_rows(folder: Path, survey: str) -> dict[str, object]:
    """Give the published headline figures, what is not computable, and the briefs' paths."""
    from pipelines.stored import wave_tables
    from pipelines.warehouse.warehouse import Warehouse
    from reports.key_figures import key_figures_of

    with Warehouse(folder, read_only=True) as warehouse:
        pub = wave_tables(warehouse, survey, tuple(f"pub.{name}" for name in PUB))
        judged = warehouse.get("est.quality", {"survey_id": survey})
    figures = key_figures_of(pub, survey)
    unable = pub["computability"]
    rows = [
        _figure_row(name, form, figures.cell(name, form))
        for name, one in key_figures().items()
        for form, answer in one.answers
        if answer.listed
    ]
    missing = unable.filter(unable["status"] == "NOT COMPUTABLE")
    settings = load_settings(folder)
    briefs = [*sorted((settings.briefs / survey).glob("*gap*")), settings.coverage_page(survey)]
    return {
        "survey_id": survey,
        "figures": [row for row in rows if row["obs_status"]],
        "not_computable": missing.select("indicator", "reason").to_dicts(),
        "briefs": [str(path) for path in briefs],
        "warnings": judged.filter(judged["status"] == "failed").height,
        "register_notes": register_notes(folder) if survey.startswith("LAO") else [],
        "quality": str(settings.quality_page(survey)),
    }


def _figure_row(name: str, form: "Form", cell: "Cell") -> dict[str, Any]:
    """Give a key figure as a row for programs."""
    answer = dict(key_figures()[name].answers)[form]
    told = (
        answer.indicator or name,
        name,
        form,
        answer.name,
        cell.value,
        cell.lower,
        cell.upper,
        cell.unit,
        cell.status,
    )
    return dict(zip(FIGURE, told, strict=True))


def headline_frame(summaries: Sequence[dict[str, Any]]) -> "pl.DataFrame":
    """Give the headline figures of some surveys as one table for programs."""
    rows = [(one["survey_id"], *row.values()) for one in summaries for row in one["figures"]]
    return frame(("survey_id", *FIGURE), rows)


def headline_parts(summary: dict[str, Any]) -> list[Block]:
    """Give the headline figures, what could not be computed, and where the briefs are."""
    status = {"A": "", "U": "unreliable", "S": "withheld"}
    rows = []
    for row in summary["figures"]:
        value, low, high = (
            said(row[key], row["unit_measure"] == "PT")
            for key in ("obs_value", "ci_lower", "ci_upper")
        )
        judged = status.get(row["obs_status"], row["obs_status"])
        limits = "" if row["ci_lower"] is None else f"{low} to {high}"
        rows.append((row["name"], value, limits, judged))
    reasons: dict[str, list[str]] = {}
    for row in summary["not_computable"]:
        reasons.setdefault(row["reason"], []).append(row["indicator"].replace("_", " "))
    return [
        table(SHOWN, rows, title=summary["survey_id"]),
        *(
            Text(f"NOT COMPUTABLE: {', '.join(names)}: {reason}")
            for reason, names in reasons.items()
        ),
        *summary["briefs"],
        *summary["register_notes"],
        *_warned(summary),
    ]


def register_notes(folder: Path) -> list[str]:
    """Say what reading the register set aside or assumed, file by file."""
    from pipelines.provenance import inputs
    from pipelines.settings import REGISTER

    return [
        f"{REGISTER} {one['name']}: {note}"
        for one in inputs(folder, REGISTER)
        for note in one.get("notes", ())
    ]


def _warned(summary: dict[str, Any]) -> list[Block]:
    """Say last how many warnings the quality report holds, and where it lies."""
    number = summary["warnings"]
    if not number:
        return []
    return [f"{number} warning{'' if number == 1 else 's'}: {summary['quality']}"]


def said(value: float | None, percent: bool) -> str:
    """Write a published figure as a person reads it."""
    if value is None:
        return "withheld"
    return f"{value:.1f} %" if percent else f"{value:,.0f}"
