"""`informality privacy`: does an identifier of a person lie where it must not?"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from data_contracts.errors import InputError
from pipelines.commands.options import Workspace
from pipelines.commands.printing import printed
from pipelines.commands.printout import Block, Printout, json_line, one_table
from pipelines.settings import load_settings, require_run

if TYPE_CHECKING:
    from pipelines.privacy import Scan

group = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True,
    help="Search the workspace for identifiers of persons.",
)  # fmt: skip


FINDS = ("where", "kind", "how many")


@group.callback()
def privacy() -> None:
    """Search the workspace for identifiers of persons."""


@group.command()
@printed()
def scan(
    workspace: Workspace = None,
    also: Annotated[
        list[Path] | None, typer.Option(help="A further file or folder to search; may be repeated.")
    ] = None,
) -> Printout:
    """Search every table, log, report and the event store; print 0, or where something lies.

    What is found is counted and never shown. Exit code 2 when anything is found.
    """
    from pipelines.privacy import scan as searched

    for extra in also or ():
        if not extra.exists():
            raise InputError("there is no such file or folder", "check its name", file=extra.name)
    settings = load_settings(workspace)
    require_run(settings.workspace)
    result = searched(settings.workspace, also or ())
    rows = [(find.place, find.kind.replace("_", " "), find.count) for find in result.finds]
    made = one_table("finds", FINDS, rows, after=_said(result))
    return replace(made, told=json_line(asdict(result)), code=2 if rows else 0)


def _said(result: "Scan") -> list[Block]:
    sought = ", ".join(result.searched_for).replace("_", " ") or "nothing"
    count = sum(find.count for find in result.finds)
    said: list[Block] = [
        f"{count:,} identifiers in {result.places:,} places; searched for: {sought}"
    ]
    if result.unsearchable:
        said.append(Text(f"{result.unsearchable:,} names are too short to be searched for"))
    if not result.searched_for:
        said.append(Text("No register has been read here, so no identifier is known."))
    return said
