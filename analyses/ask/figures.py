"""Figures named in words, domains, and the scores they give each row; estimation lives elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from analyses.ask.columns import find_column
from analyses.ask.expressions import Value, evaluate
from analyses.ask.roads import Cells, Scored
from analyses.engine.concentration import Correction
from analyses.engine.design import Ints
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Missing = Literal["exclude", "zero", "fail"]
Kind = Literal["total", "mean", "ratio", "prop", "quantile", "concentration"]
MOST_CELLS = 2000
MOST_LEVELS = 50


@dataclass(frozen=True)
class AskedFigure:
    """One figure to estimate; make it with ``total``, ``mean`` and the other functions below."""

    kind: Kind
    of: str
    over: str = ""
    probabilities: tuple[float, ...] = ()
    name: str = ""
    correction: Correction = "standard"
    bounds: tuple[float, float] = (0.0, 1.0)

    @property
    def label(self) -> str:
        """The figure in words."""
        inner = f"{self.of} / {self.over}" if self.over else self.of
        kind = f"{self.correction} {self.kind}" if self.kind == "concentration" else self.kind
        return self.name or f"{kind}({inner})"

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions that it is made of."""
        return (self.of, self.over) if self.over else (self.of,)


def total(of: str, *, name: str = "") -> AskedFigure:
    """The weighted sum of an amount, or of the rows that meet a condition (R ``svytotal``).

    ``total("1")`` is the population. Variance: Taylor linearisation, ultimate clusters (Wolter 2007).
    """
    return AskedFigure("total", of, name=name)


def mean(of: str, *, name: str = "") -> AskedFigure:
    """The weighted mean of an amount (R ``svymean``), linearised as a ratio (y - mean) / N."""
    return AskedFigure("mean", of, name=name)


def ratio(of: str, over: str, *, name: str = "") -> AskedFigure:
    """The ratio of two totals (R ``svyratio``), linearised as (y - R x) / X.

    A condition over a condition that contains it is a proportion and gets a proportion's interval.
    """
    return AskedFigure("ratio", of, over, name=name)


def prop(of: str, *, name: str = "") -> AskedFigure:
    """The share of rows that meet a condition (R ``svyciprop``), or of each code of a column.

    A column that is neither a condition nor of zeros and ones gives a figure for each code
    (R ``svymean(~factor(x))``).
    """
    return AskedFigure("prop", of, name=name)


def quantile(of: str, probabilities: Sequence[float] = (0.5,), *, name: str = "") -> AskedFigure:
    """Quantiles of an amount with Woodruff's intervals (R ``svyquantile``; Woodruff 1952)."""
    return AskedFigure("quantile", of, probabilities=tuple(probabilities), name=name)


def concentration(
    of: str,
    rank: str,
    *,
    correction: Correction = "standard",
    bounds: tuple[float, float] = (0.0, 1.0),
    name: str = "",
) -> AskedFigure:
    """How unequally a good is held over the ranks of another amount, such as coverage over income.

    The concentration index, below zero where the poor hold more (Kakwani, Wagstaff and van Doorslaer
    1997; R ``convey`` has the Gini, which is ``concentration(x, x)``). ``wagstaff`` (2005) and
    ``erreygers`` (2009) correct for the ``bounds`` of the good, as a share needs. Variance: the
    linearised index with its ranks. Rows without an answer to either are left out.
    """
    return AskedFigure("concentration", of, rank, name=name, correction=correction, bounds=bounds)


@dataclass(frozen=True, repr=False)
class Domain(Discreet):
    """The subpopulation and its categories: cells of rows, the categories' codes, and notes."""

    cells: Cells
    groups: pl.DataFrame  # the codes of each category
    notes: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Part(Discreet):
    """One row of scores for a figure; a quantile holds its amounts in ``scored.y``.

    A concentration index holds its good there, and its ranks in ``scored.x``.
    """

    figure: AskedFigure
    label: str
    scored: Scored
    cells: Cells
    missing: Ints  # rows without an answer, by cell
    notes: tuple[str, ...] = field(default=())


def codes(series: pl.Series) -> pl.Series:
    """Give codes that came as floats (1.0) as whole numbers; other columns as they are."""
    if series.dtype.is_float():
        clean = series.fill_nan(None)
        if bool((clean.drop_nulls() == clean.drop_nulls().round()).all()):
            return clean.cast(pl.Int64, strict=False)
        return clean
    return series


