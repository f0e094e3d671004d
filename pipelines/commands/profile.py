"""`informality profile`: what surveys can be read, and a new survey's profile drafted and checked."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from data_contracts.profile.profile import Profile, load_profile, profile_names
from pipelines.commands.options import AsJson, OneSurvey, OwnProfile, SurveyName, Workspace
from pipelines.commands.printing import printed, told
from pipelines.commands.printout import Block, Printout, frame, json_line, one_table, table
from pipelines.settings import Settings, load_settings

if TYPE_CHECKING:
    from transforms.draft.guess import Draft

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
KEYS = {"survey_id", "title", "status", "ref_area", "time_period", "settings", "notes"}
LISTED = ("survey", "title", "names and codes", "settings to fill")
SETTINGS = ("setting", "raw column", "why a person must set it")


@group.callback()
def about() -> None:
    """List, show, draft, check or compare the profiles that say how a survey is read."""


@group.command("list")
@printed()
def list_() -> Printout:
    """List the surveys that have a profile."""
    profiles = [load_profile(name) for name in profile_names()]
    rows = [
        (one.survey_id, one.title, one.status, ", ".join(one.settings) or "none")
        for one in profiles
    ]
    heads = json_line([_head(one) for one in profiles])
    return replace(one_table("profiles", LISTED, rows), told=heads)


def _head(profile: Profile) -> dict[str, Any]:
    """Give the head of a profile as data."""
    return profile.model_dump(include=KEYS)


@group.command()
@printed()
def show(
    survey: SurveyName,
) -> Printout:
    """Show the notes of one profile and the settings that it needs from a person."""
    profile = load_profile(survey)
    title = Text(profile.title, style="bold")
    title.append(f" ({profile.survey_id}, {profile.status})", style="not bold")
    notes = [Text(f"- {note}") for note in profile.notes]
    rows = [(name, entry.default, entry.why) for name, entry in profile.settings.items()]
    parts: list[Block] = [title, *notes, *([table(SETTINGS, rows)] if rows else [])]
    tables = {"settings": frame(SETTINGS, rows)}
    return Printout(tables, parts, json_line(_head(profile)))


@group.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The survey's data file, as delivered.")],
    ddi: Annotated[Path | None, typer.Option(help="Its codebook, a DDI XML file.")] = None,
    survey: Annotated[
        str | None,
        typer.Option("--survey", "--survey-id", help="The new survey's id, CRI_2020_ENAHO."),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text the file does not declare.")] = None,
    like: Annotated[
        str | None,
        typer.Option(help="A survey id or profile path: the sister wave whose profile is kept."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where the profile goes; else here.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Draft a profile from a file's labels: a guess a column, its evidence, what you must fill.

    With --like the profile of a sister wave is taken: each of its columns is found, renamed (with
    the evidence) or gone in this file, and everything else is kept.

    Every guess is for a person to check. Answers stay in the file: names, labels and labelled
    codes are all that the draft holds.
    """
    from pipelines.figures.profile_draft import draft_json, draft_yaml, drafted

    made = drafted(file, ddi, encoding)
    if like is not None:
        _like(made, file, like, survey, output, load_settings(workspace), as_json=as_json)
        return
    text = draft_json(made) if as_json else draft_yaml(made, survey)
    if output is None:
        typer.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    found = sum(guess.chosen is not None for guess in made.guesses.values())
    told(f"{output}: {found} of {len(made.guesses)} roles found")


def _like(
    made: "Draft", file: Path, like: str, survey: str | None, output: Path | None,
    settings: Settings, *, as_json: bool,
) -> None:  # fmt: skip
    """Write the profile of a new wave made of its sister's, and say of each column how it fares."""
    from collections import Counter

    from pipelines.figures.profile_draft import drafted_like

    first = load_profile(like, None, settings.own_profiles)
    chosen = settings.profile_settings(first.survey_id)
    sister = load_profile(like, chosen, settings.own_profiles)
    found = drafted_like(made, file, sister, survey)
    if as_json:
        typer.echo(found.to_json(), nl=False)
    elif output is None:
        typer.echo(found.text, nl=False)
    if output is None:
        return
    output.write_text(found.text, encoding="utf-8")
    for line in found.text.splitlines():
        if line.startswith(("# renamed:", "# perhaps renamed:", "# gone:", "# left out")):
            told(line.removeprefix("# "))
    counted = Counter(one.status.rstrip("?") for one in found.columns)
    said = ", ".join(f"{counted[name]} {name}" for name in ("found", "renamed", "gone"))
    told(f"{output}: of {len(found.columns)} columns of {found.sister} {said}")
    told(f"Next: informality profile check {file} --profile {output}")


@group.command()
@printed()
def check(
    file: Annotated[Path, typer.Argument(help="A data file, or a profile alone (.yaml).")],
    survey: OneSurvey = None,
    profile: OwnProfile = None,
    ddi: Annotated[Path | None, typer.Option(help="A DDI codebook; counts must agree.")] = None,
    workspace: Workspace = None,
) -> Printout:
    """Show what a profile maps, what does not fit the file, and which indicators follow.

    Everything that is wrong is listed; the exit code is 2 if anything is.
    """
    from pipelines.commands.profile_check import checked, named, printout

    report = checked(file, named(file, survey, profile), ddi, workspace)
    return printout(report)


@group.command("diff")
@printed()
def diff_(
    old: SurveyName,
    new: SurveyName,
    workspace: Workspace = None,
) -> Printout:
    """Compare two waves, the earlier first: names, codes, universes, standards, and the figures.

    Where the workspace holds both waves, the change of each figure is split into definition
    (one wave recomputed under the other's rules), composition and rate.
    """
    from pipelines.commands.profile_diff import compare, printout

    return printout(compare(load_settings(workspace), old, new))
