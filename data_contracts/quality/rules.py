"""What the quality checks declare: their words, limits and sources; how they are computed is not here."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from pydantic import Field, field_validator

from data_contracts.errors import InputError
from data_contracts.typed_yaml import Strict, load_typed

FOLDER = Path(__file__).parent
SCHEMA = "quality.json"
PLACEHOLDERS = {"share", "rows", "failed", "checked", "measure", "percent", "category"}


class QualityRule(Strict):
    """One declared check."""

    id: str = Field(description="the check's name, as in est.quality")
    block: str = Field(description="the group it is shown in")
    severity: Literal["error", "warning"] = Field(
        description="error refuses the file, warning is shown"
    )
    statement: str = Field(description="what must hold, in plain words")
    found: str = Field(
        "",
        description="what was found where it does not hold, in the negative, with its weight: {share} and {rows} "
        "that break it, {failed} of {checked}, {measure}, {percent} (the measure in percent), {category}",
    )
    source: str = Field(description="where the limit comes from")
    remedy: str = Field(description="what a person does when it fails")
    needs: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="canonical columns the wave must have asked; a list inside means any one of them",
    )
    columns: str = Field("", description="tables and columns it looks at, for the reader")
    limits: dict[str, Any] = Field(default_factory=dict, description="its thresholds by name")
    among: Any = Field(None, description="condition for the rows a share is taken over")
    should: Any = Field(None, description="condition that those rows should meet")
    should_not: Any = Field(None, description="condition that they should not meet")

    @field_validator("found")
    @classmethod
    def _placeholders(cls, given: str) -> str:
        unknown = {name for _, name, _, _ in Formatter().parse(given) if name} - PLACEHOLDERS
        if unknown:
            allowed = ", ".join(sorted(PLACEHOLDERS))
            raise ValueError(f"no placeholder {', '.join(sorted(unknown))}; there are {allowed}")
        return given

    def said(self, failed: int, checked: int, measure: float | None, category: str) -> str:
        """Say what was found in a file that breaks the rule, as a clause without its full stop.

        Args:
            failed: rows or groups that break it.
            checked: those that it was applied to.
            measure: the figure compared; a count says nothing of it.
            category: what the finding is about, ``all`` for the whole.
        """
        amount = 0.0 if measure is None else measure
        return (
            (self.found or self.statement)
            .rstrip(".")
            .format(
                share=_percent(failed / checked if checked else amount),
                rows=f"{failed:,} {'row' if failed == 1 else 'rows'}",
                failed=f"{failed:,}",
                checked=f"{checked:,}",
                measure=f"{amount:,.3g}" if abs(amount) < 1000 else f"{amount:,.0f}",
                percent=_percent(amount),
                category="the whole file" if category == "all" else category.replace("_", " "),
            )
        )

    @field_validator("needs", mode="before")
    @classmethod
    def _groups(cls, given: Any) -> Any:
        if not isinstance(given, list):
            return given
        return tuple((one,) if isinstance(one, str) else tuple(one) for one in given)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %" if 0 < share < 0.01 else f"{100 * share:.1f} %"


def said_of(
    name: Literal["survey", "register"], check_id: str, statement: str,
    counts: tuple[int, int, float | None, str],
) -> str:  # fmt: skip
    """Say what a failed check found, in the negative; its statement where the check is declared elsewhere.

    Args:
        name: whose rules.
        check_id: the check.
        statement: what must hold.
        counts: failed, checked, measure and category, as in est.quality.
    """
    rule = load_rules(name).get(check_id)
    return statement.rstrip(".") if rule is None or not rule.found else rule.said(*counts)


class QualityFile(Strict):
    """The whole of ``NAME.yaml``."""

    checks: list[QualityRule]


@cache
def load_rules(name: str) -> Mapping[str, QualityRule]:
    """Load ``data_contracts/quality/NAME.yaml``: rules by id, in the order of the file.

    Raises:
        InputError: an entry lacks a field, has an unknown one, or repeats an id; with its line.
    """
    path = FOLDER / f"{name}.yaml"
    rules = load_typed(path, QualityFile, SCHEMA).checks
    twice = [found for found, count in Counter(rule.id for rule in rules).items() if count > 1]
    if twice:
        raise InputError(
            f"the check {twice[0]} is declared twice", "give each check an id of its own",
            file=path.name,
        )  # fmt: skip
    return {rule.id: rule for rule in rules}
