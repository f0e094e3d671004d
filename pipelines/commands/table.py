"""`informality table`: one table of the warehouse, for eyes or for a script."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from data_contracts.catalogue.indicators import catalogue
from data_contracts.contract.find import all_names, load
from data_contracts.errors import InputError, Refused, near
from data_contracts.profile.profile import profile_names
from pipelines.commands.options import FIGURES, FigureTable, Indicator, OneSurvey, Workspace
from pipelines.commands.printing import printed, told
from pipelines.commands.printout import Printout, as_stored
from pipelines.settings import load_settings

if TYPE_CHECKING:
    import polars as pl


@printed()
def command(
    name: FigureTable,
    workspace: Workspace = None,
    indicator: Indicator = None,
    survey: OneSurvey = None,
) -> Printout:
    """Print a table in a fixed order of rows: the same table gives the same bytes.

    Tables of persons (raw, core) and of single PSUs stay in the vault and are not printed.
    """
    from pipelines.warehouse.warehouse import Warehouse

    settings = load_settings(workspace)
    _refuse_persons(name)
    with Warehouse(settings.workspace, read_only=True) as warehouse:
        rows = warehouse.get(name)
    rows = rows.sort(load(name).primary_key, nulls_last=True)
    rows = _only(rows, name, "indicator", indicator, catalogue())
    rows = _only(rows, name, "survey", survey, profile_names(settings.own_profiles))
    made = as_stored(rows, name, caption=_rules(rows), caption_justify="left")
    return replace(made, width=max(120, made.width))


def _refuse_persons(name: str) -> None:
    """Refuse tables of persons and of few persons, and names that no table has.

    Raises:
        Refused: the table does not leave the vault.
        InputError: there is no such table.
    """
    known = all_names()
    hint = "" if name in known else near(name, (one for one in known if one.startswith(FIGURES)))
    if not name.startswith(FIGURES):
        raise Refused(
            f"this is not a table of figures{hint}, and tables of persons stay in the vault",
            "ask for a table of the schemas est and pub, see `informality contract list`",
            file=name,
        )
    if name not in known:
        raise InputError(f"there is no table {name}{hint}", "see `informality contract list`")
    if load(name).sensitivity == "restricted":
        raise Refused(
            "this table holds cells of few persons, which stay in the vault",
            "ask for another table of figures",
            file=name,
        )


def _only(
    rows: "pl.DataFrame", name: str, option: str, wanted: str | None, known: Collection[str]
) -> "pl.DataFrame":
    """Keep the rows of one indicator or survey; one that nobody knows is refused."""
    column = {"survey": "survey_id"}.get(option, option)
    if wanted is None:
        return rows
    if column not in rows.columns:
        told(f"{name} has no column {column}: --{option} changes nothing.")
        return rows
    held = rows[column].drop_nulls().unique().sort().to_list()
    if wanted not in {*held, *known}:
        raise InputError(
            f"there is no {option} {wanted}{near(wanted, [*known, *held])}",
            f"choose one of {', '.join(held or known)}",
        )
    return rows.filter(rows[column] == wanted)


def _rules(rows: "pl.DataFrame") -> str | None:
    """Say under a table of figures how their reliability was judged; nothing under another."""
    if "reliability" not in rows.columns:
        return None
    from analyses.engine.reliability import rule_set

    names = rows["reliability"].drop_nulls().unique().sort().to_list()
    return "\n".join(f"Reliability, {name}: {rule_set(name).said}" for name in names) or None
