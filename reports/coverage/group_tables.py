"""Groups that policy asks about, affordability and indirect coverage to tables; nothing is said here."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from reports.coverage import words_groups, words_register
from reports.coverage.cells import PERCENT, PERSONS, cell, rows_where
from reports.coverage.tables import Row, Table, two_lines
from reports.coverage.words_numbers import marked
from reports.labels import code_labels
from reports.model import Cell
from reports.wording import marks, numbers, terms

LIMITS: Final = ("ci_lower", "ci_upper")
NOT: Final = "NOT COMPUTABLE"
PARTIAL: Final = "PARTIAL"
MEASURES: Final = ("median_share", "mean_share", "share_above_burden")
DECILE: Final = "earnings_decile"


def observed(row: Mapping[str, Any]) -> Cell:
    """Give the figure of a row of pub.group, pub.affordability or pub.indirect."""
    unit = PERSONS if row.get("unit_measure") == PERSONS else PERCENT
    return cell(row, "obs_value", unit, limits=LIMITS)


def group_table(group: pl.DataFrame, indicators: Sequence[str], caption: str) -> Table | None:
    """Give one row a group and one column an indicator, intervals below."""
    found = rows_where(group, breakdown="total")
    titles = {row["group"]: row["group_title"] for row in found}
    cells = {(row["group"], row["indicator"]): row for row in found}
    shown = [i for i in indicators if any(key[1] == i for key in cells)]
    rows = []
    for name, title in titles.items():
        own = [cells.get((name, i)) for i in shown]
        if all(row is None or row["computability"] == NOT for row in own):
            continue
        counts = [row["n"] for row in own if row is not None and row["n"] is not None]
        figures = [marks.ABSENT if row is None else _figure(row) for row in own]
        count = numbers.count(max(counts)) if counts else marks.ABSENT
        rows.append(Row((title, *figures, count)))
    if not rows:
        return None
    heads = [f"{terms.indicator_label(i)}{_unit(found, i)}" for i in shown]
    return Table(caption, ("Group", *heads, "Interviews (employed)"), tuple(rows), _partial(found))


def _partial(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Say of groups that the wave tells in part what is unsure."""
    told = [
        words_register.prose(f"{row['group_title']} ({PARTIAL}): {row['reason']}")
        for row in rows
        if row["computability"] == PARTIAL and row["reason"]
    ]
    return tuple(dict.fromkeys(told))


def told(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Give the notes of national rows, each once."""
    return tuple(
        dict.fromkeys(
            words_register.prose(row["note"])
            for row in rows
            if row["breakdown"] == "total" and row["note"]
        )
    )


def _figure(row: Mapping[str, Any]) -> str:
    return "n/c" if row["computability"] == NOT else two_lines(observed(row))


def _unit(rows: Sequence[Mapping[str, Any]], indicator: str) -> str:
    units = {row["unit_measure"] for row in rows if row["indicator"] == indicator}
    return "" if units == {PERSONS} else ", %"


def missing_groups(group: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """Give what the wave cannot tell of the groups, with the reason; one line a group and reason."""
    lines: dict[tuple[str, str], list[str]] = {}
    able: set[str] = set()
    for row in rows_where(group, breakdown="total"):
        if row["computability"] == NOT:
            label = terms.indicator_label(row["indicator"])
            lines.setdefault((row["group_title"], row["reason"] or ""), []).append(label)
        else:
            able.add(row["group_title"])
    return tuple(
        (f"{title} ({', '.join(labels)})" if title in able else title, reason)
        for (title, reason), labels in lines.items()
    )


def affordability_table(rows: Sequence[Mapping[str, Any]], caption: str) -> Table | None:
    """Give the three measures of one base by decile and status; none where nothing is known."""
    by_domain: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        by_domain.setdefault((row["breakdown"], row["category"]), {})[row["measure"]] = row
    if not any(observed(row).status for row in rows):
        return None
    order = {"total": 0, DECILE: 1}
    made, last = [], "total"
    for (breakdown, category), own in sorted(
        by_domain.items(), key=lambda item: (order.get(item[0][0], 2), *item[0])
    ):
        if breakdown != last:
            made.append(Row((words_groups.breakdown(breakdown),), "group"))
            last = breakdown
        figures = [_shown(own.get(measure)) for measure in MEASURES]
        counts = [row["n"] for row in own.values() if row["n"] is not None]
        count = numbers.count(max(counts)) if counts else marks.ABSENT
        kind = "total" if breakdown == "total" else ""
        made.append(
            Row((words_groups.category(breakdown, category, code_labels()), *figures, count), kind)
        )
    burdens = {percent_of(row["burden"]) for row in rows if row["burden"] is not None}
    above = f"More than {', '.join(sorted(burdens))} of earnings, % of persons"
    headings = ("Group", "Median share of earnings, %", "Mean share, %", above, "Interviews")
    return Table(caption, headings, tuple(made), told(rows))


def percent_of(burden: float) -> str:
    """Write a burden, stored as a fraction or as percent."""
    return f"{100 * burden if burden < 1 else burden:g} %"


def _shown(row: Mapping[str, Any] | None) -> str:
    return marks.ABSENT if row is None else two_lines(observed(row))


def indirect_table(indirect: pl.DataFrame, caption: str) -> Table | None:
    """Give who lives with a covered worker: one row a universe, number and share."""
    cells: dict[str, dict[str, Cell]] = {}
    rows_by: dict[str, Mapping[str, Any]] = {}
    for row in rows_where(indirect, breakdown="total"):
        unit = PERSONS if row["unit_measure"] == PERSONS else PERCENT
        cells.setdefault(row["universe_title"], {})[unit] = observed(row)
        if unit == PERCENT:
            rows_by[row["universe_title"]] = row
    absent = Cell("indirect", "", "total", "TOTAL", "", "")
    rows = []
    for title, own in cells.items():
        base = rows_by.get(title, {}).get("denominator")
        share = own.get(PERCENT, absent)
        rows.append(
            Row(
                (
                    title[:1].upper() + title[1:],
                    two_lines(own.get(PERSONS, absent)),
                    numbers.count(base) if base is not None and share.published else marked(absent),
                    two_lines(share),
                )
            )
        )
    if not any(c.status for own in cells.values() for c in own.values()):
        return None
    headings = ("Among", "Live with a covered worker, persons", "All of them, persons", "Share, %")
    return Table(caption, headings, tuple(rows))
