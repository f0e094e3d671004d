"""What a table or a delivered file promises: schema, DDL, names; checking data is elsewhere.

A warehouse table's contract is a YAML file of the Open Data Contract Standard v3 in ``tables/``;
an incoming file's is made of its survey profile or register layout (``incoming.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

TABLES = Path(__file__).parent / "tables"
SENSITIVITIES = ("restricted", "internal", "public")  # from the most to the least protected
# The types we store, and what polars calls them.
TYPES = {
    "VARCHAR": "String",
    "DOUBLE": "Float64",
    "BIGINT": "Int64",
    "INTEGER": "Int32",
    "SMALLINT": "Int16",
    "TINYINT": "Int8",
    "BOOLEAN": "Boolean",
    "DATE": "Date",
}


@dataclass(frozen=True)
class Column:
    """One column's promise; ``valid`` maps each permitted code to its meaning (empty: any).

    ``derived`` is the SQL expression over the row's other columns that gives the value, where
    the contract names one (``transformLogic`` in the standard). ``treatment`` says what becomes
    of an identifying column before storage.
    """

    name: str
    type: str
    description: str
    classification: str
    required: bool = False
    unique: bool = False
    valid: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    pattern: str | None = None
    derived: str | None = None
    treatment: str = ""


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
    """What a warehouse table or an incoming file promises.

    ``primary_key`` is in key order, and empty only for a file without one; ``sensitivity`` is
    restricted, internal or public; ``least_rows`` is the smallest number of rows that is not a
    fault; ``further_columns`` tells that a file may hold columns that nobody reads.
    """

    name: str
    version: str
    title: str
    granularity: str
    sensitivity: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    rules: tuple[Rule, ...]
    least_rows: int = 0
    published_from: str | None = None
    further_columns: bool = False
    usage: str = ""
    limitations: str = ""

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

        return {column.name: getattr(pl, TYPES[column.type])() for column in self.columns}


def all_names() -> list[str]:
    """Give the names of every warehouse table that has a contract, sorted."""
    return sorted(path.stem for path in TABLES.glob("*.yaml"))


def load(name: str) -> Contract:
    """Load a contract by the name of a table or of an incoming file.

    Args:
        name: a table such as ``core.person``; a survey such as ``LAO_2017_LFS`` (its raw table's
            name, ``raw.lao_2017_lfs``, is the same contract); or a table of a register layout
            such as ``LSSO_EXTRACT.members``.

    Raises:
        InputError: there is no such name, or its file breaks the standard, with file and line.
    """
    path = TABLES / f"{name}.yaml"
    if path.is_file():
        return load_file(path)
    from data_contracts.incoming import incoming  # noqa: PLC0415 - reads profiles and layouts

    return incoming(name)


@lru_cache(maxsize=64)
def load_file(path: Path) -> Contract:
    """Load and check one contract file, for example an older version of a contract.

    Raises:
        InputError: the file breaks the standard or names a type we do not store; file and line.
    """
    from data_contracts.standard import contract_of, parse  # noqa: PLC0415 - it needs this module

    if not path.is_file():
        raise InputError("there is no such file", "check its name and folder", file=path.name)
    return contract_of(parse(path), path)
