"""Published figures as typed quantities and what they imply; bases and flags are judged elsewhere.

Nothing here is a new estimate: published numbers, the interval that their last digit leaves, and
arithmetic that analyses/published/quantity.py allows.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import data_contracts
from analyses.published.arithmetic import add, base_of, share_of, subtract
from analyses.published.quantity import Quantity
from data_contracts.errors import InputError
from data_contracts.published.tables import audit_steps
from data_contracts.yaml_lines import load_yaml

FILE = Path(str(data_contracts.__file__)).parent / "published" / "figures.yaml"
Figures = Mapping[str, Quantity]
_SECTIONS = ("figures", "ratios", "claims", "explanations", "wording")
_NOT_FIELDS = ("half_width", "kind", "said", "confidence", "note")
WEAKEST_FIRST = ("L", "M", "H")


@dataclass(frozen=True)
class Claim:
    """A printed percentage whose base is looked for.

    Attributes:
        id: its name.
        said: the words that were printed.
        percent: the number.
        half_width: half a unit of its last digit.
        worded: the base that the words name.
        numerators: figures that may be its numerator.
        bases: figures that may be its base.
        complement: whether 100 less the quotient was printed.
        note: what must be known beside the verdict.
    """

    id: str
    said: str
    percent: float
    half_width: float
    worded: str
    numerators: Sequence[str] = ()
    bases: Sequence[str] = ()
    complement: bool = False
    note: str = ""


@dataclass(frozen=True)
class PublishedFile:
    """The declared file: figures by id, and what is to be asked of them.

    Attributes:
        figures: each published figure.
        words: the file's own entry of each figure (``said``, ``confidence``, ``half_width``).
        ratios: the quotients to show.
        claims: the percentages whose base is looked for.
        explanations: what could explain a flag, by its id.
        wording: contradictions in words alone.
    """

    figures: Figures
    words: Mapping[str, Mapping[str, Any]]
    ratios: Sequence[Mapping[str, Any]]
    claims: Mapping[str, Claim]
    explanations: Mapping[str, Sequence[str]]
    wording: Sequence[str]


def load_published(path: Path = FILE) -> PublishedFile:
    """Read the declared figures.

    Raises:
        InputError: a section or a needed figure is missing, or a figure lacks a field, has an
            unknown one or contradicts itself.
    """
    told = load_yaml(path)
    for section in _SECTIONS:
        if not isinstance(told, dict) or not told.get(section):
            raise InputError(f"the section {section} is missing", "add it", file=path.name)
    figures = {name: _figure(name, entry, path) for name, entry in told["figures"].items()}
    try:
        claims = {entry["id"]: Claim(**entry) for entry in told["claims"]}
    except (KeyError, TypeError):
        raise InputError(
            "a claim lacks a field or has an unknown one",
            "see the fields of Claim in analyses/published/figures.py",
            file=path.name,
        ) from None
    for what, given in (("figures", figures), ("claims", claims)):
        if absent := sorted(set(audit_steps()["needed"][what]) - set(given)):
            raise InputError(
                f"the {what} {', '.join(absent)} are missing", "add them", file=path.name
            )
    return PublishedFile(
        figures, told["figures"], told["ratios"], claims, told["explanations"], told["wording"]
    )


def _figure(name: str, entry: Mapping[str, Any], path: Path) -> Quantity:
    try:
        fields = {key: value for key, value in entry.items() if key not in _NOT_FIELDS}
        value = float(entry["value"])
        if "half_width" in entry:
            low, high = value - entry["half_width"], value + entry["half_width"]
        else:
            low, high = float(entry["low"]), float(entry["high"])
        kind = "exact" if low == high else "rounding" if math.isfinite(high) else "bound"
        notes = (f"{name.replace('_', ' ')}: {entry['note']}.",) if "note" in entry else ()
        WEAKEST_FIRST.index(entry["confidence"])
        fields = {"limits": kind, "footnotes": notes} | fields
        return Quantity(**(fields | {"id": name, "value": value, "low": low, "high": high}))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            f"the figure {name} lacks a field, has an unknown one or one of the wrong type",
            "see the fields of Quantity in analyses/published/quantity.py",
            file=path.name,
        ) from None


def derive(figures: Figures, base: str = "employed") -> Figures:
    """Add what the published figures imply, as data_contracts/published/audit.yaml says.

    Args:
        figures: the published ones.
        base: ``employed`` or ``labour_force``: what the informality rate is assumed to be a share
            of. The other of the two follows from the unemployed.

    Raises:
        Refused: the figures do not belong together (dates, ages, definitions).
    """
    found = dict(figures)
    steps = audit_steps()["implied"]
    for name, step in (steps[f"if_of_{base}"] | steps["then"]).items():
        told = dict(step)
        operation = next(iter(told))
        rests_on = told.pop(operation)
        if told.pop("optional", False) and not found.keys() >= set(rests_on):
            continue
        if "scheme_of" in told:
            told["scheme"] = found[told.pop("scheme_of")].scheme
        found[name] = _OPERATIONS[operation]([found[one] for one in rests_on], id=name, **told)
    return found


_OPERATIONS: Mapping[str, Callable[..., Quantity]] = {
    "add": add,
    "subtract": lambda both, **told: subtract(*both, **told),
    "base_of": lambda both, **told: base_of(*both, **told),
    "share_of": lambda both, **told: share_of(*both, **told),
}
