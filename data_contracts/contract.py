"""Loads a table's contract and says what it promises: schema, DDL, docs; checking data is elsewhere.

The contracts are YAML files of the Open Data Contract Standard v3 in ``tables/``. A published
table names the table that it is published from and lists only the columns that differ.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.errors import InputError
from data_contracts.yaml_lines import line_of, load_yaml

if TYPE_CHECKING:
    import polars as pl

TABLES = Path(__file__).parent / "tables"
SENSITIVITIES = ("restricted", "internal", "public")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_TYPES = {
    "VARCHAR": "String",
    "DOUBLE": "Float64",
    "BIGINT": "Int64",
    "INTEGER": "Int32",
    "SMALLINT": "Int16",
    "TINYINT": "Int8",
    "BOOLEAN": "Boolean",
    "DATE": "Date",
}
_COUNT = "SELECT COUNT(*) FROM ${object} WHERE "


@dataclass(frozen=True)
class Column:
    """One column's promise; ``valid`` maps each permitted code to its meaning (empty: any)."""

    name: str
    type: str
    description: str
    classification: str
    required: bool = False
    unique: bool = False
    valid: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    pattern: str | None = None


@dataclass(frozen=True)
class Rule:
    """One promise about whole rows: a condition no row may meet, or a named expectation."""

    name: str
    description: str
    severity: str
    condition: str | None = None
    expectation: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contract:
    """What a warehouse table promises.

    ``primary_key`` is in key order; ``sensitivity`` is restricted, internal or public;
    ``least_rows`` is the smallest number of rows that is not a fault.
    """

    name: str
    title: str
    granularity: str
    sensitivity: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    rules: tuple[Rule, ...]
    least_rows: int = 0
    published_from: str | None = None

    @property
    def column_names(self) -> list[str]:
        """The columns' names in the contract's order."""
        return [column.name for column in self.columns]

    def ddl(self, qualified_name: str) -> str:
        """Give the CREATE TABLE statement under a name such as ``vault.core.person``.

        The primary key is verified when a table is written, not declared: a DuckDB index would
        double the file and refuses to delete and insert one key within a transaction.
        """
        lines = [
            f'  "{column.name}" {column.type}{" NOT NULL" if column.required else ""}'
            for column in self.columns
        ]
        return f"CREATE TABLE {qualified_name} (\n" + ",\n".join(lines) + "\n)"

    def polars_schema(self) -> "dict[str, pl.DataType]":
        """Give the columns with their polars types, in the contract's order."""
        import polars as pl  # noqa: PLC0415 - the command line must start fast

        return {column.name: getattr(pl, _TYPES[column.type])() for column in self.columns}

    def markdown(self) -> str:
        """Give the page of the reference documentation."""
        lines = [f"# {self.name}", "", self.title, ""]
        if self.granularity:
            lines += [f"{self.granularity}.", ""]
        lines += [f"- Sensitivity: {self.sensitivity}", f"- Key: {', '.join(self.primary_key)}"]
        if self.published_from:
            lines.append(f"- Published from: [{self.published_from}]({self.published_from}.md)")
        lines += ["", "| column | type | required | what it is |", "|---|---|---|---|"]
        for column in self.columns:
            needed = "yes" if column.required else "no"
            lines.append(f"| {column.name} | {column.type} | {needed} | {_said(column)} |")
        if self.rules:
            lines += ["", "## Rules about whole rows", ""]
            lines += [f"- {rule.description} (`{rule.name}`)" for rule in self.rules]
        return "\n".join(lines) + "\n"


def all_names() -> list[str]:
    """Give the names of every table that has a contract, sorted."""
    return sorted(path.stem for path in TABLES.glob("*.yaml"))


def load(name: str) -> Contract:
    """Load one table's contract, for example ``core.person``.

    Raises:
        InputError: no such table, or its file breaks the standard, with file and line.
    """
    return load_file(TABLES / f"{name}.yaml")


