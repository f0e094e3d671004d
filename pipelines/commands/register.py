"""`informality register`: check a register's files, draft a layout, compare two extracts, run it alone."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from data_contracts.errors import InputError
from data_contracts.registers.layout import load_layout
from pipelines.commands.options import Workspace
from pipelines.commands.printing import printed, progress, told
from pipelines.commands.printout import Block, Printout, frame, json_line, one_table, table
from pipelines.commands.run import found_register, register_notes
from pipelines.settings import REGISTER, SOURCES_FILE, load_settings, record_source

if TYPE_CHECKING:
    from pipelines.figures.register_draft import RegisterDraft

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
FOUND = ("file", "severity", "what", "rows", "first")
COLUMNS = ("column", "state", "header", "kind", "what becomes of it")
CHANGES = ("table", "change", "rows", "kip")
COUNTS = ("scheme", "adjustment", "value", "origin")
Extract = Annotated[Path, typer.Argument(help="Folder with members, contributions and employers.")]


@group.callback()
def about() -> None:
    """Check a register's files, draft a layout for one, compare two extracts, or run it alone."""


@group.command()
@printed()
def check(folder: Extract, workspace: Workspace = None) -> Printout:
    """Check a register's folder: every file by its layout, then the files against each other.

    Nothing is stored. Exit code 2 when something is an error: what a run refuses or sets aside.
    """
    from pipelines.bare_register import ERROR, check_folder

    files = found_register(folder)
    found = check_folder(files, load_layout(load_settings(workspace).register_layout))
    wrong = sum(one.severity == ERROR for one in found)
    rows = [(one.file, one.severity, one.what, one.rows, one.first) for one in found]
    said = f"{folder.name}: {len(found)} findings, {wrong} of them errors."
    made = one_table("findings", FOUND, rows, after=[said], whole={1, 4}, right={3})
    facts = json_line([asdict(one) for one in found])
    return replace(made, told=facts, code=2 if wrong else 0)


@group.command()
@printed()
def draft(
    file: Annotated[Path, typer.Argument(help="One file of the register, as delivered.")],
    role: Annotated[
        str | None, typer.Option(help="members, contributions, employers; else the likeliest.")
    ] = None,
    layout_file: Annotated[
        Path | None,
        typer.Option("--layout", help="Where a layout goes that knows the near headers too."),
    ] = None,
    workspace: Workspace = None,
) -> Printout:
    """Lay a file's headers over the register's layout: what is found, near, missing, not known.

    Exit code 2 when a required column is not found. No value of a row is read into the draft.
    """
    from pipelines.figures.register_draft import register_draft
    from transforms.read.files import read_table

    layout = load_layout(load_settings(workspace).register_layout)
    headers = [name.strip() for name in read_table(file).frame.columns]
    made = register_draft(headers, layout, file.name, role)
    if layout_file is not None:
        _write_layout(layout_file, layout.name, made)
    rows = [(g.name, g.state, g.header or ", ".join(g.near), g.kind, g.treat) for g in made.guesses]
    said = _draft_said(file, made)
    printout = one_table("columns", COLUMNS, rows, after=said, whole={0, 1})
    facts = {
        "file": file.name,
        "role": made.role,
        "columns": [asdict(g) | {"state": g.state} for g in made.guesses],
        "not_known": list(made.others),
    }
    return replace(printout, told=json_line(facts), code=0 if made.is_whole else 2)


def _draft_said(file: Path, made: "RegisterDraft") -> list[Block]:
    states = [guess.state for guess in made.guesses]
    lacking = sum(guess.required and guess.header is None for guess in made.guesses)
    lines: list[Block] = [
        (
            f"{file.name} is read as {made.role}: {states.count('found')} columns found, "
            f"{states.count('near')} near, {lacking} required ones not found."
        )
    ]
    if made.others:
        lines.append(Text(f"Headers that the layout does not know: {', '.join(made.others)}."))
    return lines


def _write_layout(path: Path, name: str, made: "RegisterDraft") -> None:
    import yaml

    from data_contracts.registers.layout import FOLDER
    from pipelines.figures.register_draft import with_names

    source = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    data = yaml.safe_load(source.read_text(encoding="utf-8"))
    text = yaml.safe_dump(with_names(data, made), allow_unicode=True, sort_keys=False, width=120)
    path.write_text(
        f"# Drafted from {name}: compare each added name with the form.\n{text}", "utf-8"
    )
    told(f"{path}: a layout to be checked by a person")


@group.command()
@printed()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder of the earlier extract.")],
    new: Annotated[Path, typer.Argument(help="Folder of the later extract.")],
    workspace: Workspace = None,
) -> Printout:
    """Compare two extracts: members, contributions, late postings by month, corrections.

    Counts and kip alone; nothing is stored.
    """
    from pipelines.bare_register import compare_folders

    layout = load_layout(load_settings(workspace).register_layout)
    changes = compare_folders(found_register(old), found_register(new), layout)
    return one_table("changes", CHANGES, [tuple(one) for one in changes], whole={0}, right={2, 3})


@group.command()
@printed()
def refresh(
    folder: Annotated[
        Path | None, typer.Argument(help="Its folder; without it, the one that was run last.")
    ] = None,
    workspace: Workspace = None,
) -> Printout:
    """Run the register alone, without a survey: its tables, adjustments and quality page.

    A register that is refused leaves what was there.
    """
    from pipelines.runner import run_register
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    recorded = settings.workspace / SOURCES_FILE
    before = recorded.read_bytes() if recorded.exists() else None
    if folder is not None:
        record_source(settings.workspace, REGISTER, found_register(folder))
    load_settings(settings.workspace).whole_register()
    with progress("the register") as on_step:
        try:
            run_register(settings.workspace, on_step)
        except InputError:  # a refused register is not the one that later runs should find
            if before is None:
                recorded.unlink(missing_ok=True)
            else:
                recorded.write_bytes(before)
            raise
    with Warehouse(settings.workspace, read_only=True) as warehouse:
        whole = warehouse.get("pub.adjustment", {"breakdown": "total"})
    rows = whole.select("scheme", "adjustment", "value", "origin").rows()
    shown: list[Block] = [
        table(COUNTS, rows, title=f"{REGISTER} {whole['register_date'][0]}", right={2}),
        *register_notes(settings.workspace),
        str(settings.quality_page(REGISTER)),
    ]
    return Printout({"adjustments": frame(COUNTS, rows)}, shown)
