"""The contract of one file of the register, made of its layout; reading the file is elsewhere."""

from dataclasses import replace

from data_contracts.contract.odcs import load_table
from data_contracts.contract.shapes import Contract, ContractColumn
from data_contracts.registers.layout import LayoutColumn, Measure, RegisterLayout, TableLayout

_TREATMENT = {
    "hash": "becomes a keyed hash before storage",
    "drop": "not read and not stored",
    "year": "the year alone is stored",
    "year and hash": "the year and a keyed hash of the day are stored",
    "keep": "",
}


def register_contract(layout: RegisterLayout, role: str) -> Contract:
    """Derive the contract of a register's file from its layout.

    A column that is kept has the type, bounds and pattern of the canonical column that it
    becomes. Codes are the canonical ones; the file may use any word that the layout gives for
    one. Identifying columns are restricted, as all others are, and say what becomes of them.
    """
    table = layout.tables[role]
    promised = {column.name: column for column in load_table(table.table).columns}
    columns = [_column(name, rule, promised.get(rule.to)) for name, rule in table.columns.items()]
    return Contract(
        name=f"{layout.name}.{role}",
        version=layout.version,
        title=f"{layout.title}: the file of {role} as delivered.",
        granularity="One row per record" if not table.measures else "One row per group of persons",
        sensitivity="restricted",
        columns=(*columns, *(_counts(measure) for measure in table.measures)),
        primary_key=_key(table),
        rules=(),
        least_rows=1,
        further_columns=True,
        usage=f"Read by the register's layout into {table.table}.",
        limitations="Personal data. Columns that the layout does not know are not read.",
    )


def _column(name: str, rule: LayoutColumn, becomes: ContractColumn | None) -> ContractColumn:
    base = ContractColumn(name, "VARCHAR", "", "restricted")
    if becomes is not None and rule.treat != "hash":
        base = replace(becomes, name=name, derived=None)
    must = "Has to be in the file." if rule.required else "May be absent."
    source = f"Unit: {rule.kind.replace('_', ' ')}. Source: file delivered."
    return replace(
        base,
        description=f"{must} {source} Headers: {'; '.join(rule.names)}.",
        classification="restricted",
        required=rule.filled,
        unique=rule.unique,
        valid={code: "; ".join(words) for code, words in rule.codes.items()} or base.valid,
        treatment=_TREATMENT["year and hash" if rule.hash_to else rule.treat],
    )


def _counts(measure: Measure) -> ContractColumn:
    fixed = "".join(f", {column} {code}" for column, code in measure.where.items())
    must = "Has to be in the file." if measure.required else "May be absent."
    return ContractColumn(
        name=measure.names[0],
        type="BIGINT",
        description=f"{must} Counts {measure.measure}{fixed}; blank where a count is withheld. "
        f"Unit: persons. Source: file delivered. Headers: {'; '.join(measure.names)}.",
        classification="restricted",
        bounds={"minimum": 0},
    )


def _key(table: TableLayout) -> tuple[str, ...]:
    """Give the columns that become the canonical table's key, if the file has all of them."""
    raw = {rule.to: name for name, rule in table.columns.items() if rule.to}
    key = load_table(table.table).primary_key
    if table.measures:  # a row of counts becomes several; what it counts is no key of the file
        key = tuple(name for name in key if name in raw)
    return tuple(raw[name] for name in key) if all(name in raw for name in key) else ()
