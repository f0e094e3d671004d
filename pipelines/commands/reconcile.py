"""`informality reconcile`: what published figures mean beside each other; nothing is estimated here."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.commands.printing import printed
from pipelines.commands.printout import Block, Listed, Printout, json_line, records, table

if TYPE_CHECKING:
    from analyses.published.audit import Audit
    from analyses.published.bases import BaseTry
    from analyses.published.flags import Flag
    from analyses.published.lines import AuditLine

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
DASH = "\N{EN DASH}"
HOLDS = {
    "always": "for every value that rounding allows",
    "sometimes": "for some values that rounding allows",
}
FIGURES = ("figure", "value", "interval", "unit", "of", "kind", "confidence", "source", "notes")
BASES = ("claim", "printed", "numerator", "base", "value", "interval", "finding")


@group.callback()
def about() -> None:
    """Bring published figures together and say where they contradict each other."""


@group.command()
@printed()
def published(
    figures: Annotated[
        Path | None,
        typer.Option(help="Your own file in the form of data_contracts/published/figures.yaml."),
    ] = None,
) -> Printout:
    """Audit the published figures: their bases, their intervals from rounding, contradictions.

    A flag is information: the exit code is 0 unless the file of figures is broken.
    """
    from analyses.published.audit import audit
    from analyses.published.figures import FILE

    found = audit(figures or FILE)
    told = _finite(asdict(found))
    tables = {name: records(told[name]) for name in ("quantities", "ratios", "bases")}
    heading = "The published figures"
    return Printout(tables, _parts(found), json_line(told), heading, width=160)


def _parts(found: "Audit") -> Iterator[Block]:
    """Lay the audit out: tables, sentences, then the footnotes that the tables number."""
    lines = [*found.quantities, *found.ratios]
    notes = list(dict.fromkeys(note for line in lines for note in line.footnotes))
    yield _section("Quantities", FIGURES, [_row(line, notes) for line in found.quantities])
    yield _section("Ratios", FIGURES, [_row(line, notes) for line in found.ratios])
    tries = [_try_row(one) for one in found.bases]
    yield _section("Which base reproduces each printed percentage", BASES, tries)
    yield Listed("Verdicts", [_verdict(found, claim) for claim in found.verdicts])
    for flag in found.flags:
        if flag.holds in HOLDS:
            yield Listed(f"Flag: {flag.id.replace('_', ' ')}", _flag_lines(flag))
    yield Listed("Contradictions in words", found.wording)
    yield Listed("Notes", [f"[{n}] {note}" for n, note in enumerate(notes, 1)])


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    right = [columns.index("value"), columns.index("interval")]
    return table(columns, rows, right=right, title=title, title_justify="left")


def _row(line: "AuditLine", notes: Sequence[str]) -> list[str]:
    numbers = " ".join(f"[{notes.index(note) + 1}]" for note in line.footnotes)
    return [
        line.said, _number(line.value, line.unit), _interval(line.low, line.high, line.unit),
        line.unit, line.period, line.kind, line.confidence, line.source, numbers,
    ]  # fmt: skip


def _try_row(one: "BaseTry") -> list[str]:
    base = f"{one.base} (as worded)" if one.worded else one.base
    names = [one.said, f"{one.printed} %", one.numerator.replace("_", " "), base.replace("_", " ")]
    if one.value is None or one.low is None or one.high is None:
        return [*names, "", "", f"refused: {one.reason}"]
    return [*names, one.finer, _interval(one.low, one.high, "percent"), one.verdict]


def _verdict(found: "Audit", claim: str) -> str:
    said = next(one.said for one in found.bases if one.claim == claim)
    return f"“{said}”: {found.verdicts[claim]}"


def _flag_lines(flag: "Flag") -> list[str]:
    return [
        f"{flag.statement} This holds {HOLDS[flag.holds]}.",
        *(f"{line.said}: {_measured(line)} {line.unit}, {line.period}" for line in flag.numbers),
        *(f"Could explain it: {why}." for why in flag.explanations),
    ]


def _measured(line: "AuditLine") -> str:
    return f"{_number(line.value, line.unit)} {_interval(line.low, line.high, line.unit)}"


def _number(value: float, unit: str) -> str:
    return f"{value:.2f}" if unit == "percent" else f"{value:,.0f}"


def _interval(low: float, high: float, unit: str) -> str:
    if low == high:
        return "exact"
    if math.isinf(high):
        return f"over {_number(low, unit)}"
    if unit == "percent" and high - low < 0.02:
        return f"[{low:.3f}{DASH}{high:.3f}]"
    return f"[{_number(low, unit)}{DASH}{_number(high, unit)}]"


def _finite(told: Any) -> Any:
    """Give the same with null for what JSON cannot hold: a limit that is not there."""
    if isinstance(told, dict):
        return {key: _finite(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(value) for value in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told
