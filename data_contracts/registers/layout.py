"""Register layouts: which headers a register's files carry and what may be kept of each column.

Data alone; finding a table in a workbook and reading its cells live in transforms/read/layout.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from data_contracts.errors import InputError
from data_contracts.yaml_lines import check_against, load_yaml

FOLDER: Final = Path(__file__).parent
SCHEMA: Final = Path(__file__).parents[1] / "schemas" / "register.yaml"
IDENTIFYING: Final = frozenset(
    {"identifier", "person_name", "phone", "birth_date", "employer_name", "address"}
)


@dataclass(frozen=True)
class ColumnRule:
    """What one delivered column is and what becomes of it.

    Attributes:
        names: accepted header texts, the column's own name first.
        kind: what it holds, such as ``identifier``, ``birth_date`` or ``number``.
        treat: ``hash``, ``year`` and ``keep`` store something of it under ``to``; ``drop`` nothing.
        to: column of the canonical table; blank when dropped.
        hash_to: column that also keeps a keyed hash of the whole birth date; blank for none.
        required: the column must be in the file.
        filled: no cell may be blank.
        unique: no value may stand twice.
        codes: canonical code -> words that stand for it, itself among them.
        missing: texts that stand for a blank.
        options: what else the schema allows for the kind, such as ``length`` or ``date_order``.
    """

    names: tuple[str, ...]
    kind: str
    treat: str
    to: str = ""
    hash_to: str = ""
    required: bool = False
    filled: bool = False
    unique: bool = False
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One column of counts that becomes rows: what it counts, and what its header fixes."""

    names: tuple[str, ...]
    measure: str
    where: Mapping[str, str]
    required: bool
    options: Mapping[str, Any]


@dataclass(frozen=True)
class TableLayout:
    """One file of the register.

    Attributes:
        table: the canonical table, such as ``core.member``.
        columns: rules by the raw column's canonical name.
        format: how to find the table in a workbook; empty when the first row holds the headers.
        measures: columns of counts; empty for a table of records.
    """

    table: str
    columns: Mapping[str, ColumnRule]
    format: Mapping[str, Any] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()

    @property
    def identifying(self) -> list[str]:
        """The columns that tell who somebody is."""
        return [name for name, rule in self.columns.items() if rule.kind in IDENTIFYING]


@dataclass(frozen=True)
class RegisterLayout:
    """A register's layout, checked; ``tables`` by role (members, contributions, ...)."""

    name: str
    title: str
    tables: Mapping[str, TableLayout]
    version: str = "1.0.0"


def layout_names(own: Path | None = None) -> list[str]:
    """List the layouts that ship with the project or lie in a folder of one's own."""
    folders = [FOLDER, *([own] if own is not None else [])]
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def load_layout(name: str = "LSSO_EXTRACT", own: Path | None = None) -> RegisterLayout:
    """Load and check a layout by its name, or from a file whose name ends in .yaml.

    Args:
        name: such as ``LSSO_EXTRACT``, or a path.
        own: a folder whose layouts come before those that ship with the project.

    Raises:
        InputError: unknown layout, broken YAML, or a breach of the schema, with its line.
    """
    path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    if own is not None and (own / path.name).is_file():
        path = own / path.name
    if not path.is_file():
        raise InputError(
            f"there is no register layout {Path(name).name}",
            f"choose one of {', '.join(layout_names())}, or give the path of a layout file",
        )
    return _checked(path)


@cache
def _checked(path: Path) -> RegisterLayout:
    data = load_yaml(path)
    check_against(load_yaml(SCHEMA), data, path, SCHEMA.name)
    tables = {role: _table(path, role, entry) for role, entry in data["tables"].items()}
    return RegisterLayout(path.stem, data["title"], tables, data.get("version", "1.0.0"))


def _table(path: Path, role: str, entry: Mapping[str, Any]) -> TableLayout:
    columns = {name: _column(name, rule) for name, rule in entry["columns"].items()}
    targets = [to for rule in columns.values() for to in (rule.to, rule.hash_to) if to]
    for target in targets:
        if targets.count(target) > 1:
            raise InputError(
                f"two columns of {role} become {target}", "keep one of them", file=path.name
            )
    sheet_as = entry.get("format", {}).get("sheet_as")
    if sheet_as is not None and sheet_as not in columns:
        raise InputError(
            f"the sheet's name is to be the column {sheet_as}, which {role} does not have",
            "name one of the table's columns under sheet_as",
            file=path.name,
        )
    measures = tuple(
        Measure(
            tuple(item["names"]),
            item["measure"],
            item.get("where", {}),
            item.get("required", False),
            {key: item[key] for key in ("decimal", "marks") if key in item},
        )
        for item in entry.get("measures", [])
    )
    return TableLayout(entry["table"], columns, entry.get("format", {}), measures)


def _column(name: str, rule: Mapping[str, Any]) -> ColumnRule:
    plain = {"names", "kind", "treat", "to", "hash_to", "required", "filled", "unique", "codes"}
    plain |= {"missing"}
    return ColumnRule(
        names=(name, *rule.get("names", ())),
        kind=rule["kind"],
        treat=rule["treat"],
        to=rule.get("to", ""),
        hash_to=rule.get("hash_to", ""),
        required=rule.get("required", False),
        filled=rule.get("filled", False),
        unique=rule.get("unique", False),
        codes={code: (code, *words) for code, words in rule.get("codes", {}).items()},
        missing=tuple(rule.get("missing", ())),
        options={key: value for key, value in rule.items() if key not in plain},
    )
