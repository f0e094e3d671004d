"""Between the Open Data Contract Standard v3 and our Contract, both ways; data is checked elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.contract.shapes import SENSITIVITIES, TYPES, Column, Contract, Rule
from data_contracts.errors import InputError
from data_contracts.yaml_lines import line_of, load_yaml

TABLES = Path(__file__).parents[1] / "tables"
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FILE_NAME = re.compile(r'[^"\n]+')  # a delivered file names its columns as it likes
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_LOGICAL = {
    "VARCHAR": "string",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "SMALLINT": "integer",
    "TINYINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
}
_COUNT = "SELECT COUNT(*) FROM ${object} WHERE "
_KEEP_READING = "further_columns"


@lru_cache(maxsize=64)
def load_file(path: Path) -> Contract:
    """Load and check one contract file, for example an older version of a contract.

    Raises:
        InputError: the file breaks the standard or names a type we do not store; file and line.
    """
    if not path.is_file():
        raise InputError("there is no such file", "check its name and folder", file=path.name)
    return contract_of(parse(path), path)


def load_table(name: str) -> Contract:
    """Load the contract of a warehouse table, such as ``core.person``; errors as for ``load_file``."""
    return load_file(TABLES / f"{name}.yaml")


def parse(path: Path) -> Any:
    """Read a file into the standard's own model, refusing keys that the standard does not have.

    Raises:
        InputError: the file breaks the standard; file and line.
    """
    from open_data_contract_standard import model  # noqa: PLC0415 - 0.3 s of pydantic
    from pydantic import ValidationError  # noqa: PLC0415

    data = load_yaml(path)
    if not isinstance(data, dict):
        raise _broken(path, [], "a contract is a mapping")
    try:
        document = model.OpenDataContractStandard.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _broken(path, list(first["loc"]), first["msg"]) from None
    # Below the top the models drop unknown keys in silence; a mistyped `required` must not pass.
    for table in data.get("schema") or []:
        for kind, part in (("properties", model.SchemaProperty), ("quality", model.DataQuality)):
            for i, item in enumerate(table.get(kind) or []):
                for key in sorted(set(item) - set(part.model_fields)):
                    at = ["schema", 0, kind, i, key]
                    raise _broken(path, at, f"the standard has no field {key}")
    return document


def contract_of(document: Any, path: Path) -> Contract:
    """Make our Contract of the standard's model.

    Args:
        document: an ``OpenDataContractStandard``, read from a file or built.
        path: the file it was read from, or a name that messages show.

    Raises:
        InputError: it says something that we do not store or check; file and line.
    """
    table, own = _single_table(document, path)
    sensitivity = own.get("sensitivity")
    if sensitivity not in SENSITIVITIES:
        raise _broken(path, ["customProperties"], "sensitivity is restricted, internal or public")
    open_ended = own.get(_KEEP_READING) == "not read"
    names = _FILE_NAME if open_ended else _NAME
    columns = {
        item.name: _column(path, i, item, sensitivity, names)
        for i, item in enumerate(table.properties or [])
    }
    keys = sorted(
        (i.primaryKeyPosition or 0, i.name) for i in table.properties or [] if i.primaryKey
    )
    primary_key = tuple(name for _, name in keys)
    rules, least = _rules(path, table.quality or [])
    source = own.get("published_from")
    granularity = table.dataGranularityDescription or ""
    if source is not None:
        base = _beside(path, source)
        inherited = {c.name: replace(c, classification=sensitivity) for c in base.columns}
        columns = inherited | columns
        primary_key = primary_key or base.primary_key
        granularity = granularity or base.granularity
        shared = tuple(r for r in base.rules if r.name not in {rule.name for rule in rules})
        rules, least = shared + rules, max(least, base.least_rows)
    if not primary_key and not open_ended:
        raise _broken(path, ["schema"], "a table has a primary key")
    return Contract(
        name=table.name,
        version=document.version,
        title=document.description.purpose,
        granularity=granularity,
        sensitivity=sensitivity,
        columns=tuple(
            replace(c, required=True) if c.name in primary_key else c for c in columns.values()
        ),
        primary_key=primary_key,
        rules=rules,
        least_rows=least,
        published_from=source,
        further_columns=open_ended,
        usage=document.description.usage or "",
        limitations=document.description.limitations or "",
    )


def as_yaml(contract: Contract) -> str:
    """Give a contract as a file of the standard, whole: a published table with all its columns."""
    from open_data_contract_standard import model  # noqa: PLC0415

    own = {"sensitivity": contract.sensitivity}
    if contract.further_columns:
        own[_KEEP_READING] = "not read"
    document: Any = model.OpenDataContractStandard(
        apiVersion="v3.2.0",
        kind="DataContract",
        id=f"informality.{contract.name}",
        name=contract.name,
        version=contract.version,
        status="active",
        domain="social-protection",
        dataProduct="informality",
        description=model.Description(
            purpose=contract.title,
            usage=contract.usage or None,
            limitations=contract.limitations or None,
        ),
        customProperties=[model.CustomProperty(property=k, value=v) for k, v in own.items()],
        schema=[
            model.SchemaObject(
                name=contract.name,
                logicalType="object",
                physicalType="file" if contract.further_columns else "table",
                dataGranularityDescription=contract.granularity or None,
                quality=[*_least_rows(contract), *(_quality(rule) for rule in contract.rules)],
                properties=[_property(contract, column) for column in contract.columns],
            )
        ],
    )
    text: str = document.to_yaml()
    return text


def _property(contract: Contract, column: Column) -> Any:
    from open_data_contract_standard import model  # noqa: PLC0415

    key = contract.primary_key
    place = key.index(column.name) + 1 if column.name in key else None
    options = {**column.bounds, **({"pattern": column.pattern} if column.pattern else {})}
    return model.SchemaProperty(
        name=column.name,
        logicalType=_LOGICAL[column.type],
        physicalType=column.type,
        description=column.description,
        classification=column.classification,
        required=column.required or None,
        unique=column.unique or None,
        primaryKey=True if place else None,
        primaryKeyPosition=place,
        logicalTypeOptions=options or None,
        transformLogic=column.derived,
        customProperties=[model.CustomProperty(property="treatment", value=column.treatment)]
        if column.treatment
        else None,
        enum=[model.EnumValue(value=k, description=v or None) for k, v in column.valid.items()]
        or None,
    )


def _least_rows(contract: Contract) -> list[Any]:
    from open_data_contract_standard import model  # noqa: PLC0415

    if not contract.least_rows:
        return []
    return [
        model.DataQuality(
            name="has_rows",
            metric="rowCount",
            severity="error",
            description="Fewer rows hide a step that did not run, or a delivery that went wrong.",
            mustBeGreaterOrEqualTo=contract.least_rows,
        )
    ]


def _quality(rule: Rule) -> Any:
    from open_data_contract_standard import model  # noqa: PLC0415

    said = {"name": rule.name, "severity": rule.severity, "description": rule.description or None}
    if rule.condition is not None:
        return model.DataQuality(**said, type="sql", query=_COUNT + rule.condition, mustBe=0)
    made = {"type": rule.expectation, "kwargs": dict(rule.arguments)}
    return model.DataQuality(**said, type="custom", engine="greatExpectations", implementation=made)


def _single_table(document: Any, path: Path) -> tuple[Any, Mapping[str, Any]]:
    """Give the one table that a document is about, and our own properties of it."""
    if document.kind != "DataContract" or not str(document.apiVersion).startswith("v3."):
        raise _broken(path, ["apiVersion"], "kind is DataContract and apiVersion is v3")
    if not _VERSION.fullmatch(document.version or ""):
        raise _broken(path, ["version"], "a version is three numbers, such as 1.0.0")
    if document.description is None or not document.description.purpose:
        raise _broken(path, ["description"], "a contract says the table's purpose")
    if len(document.schema_ or []) != 1 or not document.schema_[0].name:
        raise _broken(path, ["schema"], "a contract is about one schema, which has a name")
    if path.parent == TABLES and document.schema_[0].name != path.stem:
        raise _broken(path, ["schema"], "the schema is named as the file")
    return document.schema_[0], {p.property: p.value for p in document.customProperties or []}


def _beside(path: Path, name: str) -> Contract:
    """Load the contract that another one extends: from the same folder, else the project's own."""
    neighbour = path.with_name(f"{name}.yaml")
    return load_file(neighbour if neighbour.is_file() else TABLES / f"{name}.yaml")


