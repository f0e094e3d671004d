"""A column as the standard says it to our Column, with what is refused; whole tables are read in odcs.py."""

import re
from pathlib import Path
from typing import Any

from data_contracts.contract.document import Place, broken
from data_contracts.contract.shapes import TYPES, Column

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
NAME = re.compile(r"[a-z][a-z0-9_]*")
FILE_NAME = re.compile(r'[^"\n]+')  # a delivered file names its columns as it likes


def column(
    item: Any, path: Path, at: Place, sensitivity: str, names: re.Pattern[str] = NAME
) -> Column:
    """Make our Column of the standard's model.

    Args:
        item: a ``SchemaProperty``, filled from what it names.
        path: the file it was read from.
        at: its place in that file.
        sensitivity: the table's, which is the column's where it says none.
        names: what a column's name may be.

    Raises:
        InputError: it says something that we do not store or check; file and line.
    """
    if not names.fullmatch(item.name or ""):
        raise broken(path, at, "a column's name is lower case letters, digits and underscores")
    if item.physicalType not in TYPES:
        raise broken(path, at, f"physicalType is one of {', '.join(TYPES)}")
    if not item.description:
        raise broken(path, at, "a column has a description")
    options = item.logicalTypeOptions or {}
    unknown = sorted(set(options) - {*BOUNDS, "pattern"})
    if unknown:
        raise broken(path, [*at, "logicalTypeOptions"], f"{unknown[0]} is not checked here")
    codes = item.enum or []
    if any(not isinstance(code.value, str) for code in codes):
        raise broken(path, [*at, "enum"], "a code is text: put yes and no in quotation marks")
    if item.quality:
        raise broken(path, [*at, "quality"], "a rule stands with its table, not with a column")
    own = {one.property: str(one.value) for one in item.customProperties or []}
    return Column(
        name=item.name,
        type=item.physicalType,
        description=item.description,
        classification=item.classification or sensitivity,
        required=bool(item.required),
        unique=bool(item.unique),
        valid={code.value: code.description or "" for code in codes},
        bounds={key: options[key] for key in BOUNDS if key in options},
        pattern=options.get("pattern"),
        derived=item.transformLogic,
        treatment=own.get("treatment", ""),
    )
