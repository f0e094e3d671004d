"""Adjusted register counts and the bridge to tables; sentences live in words_register.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reports.coverage import words_cascade, words_register
from reports.coverage.cells import PERCENT, PERSONS, categories, cell, rows_where
from reports.coverage.tables import Row, Table, two_lines
from reports.coverage.words_numbers import marked, signed, span
from reports.model import Cell
from reports.wording import marks, terms

ORDER: Final = ("total", "compulsory", "public", "enterprise", "voluntary")
CONCEPT_ORDER: Final = ("affiliated", "active_contributor")
LIMITS: Final = ("ci_lower", "ci_upper")
UNEXPLAINED: Final = "unexplained"


def adjustment_table(adjustment: pl.DataFrame, where_when: str) -> Table:
    """Give the adjustments of the whole country, a column a scheme; origin and source beside them."""
    found = rows_where(adjustment, breakdown="total")
    schemes = [s for s in ORDER if any(row["scheme"] == s for row in found)]
    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for row in found:
        by_name.setdefault(row["adjustment"], {})[row["scheme"]] = row
    order = [*words_register.ADJUSTMENTS, *by_name]
    rows = []
    for name in sorted(by_name, key=order.index):
        own = by_name[name]
        values = [
            two_lines(cell(own[s], "value", PERCENT, se="se", limits=LIMITS))
            if s in own
            else marks.ABSENT
            for s in schemes
        ]
        label = words_register.ADJUSTMENTS.get(name, name.replace("_", " ").capitalize())
        said = dict.fromkeys(
            text for row in own.values() for text in (row["source"], row["note"]) if text
        )
        rows.append(
            Row((label, *values, _origins(own, schemes), words_register.prose("; ".join(said))))
        )
    heads = [words_cascade.BRANCHES[s].capitalize() for s in schemes]
    return Table(
        f"What the register's count is adjusted for, per cent, {where_when}",
        ("Adjustment", *heads, "Origin", "Source"),
        tuple(rows),
        text=frozenset({0, len(schemes) + 1, len(schemes) + 2}),
    )


def _origins(own: Mapping[str, Mapping[str, Any]], schemes: Sequence[str]) -> str:
    """Say whether a rate was estimated or given, naming schemes where they differ."""
    by_origin: dict[str, list[str]] = {}
    for scheme in schemes:
        if scheme in own:
            by_origin.setdefault(own[scheme]["origin"], []).append(scheme)
    if len(by_origin) == 1:
        (origin,) = by_origin
        return words_register.ORIGINS.get(origin, origin)
    return "; ".join(
        f"{words_register.ORIGINS.get(origin, origin)}: {', '.join(words_cascade.BRANCHES[s] for s in of)}"
        for origin, of in by_origin.items()
    )


def adjusted_table(adjusted: pl.DataFrame, where_when: str) -> Table:
    """Give the raw count, the adjusted one and coverage of the whole country."""
    rows: list[Row] = []
    for concept in CONCEPT_ORDER:
        own = _in_order(rows_where(adjusted, concept=concept, breakdown="total"))
        if own:
            rows.append(Row((terms.CONCEPTS[concept],), "group"))
        for row in own:
            limits = ("coverage_lower", "coverage_upper")
            cells = (
                cell(row, "raw", PERSONS),
                cell(row, "adjusted", PERSONS, se="adjusted_se", limits=LIMITS),
                cell(
                    row,
                    "denominator",
                    PERSONS,
                    se="denominator_se",
                    limits=("denominator_lower", "denominator_upper"),
                ),
                cell(row, "coverage", PERCENT, limits=limits),
            )
            raw, delta, base, share = cells
            rows.append(
                Row(
                    (
                        words_cascade.BRANCHES.get(row["scheme"], row["scheme"]).capitalize(),
                        marked(raw),
                        two_lines(delta),
                        two_lines(base),
                        two_lines(share),
                    )
                )
            )
    headings = (
        "Scheme", "Register count", "Made comparable", "Employed (survey)",
        "Made comparable over employed, %",
    )  # fmt: skip
    caption = f"The register's count as delivered and made comparable, persons, {where_when}"
    return Table(caption, headings, tuple(rows), _notes(adjusted))


def report_table(adjusted: pl.DataFrame, where_when: str) -> Table | None:
    """Give what people say of themselves, corrected and bounded, beside the register."""
    rows = []
    for row in _in_order(rows_where(adjusted, concept="active_contributor", breakdown="total")):
        raw = cell(
            row,
            "self_report",
            PERSONS,
            se="self_report_se",
            limits=("self_report_lower", "self_report_upper"),
        )
        corrected = cell(
            row, "self_report_corrected", PERSONS, limits=("corrected_lower", "corrected_upper")
        )
        low, high = cell(row, "bound_lower", PERSONS), cell(row, "bound_upper", PERSONS)
        if not any(c.status for c in (raw, corrected, low)):
            continue
        bounds = f"{marked(low)} to {marked(high)}" if low.published else ""
        rows.append(
            Row(
                (
                    words_cascade.BRANCHES.get(row["scheme"], row["scheme"]).capitalize(),
                    two_lines(raw),
                    two_lines(corrected),
                    two_lines(cell(row, "adjusted", PERSONS, se="adjusted_se", limits=LIMITS)),
                    bounds or marked(low),
                )
            )
        )
    if not rows:
        return None
    headings = (
        "Scheme", "Say that they contribute", "Corrected for wrong answers",
        "Register made comparable", "Bounds (wrong answers unknown)",
    )  # fmt: skip
    caption = f"Active contributors by three roads, persons, {where_when}"
    return Table(caption, headings, tuple(rows))


def area_table(
    adjusted: pl.DataFrame, adjustment: pl.DataFrame, names: Mapping[str, str], where_when: str
) -> Table | None:
    """Give active contributors where they live, as counted and adjusted, and their coverage."""
    schemes = [s for s in ORDER if rows_where(adjusted, scheme=s, breakdown="admin1_code")]
    if not schemes:
        return None
    rows = []
    for category in categories(adjusted, "admin1_code"):
        found = rows_where(
            adjusted,
            concept="active_contributor",
            scheme=schemes[0],
            breakdown="admin1_code",
            category=category,
        )
        for row in found:
            share = cell(row, "coverage", PERCENT, limits=("coverage_lower", "coverage_upper"))
            cells = (
                marked(cell(row, "raw", PERSONS)),
                _geography(adjustment, schemes[0], category),
                two_lines(cell(row, "adjusted", PERSONS, se="adjusted_se", limits=LIMITS)),
                two_lines(
                    cell(
                        row,
                        "denominator",
                        PERSONS,
                        se="denominator_se",
                        limits=("denominator_lower", "denominator_upper"),
                    )
                ),
                two_lines(share),
            )
            rows.append(Row((names.get(category, category), *cells)))
    caption = f"Active contributors by province, {words_cascade.BRANCHES[schemes[0]]}, {where_when}"
    headings = (
        "Province", "Register count (by residence)", "Residents per 100 registered",
        "Made comparable (by residence)", "Employed (survey)",
        "Made comparable over employed, %",
    )  # fmt: skip
    return Table(caption, headings, tuple(rows)) if rows else None


def _geography(adjustment: pl.DataFrame, scheme: str, category: str) -> str:
    found = rows_where(
        adjustment,
        adjustment="geography",
        scheme=scheme,
        breakdown="admin1_code",
        category=category,
    )
    return (
        two_lines(cell(found[0], "value", PERCENT, se="se", limits=LIMITS))
        if found
        else marks.ABSENT
    )


def _in_order(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    known = [row for row in rows if row["scheme"] in ORDER]
    return sorted(known, key=lambda row: ORDER.index(row["scheme"]))


def _notes(frame: pl.DataFrame) -> tuple[str, ...]:
    """Give the notes of the national rows, each once."""
    rows = rows_where(frame, breakdown="total")
    told = [words_register.prose(row["note"]) for row in rows if row["note"]]
    return tuple(dict.fromkeys(told))


# ---- the bridge ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A row of the bridge: a level (register or survey), a step, or what is left unexplained."""

    label: str
    kind: str
    persons: Cell
    origin: str
    note: str


