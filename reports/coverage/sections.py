"""The parts of the page on the coverage gap: figures, tables and sentences, or why there are none."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.coverage import words_cascade, words_figures, words_groups, words_page, words_register
from reports.coverage.cells import KIP, PERSONS, CascadeStep, rows_where
from reports.coverage.figures import bridge_figure, cascade_figure
from reports.coverage.group_tables import (
    affordability_table,
    group_table,
    indirect_table,
    missing_groups,
    told,
)
from reports.coverage.one_question import COVER, WORK, question_table, to_ask
from reports.coverage.register_tables import (
    adjusted_table,
    adjustment_table,
    area_table,
    bridge_rows,
    bridge_table,
    report_table,
)
from reports.coverage.tables import Table, cascade_table, domain_tables, stages_table
from reports.coverage.waterfall import Waterfall, draw_waterfall
from reports.coverage.wave import COMPULSORY, SELF_REPORT, Wave
from reports.coverage.words_numbers import sentence

VOLUNTARY: Final = "voluntary"
PARTS: Final = ("public", "enterprise")
INDICATORS: Final = ("employed", "coverage_gap", "coverage_gap_rate", "informal_employment_rate")


@dataclass(frozen=True)
class Figure:
    """SVG text with its words."""

    svg: str
    caption: str
    alt: str
    note: str


@dataclass(frozen=True)
class PageSection:
    """One part of the page; ``absent`` says why there is nothing to show."""

    title: str
    paragraphs: tuple[str, ...] = ()
    figure: Figure | None = None
    tables: tuple[Table, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    absent: str = ""


def sections(wave: Wave) -> tuple[PageSection, ...]:
    """Give the parts of the page in order; one without rows says why. A wave that tells nothing has one screen."""
    if not wave.answers:
        return _one_screen(wave)
    return (
        *_questions(wave),
        _persons(wave),
        _voluntary(wave),
        _money(wave),
        _domains(wave, "sex", "By sex"),
        _domains(wave, "admin1_code", f"By {wave.facts.get('admin1_unit', 'area')}"),
        *_status(wave),
        _register(wave),
        _bridge(wave),
        _groups(wave),
        _affordability(wave),
        _indirect(wave),
    )


def _questions(wave: Wave) -> tuple[PageSection, ...]:
    caption = f"Each question and the one figure that answers it, {wave.where_when}"
    table = question_table(wave.figures, COVER, caption, wave.age)
    if table is None:
        return ()
    return (PageSection("One question, one figure", tables=(table,)),)


def _one_screen(wave: Wave) -> tuple[PageSection, ...]:
    """Say what the wave tells, why it tells nothing of the gap, and what to ask next time."""
    caption = f"What this wave tells, {wave.survey_when}"
    table = question_table(wave.figures, (*WORK, *COVER), caption, wave.age)
    told = PageSection(
        "What this wave tells",
        tables=() if table is None else (table,),
        absent="" if table else words_page.ABSENT_BECAUSE["cascade"],
    )
    why = tuple(sentence(reason.rstrip(".")) for reason in wave.facts.get("why", ()))
    ask = to_ask(wave.facts.get("not_asked", ()))
    parts = [
        PageSection("Why it does not tell the coverage gap", why),
        PageSection("What to ask next time", ask),
    ]
    return (told, *(part for part in parts if part.paragraphs))


def _persons(wave: Wave) -> PageSection:
    title = f"Persons: {words_cascade.BRANCHES[wave.branch]}"
    steps = wave.steps()
    missing = _missing(wave, PERSONS, "Persons")
    if not any(s.computable for s in steps):
        return PageSection(title, absent=words_page.ABSENT_BECAUSE["cascade"], missing=missing)
    end = "what people say" if wave.branch == SELF_REPORT else "payment"
    caption = f"From employment to {end}, persons, {wave.where_when}"
    tables = [cascade_table(steps, f"Stages, gaps and shares, persons, {wave.where_when}")]
    cascade = wave.pub["cascade"]
    parts = [b for b in PARTS if any(s.computable for s in wave.steps(branch=b))]
    if parts:
        tables.append(
            stages_table(
                cascade,
                [*parts, COMPULSORY],
                f"The two compulsory schemes, persons, {wave.where_when}",
            )
        )
    figure = _drawn(cascade_figure(steps, "persons", "Persons"), steps, "persons by stage", caption)
    return PageSection(title, figure=figure, tables=tuple(tables), missing=missing)


def _voluntary(wave: Wave) -> PageSection:
    steps = wave.steps(branch=VOLUNTARY)
    title = "Persons: voluntary scheme"
    if not any(s.computable for s in steps):
        return PageSection(title, absent=words_page.ABSENT_BECAUSE["voluntary"])
    table = cascade_table(steps, f"The voluntary scheme, persons, {wave.where_when}")
    said = [words_page.VOLUNTARY, *filter(None, negative(steps))]
    return PageSection(title, tuple(said), tables=(table,))


def _money(wave: Wave) -> PageSection:
    title = f"Money: {words_cascade.BRANCHES[wave.branch]}, million kip a month"
    steps = wave.steps(KIP)
    missing = _missing(wave, KIP, "Money")
    if not any(s.computable for s in steps):
        return PageSection(title, absent=words_page.ABSENT_BECAUSE["money"], missing=missing)
    caption = f"From what is due by law to what is paid, million kip a month, {wave.where_when}"
    tables = [cascade_table(steps, f"Stages, gaps and shares, money, {wave.where_when}")]
    known = [s for s in steps if s.computable and not s.is_part]
    shown = [b for b in (*PARTS, VOLUNTARY) if any(s.computable for s in wave.steps(KIP, b))]
    if shown:
        tables.append(
            stages_table(
                wave.pub["cascade"],
                shown,
                f"Money by scheme, million kip a month, {wave.where_when}",
                KIP,
            )
        )
    said = [sentence(words_cascade.widest(known[1:])), *negative(steps)]
    figure = _drawn(
        cascade_figure(steps, "money", "Million kip a month"), steps, "money by stage", caption
    )
    return PageSection(title, tuple(filter(None, said)), figure, tuple(tables), missing)


def _missing(wave: Wave, unit: str, what: str) -> tuple[tuple[str, str], ...]:
    """Give the stages without a value of the wave's branch and of the voluntary scheme."""
    lines = [
        line
        for branch in dict.fromkeys((wave.branch, COMPULSORY, VOLUNTARY))
        for line in words_cascade.missing_stages(wave.steps(unit, branch), branch, what)
    ]
    return tuple(lines)


