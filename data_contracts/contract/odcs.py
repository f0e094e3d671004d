"""A file of the Open Data Contract Standard v3 to our Contract; writing one is in odcs_yaml.py.

Data is checked elsewhere.
"""

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.contract.columns import FILE_NAME, NAME, column
from data_contracts.contract.definitions import filled, own_properties
from data_contracts.contract.document import TABLES, Place, beside, broken, single_table
from data_contracts.contract.shapes import SENSITIVITIES, Contract, ContractColumn, RowRule
from data_contracts.errors import InputError

COUNT = "SELECT COUNT(*) FROM ${object} WHERE "
FURTHER_COLUMNS = "further_columns"


@lru_cache(maxsize=64)
def load_file(path: Path) -> Contract:
    """Load and check one contract file, for example an older version of a contract.

    Raises:
        InputError: the file breaks the standard or names a type we do not store; file and line.
    """
    if not path.is_file():
        raise InputError("there is no such file", "check its name and folder", file=path.name)
    return contract_of(filled(path), path)


def load_table(name: str) -> Contract:
    """Load the contract of a warehouse table, such as ``core.person``; errors as for ``load_file``."""
    return load_file(TABLES / f"{name}.yaml")


def contract_of(document: Any, path: Path) -> Contract:
    """Make our Contract of the standard's model.

    Args:
        document: an ``OpenDataContractStandard``, read from a file or built, its columns filled.
        path: the file it was read from, or a name that messages show.

    Raises:
        InputError: it says something that we do not store or check; file and line.
    """
    table, own = single_table(document, path), own_properties(document)
    sensitivity = own.get("sensitivity")
    if sensitivity not in SENSITIVITIES:
        raise broken(path, ["customProperties"], "sensitivity is restricted, internal or public")
    rules, least = _rules(path, table.quality or [])
    contract = Contract(
        name=table.name,
        version=document.version,
        title=document.description.purpose,
        granularity=table.dataGranularityDescription or "",
        sensitivity=sensitivity,
        columns=_columns(table, path, sensitivity, FILE_NAME if _open_ended(own) else NAME),
        primary_key=_primary_key(table),
        rules=rules,
        least_rows=least,
        published_from=own.get("published_from"),
        further_columns=_open_ended(own),
        usage=document.description.usage or "",
        limitations=document.description.limitations or "",
    )
    if contract.published_from is not None:
        contract = _published(contract, load_file(beside(path, f"{contract.published_from}.yaml")))
    if not contract.primary_key and not contract.further_columns:
        raise broken(path, ["schema"], "a table has a primary key")
    key = contract.primary_key
    needed = (replace(c, required=True) if c.name in key else c for c in contract.columns)
    return replace(contract, columns=tuple(needed))


def _open_ended(own: dict[str, Any]) -> bool:
    """Say whether a file may hold columns that nobody reads."""
    return own.get(FURTHER_COLUMNS) == "not read"


def _columns(
    table: Any, path: Path, sensitivity: str, names: re.Pattern[str]
) -> tuple[ContractColumn, ...]:
    """Give the columns that a file lists; one that is listed twice counts as the later says."""
    found = {}
    for i, item in enumerate(table.properties or []):
        found[item.name] = column(item, path, ["schema", 0, "properties", i], sensitivity, names)
    return tuple(found.values())


def _primary_key(table: Any) -> tuple[str, ...]:
    items = [item for item in table.properties or [] if item.primaryKey]
    return tuple(name for _, name in sorted((i.primaryKeyPosition or 0, i.name) for i in items))


def _published(contract: Contract, base: Contract) -> Contract:
    """Give a published table all that it has from the table behind it and does not say itself."""
    columns = {c.name: replace(c, classification=contract.sensitivity) for c in base.columns}
    columns |= {c.name: c for c in contract.columns}
    own_rules = {rule.name for rule in contract.rules}
    return replace(
        contract,
        granularity=contract.granularity or base.granularity,
        columns=tuple(columns.values()),
        primary_key=contract.primary_key or base.primary_key,
        rules=(*(r for r in base.rules if r.name not in own_rules), *contract.rules),
        least_rows=max(contract.least_rows, base.least_rows),
    )


def _rules(path: Path, quality: list[Any]) -> tuple[tuple[RowRule, ...], int]:
    """Give the rules about whole rows, and the smallest number of rows."""
    rules, least = [], 0
    for i, item in enumerate(quality):
        at: Place = ["schema", 0, "quality", i]
        if not item.name or (item.severity or "error") not in ("error", "warning"):
            raise broken(path, at, "a rule has a name, and its severity is error or warning")
        if item.metric == "rowCount" and item.mustBeGreaterOrEqualTo is not None:
            least = int(item.mustBeGreaterOrEqualTo)
        elif (rule := _rule(item)) is not None:
            rules.append(rule)
        else:
            raise broken(path, at, f"a rule is a rowCount, an expectation or '{COUNT}…' mustBe 0")
    return tuple(rules), least


def _rule(item: Any) -> RowRule | None:
    """Give a rule about whole rows; None for one of a kind that we do not check."""
    rule = RowRule(item.name, item.description or "", item.severity or "error")
    if item.type == "sql" and item.mustBe == 0 and (item.query or "").startswith(COUNT):
        return replace(rule, condition=item.query.removeprefix(COUNT))
    if item.type == "custom" and item.engine == "greatExpectations":
        made = item.implementation
        return replace(rule, expectation=made["type"], arguments=made["kwargs"])
    return None
