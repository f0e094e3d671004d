"""`informality reconcile`: what published figures mean beside each other; nothing is estimated here."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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


class Format(StrEnum):
    """How the audit is printed."""

    text = "text"
    md = "md"
    json = "json"


@dataclass(frozen=True)
class Section:
    """One part of the page: a table, or where ``columns`` is empty a list of sentences."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@group.callback()
def about() -> None:
    """Bring published figures together and say where they contradict each other."""


@group.command()
def published(
    figures: Annotated[
        Path | None,
        typer.Option(help="Your own file in the form of data_contracts/published/figures.yaml."),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="text, md (Markdown) or json.")
    ] = Format.text,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Audit the published figures: their bases, their intervals from rounding, contradictions.

    A flag is information: the exit code is 0 unless the file of figures is broken.
    """
    from analyses.published.audit import audit
    from analyses.published.figures import FILE

    found = audit(figures or FILE)
    if as_json or output is Format.json:
        typer.echo(json.dumps(_finite(asdict(found)), ensure_ascii=False))
    elif output is Format.md:
        typer.echo(_markdown(_sections(found)))
    else:
        _print(_sections(found))


def _sections(found: "Audit") -> list[Section]:
    """Lay the audit out: tables, sentences, then the footnotes that the tables number."""
    lines = [*found.quantities, *found.ratios]
    notes = list(dict.fromkeys(note for line in lines for note in line.footnotes))
    columns = ("figure", "value", "interval", "unit", "of", "kind", "confidence", "source", "notes")
    held = [flag for flag in found.flags if flag.holds in HOLDS]
    return [
        Section("Quantities", columns, [_row(line, notes) for line in found.quantities]),
        Section("Ratios", columns, [_row(line, notes) for line in found.ratios]),
        Section(
            "Which base reproduces each printed percentage",
            ("claim", "printed", "numerator", "base", "value", "interval", "finding"),
            [_try_row(one) for one in found.bases],
        ),
        Section("Verdicts", (), [(_verdict(found, claim),) for claim in found.verdicts]),
        *(Section(_flag_title(flag), (), _flag_rows(flag)) for flag in held),
        Section("Contradictions in words", (), [(one,) for one in found.wording]),
        Section("Notes", (), [(f"[{n}] {note}",) for n, note in enumerate(notes, 1)]),
    ]


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


def _flag_title(flag: "Flag") -> str:
    return f"Flag: {flag.id.replace('_', ' ')}"


def _flag_rows(flag: "Flag") -> list[tuple[str]]:
    rows = [(f"{flag.statement} This holds {HOLDS[flag.holds]}.",)]
    rows += [
        (f"{line.said}: {_measured(line)} {line.unit}, {line.period}",) for line in flag.numbers
    ]
    return rows + [(f"Could explain it: {why}.",) for why in flag.explanations]


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


def _markdown(sections: Iterable[Section]) -> str:
    page = ["# The published figures"]
    for section in sections:
        page.append(f"\n## {section.title}\n")
        if section.columns:
            page += [_md_row(section.columns), _md_row(["---"] * len(section.columns))]
            page += [_md_row(row) for row in section.rows]
        else:
            page += [f"- {row[0]}" for row in section.rows]
    return "\n".join(page)


def _md_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _print(sections: Iterable[Section]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=max(160, Console().width), highlight=False)
    for section in sections:
        if section.columns:
            table = Table(title=section.title, title_justify="left")
            for name in section.columns:
                right = name in {"value", "interval"}
                table.add_column(name, justify="right" if right else "left", no_wrap=right)
            for row in section.rows:
                table.add_row(*map(Text, row))
            console.print(table)
        else:
            console.print(Text(f"\n{section.title}", style="bold"))
            for row in section.rows:
                console.print(Text(f"  {row[0]}"))


def _finite(told: Any) -> Any:
    """Give the same with null for what JSON cannot hold: a limit that is not there."""
    if isinstance(told, dict):
        return {key: _finite(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(value) for value in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told