def _domains(wave: Wave, breakdown: str, title: str) -> PageSection:
    caption = f"{title}, {words_cascade.BRANCHES[wave.branch]}, {wave.where_when}"
    tables = domain_tables(wave.pub["cascade"], wave.branch, breakdown, wave.names, caption)
    if not tables:
        return PageSection(
            title, absent=words_page.ABSENT_BECAUSE.get(breakdown, "none is published")
        )
    return PageSection(title, tables=tables)


def _status(wave: Wave) -> tuple[PageSection, ...]:
    """Give the cascade by status in employment, which only a wave without a register has."""
    section = _domains(wave, "status_icse93", "By status in employment")
    return () if section.absent else (section,)


def _register(wave: Wave) -> PageSection:
    title = "The register made comparable"
    adjustment, adjusted = wave.pub["adjustment"], wave.pub["adjusted"]
    tables: list[Table | None] = []
    if not adjustment.is_empty():
        tables += [adjustment_table(adjustment, wave.where_when)]
    if not adjusted.is_empty():
        tables += [adjusted_table(adjusted, wave.where_when)]
        tables += [report_table(adjusted, wave.where_when)]
        tables += [area_table(adjusted, adjustment, wave.names, wave.where_when)]
    shown = tuple(table for table in tables if table is not None)
    if not shown:
        return PageSection(title, absent=words_page.ABSENT_BECAUSE["register"])
    return PageSection(title, (words_register.REGISTER_MEANS, wave.dates), tables=shown)


