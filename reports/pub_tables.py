"""Published tables to cells: looks figures up by name, holds back what is withheld; says nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from reports.model import Cell


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


class Published:
    """The published estimates of one survey, found by indicator, breakdown and category."""

    def __init__(self, estimate: pl.DataFrame, survey_id: str, standard: str) -> None:
        mine = estimate.filter(pl.col("survey_id") == survey_id)
        self._cells: dict[tuple[str, str, str], Cell] = {}
        self._standard: dict[tuple[str, str, str], str] = {}
        self._notes: dict[str, str] = {}
        self._bases: dict[str, float | None] = {}
        self.methods = _distinct(mine, "ci_method")
        self.df_methods = _distinct(mine, "df_method")
        self.lonely = _distinct(mine, "lonely_psu")
        self.reliability = _distinct(mine, "reliability")
        for row in mine.iter_rows(named=True):
            self._keep(row, standard)

    def _keep(self, row: Mapping[str, Any], standard: str) -> None:
        key = (row["indicator"], row["breakdown"], row["category"])
        said = _text(row, "standard")
        if key in self._cells:
            earlier = self._standard[key]
            if (said == standard) == (earlier == standard):
                raise InputError(
                    f"the figure {key[0]} by {key[1]} is published more than once for one survey",
                    "publish one row a figure, or name one of the standards in the survey",
                    file="pub.estimate",
                ) from None
            if earlier == standard:
                return
        self._cells[key] = _estimate_cell(row)
        self._standard[key] = said
        if row["breakdown"] == "total":
            self._bases[row["indicator"]] = _number(row.get("denominator"))
        if row["breakdown"] == "total" and _text(row, "note"):
            self._notes[row["indicator"]] = _text(row, "note")

    def notes(self, indicator: str) -> tuple[str, ...]:
        """Give what the published table notes on an indicator's national figure."""
        return (self._notes[indicator],) if indicator in self._notes else ()

    def cell(self, indicator: str, breakdown: str = "total", category: str = "TOTAL") -> Cell:
        """Give the cell; an absent one has an empty status and no value."""
        absent = Cell("estimate", indicator, breakdown, category, "", "")
        return self._cells.get((indicator, breakdown, category), absent)

    def denominator(self, indicator: str) -> Cell:
        """Give the denominator of a national rate, in persons; absent where the table has none."""
        rate, base = self.cell(indicator), self._bases.get(indicator)
        known = rate.published and base is not None
        bare = replace(rate, unit="PS", lower=None, upper=None, n=None, detail="denominator")
        return replace(bare, value=base if known else None, status=rate.status if known else "")

    def categories(self, indicator: str, breakdown: str) -> list[str]:
        """Give the categories published (or withheld) for an indicator, in code order."""
        return sorted(c for (i, b, c) in self._cells if i == indicator and b == breakdown)

    def category_order(self, indicators: tuple[str, ...], breakdown: str) -> list[str]:
        """Give the categories of several indicators together, in the order tables print them."""
        found = {c for i in indicators for c in self.categories(i, breakdown)}
        return sorted(found, key=_order)


_ORDER = {"SEX_F": "0", "EDU_AGGREGATE_LTB": "0", "EDU_AGGREGATE_BAS": "1"} | {
    "EDU_AGGREGATE_INT": "2",
    "EDU_AGGREGATE_ADV": "3",
    "GEO_COV_URB": "0",
}


def _order(code: str) -> tuple[bool, str]:
    return code.endswith("_X"), _ORDER.get(code, code)


def _distinct(frame: pl.DataFrame, column: str) -> tuple[str, ...]:
    if column not in frame.columns:
        return ()
    return tuple(sorted(frame[column].drop_nulls().cast(pl.String).unique().to_list()))


def _estimate_cell(row: Mapping[str, Any]) -> Cell:
    status = _text(row, "obs_status") or "A"
    cell = Cell(
        table="estimate",
        indicator=row["indicator"],
        breakdown=row["breakdown"],
        category=row["category"],
        unit=_text(row, "unit_measure"),
        status=status,
        numerator_date=_text(row, "numerator_date"),
        denominator_date=_text(row, "denominator_date"),
    )
    if status == "S" or row["obs_value"] is None:
        return replace(cell, status="S")
    return replace(
        cell,
        value=_number(row["obs_value"]),
        lower=_number(row.get("ci_lower")),
        upper=_number(row.get("ci_upper")),
        n=row.get("n"),
        level=_number(row.get("ci_level")),
    )


def _status(row: Mapping[str, Any], value: Any) -> str:
    """Tell withheld (a reason is given) from not estimated, in tables without obs_status."""
    if value is not None:
        return "A"
    return "" if _text(row, "suppression_reason") in {"", "none"} else "S"


def withhold(cell: Cell) -> Cell:
    """Give the cell without its numbers, marked as withheld."""
    return replace(cell, status="S", value=None, lower=None, upper=None, n=None)


def effect_cell(row: Mapping[str, Any]) -> Cell:
    """Give a row of pub.driver as a cell: average marginal effect in percentage points."""
    cell = Cell(
        table="driver",
        indicator=row["outcome"],
        breakdown=row["covariate"],
        category=_text(row, "category"),
        unit="PP",
        status=_status(row, row["ame"]),
        detail=f"population={_text(row, 'population')}",
    )
    if cell.status != "A":
        return cell
    return replace(
        cell,
        value=_number(row["ame"]),
        lower=_number(row["ame_ci_lower"]),
        upper=_number(row["ame_ci_upper"]),
        n=row.get("n"),
        level=0.95,
    )


def register_cells(row: Mapping[str, Any]) -> tuple[Cell, Cell, Cell]:
    """Give persons, denominator and ratio (percent) of a row of pub.register_coverage."""
    ratio = Cell(
        table="register_coverage",
        indicator=row["concept"],
        breakdown=row["breakdown"],
        category=row["category"],
        unit="PT",
        status=_status(row, row["coverage"]),
        numerator_date=_text(row, "register_date"),
        denominator_date=_text(row, "survey_date"),
        detail=f"scheme={_text(row, 'scheme')}; rule={_text(row, 'rule')}",
    )
    persons = replace(ratio, unit="PS", status=_status(row, row["persons"]))
    base = replace(ratio, unit="PS", status=_status(row, row["denominator"]))
    persons = replace(persons, value=_number(row["persons"]))
    base = replace(base, value=_number(row["denominator"]))
    if ratio.status == "A":
        ratio = replace(
            ratio,
            value=_number(row["coverage"]),
            lower=_number(row["ci_lower"]),
            upper=_number(row["ci_upper"]),
            level=0.95,
        )
    return persons, base, ratio
