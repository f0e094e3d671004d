"""The coverage gap of a wave, step by step, as one HTML page made of published tables alone."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from reports.coverage import words_cascade, words_page, words_register
from reports.coverage.cells import KIP
from reports.coverage.register_tables import bridge_rows, bridge_table
from reports.coverage.sections import negative, sections
from reports.coverage.tables import Table, cascade_table
from reports.coverage.wave import SELF_REPORT, Wave, wave_of
from reports.coverage.words_numbers import marked, sentence, tile_interval
from reports.writers.html import page


def coverage_page(pub: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> bytes:
    """Give the page: no script, no request, fonts and figures inside.

    Args:
        pub: estimate, cascade, adjustment, adjusted, bridge, group, affordability, indirect: the rows
            of the pub tables (columns of est.* and suppression_reason; persons to 100, kip to a million,
            shares, rates and coverage in percent). One that is missing or empty leaves its section
            out, with the reason.
        facts: survey_id, title, ref_area, files (each name, sha256, rows, synthetic), admin1_labels,
            code_version, register_id and register_date (empty without a register), where it is not 15
            min_age, and for a wave that cannot tell the gap why (the reason) and not_asked (canonical
            columns that it did not ask for).

    Returns:
        UTF-8 HTML; the same arguments give the same bytes.
    """
    wave = wave_of(pub, facts)
    return page(
        "coverage.html.j2",
        facts=facts,
        where_when=wave.where_when,
        answer=_answer(wave),
        tiles=_tiles(wave),
        sections=sections(wave),
        method=_method(wave),
        legend=words_page.LEGEND,
    )


def _method(wave: Wave) -> tuple[str, ...]:
    if not wave.answers:
        return (words_page.ROUNDED,)
    return words_page.method(wave.dates, words_register.assumed(wave.given), wave.age)


def headline_tables(pub: Mapping[str, pl.DataFrame], facts: Mapping[str, Any]) -> tuple[Table, ...]:
    """Give the national cascades of persons and money and the bridge, as the page shows them.

    Args:
        pub: as for ``coverage_page``.
        facts: survey_id, ref_area, admin1_labels, register_id, register_date.
    """
    wave = wave_of(pub, facts)
    people, money = wave.steps(), wave.steps(KIP)
    said = f"{words_cascade.BRANCHES[wave.branch]}, {wave.where_when}"
    tables = [cascade_table(people, f"Persons, {said}")]
    if any(s.computable for s in money):
        tables.append(cascade_table(money, f"Money, million kip a month, {said}"))
    links = bridge_rows(wave.pub["bridge"])
    if links:
        caption = f"From the register to the survey, persons, all schemes, {wave.where_when}"
        tables.append(bridge_table(links, caption))
    return tuple(tables)


def _answer(wave: Wave) -> tuple[str, ...]:
    """Answer in sentences: how many, who pays, where the gap opens, and what is negative."""
    steps = [s for s in wave.steps() if s.computable and not s.is_part]
    found = {s.stage: s.value for s in steps}
    if not wave.answers or "employed" not in found:
        return (words_page.CANNOT,)
    parts = [words_cascade.answer(found, wave.age), words_cascade.widest(steps[1:])]
    said = [sentence("; ".join(filter(None, parts)))]
    if steps[1:2] and steps[1].component == "legal":
        said.append(sentence(words_cascade.widest(steps[2:], "those whom the law covers,")))
    if wave.branch == SELF_REPORT:
        said.append(words_cascade.NO_LAW)
    said += negative(steps)
    return tuple(filter(None, said))


def _tiles(wave: Wave) -> list[dict[str, str]]:
    steps = [s for s in wave.steps() if s.computable and not s.is_part]
    return [
        {
            "number": marked(s.value),
            "label": words_cascade.tile(s.stage, wave.age),
            "interval": tile_interval(s.value),
        }
        for s in steps
    ]