def domain_of(frame: pl.DataFrame, by: list[str], where: str | None) -> Domain:
    """Find the rows of a subpopulation and number the combinations of its breakdown.

    Raises:
        InputError: the condition is none, a column is missing, or there are too many categories.
    """
    inside, notes = np.ones(frame.height, dtype=np.bool_), []
    if where is not None:
        condition = evaluate(where, frame)
        if condition.kind != "truth":
            raise InputError(f"`{where}` is no condition", "compare it, as in x == 1")
        unsaid = condition.series.null_count()
        if unsaid:
            notes.append(
                f"{unsaid} rows do not say whether they meet the condition and lie outside"
            )
        notes += condition.notes
        inside = condition.series.fill_null(value=False).to_numpy()
    number = np.where(inside, 0, -1).astype(np.int64)
    if not by:
        return Domain(Cells(number, 0), pl.DataFrame(), tuple(notes))
    labels = pl.DataFrame([codes(frame[find_column(frame, name)]) for name in by])
    labels = labels.with_columns(
        pl.when(pl.col(pl.String).str.strip_chars() != "").then(pl.col(pl.String))
    ) if labels.select(pl.col(pl.String)).width else labels  # fmt: skip
    known = labels.filter(pl.Series(inside)).drop_nulls()
    groups = known.unique().sort(labels.columns)
    if groups.height > MOST_CELLS:
        raise InputError(
            f"the breakdown has {groups.height:,} categories, more than {MOST_CELLS:,}",
            "break down by a column of codes, not by an amount or an identifier",
        )
    numbered = labels.join(
        groups.with_row_index("number", offset=1), on=labels.columns, how="left",
        maintain_order="left",
    )["number"]  # fmt: skip
    given = numbered.cast(pl.Int64).fill_null(0).to_numpy()
    lost = int((inside & (given == 0)).sum())
    if lost:
        notes.append(f"{lost} rows of the domain belong to no category")
    return Domain(Cells(np.where(inside, given, -1), groups.height), groups, tuple(notes))


def parts_of(
    frame: pl.DataFrame, figure: AskedFigure, domain: Domain, missing: Missing
) -> list[Part]:
    """Give a figure's scores, zero outside its domain; a column of codes gives one part a code."""
    above = _read(figure, figure.of, frame)
    below = _read(figure, figure.over, frame) if figure.over else None
    _check_kinds(figure, above, below)
    y = above.series
    unknown = y.is_null()
    if figure.kind == "concentration" and below is not None:
        unknown = unknown | below.series.is_null()
    elif below is not None:
        unknown = below.series.is_null() | (unknown & (below.series.cast(pl.Float64) != 0))
    inside = pl.Series(domain.cells.number >= 0)
    silent = (unknown.fill_null(value=True) & inside).to_numpy()
    count = int(silent.sum())
    if count and missing == "fail":
        raise InputError(
            f"{count:,} rows of the domain have no answer for {figure.label}",
            "choose the missing rule exclude or zero, or narrow the domain",
        )
    number = domain.cells.number
    if missing == "exclude":
        number = np.where(silent, -1, number)
    cells = Cells(number, domain.cells.count)
    lost = np.array(
        [int((silent & domain.cells.rows(c)).sum()) for c in range(domain.cells.count + 1)]
    )
    notes = (*above.notes, *(below.notes if below else ()))
    kept = pl.Series(number >= 0)

    def score(series: pl.Series) -> pl.Series:
        kind = pl.Int8 if series.dtype == pl.Boolean else pl.Float64
        return series.cast(kind).fill_null(0) * kept.cast(kind)

    if figure.kind == "prop" and above.kind != "truth":
        return _by_code(figure, y, kept, cells, lost, notes)
    ones = kept.cast(pl.Int8)
    under: pl.Series | None = ones
    if figure.kind == "total":
        under = None
    elif below is not None:
        under = score(below.series)
    return [Part(figure, figure.label, Scored(score(y), under), cells, lost, notes)]


def _read(figure: AskedFigure, text: str, frame: pl.DataFrame) -> Value:
    """Evaluate an expression; where an amount is wanted, a text column is read as numbers."""
    value = evaluate(text, frame)
    if value.kind == "text" and figure.kind != "prop":
        return evaluate(f"({text}) * 1", frame)
    return value


def _check_kinds(figure: AskedFigure, above: Value, below: Value | None) -> None:
    if figure.kind == "quantile" and above.kind != "number":
        raise InputError(f"`{figure.of}` is no amount", "quantiles are of an amount")
    if figure.kind == "ratio" and below is None:
        raise InputError("a ratio has a denominator", "give both sides")
    if figure.kind == "concentration" and (below is None or below.kind != "number"):
        raise InputError(f"`{figure.over}` is no amount", "rank by an amount, such as income")


def _by_code(
    figure: AskedFigure,
    y: pl.Series,
    kept: pl.Series,
    cells: Cells,
    lost: Ints,
    notes: tuple[str, ...],
) -> list[Part]:
    """Give a part for each code of a column; one part for a column of zeros and ones."""
    clean = codes(y)
    found = clean.filter(kept).drop_nulls().unique().sort().to_list()
    ones = kept.cast(pl.Int8)
    if clean.dtype.is_numeric() and set(found) <= {0, 1}:
        scores = [(figure.label, clean == 1)]
    elif len(found) > MOST_LEVELS:
        raise InputError(
            f"`{figure.of}` has {len(found):,} different values, more than {MOST_LEVELS}",
            "give a condition, or use mean for an amount",
        )
    else:
        scores = [(f"{figure.label} == {code}", clean == code) for code in found]
    return [
        Part(
            figure, label, Scored(s.fill_null(value=False).cast(pl.Int8) * ones, ones), cells, lost,
            notes,
        )
        for label, s in scores
    ]  # fmt: skip
