"""Contract to Great Expectations expectations; the only file that imports it. Running is elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_contracts.contract.shapes import Contract, ContractColumn


@dataclass(frozen=True)
class Check:
    """One expectation with the plain SQL by which a failing row is found.

    Args:
        type: the expectation's name in Great Expectations.
        column: the column, or the columns joined by a comma, or the rule's name.
        severity: error (blocks) or warning.
        expectation: the expectation itself.
        failing: SQL condition, true in the rows that fail; None for a check of the whole table.
    """

    type: str
    column: str
    severity: str
    expectation: Any
    failing: str | None


def checks(contract: Contract) -> list[Check]:
    """Give every check that a contract asks for, in the contract's order.

    Row count, columns by name and order, not null, valid values, bounds, pattern, uniqueness,
    the compound primary key and the rules about whole rows.
    """
    found = [_rows(contract), _columns(contract)]
    for column in contract.columns:
        found += [make(column) for wanted, make in _COLUMN_CHECKS if wanted(column)]
    found += _key(contract)
    found += _row_rules(contract)
    return found


def expectations(contract: Contract) -> list[Any]:
    """Give the contract's expectations; a Great Expectations context must be active."""
    return [check.expectation for check in checks(contract)]


def _gxe() -> Any:
    import great_expectations.expectations as gxe  # noqa: PLC0415 - costs 4 to 10 CPU seconds

    return gxe


def _rows(contract: Contract) -> Check:
    return Check(
        "expect_table_row_count_to_be_between",
        "*",
        "error",
        _gxe().ExpectTableRowCountToBeBetween(min_value=contract.least_rows),
        None,
    )


def _columns(contract: Contract) -> Check:
    return Check(
        "expect_table_columns_to_match_ordered_list",
        "*",
        "error",
        _gxe().ExpectTableColumnsToMatchOrderedList(column_list=contract.column_names),
        None,
    )


def _not_null(column: ContractColumn) -> Check:
    return Check(
        "expect_column_values_to_not_be_null",
        column.name,
        "error",
        _gxe().ExpectColumnValuesToNotBeNull(column=column.name),
        f'"{column.name}" IS NULL',
    )


def _in_set(column: ContractColumn) -> Check:
    codes = ", ".join(_quoted(code) for code in column.valid)
    return Check(
        "expect_column_values_to_be_in_set",
        column.name,
        "error",
        _gxe().ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.valid)),
        f'"{column.name}" NOT IN ({codes})',
    )


def _between(column: ContractColumn) -> Check:
    low, high = column.bounds.get("minimum"), column.bounds.get("maximum")
    above, below = column.bounds.get("exclusiveMinimum"), column.bounds.get("exclusiveMaximum")
    sides = [(low, "<"), (above, "<="), (high, ">"), (below, ">=")]
    failing = " OR ".join(f'"{column.name}" {sign} {b}' for b, sign in sides if b is not None)
    return Check(
        "expect_column_values_to_be_between",
        column.name,
        "error",
        _gxe().ExpectColumnValuesToBeBetween(
            column=column.name,
            min_value=low if above is None else above,
            max_value=high if below is None else below,
            strict_min=above is not None,
            strict_max=below is not None,
        ),
        failing,
    )


def _matches(column: ContractColumn) -> Check:
    pattern = _quoted(column.pattern or "")
    return Check(
        "expect_column_values_to_match_regex",
        column.name,
        "error",
        _gxe().ExpectColumnValuesToMatchRegex(column=column.name, regex=column.pattern),
        f'NOT regexp_full_match("{column.name}", {pattern})',
    )


def _unique(name: str) -> Check:
    return Check(
        "expect_column_values_to_be_unique",
        name,
        "error",
        _gxe().ExpectColumnValuesToBeUnique(column=name),
        f'"{name}" IS NOT NULL AND count(*) OVER (PARTITION BY "{name}") > 1',
    )


_COLUMN_CHECKS: list[tuple[Callable[[ContractColumn], bool], Callable[[ContractColumn], Check]]] = [
    (lambda column: column.required, _not_null),
    (lambda column: bool(column.valid), _in_set),
    (lambda column: bool(column.bounds), _between),
    (lambda column: column.pattern is not None, _matches),
    (lambda column: column.unique, lambda column: _unique(column.name)),
]


def _key(contract: Contract) -> list[Check]:
    key = list(contract.primary_key)
    if not key:  # an incoming file whose rows nothing tells apart
        return []
    if len(key) == 1:
        unique = next(c.unique for c in contract.columns if c.name == key[0])
        return [] if unique else [_unique(key[0])]
    names = ", ".join(f'"{name}"' for name in key)
    return [
        Check(
            "expect_compound_columns_to_be_unique",
            ", ".join(key),
            "error",
            _gxe().ExpectCompoundColumnsToBeUnique(column_list=key),
            f"count(*) OVER (PARTITION BY {names}) > 1",
        )
    ]


def _row_rules(contract: Contract) -> list[Check]:
    found = []
    for rule in contract.rules:
        if rule.condition is not None:
            query = f"SELECT 1 FROM {{batch}} WHERE {rule.condition}"
            made = _gxe().UnexpectedRowsExpectation(
                unexpected_rows_query=query,
                description=rule.description,
                severity=_SEVERITY[rule.severity],
            )
            kind = "unexpected_rows_expectation"
            failing = rule.condition
        else:
            kind = str(rule.expectation)
            made = _by_name(kind)(**rule.arguments, severity=_SEVERITY[rule.severity])
            failing = _PAIRS[kind](rule.arguments)
        found.append(Check(kind, rule.name, rule.severity, made, failing))
    return found


def _pair_failing(arguments: Any) -> str:
    sign = "<" if arguments.get("or_equal") else "<="
    return f'"{arguments["column_A"]}" {sign} "{arguments["column_B"]}"'


_SEVERITY = {"error": "critical", "warning": "warning"}  # ours and Great Expectations' word
# Expectations that a contract may name, each with the SQL that finds its failures.
_PAIRS: dict[str, Callable[[Any], str]] = {
    "expect_column_pair_values_a_to_be_greater_than_b": _pair_failing,
}


def _by_name(kind: str) -> Any:
    return getattr(_gxe(), "".join(word.capitalize() for word in kind.split("_")))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
