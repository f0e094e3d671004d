"""The sections of a brief that may be missing: provinces, effects, register; and what they print."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from reports.brief import words_figures
from reports.labels import code_labels
from reports.model import Cell, MainTable, Plot, PlotRow, Use
from reports.pub_tables import Published, effect_cell, withhold
from reports.wording import marks, numbers, terms

GAP = "coverage_gap_rate"


def _plot_row(label: str, cell: Cell) -> PlotRow:
    return PlotRow(
        label=label,
        cell=cell,
        text=numbers.mark(cell),
        interval=numbers.interval(cell),
        n_text=numbers.number(cell, "n") if cell.published and cell.n is not None else "",
        flag_text=marks.FLAGS.get(cell.status, cell.status),
    )


def provinces(
    published: Published,
    rate: str,
    areas: Mapping[str, str],
    when: str,
    rules: str = "",
    unit: str = "area",
) -> Plot | None:
    """Give the figure of first-level areas, highest value first and withheld ones last; None if there is none.

    Where coverage is the theme the figure shows the gap, and an area whose coverage is withheld
    has its gap withheld too. ``unit`` is what one of them is called. Areas that are named but not in the survey are left out: nothing was
    measured there.
    """
    shares = rate
    if rate == "social_security_coverage" and published.categories(GAP, "admin1_code"):
        rate = GAP
    national = published.cell(rate)
    found = []
    for code in published.categories(rate, "admin1_code"):
        cell = published.cell(rate, "admin1_code", code)
        hidden = published.cell(shares, "admin1_code", code).withheld
        found.append((areas.get(code, code), withhold(cell) if hidden else cell))
    if not any(cell.published for _, cell in found):
        return None
    found.sort(key=lambda item: (item[1].value is None, -(item[1].value or 0.0), item[0]))
    held = sum(not cell.published for _, cell in found)
    axis = words_figures.plot_axis(rate)
    at = numbers.level(national)
    return Plot(
        caption=words_figures.plot_caption(rate, when, at, unit),
        axis=axis,
        alt=words_figures.plot_alt(
            rate, len(found) - held, held, national, words_figures.plural(unit)
        ),
        note=words_figures.plot_note(national),
        headings=tuple(h.format(axis=axis, level=at) for h in words_figures.PLOT_HEADINGS),
        rows=tuple(_plot_row(label, cell) for label, cell in found),
        national=national if national.published else None,
        rules=rules,
        group=unit.capitalize(),
    )


def effects(frame: pl.DataFrame | None, rate: str, areas: Mapping[str, str]) -> Plot | None:
    """Give the marginal-effects figure of one model, grouped by covariate; None if there is none.

    Non-employees come first where both populations were modelled: only for them is coverage not
    part of the definition of informality. Provinces are left to Figure 1.
    """
    if frame is None:
        return None
    fits = [
        (not _fits(outcome, rate), population != "non_employees", outcome, population)
        for outcome, population in frame.select("outcome", "population").unique().rows()
    ]
    *_, outcome, population = min(fits)
    model = frame.filter(
        (pl.col("outcome") == outcome)
        & (pl.col("population") == population)
        & ~pl.col("covariate").is_in(["admin1_code", "(intercept)"])
    )
    rows: list[PlotRow] = []
    for (covariate,), group in model.group_by("covariate", maintain_order=True):
        rows.extend(_effect_group(str(covariate), group, areas))
    shown = sum(row.cell is not None for row in rows)
    if not any(row.cell is not None and row.cell.published for row in rows):
        return None
    return Plot(
        caption=words_figures.effects_caption(outcome, population),
        axis=words_figures.EFFECTS_AXIS,
        alt=words_figures.effects_alt(outcome, population, shown),
        note=words_figures.EFFECTS_NOTE,
        headings=tuple(
            h.format(axis=words_figures.EFFECTS_AXIS, level="95%")
            for h in words_figures.PLOT_HEADINGS
        ),
        rows=tuple(rows),
    )


def _fits(outcome: str, rate: str) -> bool:
    informal = "inform" in outcome
    return informal == (rate == "informal_employment_rate")


def _effect_group(covariate: str, group: pl.DataFrame, areas: Mapping[str, str]) -> list[PlotRow]:
    def name(code: Any) -> str:
        return "" if code is None else code_labels().get(code, areas.get(code, str(code)))

    reference = name(group["reference_category"][0])
    title = terms.breakdown_label(covariate)
    rows = list(group.iter_rows(named=True))
    if len(rows) == 1 and not rows[0]["category"]:
        return [_plot_row(title, effect_cell(rows[0]))]
    head = f"{title} ({reference})" if reference else title
    return [
        PlotRow(head, None, "", "", "", ""),
        *(_plot_row(name(row["category"]), effect_cell(row)) for row in rows),
    ]


def table_uses(table: MainTable) -> list[Use]:
    """Give every figure printed in the main table."""
    return [
        use
        for row in table.rows
        for use in (
            *numbers.uses(row.rate, fields=("value", "lower", "upper", "n")),
            *numbers.uses(row.persons),
        )
    ]


def plot_uses(plot: Plot | None) -> list[Use]:
    """Give every figure printed in a figure, its table and its notes."""
    if plot is None:
        return []
    cells: Iterable[Cell] = (row.cell for row in plot.rows if row.cell is not None)
    found = list(numbers.uses(*cells, fields=("value", "lower", "upper", "n")))
    if plot.national is not None:
        found.extend(numbers.uses(plot.national, fields=("value",)))
    return found
