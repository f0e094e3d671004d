"""`informality export`: published figures in the files of official statistics."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data_contracts.errors import InputError
from pipelines.commands.options import AsJson, Survey, Workspace, not_stored
from pipelines.commands.printout import json_line
from pipelines.settings import Settings, load_settings

TABLES = ("estimate", "computability", "register_coverage")


class OfficialForm(StrEnum):
    """What is written."""

    sdmx = "sdmx"


class StatusLetters(StrEnum):
    """Whose letters say a figure's status."""

    ilostat = "ilostat"
    sdmx = "sdmx"


def command(
    survey: Survey,
    output: Annotated[Path, typer.Option(help="The folder to write into.")],
    kind: Annotated[
        OfficialForm, typer.Option("--format", help="sdmx: SDMX-CSV 1.0.")
    ] = OfficialForm.sdmx,
    status: Annotated[
        StatusLetters,
        typer.Option(
            help="Letters of a figure's status: ILOSTAT's, or the cross-domain SDMX list's."
        ),
    ] = StatusLetters.ilostat,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Write a survey's published figures as SDMX-CSV, one file a dataflow, with ILOSTAT's codes.

    Beside them: ssi_rows.csv (the register in the shape of the Social Security Inquiry) and
    export_notes.csv (what is not written, and why). Withheld figures stay withheld.
    """
    from pipelines.warehouse.warehouse import Warehouse
    from reports.official.sdmx import sdmx_files

    settings = load_settings(workspace)
    with Warehouse(settings.workspace, read_only=True) as warehouse:
        stored = {"pub.estimate", "pub.computability", "pub.register_coverage"} <= set(
            warehouse.tables()
        )
        pub = {n: warehouse.get(f"pub.{n}", {"survey_id": survey}) for n in TABLES if stored}
    if not stored or pub["estimate"].is_empty():
        raise not_stored("no figures of {} are published", survey, settings)
    files = sdmx_files(pub, _facts(survey, settings), status.value)
    _write(files, output)
    if as_json:
        typer.echo(json_line({"survey_id": survey, "format": kind.value, "files": list(files)}))
        return
    for name in files:
        typer.echo(str(output / name))


def _facts(survey: str, settings: Settings) -> dict[str, object]:
    from data_contracts.profile.profile import load_profile
    from pipelines.provenance import inputs, is_made_up

    profile = load_profile(survey, settings.profile_settings(survey), settings.own_profiles)
    synthetic = is_made_up(inputs(settings.workspace, survey))
    return {
        "survey_id": survey,
        "ref_area": profile.ref_area,
        "time_period": profile.time_period,
        "icls": profile.standards.icls,
        "source": profile.ilostat_source or f"{profile.source_type} - {profile.title}",
        "min_age": profile.min_age_labour,
        "status": "synthetic" if synthetic else profile.status,
    }


def _write(files: dict[str, bytes], folder: Path) -> None:
    """Write the files; a CSV file of another export in the folder would be taken for one of them."""
    others = {path.name for path in folder.glob("*.csv")} - set(files)
    if others:
        raise InputError(
            f"{len(others)} other CSV files lie in the folder",
            "name an empty folder, or take them away",
            file=folder.name,
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
