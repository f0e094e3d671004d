"""Whether the lines of the law follow one another without overlap or gap; what they say is in law.py."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING, NoReturn

from data_contracts.errors import InputError
from data_contracts.law.lines import NATIONALITIES, UNITS, WORKERS, Kind, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_REMEDY = "let `to` of the earlier line and `from` of the later be written alike; what is not known is a line of its own with the value unknown"


def check_lines(
    lines: Sequence[Line], choices: Mapping[str, Sequence[str]], instruments: frozenset[str]
) -> None:
    """Check names, and that each question has one line at a time under every answer.

    Args:
        lines: all lines.
        choices: each choice and the answers that it allows.
        instruments: ids of the legal instruments.

    Raises:
        InputError: a name is used twice or is unknown; a line ends before it begins; two lines
            overlap; or a gap lies between two, or before the first of a kind of person.
    """
    seen: set[str] = set()
    for line in lines:
        if line.id in seen:
            _refuse(f"the line {line.id} stands twice", "give it a name of its own")
        seen.add(line.id)
        if line.choice and line.choice[1] not in choices.get(line.choice[0], ()):
            _refuse(f"{line.id} names a choice that there is not", "see choices.yaml")
        if line.instrument and line.instrument not in instruments:
            _refuse(f"{line.id} names no known instrument", "add it to instruments.yaml")
        if line.ends and (
            line.ends.last <= line.begins.last or line.ends.first < line.begins.first
        ):
            _refuse(f"{line.id} ends before it begins", "mend `from` and `to`")
    for title, chain in _questions(lines):
        names = sorted({line.choice[0] for line in chain if line.choice})
        for answers in product(*(choices[name] for name in names)):
            settings = dict(zip(names, answers, strict=True))
            _check_chain(title, [line for line in chain if line.chosen(settings)])
    _check_start([line for line in lines if line.kind == "coverage"])


def kinds(lines: Sequence[Line]) -> Iterator[Kind]:
    """Give every kind of person that the coverage lines tell apart."""
    cuts = sorted({size for x in lines for size in (x.who.size[0], x.who.size[1] + 1)})
    for worker, unit, nationality, (low, high) in product(
        WORKERS, UNITS, NATIONALITIES, pairwise(cuts)
    ):
        yield Kind(
            frozenset({worker}), frozenset({unit}), frozenset({nationality}), (low, high - 1)
        )


def _questions(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    coverage = [line for line in lines if line.kind == "coverage"]
    for kind in kinds(coverage):
        yield _said(kind), [line for line in coverage if line.who.meets(kind)]
    others = sorted({(line.kind, line.scheme) for line in lines} - {("coverage", "")})
    for question in others:
        title = " ".join(part for part in question if part)
        yield title, [line for line in lines if (line.kind, line.scheme) == question]


def _check_chain(title: str, chain: list[Line]) -> None:
    if not chain:
        _refuse(f"{title}: no line says anything", "add one, with the value unknown if need be")
    ordered = sorted(chain, key=lambda x: (x.begins.first, x.begins.last))
    for earlier, later in pairwise(ordered):
        if earlier.ends == later.begins:
            continue
        if earlier.ends is None or later.begins.first < earlier.ends.last:
            _refuse(f"{title}: {earlier.id} and {later.id} overlap", _REMEDY)
        _refuse(
            f"{title}: a gap between {earlier.id} (to {earlier.ends}) and {later.id} (from {later.begins})",
            _REMEDY,
        )
    if ordered[-1].ends is not None:
        _refuse(f"{title}: a gap after {ordered[-1].id} (to {ordered[-1].ends})", _REMEDY)


def _check_start(coverage: Sequence[Line]) -> None:
    start = min((line.begins for line in coverage), key=lambda edge: edge.first)
    for kind in kinds(coverage):
        first = min(
            (line.begins for line in coverage if line.who.meets(kind)), key=lambda x: x.first
        )
        if first != start:
            _refuse(f"{_said(kind)}: a gap from {start} to {first}", _REMEDY)


def _said(kind: Kind) -> str:
    parts = [next(iter(part)) for part in (kind.worker, kind.unit, kind.nationality)]
    return f"coverage of {', '.join(parts)}, size from {kind.size[0]}"


def _refuse(rule: str, remedy: str) -> NoReturn:
    raise InputError(rule, remedy, file="data_contracts/law")
