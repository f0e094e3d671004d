"""What the quality checks declare: their words, limits and sources; how they are computed is not here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.errors import InputError
from data_contracts.yaml_lines import load_yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rule:
    """One declared check.

    Attributes:
        id: the check's name, as in est.quality.
        block: the group it is shown in.
        severity: ``error`` refuses the file, ``warning`` is shown.
        statement: what must hold, in plain words.
        source: where the limit comes from.
        remedy: what a person does when it fails.
        needs: canonical columns the wave must have asked; a tuple inside means any one of them.
        columns: tables and columns it looks at, for the reader.
        limits: its thresholds by name.
        among: condition for the rows a share is taken over (data_contracts/conditions.py).
        should: condition that those rows should meet.
        should_not: condition that they should not meet.
    """

    id: str
    block: str
    severity: str
    statement: str
    source: str
    remedy: str
    needs: tuple[tuple[str, ...], ...] = ()
    columns: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    among: Any = None
    should: Any = None
    should_not: Any = None


@cache
def load_rules(name: str) -> Mapping[str, Rule]:
    """Load ``data_contracts/quality/NAME.yaml``: rules by id, in the order of the file.

    Raises:
        InputError: an entry lacks a field, has an unknown one, or repeats an id.
    """
    path = FOLDER / f"{name}.yaml"
    rules: dict[str, Rule] = {}
    for entry in load_yaml(path)["checks"]:
        fields = dict(entry)
        fields["needs"] = tuple(
            (group,) if isinstance(group, str) else tuple(group)
            for group in fields.get("needs", ())
        )
        try:
            rule = Rule(**fields)
        except TypeError:
            raise InputError(
                f"the check {fields.get('id', 'without an id')} lacks a field or has an unknown one",
                "see the fields of Rule in data_contracts/quality/rules.py",
                file=path.name,
            ) from None
        if rule.id in rules or rule.severity not in {"error", "warning"}:
            raise InputError(
                f"the check {rule.id} is declared twice or its severity is unknown",
                "give each check an id of its own and the severity error or warning",
                file=path.name,
            )
        rules[rule.id] = rule
    return rules
