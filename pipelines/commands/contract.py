"""`informality contract`: what a table or a file promises, whether a file keeps it, what changed."""

import json
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data_contracts.contract.find import all_names, load
from data_contracts.contract.incoming import contract_at, holds, incoming_names, survey_id
from data_contracts.contract.reference import page, write
from data_contracts.contract.shapes import Contract
from data_contracts.contract.survey_contract import incoming_contract
from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile, load_profile, profile_names
from data_contracts.registers.layout import layout_names, load_layout
from pipelines.commands.options import Against, ContractName, OneSurvey, Workspace
from pipelines.commands.printing import printed
from pipelines.commands.printout import Printout, json_line, one_table
from pipelines.settings import load_settings

if TYPE_CHECKING:
    from pipelines.bare_file import FileReport

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
LISTED = ("name", "version", "sensitivity", "columns", "title")
FAILURE = ("check", "column", "severity", "failing rows", "first")
CHANGE = ("place", "change", "breaks for")


class ContractForm(StrEnum):
    """How a contract is shown."""

    md = "md"
    yaml = "yaml"
    ddl = "ddl"
    json = "json"
    polars = "polars"


@group.callback()
def about() -> None:
    """Show a contract, check a file against one, or compare two versions of one."""


@group.command("list")
@printed()
def list_() -> Printout:
    """List every contract: warehouse tables first, then incoming files."""
    contracts = [(name, load(name)) for name in (*all_names(), *incoming_names())]
    rows = [(name, c.version, c.sensitivity, len(c.columns), c.title) for name, c in contracts]
    return one_table("contracts", LISTED, rows, whole={0})


@group.command()
def show(
    name: ContractName,
    form: Annotated[
        ContractForm, typer.Option("--format", help="md, yaml, ddl, json or polars.")
    ] = ContractForm.md,
    workspace: Workspace = None,
) -> None:
    """Show one contract: page, standard's YAML, CREATE TABLE, JSON or polars schema."""
    contract = named(name, workspace)
    if form is ContractForm.ddl:
        typer.echo(contract.ddl(contract.name) + ";")
    elif form is ContractForm.json:
        typer.echo(json.dumps(asdict(contract), ensure_ascii=False, indent=2))
    elif form is ContractForm.polars:
        types = {column: str(kind) for column, kind in contract.polars_schema().items()}
        typer.echo(json.dumps(types, indent=2))
    elif form is ContractForm.yaml:
        from data_contracts.contract.odcs_yaml import as_yaml

        typer.echo(as_yaml(contract), nl=False)
    else:
        typer.echo(page(contract), nl=False)


@group.command()
@printed()
def check(
    file: Annotated[Path, typer.Argument(help="A file as delivered; nothing of it is stored.")],
    against: Against = None,
    survey: OneSurvey = None,
    workspace: Workspace = None,
) -> Printout:
    """Check a bare file against a contract; exit code 2 when it breaks a promise.

    --survey ID names the contract of a survey's file, --against any contract.
    """
    if (against is None) == (survey is None):
        raise InputError(
            "one contract is named for a check",
            "give --survey ID, or --against TABLE, LAYOUT.TABLE or PATH",
        )
    report = _report(file, against or survey or "", workspace)
    rows = [
        (
            failure.expectation.removeprefix("expect_").replace("_", " "),
            failure.column,
            failure.severity,
            failure.unexpected,
            failure.place,
        )
        for failure in report.failures
    ]
    told = {
        "file": report.file,
        "contract": report.contract.name,
        "version": report.contract.version,
        "passed": report.passed,
        "rows": report.rows,
        "checks": report.evaluated,
        "failures": [
            dict(zip(FAILURE, row, strict=True))
            | ({"permitted": list(failure.permitted)} if failure.permitted else {})
            for row, failure in zip(rows, report.failures, strict=True)
        ],
        "not_read": list(report.not_read),
    }
    made = one_table(
        "failures", FAILURE, rows, after=[*_permitted(report), *_verdict(report)], whole={0}
    )
    return replace(made, told=json_line(told), code=0 if report.passed else 2)


