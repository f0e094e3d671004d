"""A file of the Open Data Contract Standard v3 as the standard's own model; what it promises is read in odcs.py."""

import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_contracts.errors import InputError
from data_contracts.yaml_lines import line_of, load_yaml

TABLES = Path(__file__).parents[1] / "tables"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
Place = list[str | int]


def parse(path: Path) -> Any:
    """Read a file into the standard's own model, refusing keys that the standard does not have.

    Raises:
        InputError: the file breaks the standard; file and line.
    """
    from open_data_contract_standard import model  # noqa: PLC0415 - 0.3 s of pydantic
    from pydantic import ValidationError  # noqa: PLC0415

    data = load_yaml(path)
    if not isinstance(data, dict):
        raise broken(path, [], "a contract is a mapping")
    try:
        document = model.OpenDataContractStandard.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise broken(path, list(first["loc"]), first["msg"]) from None
    for at in _unknown(data, model.OpenDataContractStandard, []):
        raise broken(path, at, f"the standard has no field {at[-1]}")
    return document


def single_table(document: Any, path: Path) -> Any:
    """Give the one table that a document is about.

    Raises:
        InputError: it is no contract of the standard's third version, or about more or fewer
            tables, or says no purpose, or bears another name than its file in ``tables/``.
    """
    if document.kind != "DataContract" or not str(document.apiVersion).startswith("v3."):
        raise broken(path, ["apiVersion"], "kind is DataContract and apiVersion is v3")
    if not VERSION.fullmatch(document.version or ""):
        raise broken(path, ["version"], "a version is three numbers, such as 1.0.0")
    if document.description is None or not document.description.purpose:
        raise broken(path, ["description"], "a contract says the table's purpose")
    if len(document.schema_ or []) != 1 or not document.schema_[0].name:
        raise broken(path, ["schema"], "a contract is about one schema, which has a name")
    if path.parent == TABLES and document.schema_[0].name != path.stem:
        raise broken(path, ["schema"], "the schema is named as the file")
    return document.schema_[0]


def beside(path: Path, name: str) -> Path:
    """Give the file that another one names: in the same folder, else the project's own."""
    neighbour = path.with_name(name)
    return neighbour if neighbour.is_file() else TABLES / name


def broken(path: Path, keys: Place, rule: str, remedy: str = "") -> InputError:
    """Give the error that names the file and the line under ``keys``."""
    return InputError(
        rule,
        remedy or "compare with the Open Data Contract Standard v3 and mend that line",
        file=f"{path.name}, line {line_of(path, keys)}" if path.is_file() else path.name,
    )


def _unknown(data: dict[str, Any], model: Any, at: Place) -> Iterator[Place]:
    """Give the places of keys that the standard does not have: below the top its model drops them.

    A mistyped ``required`` would then be no promise at all.
    """
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in data.items():
        if key not in fields:
            yield [*at, key]
        for inner in _models(fields.get(key)):
            if isinstance(value, dict):
                yield from _unknown(value, inner, [*at, key])
            for i, item in enumerate(value if isinstance(value, list) else []):
                if isinstance(item, dict):
                    yield from _unknown(item, inner, [*at, key, i])


def _models(annotation: Any) -> list[Any]:
    """Give the models that a field may hold, alone or in a list; none where there is a choice."""
    if hasattr(annotation, "model_fields"):
        return [annotation]
    found = [model for part in typing.get_args(annotation) for model in _models(part)]
    return found if len(found) == 1 else []
