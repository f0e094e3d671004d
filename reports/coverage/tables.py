"""Published rows to the tables of the page on the coverage gap; sentences live in words_cascade.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.coverage import words_cascade, words_register
from reports.coverage.cells import (
    PERSONS,
    CascadeStep,
    ladder,
    rows_where,
)
from reports.coverage.words_numbers import figure, marked, span
from reports.labels import code_labels
from reports.model import Cell
from reports.wording import marks, numbers

ORDER: Final = ("total", "compulsory", "public", "enterprise", "voluntary")
CONCEPT_ORDER: Final = ("affiliated", "active_contributor")
LIMITS: Final = ("ci_lower", "ci_upper")


@dataclass(frozen=True)
class Row:
    """Cells of a row, the first one its heading; a line break in a cell begins its small line.

    ``kind`` is empty, ``total``, ``part`` (of the row above), ``group`` (a heading) or ``flag``.
    """

    cells: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table: ``text`` says which columns hold words (from 0); the others hold numbers."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    text: frozenset[int] = frozenset({0})


def two_lines(cell: Cell) -> str:
    """Write a figure with its interval on a second, small line."""
    limits = span(cell)
    return f"{marked(cell)}\n{limits}" if limits else marked(cell)


# ---- the cascade ---------------------------------------------------------------------------


def cascade_table(steps: Sequence[CascadeStep], caption: str) -> Table:
    """Give the stages of one cascade with their gaps, shares and Shapley shares."""
    unit = "Persons" if all(s.value.unit == PERSONS for s in steps) else "Million kip a month"
    whole = _sum([s.shapley for s in steps if s.component and not s.is_part])
    rows = [
        Row(
            (
                _stage_name(step),
                "" if step.is_part else marked(step.value),
                "" if step.is_part else span(step.value),
                _or_nothing(step, marked(step.gap)),
                _or_nothing(step, span(step.gap)),
                _or_nothing(step, marked(step.share)),
                "" if step.is_part else _or_nothing(step, marked(step.shapley)),
                "" if step.is_part else _or_nothing(step, _percent_of(step.shapley, whole)),
            ),
            "part" if step.is_part else "",
        )
        for step in steps
        if step.computable or step.is_part
    ]
    headings = (
        "Stage (gap on the way to it)", unit, "95% interval", "Gap", "95% interval",
        "Share of the gap, %", "Shapley", "Shapley share, %",
    )  # fmt: skip
    notes = (*filter(None, [words_cascade.signs(steps)]), *_stage_notes(steps))
    return Table(caption, headings, tuple(rows), notes)


def stages_table(
    cascade: pl.DataFrame, branches: Sequence[str], caption: str, unit: str = PERSONS
) -> Table:
    """Give the stages of several branches side by side, intervals below; the employed are left out."""
    ladders = {branch: _by_stage(ladder(cascade, unit, branch)) for branch in branches}
    stages = [stage for stage in _stages(ladders.values()) if stage != "employed"]
    rows = tuple(
        Row(
            (
                words_cascade.BRANCHES[b].capitalize(),
                *(_shown(steps.get(s), "value") for s in stages),
            ),
            "total" if b == "compulsory" else "",
        )
        for b, steps in ladders.items()
    )
    return Table(caption, ("Branch", *(words_cascade.STAGES.get(s, s) for s in stages)), rows)


def domain_tables(
    cascade: pl.DataFrame, branch: str, breakdown: str, names: Mapping[str, str], caption: str
) -> tuple[Table, ...]:
    """Give the cascade of persons by sex or province: the stages, then the gaps; none without rows."""
    known = rows_where(cascade, unit_measure=PERSONS, branch=branch, breakdown=breakdown)
    if not known:
        return ()
    domains = [("total", "TOTAL")]
    domains += [(breakdown, c) for c in sorted({row["category"] for row in known})]
    ladders = {d: _by_stage(ladder(cascade, PERSONS, branch, *d)) for d in domains}
    stages = _stages(ladders.values())
    gaps = [s for s in stages if any(_opens(steps.get(s)) for steps in ladders.values())]
    first = "Area" if breakdown == "admin1_code" else "Group"

    def table(
        heads: Sequence[str], shown: Sequence[str], what: str, caption: str, note: str = ""
    ) -> Table:
        rows = [
            Row(
                (_domain_name(d, names), *(_shown(steps.get(s), what) for s in shown)),
                "total" if d[0] == "total" else "",
            )
            for d, steps in ladders.items()
        ]
        return Table(caption, (first, *heads), tuple(rows), (note,) if note else ())

    below = [
        (_domain_name(d, names), step.component)
        for d, steps in ladders.items()
        if d[0] != "total"  # said above already
        for step in steps.values()
        if step.gap.published and (step.gap.value or 0) < 0
    ]
    components = [next(x[s].component for x in ladders.values() if s in x) for s in gaps]
    return (
        table(
            [words_cascade.STAGES.get(s, s) for s in stages], stages, "value", f"{caption}: persons"
        ),
        table(
            [words_cascade.GAPS.get(c, c).capitalize() for c in components],
            gaps,
            "gap",
            f"{caption}: where the gap opens, persons (per cent of the row's whole gap)",
            words_cascade.negative_domains(below),
        ),
    )


def _stage_name(step: CascadeStep) -> str:
    if step.is_part:
        return f"of it: {words_cascade.GAPS.get(step.component, step.component.replace('_', ' '))}"
    name = words_cascade.STAGES.get(step.stage, step.stage.replace("_", " ").capitalize())
    lost = words_cascade.GAPS.get(step.component, step.component.replace("_", " "))
    sources = words_cascade.SOURCES.get(step.source, step.source)
    return f"{name}\n{sources}; gap: {lost}" if step.component else f"{name}\n{sources}"


def _or_nothing(step: CascadeStep, text: str) -> str:
    return text if step.component else ""


def _stage_notes(steps: Iterable[CascadeStep]) -> tuple[str, ...]:
    told = [
        (_stage_name(step).split("\n")[0], words_register.prose(step.note))
        for step in steps
        if step.note and step.computable and not step.is_part
    ]
    return tuple(f"{name}: {note}" for name, note in told)


def _by_stage(steps: Sequence[CascadeStep]) -> dict[str, CascadeStep]:
    return {step.stage: step for step in steps if not step.is_part}


def _stages(ladders: Iterable[Mapping[str, CascadeStep]]) -> list[str]:
    found = [s for steps in ladders for s, step in steps.items() if step.computable]
    return [s for s in words_cascade.STAGES if s in found]


def _opens(step: CascadeStep | None) -> bool:
    return step is not None and bool(step.component)


def _shown(step: CascadeStep | None, what: str) -> str:
    if step is None:
        return marks.ABSENT
    if what == "value":
        return two_lines(step.value)
    share = f" ({figure(step.share)})" if step.share.published else ""
    return marked(step.gap) + share


def _domain_name(domain: tuple[str, str], names: Mapping[str, str]) -> str:
    if domain[0] == "total":
        return "All"
    return names.get(domain[1]) or code_labels().get(domain[1], domain[1])


def _sum(cells: Sequence[Cell]) -> float | None:
    values = [c.value for c in cells if c.published and c.value is not None]
    return sum(values) if len(values) == len([c for c in cells if c.status]) else None


def _percent_of(cell: Cell, whole: float | None) -> str:
    if not cell.published or cell.value is None or not whole:
        return marks.WITHHELD if cell.withheld else marks.ABSENT
    return numbers.one_decimal(100 * cell.value / whole)
