"""The key figures: for each question the one figure that answers it, its words and its neighbours; no table is read here."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from data_contracts.errors import InputError
from data_contracts.typed_yaml import Strict, typed_entries
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "key_figures.yaml"
Form = Literal["persons", "share"]
Tables = Literal["estimate", "adjusted", "cascade"]
# Columns of value and limits, by published table and form.
_COLUMNS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("estimate", "persons"): ("obs_value", "ci_lower", "ci_upper"),
    ("estimate", "share"): ("obs_value", "ci_lower", "ci_upper"),
    ("adjusted", "persons"): ("adjusted", "ci_lower", "ci_upper"),
    ("adjusted", "share"): ("coverage", "coverage_lower", "coverage_upper"),
    ("cascade", "persons"): ("value", "value_lower", "value_upper"),
}


class KeyAnswer(Strict):
    """One form of a key figure: where it stands, what it is called and how it is said."""

    table: Tables = Field(description="published table that holds it, without pub.")
    where: dict[str, str] = Field(description="columns and values that find its row", min_length=1)
    name: str = Field(description="its name, at the head of columns and in listings")
    says: str = Field(description="of a share what the numerator does, of persons who is counted")
    of: str = Field(default="", description="the denominator of a share; {age} is the youngest age")
    complement: bool = Field(default=False, description="100 less the share that stands there")
    listed: bool = Field(default=False, description="told after a run and in listings")
    judged: bool = Field(
        default=False, description="also computed without the rows that break a quality rule"
    )

    @property
    def indicator(self) -> str:
        """Give the indicator that it is, empty where it is of another table."""
        return self.where.get("indicator", "")


class KeyFigure(Strict):
    """One question and the one figure that answers it."""

    question: str = Field(description="what a reader asks")
    by: Literal["survey", "self_report", "register", "law"] = Field(description="who tells it")
    persons: KeyAnswer | None = Field(default=None, description="the answer in persons")
    share: KeyAnswer | None = Field(default=None, description="the answer as a share of `of`")
    near: dict[str, str] = Field(
        default_factory=dict, description="key figures taken for it, and the difference"
    )

    @property
    def answers(self) -> tuple[tuple[Form, KeyAnswer], ...]:
        """Give the forms that it has, persons first."""
        forms: tuple[tuple[Form, KeyAnswer | None], ...] = (
            ("persons", self.persons),
            ("share", self.share),
        )
        return tuple((form, answer) for form, answer in forms if answer is not None)


@cache
def key_figures() -> dict[str, KeyFigure]:
    """Give the key figures by name, in their order.

    Raises:
        InputError: an entry is malformed (with its line), names a neighbour that is not there, or a
            share has no denominator.
    """
    found = typed_entries(load_yaml(FILE), KeyFigure, FILE, "key_figures.json")
    for name, one in found.items():
        unknown = sorted(set(one.near) - set(found))
        if unknown or not one.answers:
            raise InputError(
                f"the key figure {name} "
                + (
                    f"names neighbours that are none: {', '.join(unknown)}"
                    if unknown
                    else "has no form"
                ),
                "name key figures of this file, and give persons or share",
                file=FILE.name,
            )
        if one.share is not None and not one.share.of:
            raise InputError(
                f"the key figure {name} has a share without its denominator",
                "say in `of` what it is a share of",
                file=FILE.name,
            )
    return found


def columns_of(form: Form, answer: KeyAnswer) -> tuple[str, str, str]:
    """Give the columns of the value and of its two limits in its published table."""
    return _COLUMNS[answer.table, form]


def answers_by_indicator() -> dict[str, KeyAnswer]:
    """Give the answers that are indicators of pub.estimate, by indicator."""
    return {
        answer.indicator: answer
        for one in key_figures().values()
        for _, answer in one.answers
        if answer.indicator
    }


def judged_answers() -> dict[str, KeyAnswer]:
    """Give the answers that the quality report judges, by indicator."""
    return {name: answer for name, answer in answers_by_indicator().items() if answer.judged}
