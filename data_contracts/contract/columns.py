"""A column as the standard says it to our own, with what is refused; whole tables are read in odcs.py."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_contracts.contract.document import Place, broken
from data_contracts.contract.shapes import TYPES, ContractColumn

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
NAME = re.compile(r"[a-z][a-z0-9_]*")
FILE_NAME = re.compile(r'[^"\n]+')  # a delivered file names its columns as it likes


def column(
    item: Any, path: Path, at: Place, sensitivity: str, names: re.Pattern[str] = NAME
) -> ContractColumn:
    """Make our own column of the standard's model.

    Args:
        item: a ``SchemaProperty``, filled from what it names.
        path: the file it was read from.
        at: its place in that file.
        sensitivity: the table's, which is the column's where it says none.
        names: what a column's name may be.

    Raises:
        InputError: it says something that we do not store or check; file and line.
    """
    for part, rule in _faults(item, names):
        raise broken(path, [*at, *part], rule)
    options = item.logicalTypeOptions or {}
    own = {one.property: str(one.value) for one in item.customProperties or []}
    return ContractColumn(
        name=item.name,
        type=item.physicalType,
        description=item.description,
        classification=item.classification or sensitivity,
        required=bool(item.required),
        unique=bool(item.unique),
        valid={code.value: code.description or "" for code in item.enum or []},
        bounds={key: options[key] for key in BOUNDS if key in options},
        pattern=options.get("pattern"),
        derived=item.transformLogic,
        treatment=own.get("treatment", ""),
    )


def _faults(item: Any, names: re.Pattern[str]) -> Iterator[tuple[Place, str]]:
    """Give what a column says that we do not store or check, each with its place in the column."""
    if not names.fullmatch(item.name or ""):
        yield [], "a column's name is lower case letters, digits and underscores"
    if item.physicalType not in TYPES:
        yield [], f"physicalType is one of {', '.join(TYPES)}"
    if not item.description:
        yield [], "a column has a description"
    for option in sorted({*(item.logicalTypeOptions or {})} - {*BOUNDS, "pattern"}):
        yield ["logicalTypeOptions"], f"{option} is not checked here"
    if any(not isinstance(code.value, str) for code in item.enum or []):
        yield ["enum"], "a code is text: put yes and no in quotation marks"
    if item.quality:
        yield ["quality"], "a rule stands with its table, not with a column"
