"""What changed between two versions of a contract, for whom it breaks, and whether the version says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.contract.shapes import SENSITIVITIES, Contract, ContractColumn, RowRule
from data_contracts.tree_diff import Difference, Leaf, Tree, differences, table_of, told

CHANGES = Path(__file__).with_name("changes.yaml")
# Each type holds every value of those before it in its row.
_WIDER = (
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    ("TINYINT", "SMALLINT", "INTEGER", "DOUBLE"),
)
_LOWER, _UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


@dataclass(frozen=True)
class ContractChange:
    """One difference: ``place`` is a column, a rule or the table; ``breaks`` names for whom.

    It breaks for readers when a row that the new contract allows may surprise a reader of the
    old one; for writers when a row that the old contract allowed may now be refused.
    """

    place: str
    what: str
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContractComparison:
    """All changes between two contracts, and the rise in version that they need."""

    old: Contract
    new: Contract
    changes: tuple[ContractChange, ...]

    @property
    def breaking(self) -> tuple[ContractChange, ...]:
        """The changes that break something for somebody."""
        return tuple(change for change in self.changes if change.breaks)

    @property
    def needed(self) -> str:
        """The rise that Semantic Versioning asks for: major, minor or none."""
        return "major" if self.breaking else "minor" if self.changes else "none"

    @property
    def given(self) -> str:
        """The rise there is: major, minor, patch, none, or back where the version falls."""
        old, new = _numbers(self.old.version), _numbers(self.new.version)
        if new <= old:
            return "none" if new == old else "back"
        risen = next(i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
        return ("major", "minor", "patch")[risen]

    @property
    def fits(self) -> bool:
        """Whether the version rises at least as far as the changes need."""
        order = ("back", "none", "patch", "minor", "major")
        return order.index(self.given) >= order.index(self.needed)


def compare(old: Contract, new: Contract) -> ContractComparison:
    """Name every change from one version of a contract to the next.

    A renamed column cannot be told from one that is gone and another that is added. Wording
    (titles, descriptions of columns) is no promise and is not compared. What each change is
    called and for whom it breaks is in ``changes.yaml``.
    """
    follow = _protection(old.sensitivity), _protection(new.sensitivity)
    found = (
        one
        for one in differences(
            _tree(old, new, file=new.further_columns), _tree(new, old, file=new.further_columns)
        )
        # A column that follows its table's sensitivity is told once, of the table.
        if one.path[-1] != "sensitivity" or len(one.path) == 1 or (one.old, one.new) != follow
    )
    changes = (
        ContractChange(_place(one.difference.path), one.sentence, tuple(one.row["breaks"]))
        for one in told(found, table_of(CHANGES), {}, _kind_of)
    )
    return ContractComparison(old, new, tuple(changes))


def _kind_of(one: Difference) -> str:
    """Give the kinds for which it counts what comes or goes, or in what it differs."""
    here, place = one.new or one.old, (one.path[0], len(one.path))
    if place == ("columns", 2) and one.kind == "goes":
        return "goes from a file" if here["file"] else "goes"
    if place == ("columns", 2):
        return "appears and has to be there" if here["required"] or here["file"] else "appears"
    if place == ("rules", 2) and here["severity"].by:
        return f"{one.kind} and blocks"
    prose = one.path[2:3] == ("codes",) and isinstance(here, str)
    return "differs in its words" if prose and one.kind == "differs" else one.kind


def _place(path: tuple[str, ...]) -> str:
    if path[0] == "rules":
        return f"rule {path[1]}"
    return path[1] if path[0] == "columns" else "the table"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _tree(contract: Contract, other: Contract, *, file: bool) -> Tree:
    """Give what a contract promises; the order is that of the columns which the other has too."""
    shared = [name for name in contract.column_names if name in other.column_names]
    return {
        "columns": {c.name: _column(c, file=file) for c in contract.columns},
        "order": "\n".join(shared),
        "key": Leaf("\n".join(contract.primary_key), ", ".join(contract.primary_key) or "none"),
        "sensitivity": _protection(contract.sensitivity),
        "rules": {rule.name: _rule(rule) for rule in contract.rules},
        "least_rows": contract.least_rows,
        "further_columns": contract.further_columns,
    }


def _column(column: ContractColumn, *, file: bool) -> Tree:
    codes: Mapping[str, Any] = column.valid
    if file:
        codes = {code: Leaf(frozenset(words.split("; ")), words) for code, words in codes.items()}
    return {
        "file": file,
        "type": Leaf(_holds(column.type), column.type),
        "required": column.required,
        "unique": column.unique,
        "codes": codes or None,
        "lower": _end(column.bounds, _LOWER, 1),
        "upper": _end(column.bounds, _UPPER, -1),
        "pattern": column.pattern,
        "derived": column.derived,
        "sensitivity": _protection(column.classification),
    }


def _rule(rule: RowRule) -> Tree:
    content = Leaf([rule.condition, rule.expectation, dict(rule.arguments)])
    return {"severity": Leaf(int(rule.severity == "error"), rule.severity), rule.severity: content}


def _holds(kind: str) -> frozenset[str]:
    """Give the types whose every value a type holds: it is wider than each of them."""
    rows = [row[: row.index(kind) + 1] for row in _WIDER if kind in row]
    return frozenset({kind, *(narrower for row in rows for narrower in row)})


def _protection(sensitivity: str) -> Leaf:
    return Leaf(SENSITIVITIES.index(sensitivity), sensitivity)


def _end(bounds: Mapping[str, float], keys: tuple[str, str], sign: int) -> tuple[float, int] | None:
    """Give one end so that a greater pair is a tighter end; the exclusive one is the tighter."""
    ends = [(sign * bounds[key], strict) for strict, key in enumerate(keys) if key in bounds]
    return max(ends, default=None)
