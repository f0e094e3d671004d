"""The catalogue's key figures as published cells, each found where the catalogue says; nothing is worded or laid out here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from data_contracts.catalogue.key_figures import Form, KeyAnswer, columns_of, key_figures
from reports.model import Cell
from reports.pub_tables import Published, withhold

NONE = {"", "none"}
_NOTHING = pl.DataFrame(schema={"survey_id": pl.String})


class KeyFigures:
    """The key figures of one wave.

    Args:
        published: its published estimates.
        pub: published tables by name; of them adjusted and cascade, where the wave has them.
        survey_id: the wave.
        when: its period code, the date of every denominator.
    """

    def __init__(
        self, published: Published, pub: Mapping[str, pl.DataFrame], survey_id: str, when: str
    ) -> None:
        self._published, self._when = published, when
        self._tables = {
            name: frame.filter(pl.col("survey_id") == survey_id)
            for name in ("adjusted", "cascade")
            if (frame := pub.get(name)) is not None and not frame.is_empty()
        }

    def cell(
        self,
        name: str,
        form: Form,
        breakdown: str = "total",
        category: str = "TOTAL",
        **where: str,
    ) -> Cell:
        """Give the figure; an absent one has an empty status and no value.

        Args:
            name: its key in the catalogue.
            form: persons or share.
            breakdown: of the published table.
            category: within it.
            where: columns that take another value than the catalogue names (a scheme).
        """
        answer = _answer(name, form)
        if answer is None:
            return Cell("", name, breakdown, category, "", "")
        if answer.table == "estimate":
            return self._published.cell(answer.indicator, breakdown, category)
        unit = "PS" if form == "persons" else "PT"
        absent = Cell(answer.table, name, breakdown, category, unit, "")
        found = self._row(answer, breakdown, category, where)
        if found is None:
            return absent
        detail = "; ".join(f"{k}={v}" for k, v in (answer.where | where).items())
        told = replace(
            absent,
            detail=detail,
            numerator_date=str(found.get("register_date") or ""),
            denominator_date=self._when,
        )
        held = str(found.get("suppression_reason") or "") not in NONE
        value, lower, upper = (found.get(column) for column in columns_of(form, answer))
        if held or value is None:
            return withhold(told) if held else told
        if answer.complement:
            value, lower, upper = _rest(value), _rest(upper), _rest(lower)
        status = str(found.get("obs_status") or "A")
        return replace(
            told,
            status=status,
            value=value,
            lower=lower,
            upper=upper,
            n=found.get("n"),
            level=0.95,
        )

    def base(
        self, name: str, breakdown: str = "total", category: str = "TOTAL", **where: str
    ) -> Cell:
        """Give the denominator of a share, in persons; arguments as for ``cell``."""
        share = self.cell(name, "share", breakdown, category, **where)
        answer = _answer(name, "share")
        bare = replace(share, unit="PS", value=None, lower=None, upper=None, n=None)
        if answer is None or not share.published:
            return bare
        if answer.table == "estimate":
            return self._published.denominator(answer.indicator)
        found = self._row(answer, breakdown, category, where) or {}
        value, lower, upper = (found.get(f"denominator{end}") for end in ("", "_lower", "_upper"))
        status = "" if value is None else "A"
        return replace(bare, status=status, value=value, lower=lower, upper=upper)

    def categories(self, name: str, form: Form, breakdown: str) -> list[str]:
        """Give the categories of a breakdown for which the table has rows, in code order."""
        answer = _answer(name, form)
        frame = None if answer is None else self._tables.get(answer.table)
        if answer is None or frame is None:
            return []
        rows = frame.filter(pl.col("breakdown") == breakdown, *_equal(answer.where))
        return sorted(set(rows["category"].to_list()))

    def _row(
        self, answer: KeyAnswer, breakdown: str, category: str, where: Mapping[str, str]
    ) -> dict[str, Any] | None:
        frame = self._tables.get(answer.table)
        if frame is None:
            return None
        wanted = {**answer.where, **where, "breakdown": breakdown, "category": category}
        rows = frame.filter(*_equal(wanted))
        return None if rows.is_empty() else rows.row(0, named=True)


def key_figures_of(pub: Mapping[str, pl.DataFrame], survey_id: str) -> KeyFigures:
    """Give the key figures of a wave from its published tables alone."""
    estimate = pub.get("estimate")
    if estimate is None or estimate.is_empty():
        return KeyFigures(Published(_NOTHING, survey_id, ""), pub, survey_id, "")
    mine = estimate.filter(pl.col("survey_id") == survey_id)
    when = "" if mine.is_empty() else str(mine["time_period"][0])
    return KeyFigures(Published(mine, survey_id, ""), pub, survey_id, when)


def _answer(name: str, form: Form) -> KeyAnswer | None:
    return dict(key_figures()[name].answers).get(form)


def _equal(wanted: Mapping[str, str]) -> list[pl.Expr]:
    return [pl.col(column) == value for column, value in wanted.items()]


def _rest(share: float | None) -> float | None:
    """Give 100 less a share, as finely as shares are printed."""
    return None if share is None else round(100 - share, 1)