@lru_cache(maxsize=64)
def load_file(path: Path) -> Contract:
    """Load and check one contract file.

    Raises:
        InputError: the file breaks the standard or names a type we do not store; file and line.
    """
    if not path.is_file():
        raise InputError(
            f"no contract for the table {path.stem}",
            "see data_contracts/tables for the tables there are",
        )
    standard = _parse(path)
    table = standard.schema_[0]
    own = {p.property: p.value for p in standard.customProperties or []}
    sensitivity = own.get("sensitivity")
    if sensitivity not in SENSITIVITIES:
        raise _broken(path, ["customProperties"], "sensitivity is restricted, internal or public")
    columns = {
        item.name: _column(path, i, item, sensitivity)
        for i, item in enumerate(table.properties or [])
    }
    keys = sorted((i.primaryKeyPosition or 0, i.name) for i in table.properties if i.primaryKey)
    primary_key = tuple(name for _, name in keys)
    rules, least = _rules(path, table.quality or [])
    source = own.get("published_from")
    granularity = table.dataGranularityDescription or ""
    if source is not None:
        base = load_file(path.with_name(f"{source}.yaml"))
        inherited = {c.name: replace(c, classification=sensitivity) for c in base.columns}
        columns = inherited | columns
        primary_key = primary_key or base.primary_key
        granularity = granularity or base.granularity
        shared = tuple(r for r in base.rules if r.name not in {rule.name for rule in rules})
        rules, least = shared + rules, max(least, base.least_rows)
    if not primary_key:
        raise _broken(path, ["schema"], "a table has a primary key")
    required = tuple(
        replace(c, required=True) if c.name in primary_key else c for c in columns.values()
    )
    return Contract(
        name=path.stem,
        title=standard.description.purpose,
        granularity=granularity,
        sensitivity=sensitivity,
        columns=required,
        primary_key=primary_key,
        rules=rules,
        least_rows=least,
        published_from=source,
    )


def _parse(path: Path) -> Any:
    """Read a file into the standard's own model, refusing keys that the standard does not have."""
    from open_data_contract_standard import model  # noqa: PLC0415 - 0.3 s of pydantic
    from pydantic import ValidationError  # noqa: PLC0415

    data = load_yaml(path)
    if not isinstance(data, dict):
        raise _broken(path, [], "a contract is a mapping")
    try:
        standard = model.OpenDataContractStandard.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _broken(path, list(first["loc"]), first["msg"]) from None
    if standard.kind != "DataContract" or not str(standard.apiVersion).startswith("v3."):
        raise _broken(path, ["apiVersion"], "kind is DataContract and apiVersion is v3")
    if len(standard.schema_ or []) != 1 or standard.schema_[0].name != path.stem:
        raise _broken(path, ["schema"], "one schema, named as the file")
    # Below the top the models drop unknown keys in silence; a mistyped `required` must not pass.
    for i, item in enumerate(data["schema"][0].get("properties") or []):
        _known(path, ["schema", 0, "properties", i], item, model.SchemaProperty)
    for i, item in enumerate(data["schema"][0].get("quality") or []):
        _known(path, ["schema", 0, "quality", i], item, model.DataQuality)
    return standard


def _known(path: Path, keys: list[str | int], item: Any, model: Any) -> None:
    for key in sorted(set(item) - set(model.model_fields)):
        raise _broken(path, [*keys, key], f"the standard has no field {key}")


def _broken(path: Path, keys: list[str | int], rule: str) -> InputError:
    line = line_of(path, keys) if path.is_file() else 1
    return InputError(
        rule,
        "compare with the Open Data Contract Standard v3 and mend that line",
        file=f"{path.name}, line {line}",
    )


def _column(path: Path, i: int, item: Any, sensitivity: str) -> Column:
    at: list[str | int] = ["schema", 0, "properties", i]
    if not _NAME.fullmatch(item.name or ""):
        raise _broken(path, at, "a column's name is lower case letters, digits and underscores")
    if item.physicalType not in _TYPES:
        raise _broken(path, at, f"physicalType is one of {', '.join(_TYPES)}")
    if not item.description:
        raise _broken(path, at, "a column has a description")
    options = item.logicalTypeOptions or {}
    unknown = sorted(set(options) - {*_BOUNDS, "pattern"})
    if unknown:
        raise _broken(path, [*at, "logicalTypeOptions"], f"{unknown[0]} is not checked here")
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
        bounds={key: options[key] for key in _BOUNDS if key in options},
        pattern=options.get("pattern"),
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


def _said(column: Column) -> str:
    parts = [column.description]
    if column.valid:
        parts.append("Codes: " + "; ".join(f"`{k}` {v}" for k, v in column.valid.items()) + ".")
    parts += [f"{key} {value}." for key, value in column.bounds.items()]
    if column.pattern:
        parts.append(f"Pattern `{column.pattern}`.".replace("|", "\\|"))
    return " ".join(parts)
