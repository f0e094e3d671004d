"""Published figures as typed quantities and what they imply; bases and flags are judged elsewhere.

Nothing here is a new estimate: published numbers, the interval that their last digit leaves, and
arithmetic that analyses/published/quantity.py allows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import data_contracts
from analyses.published.arithmetic import Quotient, add, ratio, subtract
from analyses.published.base_of import base_of, share_of
from analyses.published.quantity import Quantity
from data_contracts.errors import InputError
from data_contracts.yaml_lines import load_yaml

FILE = Path(str(data_contracts.__file__)).parent / "published" / "figures.yaml"
Figures = Mapping[str, Quantity]
DISJOINT = "compulsory and voluntary insurance exclude each other by law"
NEEDED = frozenset(
    {
        "informal_workers", "informality_rate", "unemployed", "unemployment_rate",
        "employed_share", "employed_as_told", "members", "voluntary_members",
        "voluntary_members_later", "voluntary_share", "formal_enterprise_insured",
        "ilostat_rate", "ilostat_employed",
    }
)  # fmt: skip
_SECTIONS = ("figures", "ratios", "claims", "explanations", "wording")
_NOT_FIELDS = ("half_width", "kind", "said", "confidence", "note")
_WEAKEST_FIRST = ("L", "M", "H")


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


@dataclass(frozen=True)
class AuditLine:
    """One figure of the audit: a quantity, or a quotient in percent, with its interval.

    ``limits`` says what the interval is (``exact``, ``rounding``, ``bound``), ``kind`` whether the
    figure is ``published``, ``assumed``, ``implied``, a ``proportion`` or a ``ratio``; ``confidence`` is that of
    the weakest figure it rests on (H, M, L).
    """

    id: str
    said: str
    value: float
    low: float
    high: float
    unit: str
    limits: str
    kind: str
    period: str
    confidence: str
    source: str
    footnotes: tuple[str, ...]


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
    if absent := sorted(NEEDED - set(figures)):
        raise InputError(f"the figures {', '.join(absent)} are missing", "add them", file=path.name)
    try:
        claims = {entry["id"]: Claim(**entry) for entry in told["claims"]}
    except (KeyError, TypeError):
        raise InputError(
            "a claim lacks a field or has an unknown one",
            "see the fields of Claim in analyses/published/figures.py",
            file=path.name,
        ) from None
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
        _WEAKEST_FIRST.index(entry["confidence"])
        fields = {"limits": kind, "footnotes": notes} | fields
        return Quantity(**(fields | {"id": name, "value": value, "low": low, "high": high}))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            f"the figure {name} lacks a field, has an unknown one or one of the wrong type",
            "see the fields of Quantity in analyses/published/quantity.py",
            file=path.name,
        ) from None


def derive(figures: Figures, base: str = "employed") -> Figures:
    """Add what the published figures imply.

    Args:
        figures: the published ones.
        base: ``employed`` or ``labour_force``: what the informality rate is assumed to be a share
            of. The other of the two follows from the unemployed.

    Raises:
        Refused: the figures do not belong together (dates, ages, definitions).
    """
    f = dict(figures)
    implied = base_of(f["informal_workers"], f["informality_rate"], base, id=base)
    f[base] = implied
    if base == "employed":
        f["labour_force"] = add([implied, f["unemployed"]], id="labour_force")
    else:
        f["employed"] = subtract(implied, f["unemployed"], id="employed")
    f["formal_workers"] = subtract(f["employed"], f["informal_workers"], id="formal_workers")
    f["mandatory_members"] = subtract(f["members"], f["voluntary_members"], id="mandatory_members")
    if "protected_persons" in f:
        f["dependants"] = subtract(f["protected_persons"], f["members"], id="dependants")
    later = f["voluntary_members_later"]
    f["members_if_mixed"] = base_of(
        later,
        f["voluntary_share"],
        "affiliated",
        id="members_if_mixed",
        scheme=f["members"].scheme,
        allow_mixed_dates=True,
    )
    f["members_if_frozen"] = add(
        [f["mandatory_members"], later],
        id="members_if_frozen",
        overlap=DISJOINT,
        allow_mixed_dates=True,
    )
    wider = f["ilostat_employed"]
    f["informal_ilostat"] = share_of(wider, f["ilostat_rate"], id="informal_ilostat")
    f["formal_ilostat"] = subtract(wider, f["informal_ilostat"], id="formal_ilostat")
    return f


def quantity_line(published: PublishedFile, q: Quantity) -> AuditLine:
    """Write a quantity as a line of the audit."""
    words = published.words.get(q.id, {})
    from_what = " and ".join(root.name for root in q.roots)
    return AuditLine(
        q.id,
        words.get("said", f"{q.name}, from {from_what}"),
        q.value,
        q.low,
        q.high,
        q.unit,
        q.limits,
        "implied" if q.rests_on else words.get("kind", "published"),
        q.period,
        _confidence(published, q),
        q.source,
        q.footnotes,
    )


def ratio_line(
    published: PublishedFile, q: Quotient, said: str, *, rest: bool = False
) -> AuditLine:
    """Write a quotient, or one minus it, as a line of the audit, in percent."""
    value, low, high = q.complement if rest else (q.value, q.low, q.high)
    both = (q.numerator, q.denominator)
    kinds = sorted({root.limits for one in both for root in one.roots} - {"exact"})
    return AuditLine(
        f"{'1-' if rest else ''}{q.numerator.id}/{q.denominator.id}",
        said,
        100 * value,
        100 * low,
        100 * high,
        "percent",
        " and ".join(kinds) or "exact",
        q.kind,
        " over ".join(dict.fromkeys(one.period for one in both)),
        _confidence(published, *both),
        "; ".join(dict.fromkeys(root.source for one in both for root in one.roots)),
        q.footnotes,
    )


def ratio_lines(published: PublishedFile, figures: Figures) -> list[AuditLine]:
    """Give the declared quotients, each followed by its rest to 100 where that is asked for."""
    lines = []
    for entry in published.ratios:
        above, below = entry["over"]
        for name in (above, below):
            if name not in figures:
                raise InputError(f"the ratio names the unknown figure {name}", "mend the name")
        q = ratio(figures[above], figures[below], allow_mixed_dates=True)
        lines.append(ratio_line(published, q, entry["said"]))
        if "rest" in entry:
            lines.append(ratio_line(published, q, entry["rest"], rest=True))
    return lines


def _confidence(published: PublishedFile, *quantities: Quantity) -> str:
    told = {str(published.words[root.id]["confidence"]) for q in quantities for root in q.roots}
    return min(told, key=_WEAKEST_FIRST.index)
