"""What the page says of groups, affordability and indirect coverage; no table is read here."""

from collections.abc import Collection, Mapping
from typing import Final

from reports.wording import terms
from reports.wording.lists import word_lists

_LISTS: Final = word_lists("coverage")
BASE_RULES: Final[Mapping[str, str]] = _LISTS["base_rules"]
BREAKDOWNS: Final[Mapping[str, str]] = _LISTS["breakdowns"]
GROUPS_OVERLAP: Final = (
    "Groups overlap (a woman may be home-based and old), so their figures are never added."
)
AFFORDABILITY_MEANS: Final = (
    "The contribution as a share of earnings, among employed persons who would owe one. It says "
    "what a contribution would take, not what anybody is willing to pay."
)
INDIRECT_MEANS: Final = (
    "Living with a covered worker is an upper estimate of protection through the household. It is "
    "not coverage and is never added to the affiliated."
)


def base_rules(found: Collection[str]) -> list[str]:
    """Put bases of a contribution in the order of their words: the member's part is first."""
    return [*(r for r in BASE_RULES if r in found), *sorted(set(found) - set(BASE_RULES))]


def base_rule(rule: str) -> str:
    """Name the base of a contribution."""
    return BASE_RULES.get(rule, rule.replace("_", " ").capitalize())


def breakdown(code: str) -> str:
    """Name a breakdown of affordability."""
    return BREAKDOWNS.get(code, f"By {terms.breakdown_label(code).lower()}")


def category(breakdown_code: str, code: str, labels: Mapping[str, str]) -> str:
    """Name a category; deciles are D01 (lowest earnings) to D10."""
    if breakdown_code == "total":
        return "All who would owe a contribution"
    if breakdown_code == "earnings_decile":
        end = {"D01": " (lowest)", "D10": " (highest)"}.get(code, "")
        return f"Decile {code.removeprefix('D').lstrip('0')}{end}"
    return labels.get(code, code)
