"""What a person may set about coverage: choices of the law, the quality of self-reports, given adjustments.

They stand in informality.toml under [law], [coverage] and [coverage.given.ADJUSTMENT].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data_contracts.errors import InputError

FILE = "informality.toml"
ASSUMED = (
    "assumption: no validation study of the Lao question was found; the synthetic twin is "
    "planted with the same value"
)


@dataclass(frozen=True)
class Given:
    """A number that no data here can estimate: its value, standard error and where it is from."""

    value: float
    se: float
    source: str


@dataclass(frozen=True)
class CoverageSettings:
    """Choices that coverage tables depend on.

    Attributes:
        law: answers to choices of data_contracts/law/choices.yaml; defaults where one is missing.
        sensitivity: share of the covered who report it.
        specificity: share of those not covered who report that they are not.
        burden: share of earnings above which a contribution counts as a burden.
        known_days: days after the end of a window at which its contributions were looked at.
        given: adjustments of the register that are not estimated from it, by name.
    """

    law: Mapping[str, str] = field(default_factory=dict)
    sensitivity: Given = Given(0.85, 0.02, ASSUMED)
    specificity: Given = Given(0.99, 0.002, ASSUMED)
    burden: float = 0.10
    known_days: int = 31
    given: Mapping[str, Given] = field(default_factory=dict)


_ENTRIES = ("sensitivity", "specificity", "burden", "known_days", "given")


def coverage_settings(law: Mapping[str, Any], coverage: Mapping[str, Any]) -> CoverageSettings:
    """Read the tables [law] and [coverage].

    Raises:
        InputError: an unknown choice, entry or adjustment, a share outside 0 to 1, or a given
            number without its source.
    """
    from data_contracts.law.law import load_law

    answers = {name: str(answer) for name, answer in law.items()}
    if answers:
        load_law().settle(answers)
    _among(coverage, _ENTRIES, "coverage")
    given = dict(coverage.get("given", {}))
    if given:
        from analyses.coverage.register.adjustments import NAMES

        _among(given, NAMES, "coverage.given")
    own = {name: _given(coverage[name], name) for name in _ENTRIES[:2] if name in coverage}
    burden, days = coverage.get("burden", 0.10), coverage.get("known_days", 31)
    _share(burden, "burden")
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 366:
        raise InputError(
            "the known_days of coverage are no number of days",
            "write whole days between 0 and 366, such as 31",
            file=FILE,
        )
    return CoverageSettings(
        answers,
        **own,
        burden=float(burden),
        known_days=days,
        given={name: _given(entry, f"given.{name}") for name, entry in given.items()},
    )


def _among(entries: Mapping[str, Any], known: tuple[str, ...], table: str) -> None:
    for entry in sorted(set(entries) - set(known)):
        raise InputError(
            f"there is no setting {entry} in [{table}]",
            f"choose among {', '.join(known)}",
            file=FILE,
        )


def _given(entry: Any, name: str) -> Given:
    """Read {value = ..., se = ..., source = "..."}."""
    if not isinstance(entry, Mapping) or set(entry) != {"value", "se", "source"}:
        raise InputError(
            f"{name} of coverage needs value, se and source",
            'write, for instance, {value = 0.85, se = 0.02, source = "validation study, year"}',
            file=FILE,
        )
    _share(entry["value"], name)
    _share(entry["se"], f"{name}.se")
    return Given(float(entry["value"]), float(entry["se"]), str(entry["source"]))


def _share(value: Any, name: str) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1:
        raise InputError(
            f"the {name} of coverage is no share", "write a number from 0 to 1", file=FILE
        )
