"""What a column takes from the definition it names: a shared column, a catalogue's ids, the table it is published from.

The standard's own link says it (``authoritativeDefinitions``), and what is written beside the link
wins: docs/decisions/009-shared-columns.md. What a column then promises is checked in ``odcs.py``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.catalogue.breakdowns import breakdown_entries, breakdowns
from data_contracts.contract.columns import column
from data_contracts.contract.document import Place, beside, broken, parse, single_table
from data_contracts.errors import InputError, near
from data_contracts.yaml_lines import load_yaml

_DEFINITION = re.compile(
    r"(?P<file>[^#:]+\.yaml)#schema/(?P<schema>[^/]+)/properties/(?P<id>[^/]+)"
)
_CATALOGUE = re.compile(r"[^#:]+\.yaml")
_OWN = frozenset({"id", "name", "authoritativeDefinitions"})
# How far a published column is protected, and what its table's key is, is said of its own table.
_OF_THE_TABLE = _OWN | {"classification", "primaryKey", "primaryKeyPosition"}


@lru_cache(maxsize=64)
def filled(path: Path) -> Any:
    """Read a contract's file, each of its columns filled from what it names.

    A column takes each field that it does not state itself: first from the definition that it
    names, then, in a published table, from the column of that name in the table behind it. Where
    it lists codes alone, their meanings come from there too.

    Raises:
        InputError: the file breaks the standard, or names what there is not; file and line.
    """
    document = parse(path)
    table = single_table(document, path)
    source = own_properties(document).get("published_from")
    table.properties = [*_each(table.properties or [], path)]
    behind = {} if source is None else _columns(filled(beside(path, f"{source}.yaml")))
    for i, item in enumerate(table.properties or []):
        at: Place = ["schema", 0, "properties", i]
        givers = [*_named(item, path, at), *_listed(item, path)]
        for giver in givers:
            _fill(item, giver)
        if item.name in behind:
            _fill(item, behind[item.name], but=_OF_THE_TABLE)
        if givers:
            _refuse_nameless(item, path, at)
    return document


def _each(items: list[Any], path: Path) -> Iterator[Any]:
    """Give the columns of a table, where one that stands for all breakdowns becomes one a breakdown."""
    shift = 0
    for i, item in enumerate(items):
        if item.primaryKeyPosition is not None:
            item.primaryKeyPosition += shift
        wanted = own_properties(item).get("one_column_each")
        if wanted is None:
            yield item
            continue
        if wanted != "breakdowns":
            at: Place = ["schema", 0, "properties", i]
            raise broken(path, at, "a column can stand for each of the breakdowns alone")
        for number, name in enumerate(breakdowns()):
            title = breakdown_entries()[name].title
            changed = {"name": name, "description": item.description.format(title=title)}
            if item.primaryKeyPosition is not None:
                changed["primaryKeyPosition"] = item.primaryKeyPosition + number
            yield item.model_copy(update={**changed, "customProperties": None})
        shift += len(breakdowns()) - 1


def own_properties(document: Any) -> dict[str, Any]:
    """Give our own properties of a contract or a column (``customProperties``) by name."""
    return {one.property: one.value for one in document.customProperties or []}


def _columns(document: Any) -> dict[str, Any]:
    return {item.name: item for item in document.schema_[0].properties or []}


def _named(item: Any, path: Path, at: Place) -> Iterator[Any]:
    """Give the definition that a column names, if it names one."""
    for link in item.authoritativeDefinitions or []:
        if link.type != "definition":
            continue
        place = _DEFINITION.fullmatch(link.url or "")
        if place is None:
            raise broken(
                path,
                [*at, "authoritativeDefinitions"],
                "a definition is named as FILE.yaml#schema/NAME/properties/ID",
                "write columns.yaml#schema/columns/properties/ and the id of a shared column",
            )
        known = _definitions(beside(path, place["file"]))
        if place["id"] not in known:
            raise broken(
                path,
                [*at, "authoritativeDefinitions"],
                f"{place['file']} has no definition {place['id']}",
                f"name one of {', '.join(sorted(known))}{near(place['id'], known)}",
            )
        yield known[place["id"]]


@lru_cache(maxsize=8)
def _definitions(path: Path) -> dict[str, Any]:
    """Give the definitions of a file by their id, or by their name where they have none."""
    document = parse(path)
    items = single_table(document, path).properties or []
    for i, item in enumerate(items):
        at: Place = ["schema", 0, "properties", i]
        if any(link.type == "definition" for link in item.authoritativeDefinitions or []):
            raise broken(path, at, "a definition is written out, and names no other")
        for giver in _listed(item, path):
            _fill(item, giver)
            _refuse_nameless(item, path, at)
        column(item, path, at, "internal")
    return {item.id or item.name: item for item in items}


def _listed(item: Any, path: Path) -> Iterator[Any]:
    """Give the codes of the catalogues that a column names: each entry's id with its title."""
    from open_data_contract_standard import model  # noqa: PLC0415 - 0.3 s of pydantic

    codes: list[model.EnumValue] = []
    for link in item.authoritativeDefinitions or []:
        if link.type != "taxonomy" or not _CATALOGUE.fullmatch(link.url or ""):
            continue
        catalogue = path.parent / link.url
        entries = load_yaml(catalogue)
        for name, entry in entries.items():
            if not entry.get("title"):
                raise InputError(
                    f"{name} has no title", "say in words what it is", file=catalogue.name
                )
        codes += [model.EnumValue(value=k, description=e["title"]) for k, e in entries.items()]
    if codes:
        yield model.SchemaProperty(enum=codes)


def _refuse_nameless(item: Any, path: Path, at: Place) -> None:
    """Refuse a code that is listed, and described neither beside it nor where the column points."""
    codes = [one.value for one in item.enum or [] if not one.description]
    if codes and isinstance(codes[0], str):
        rule = f"the code {codes[0]} is described neither here nor where the column points"
        raise broken(path, [*at, "enum"], rule, "describe it here, or take it out")


def _fill(item: Any, giver: Any, but: frozenset[str] = _OWN) -> None:
    """Give a column what it does not state itself, and its codes their meanings."""
    for field in giver.model_fields_set - item.model_fields_set - but:
        setattr(item, field, getattr(giver, field))
    meanings = {one.value: one.description for one in giver.enum or []}
    for one in item.enum or []:
        one.description = one.description or meanings.get(one.value)
