"""The tables of what may be asked of published numbers and what is asked; nothing is judged here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.yaml_lines import load_yaml

RULES = Path(__file__).parent / "rules.yaml"
AUDIT = Path(__file__).parent / "audit.yaml"


@dataclass(frozen=True, kw_only=True)
class PairRule:
    """One rule of rules.yaml, which also says what its expressions may name.

    Attributes:
        when: expressions that must all be true.
        each: fields for which the rule is asked one by one.
        code: the kind of refusal.
        because: the reason, a template.
        remedy: what to do instead, a template.
        alone: whether nothing after it is asked where it refuses.
        note: a footnote's words, a template; such a rule refuses nothing.
    """

    when: tuple[str, ...]
    each: tuple[str, ...] = ("",)
    code: str = ""
    because: str = ""
    remedy: str = ""
    alone: bool = False
    note: str = ""


@cache
def pair_rules(operation: str) -> tuple[PairRule, ...]:
    """Give the rules of an operation, or ``footnotes``, in the order in which they are told."""
    return tuple(
        PairRule(**(entry | {name: _listed(entry[name]) for name in ("when", "each") if name in entry}))
        for entry in load_yaml(RULES)[operation]
    )  # fmt: skip


@cache
def audit_steps() -> Mapping[str, Any]:
    """Give what the audit needs, derives and judges: the parts of audit.yaml by name."""
    steps: Mapping[str, Any] = load_yaml(AUDIT)
    return steps


def _listed(told: str | list[str]) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)
