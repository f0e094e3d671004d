"""`informality profile`: what surveys can be read, and a new survey's profile drafted and checked."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from data_contracts.profile.profile import Profile, load_profile, profile_names

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]
KEYS = {"survey_id", "title", "status", "ref_area", "time_period", "settings", "notes"}


@group.callback()
def about() -> None:
    """List, show, draft, check or compare the profiles that say how a survey is read."""


@group.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the surveys that have a profile."""
    profiles = [load_profile(name) for name in profile_names()]
    if as_json:
        typer.echo(json.dumps([_described(one) for one in profiles], ensure_ascii=False))
        return
    table = Table("survey", "title", "names and codes", "settings to fill")
    for profile in profiles:
        settings = ", ".join(profile.settings) or "none"
        table.add_row(profile.survey_id, profile.title, profile.status, settings)
    Console().print(table)


def _described(profile: Profile) -> dict[str, Any]:
    """Give the head of a profile as data."""
    return profile.model_dump(include=KEYS)


@group.command()
def show(
    survey: Annotated[str, typer.Argument(help="Survey id, or the path of your own profile.")],
    as_json: AsJson = False,
) -> None:
    """Show the notes of one profile and the settings that it needs from a person."""
    profile = load_profile(survey)
    if as_json:
        typer.echo(json.dumps(_described(profile), ensure_ascii=False))
        return
    console = Console()
    console.print(f"[bold]{profile.title}[/bold] ({profile.survey_id}, {profile.status})")
    for note in profile.notes:
        console.print(f"- {note}", highlight=False)
    table = Table("setting", "raw column", "why a person must set it")
    for name, entry in profile.settings.items():
        table.add_row(name, entry.default, entry.why)
    if table.row_count:
        console.print(table)


@group.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The survey's data file, as delivered.")],
    ddi: Annotated[Path | None, typer.Option(help="Its codebook, a DDI XML file.")] = None,
    survey_id: Annotated[str | None, typer.Option(help="Such as CRI_2020_ENAHO.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text the file does not declare.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where the profile goes; else here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draft a profile from a file's labels: a guess a column, its evidence, what you must fill.

    Every guess is for a person to check. Answers stay in the file: names, labels and labelled
    codes are all that the draft holds.
    """
    from pipelines.figures.profile_report import draft_json, draft_yaml, drafted

    made = drafted(file, ddi, encoding)
    text = draft_json(made) if as_json else draft_yaml(made, survey_id)
    if output is None:
        typer.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    found = sum(guess.chosen is not None for guess in made.guesses.values())
    typer.echo(f"{output}: {found} of {len(made.guesses)} roles found", err=True)


@group.command()
def check(
    file: Annotated[Path, typer.Argument(help="A data file, or a profile alone (.yaml).")],
    profile: Annotated[str | None, typer.Option(help="Survey id, or your own profile.")] = None,
    ddi: Annotated[Path | None, typer.Option(help="A DDI codebook; counts must agree.")] = None,
    workspace: Annotated[Path | None, typer.Option(help="The workspace folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a profile maps, what does not fit the file, and which indicators follow.

    Everything that is wrong is listed; the exit code is 2 if anything is.
    """
    from pipelines.commands.profile_check import checked, print_report

    report = checked(file, profile, ddi, workspace)
    if as_json:
        typer.echo(report.to_json())
    else:
        print_report(Console(), report)
    if report.wrong:
        raise typer.Exit(2)


@group.command("diff")
def diff_(
    old: Annotated[str, typer.Argument(help="Survey id of the earlier wave, or a profile's path.")],
    new: Annotated[str, typer.Argument(help="Survey id of the later wave, or a profile's path.")],
    workspace: Annotated[Path | None, typer.Option(help="The workspace folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two waves: names, codes, universes, standards, and what that does to the figures.

    Where the workspace holds both waves, the change of each figure is split into definition
    (one wave recomputed under the other's rules), composition and rate.
    """
    from pipelines.commands.profile_diff import compare, print_comparison
    from pipelines.settings import load_settings

    made = compare(load_settings(workspace), old, new)
    if as_json:
        typer.echo(made.to_json())
    else:
        print_comparison(Console(), made)
