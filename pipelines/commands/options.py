"""The options that several commands share, each once with its help and completion; printing.py prints what they ask for."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from data_contracts.catalogue.indicators import catalogue
from data_contracts.contract.find import all_names
from data_contracts.contract.incoming import incoming_names
from data_contracts.errors import InputError, near
from data_contracts.profile.profile import profile_names
from pipelines.commands.printing import told
from pipelines.settings import Settings, load_settings

FIGURES = ("est.", "pub.")  # schemas of figures; in the others are persons


def _survey_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    own = None
    with suppress(InputError):  # broken settings are told by the command, not while it is typed
        own = load_settings(ctx.params.get("workspace")).own_profiles
    return _begun(incomplete, profile_names(own))


def _indicator_ids(incomplete: str) -> list[str]:
    return _begun(incomplete, catalogue())


def _table_names(incomplete: str) -> list[str]:
    return _begun(incomplete, (name for name in all_names() if name.startswith(FIGURES)))


def _contract_names(incomplete: str) -> list[str]:
    return _begun(incomplete, (*all_names(), *incoming_names()))


def _begun(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


_SURVEY = typer.Option(
    "--survey", help="Survey id, such as LAO_2017_LFS.", autocompletion=_survey_ids
)
Survey = Annotated[str, _SURVEY]
SurveyName = Annotated[
    str,
    typer.Argument(help="Survey id, or the path of a profile.", autocompletion=_survey_ids),
]
OneSurvey = Annotated[str | None, _SURVEY]
OwnProfile = Annotated[
    str | None, typer.Option("--profile", help="Path of your own profile, instead of --survey.")
]
Workspace = Annotated[Path | None, typer.Option(help="The workspace folder.")]
Indicator = Annotated[
    str | None, typer.Option(help="Only this indicator.", autocompletion=_indicator_ids)
]
FigureTable = Annotated[
    str,
    typer.Argument(
        help="Such as pub.estimate, est.estimate, est.driver.", autocompletion=_table_names
    ),
]
CONTRACT = "Such as core.person, LAO_2017_LFS, LSSO_EXTRACT.members, or a .yaml file."
ContractName = Annotated[str, typer.Argument(help=CONTRACT, autocompletion=_contract_names)]
Against = Annotated[str | None, typer.Option(help=CONTRACT, autocompletion=_contract_names)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


def asked_survey(survey: str | None, profile: str | None) -> str:
    """Give the survey that is asked for: an id, or the path of a profile file.

    An id given with --profile, its name until version 0.1, is taken with a word about it.

    Raises:
        InputError: neither or both are given, or a path is given as an id.
    """
    if survey and profile:
        raise InputError("--survey and --profile name the survey twice", "give one of them")
    if survey and survey.endswith(".yaml"):
        raise InputError("--survey takes an id", f"give the path with --profile {survey}")
    if not survey and not profile:
        raise InputError(
            "no survey is named",
            "give --survey ID, see `informality profile list`, or your own profile with "
            "--profile PATH",
        )
    if profile and not profile.endswith(".yaml"):
        told(f"--profile is for the path of a profile file: write --survey {profile} for an id.")
    return str(survey or profile)


def not_stored(what: str, survey: str, settings: Settings) -> InputError:
    """Give the refusal of a survey whose figures are not in the workspace, and what makes them.

    Args:
        what: is missing, as the start of a sentence: ``no coverage figures of {} are stored``.
        survey: the id.
        settings: the workspace's.
    """
    known = profile_names(settings.own_profiles)
    if survey in known:
        return InputError(what.format(survey), f"run `informality run --survey {survey}` first")
    return InputError(
        what.format(survey) + near(survey, known),
        f"choose one of {', '.join(known)}, and run it first",
    )