def _bridge(wave: Wave) -> PageSection:
    title = "From what the register says to what the survey says"
    rows = bridge_rows(wave.pub["bridge"])
    if not rows:
        return PageSection(title, absent=words_page.ABSENT_BECAUSE["bridge"])
    caption = f"From the register to the survey, persons, all schemes, {wave.where_when}"
    drawn = [r for r in rows if r.kind != "step" or r.persons.value != 0]
    waterfall = bridge_figure([(r.label, r.kind, r.persons) for r in drawn], "bridge", "Persons")
    ends = ((rows[0].label, rows[0].persons), (rows[-1].label, rows[-1].persons))
    figure = Figure(
        draw_waterfall(waterfall),
        caption,
        words_figures.bridge_alt(*ends),
        words_figures.bridge_note(from_zero=waterfall.from_zero, left_out=len(drawn) < len(rows)),
    )
    left = [(r.label, r.persons) for r in rows if r.kind == "unexplained"]
    said = (
        words_register.BRIDGE_MEANS,
        words_register.unexplained(left, rows[0].persons, rows[-1].persons),
    )
    return PageSection(title, tuple(filter(None, said)), figure, (bridge_table(rows, caption),))


def _groups(wave: Wave) -> PageSection:
    title = "Groups that policy asks about"
    group = wave.pub["group"]
    caption = f"Employed persons of each group, as they report, {wave.survey_when}"
    table = group_table(group, INDICATORS, caption)
    missing = missing_groups(group)
    if table is None:
        return PageSection(title, absent=words_page.ABSENT_BECAUSE["group"], missing=missing)
    return PageSection(title, (words_groups.GROUPS_OVERLAP,), tables=(table,), missing=missing)


def _affordability(wave: Wave) -> PageSection:
    title = "What a contribution would take of earnings"
    frame = wave.pub["affordability"]
    rules = [] if frame.is_empty() else words_groups.base_rules(set(frame["base_rule"].to_list()))
    tables = [
        affordability_table(
            rows_where(frame, base_rule=rule),
            f"{words_groups.base_rule(rule)}, {wave.survey_when}",
        )
        for rule in rules
    ]
    shown = tuple(table for table in tables if table is not None)
    if not shown:
        return PageSection(title, absent=_why(frame, "affordability"))
    return PageSection(title, (words_groups.AFFORDABILITY_MEANS,), tables=shown)


def _indirect(wave: Wave) -> PageSection:
    title = "Indirect coverage: who lives with a covered worker"
    table = indirect_table(
        wave.pub["indirect"], f"Persons who live with a covered worker, {wave.survey_when}"
    )
    if table is None:
        return PageSection(title, absent=_why(wave.pub["indirect"], "indirect"))
    return PageSection(title, (words_groups.INDIRECT_MEANS,), tables=(table,))


def _why(frame: pl.DataFrame, section: str) -> str:
    """Give the table's own reason why it has no figure, else the common one."""
    notes = told(frame.to_dicts())
    return " ".join(notes).rstrip(".") if notes else words_page.ABSENT_BECAUSE[section]


def _drawn(waterfall: Waterfall, steps: Sequence[CascadeStep], what: str, caption: str) -> Figure:
    return Figure(
        draw_waterfall(waterfall), caption, words_figures.figure_alt(steps, what), _note(waterfall)
    )


def _note(waterfall: Waterfall) -> str:
    rises = any(
        bar.kind == "step" and bar.start is not None and bar.end is not None and bar.end > bar.start
        for bar in waterfall.bars
    )
    return words_figures.cascade_note(from_zero=waterfall.from_zero, rises=rises)


def negative(steps: Sequence[CascadeStep]) -> list[str]:
    """Say of each negative gap that it is none, in order; an empty string for any other."""
    known = [s for s in steps if s.computable and not s.is_part]
    return [words_cascade.negative(a, b) for a, b in itertools.pairwise(known)]
