"""`informality privacy`: does an identifier of a person lie where it must not?"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

group = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True,
    help="Search the workspace for identifiers of persons.",
)  # fmt: skip


@group.callback()
def privacy() -> None:
    """Search the workspace for identifiers of persons."""


@group.command()
def scan(
    workspace: Annotated[Path | None, typer.Option(help="The workspace folder.")] = None,
    also: Annotated[
        list[Path] | None, typer.Option(help="A further file or folder to search; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a script.")] = False,
) -> None:
    """Search every table, log, report and the event store; print 0, or where something lies.

    What is found is counted and never shown. Exit code 2 when anything is found.
    """
    from data_contracts.errors import InputError
    from pipelines.privacy import scan as searched
    from pipelines.settings import load_settings

    for extra in also or ():
        if not extra.exists():
            raise InputError("there is no such file or folder", "check its name", file=extra.name)
    settings = load_settings(workspace)
    if not (settings.workspace / "vault" / "vault.duckdb").exists():
        raise InputError(
            "there is no workspace here", "name one with --workspace, or run `informality demo`",
            file=settings.workspace.name,
        )  # fmt: skip
    result = searched(settings.workspace, also or ())
    if as_json:
        typer.echo(json.dumps(asdict(result), ensure_ascii=False))
    else:
        console = Console()
        if result.finds:
            table = Table("where", "kind", "how many")
            for find in result.finds:
                table.add_row(find.place, find.kind.replace("_", " "), f"{find.count:,}")
            console.print(table)
        console.print(
            f"{sum(find.count for find in result.finds):,} identifiers in {result.places:,} places; "
            f"searched for: {', '.join(result.searched_for).replace('_', ' ') or 'nothing'}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        if result.unsearchable:
            console.print(
                f"{result.unsearchable:,} names are too short to be searched for", highlight=False
            )
        if not result.searched_for:
            console.print(
                "No register has been read here, so no identifier is known.", highlight=False
            )
    if result.finds:
        raise typer.Exit(2)