def bridge_rows(bridge: pl.DataFrame) -> tuple[Link, ...]:
    """Give the national bridge of all schemes (of the first one published), in order."""
    found = rows_where(bridge, breakdown="total")
    scheme = next((s for s in ORDER if any(row["scheme"] == s for row in found)), None)
    rows = sorted((r for r in found if r["scheme"] == scheme), key=lambda row: row["row_no"])
    last = len(rows) - 1
    return tuple(_link(row, ends=place in {0, last}) for place, row in enumerate(rows))


def _link(row: Mapping[str, Any], *, ends: bool) -> Link:
    name = row["row"]
    kind = "level" if ends else "unexplained" if name == UNEXPLAINED else "step"
    return Link(
        words_register.bridge_label(name),
        kind,
        cell(row, "persons", PERSONS, se="se", limits=LIMITS),
        words_register.ORIGINS.get(row["origin"] or "", row["origin"] or ""),
        words_register.prose(row["note"] or ""),
    )


def bridge_table(links: Sequence[Link], caption: str) -> Table:
    """Give the bridge as a table; levels are bold, the unexplained row is marked."""
    kinds = {"level": "total", "unexplained": "flag"}
    rows = tuple(
        Row(
            (
                link.label,
                marked(link.persons) if link.kind == "level" else signed(link.persons),
                span(link.persons),
                link.origin,
                link.note,
            ),
            kinds.get(link.kind, ""),
        )
        for link in links
    )
    headings = ("From the register to the survey", "Persons", "95% interval", "Origin", "Note")
    return Table(caption, headings, rows, text=frozenset({0, 3, 4}))
