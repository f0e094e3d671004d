"""What a table or a delivered file promises: the shapes alone; who loads them is in find.py and odcs.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

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
class ContractColumn:
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
class RowRule:
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
    columns: tuple[ContractColumn, ...]
    primary_key: tuple[str, ...]
    rules: tuple[RowRule, ...]
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