def _permitted(report: "FileReport") -> list[str]:
    """List the closed set of every column that holds another code."""
    return [
        f"{failure.column} permits {', '.join(failure.permitted)}."
        for failure in report.failures
        if failure.permitted
    ]


def _verdict(report: "FileReport") -> list[str]:
    contract = report.contract
    said = (
        f"{report.file}, {report.rows:,} rows: {len(report.failures)} of {report.evaluated} checks "
        f"of {contract.name} {contract.version} fail."
    )
    if not report.not_read:
        return [said]
    shown = ", ".join(report.not_read[:20])
    more = ", and others (all with --json)" if len(report.not_read) > 20 else ""
    return [said, f"Columns not read ({len(report.not_read)}): {shown}{more}."]


@group.command()
@printed()
def diff(
    old: Annotated[str, typer.Argument(help="The older: a name, or the path of a .yaml file.")],
    new: Annotated[str, typer.Argument(help="The newer: a name, or the path of a .yaml file.")],
    workspace: Workspace = None,
) -> Printout:
    """Name each change between two contracts and for whom it breaks.

    Exit code 2 when a change breaks something and the version's first number does not rise.
    """
    from data_contracts.contract.diff import compare

    found = compare(named(old, workspace), named(new, workspace))
    rows = [(c.place, c.what, ", ".join(c.breaks) or "nobody") for c in found.changes]
    told = {
        "old": f"{found.old.name} {found.old.version}",
        "new": f"{found.new.name} {found.new.version}",
        "changes": [asdict(change) for change in found.changes],
        "needed": found.needed,
        "given": found.given,
        "fits": found.fits,
    }
    said = (
        f"{len(rows)} changes, {len(found.breaking)} of them breaking. Version "
        f"{found.old.version} to {found.new.version}: rise needed {found.needed}, given "
        f"{found.given}; {'it fits' if found.fits else 'it does not fit'}."
    )
    made = one_table("changes", CHANGE, rows, after=[said], whole={0})
    unfit = found.breaking and found.given != "major"
    return replace(made, told=json_line(told), code=2 if unfit else 0)


@group.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="Such as docs/reference; pages there change.")],
) -> None:
    """Write the reference pages of every contract, and their index."""
    written = write([load(name) for name in (*all_names(), *incoming_names())], folder)
    typer.echo(f"{len(written)} pages written to {folder}", err=True)


@group.command()
def schemas(
    folder: Annotated[Path, typer.Argument(help="Such as data_contracts/schemas.")],
) -> None:
    """Write the JSON Schemas of profiles, layouts, law, checks and settings, for editors."""
    from data_contracts.schema_files import schema_files
    from pipelines.settings_file import SETTINGS

    made = schema_files(SETTINGS)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    typer.echo(f"{len(made)} schemas written to {folder}", err=True)


def _report(file: Path, against: str, workspace: Path | None) -> "FileReport":
    from pipelines.bare_file import check_file, check_register_file, check_survey_file

    layout, _, role = against.partition(".")
    if layout in layout_names() and role in load_layout(layout).tables:
        return check_register_file(file, load_layout(layout), role)
    profile = _profile(against, workspace)
    if profile is not None:
        return check_survey_file(file, profile)
    contract = named(against, workspace)
    if contract.further_columns:
        raise InputError(
            "an incoming file is checked by its survey or register layout",
            "name the survey, the layout and its table, or the path of the profile",
            file=contract.name,
        )
    return check_file(file, contract)


def named(name: str, workspace: Path | None = None) -> Contract:
    """Give a contract by its name or by its file, with the workspace's own profiles."""
    profile = _profile(name, workspace)
    if profile is not None:
        return incoming_contract(profile)
    return contract_at(Path(name)) if name.endswith(".yaml") else load(name)


def _profile(name: str, workspace: Path | None) -> Profile | None:
    """Give the profile that a name or path means, with the settings a person made; else None."""
    settings = load_settings(workspace)
    if name.endswith(".yaml"):
        return load_profile(name) if holds(Path(name), "survey_id") else None
    survey = survey_id(name)
    if survey not in profile_names(settings.own_profiles):
        return None
    return load_profile(survey, settings.profile_settings(survey), settings.own_profiles)