def _broken(path: Path, keys: list[str | int], rule: str) -> InputError:
    return InputError(
        rule,
        "compare with the Open Data Contract Standard v3 and mend that line",
        file=f"{path.name}, line {line_of(path, keys)}" if path.is_file() else path.name,
    )


def _column(path: Path, i: int, item: Any, sensitivity: str, names: re.Pattern[str]) -> Column:
    at: list[str | int] = ["schema", 0, "properties", i]
    if not names.fullmatch(item.name or ""):
        raise _broken(path, at, "a column's name is lower case letters, digits and underscores")
    if item.physicalType not in TYPES:
        raise _broken(path, at, f"physicalType is one of {', '.join(TYPES)}")
    if not item.description:
        raise _broken(path, at, "a column has a description")
    options = item.logicalTypeOptions or {}
    unknown = sorted(set(options) - {*BOUNDS, "pattern"})
    if unknown:
        raise _broken(path, [*at, "logicalTypeOptions"], f"{unknown[0]} is not checked here")
    own = {p.property: str(p.value) for p in item.customProperties or []}
    codes = [value.value for value in item.enum or []]
    if any(not isinstance(code, str) for code in codes):
        raise _broken(path, [*at, "enum"], "a code is text: put yes and no in quotation marks")
    return Column(
        name=item.name,
        type=item.physicalType,
        description=item.description,
        classification=item.classification or sensitivity,
        required=bool(item.required),
        unique=bool(item.unique),
        valid={value.value: value.description or "" for value in item.enum or []},
        bounds={key: options[key] for key in BOUNDS if key in options},
        pattern=options.get("pattern"),
        derived=item.transformLogic,
        treatment=own.get("treatment", ""),
    )


def _rules(path: Path, quality: list[Any]) -> tuple[tuple[Rule, ...], int]:
    """Give the rules about whole rows, and the smallest number of rows."""
    rules, least = [], 0
    for i, item in enumerate(quality):
        at: list[str | int] = ["schema", 0, "quality", i]
        base = Rule(item.name or "", item.description or "", item.severity or "error")
        if not base.name or base.severity not in ("error", "warning"):
            raise _broken(path, at, "a rule has a name, and its severity is error or warning")
        if item.metric == "rowCount" and item.mustBeGreaterOrEqualTo is not None:
            least = int(item.mustBeGreaterOrEqualTo)
        elif item.type == "sql" and item.mustBe == 0 and (item.query or "").startswith(_COUNT):
            rules.append(replace(base, condition=item.query.removeprefix(_COUNT)))
        elif item.type == "custom" and item.engine == "greatExpectations":
            made = item.implementation
            rules.append(replace(base, expectation=made["type"], arguments=made["kwargs"]))
        else:
            raise _broken(path, at, f"a rule is a rowCount, an expectation or '{_COUNT}…' mustBe 0")
    return tuple(rules), least
