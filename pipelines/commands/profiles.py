"""`informality profiles`: what surveys can be read, and what a profile still needs from a person."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data_contracts.profile import load_profile, profile_names


def command(
    survey: Annotated[
        str | None, typer.Argument(help="Survey id, or the path of your own profile (.yaml).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a script.")] = False,
) -> None:
    """List the surveys that have a profile, or show the settings and notes of one."""
    profiles = (
        [load_profile(survey)] if survey else [load_profile(name) for name in profile_names()]
    )
    if as_json:
        keys = ("survey_id", "title", "status", "ref_area", "time_period", "settings", "notes")
        typer.echo(
            json.dumps([{key: p.get(key) for key in keys} for p in profiles], ensure_ascii=False)
        )
        return
    console = Console()
    if survey:
        profile = profiles[0]
        console.print(f"[bold]{profile['title']}[/bold] ({profile.survey_id}, {profile['status']})")
        for note in profile.get("notes", []):
            console.print(f"- {note}", highlight=False)
        table = Table("setting", "raw column", "why a person must set it")
        for name, entry in profile.get("settings", {}).items():
            table.add_row(name, entry["default"], entry["why"])
        if table.row_count:
            console.print(table)
        return
    table = Table("survey", "title", "names and codes", "settings to fill")
    for profile in profiles:
        table.add_row(
            profile.survey_id,
            profile["title"],
            profile["status"],
            ", ".join(profile.get("settings", {})) or "none",
        )
    console.print(table)
