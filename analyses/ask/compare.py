"""Comparisons in the face: differences and ratios of domains or waves, and standardised rates."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analyses.ask.bind import sample_of
from analyses.ask.figures import AskedFigure, Domain, Missing, Part, domain_of, parts_of
from analyses.ask.options import Options
from analyses.ask.tables import conventions, design_notes, missing_note
from analyses.engine import contrasts
from analyses.engine.calibration import Calibrated
from analyses.engine.design import Design, DfMethod, Floats, Ints
from analyses.engine.sample import Sample
from analyses.engine.statistics import Ratio, Total
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Codes = Hashable  # a code of the breakdown, or a tuple of codes where it has several columns


@dataclass(frozen=True, repr=False)
class _Cells(Discreet):
    """A figure in some cells with the covariance between them."""

    value: Floats
    covariance: Floats
    rows: Ints  # rows of the denominator, or rows counted, by cell
    held: tuple[int, int, int]  # PSUs, strata and degrees of freedom of all cells together
    part: Part


def contrast(
    data: pl.DataFrame | Sample | Calibrated,
    figure: AskedFigure,
    *,
    by: str | Sequence[str],
    one: Codes,
    other: Codes,
    kind: Literal["difference", "ratio"] = "difference",
    design: Design | None = None,
    where: str | None = None,
    level: float = 0.95,
    missing: Missing = "exclude",
    df_method: DfMethod | None = None,
) -> pl.DataFrame:
    """Compare a figure in two domains of one sample, or in two waves of a pooled one.

    ``one`` less ``other``, or ``one`` over ``other``, by the delta method with the covariance of
    the two figures: domains share PSUs, and so do waves that went to the same villages (R
    ``svycontrast(svyby(..., covmat = TRUE), c(1, -1))`` and ``quote(a / b)``; Binder 1983). For
    waves pool them first (``pool``) and name the wave's column in ``by``.

    Args:
        data: all rows of the sample, or a bound, calibrated or replicated sample.
        figure: from ``total``, ``mean``, ``ratio`` or ``prop`` of a condition.
        by: the column, or columns, whose codes are the domains.
        one: the first domain's code; a tuple where ``by`` has several columns.
        other: the second domain's.
        kind: ``difference`` or ``ratio``.
        design: how the rows were sampled; left out when ``data`` is a bound sample.
        where: the condition of a subpopulation.
        level: probability of the interval (symmetric, t).
        missing: as in ``estimate``.
        df_method: as in ``estimate``, of the rows of both domains.

    Returns:
        One row, unrounded: statistic, contrast, one, other, estimate, se, ci_lower, ci_upper,
        ci_level, ci_method, p_value (of no difference; null for a ratio), covariance, df, n,
        n_missing, n_psu, n_strata, note, and the conventions missing, lonely, df_method.

    Raises:
        InputError: there is no such domain or kind, a figure has no value, or a lonely PSU stops.
    """
    if kind not in {"difference", "ratio"}:
        raise InputError(f"there is no contrast {kind}", "use difference or ratio")
    sample = sample_of(data, design)
    options = _options(sample, level, missing, df_method)
    domain = domain_of(sample.frame, [by] if isinstance(by, str) else list(by), where)
    at = [_cell(domain, one), _cell(domain, other)]
    cells = _cells(sample, figure, domain, at, options)
    made = contrasts.difference if kind == "difference" else contrasts.ratio
    found = made(cells.value, cells.covariance, 0, 1, cells.held[2], level)
    same = kind == "difference"
    head = {
        "statistic": cells.part.label,
        "contrast": kind,
        "one": _said(one),
        "other": _said(other),
    }
    extra = {
        "p_value": found.p_value(cells.held[2]) if same else None,
        "covariance": float(cells.covariance[0, 1]),
    }
    return _row(head, found, extra, cells, sample, domain, options)


def standardised(
    data: pl.DataFrame | Sample | Calibrated,
    figure: AskedFigure,
    *,
    by: str | Sequence[str],
    population: Mapping[Codes, float],
    design: Design | None = None,
    where: str | None = None,
    level: float = 0.95,
    missing: Missing = "exclude",
    df_method: DfMethod | None = None,
) -> pl.DataFrame:
    """Give a directly standardised rate: the rate if the cells had a standard population's shares.

    The sum of the cells' rates times the standard population's fixed shares, with the covariance
    of the rates (R ``svycontrast(svyby(..., covmat = TRUE), shares)``; the figure and the error of
    ``svystandardize``; Korn and Graubard 1999).

    Args:
        data: all rows of the sample, or a bound, calibrated or replicated sample.
        figure: a rate or mean, from ``mean``, ``ratio`` or ``prop`` of a condition.
        by: the column, or columns, of the cells, such as age groups.
        population: persons of the standard population by cell's code (a tuple for several
            columns); every cell of the sample is named, 0 where it does not count.
        design: how the rows were sampled; left out when ``data`` is a bound sample.
        where: the condition of a subpopulation.
        level: probability of the interval (symmetric, t).
        missing: as in ``estimate``.
        df_method: as in ``estimate``.

    Returns:
        One row as ``contrast`` gives it, without one, other, p_value and covariance.

    Raises:
        InputError: the figure is a total, the cells of the sample and of the population differ,
            or a cell that counts has no rate.
    """
    if figure.kind == "total":
        raise InputError("a total cannot be standardised", "standardise a mean, ratio or prop")
    sample = sample_of(data, design)
    options = _options(sample, level, missing, df_method)
    domain = domain_of(sample.frame, [by] if isinstance(by, str) else list(by), where)
    at = [_cell(domain, code) for code in population]
    persons = np.array(list(population.values()), dtype=np.float64)
    if not (np.isfinite(persons).all() and (persons >= 0).all() and persons.any()):
        raise InputError("a standard population is not a number of persons", "give counts")
    left = sorted(set(range(1, domain.cells.count + 1)) - set(at))
    if left:
        codes = domain.groups.row(left[0] - 1)
        raise InputError(
            f"the standard population leaves out {len(left)} cells, such as {_said(codes)}",
            "give its persons in every cell, 0 where a cell does not count",
        )
    cells = _cells(sample, figure, domain, at, options)
    found = contrasts.standardised(cells.value, cells.covariance, persons, cells.held[2], level)
    head = {"statistic": cells.part.label, "contrast": "standardised"}
    return _row(head, found, {}, cells, sample, domain, options)


def _options(sample: Sample, level: float, missing: Missing, df_method: DfMethod | None) -> Options:
    free = df_method or sample.design.df_method
    return Options(None, level, "wor", missing, free, "math", "nso", "rows")


def _said(codes: Codes) -> str:
    return ", ".join(str(c) for c in codes) if isinstance(codes, tuple) else str(codes)


def _cell(domain: Domain, codes: Codes) -> int:
    """Find a domain's number by its code."""
    wanted = codes if isinstance(codes, tuple) else (codes,)
    for number, row in enumerate(domain.groups.iter_rows(), start=1):
        if row == wanted:
            return number
    raise InputError(
        f"there is no domain {_said(codes)} in {', '.join(domain.groups.columns)}",
        "give a code as the column holds it (a text in quotes, a number without)",
    )


def _cells(
    sample: Sample, figure: AskedFigure, domain: Domain, at: list[int], options: Options
) -> _Cells:
    if figure.kind in {"quantile", "concentration"}:
        raise InputError(
            f"a {figure.kind} cannot be compared here", "compare totals, means, ratios or shares"
        )
    parts = parts_of(sample.frame, figure, domain, options.missing)
    if len(parts) != 1:
        raise InputError(
            f"`{figure.of}` gives {len(parts)} shares", "name one, as in prop('x == 1')"
        )
    part = parts[0]
    within = np.stack([part.cells.rows(cell) for cell in at], axis=1)
    y = part.scored.y.cast(pl.Float64).to_numpy()[:, None] * within
    x = part.scored.x
    below = None if x is None else x.cast(pl.Float64).to_numpy()[:, None] * within
    statistic = Total(y) if below is None else Ratio(y, below)
    value = statistic.value(sample.weight)
    counted = ((y if below is None else below) != 0) & (sample.weight > 0)[:, None]
    any_of = (within if below is None else counted).any(axis=1) & (sample.weight > 0)
    return _Cells(
        value,
        sample.covariance(statistic, value),
        counted.sum(axis=0),
        sample.degrees(any_of, options.df_method),
        part,
    )


def _row(
    head: Mapping[str, str],
    found: contrasts.Contrast,
    extra: Mapping[str, float | None],
    cells: _Cells,
    sample: Sample,
    domain: Domain,
    options: Options,
) -> pl.DataFrame:
    if not np.isfinite(found.value):
        raise InputError("a figure of the comparison has no value", "look at its domain")
    psus, strata, df = cells.held
    lost = int(cells.part.missing[0])
    notes = [*design_notes(sample), *domain.notes, *cells.part.notes]
    notes += [missing_note(lost, options)] if lost else []
    return pl.DataFrame(
        {
            **head,
            "estimate": found.value,
            "se": found.se,
            "ci_lower": found.ci_lower,
            "ci_upper": found.ci_upper,
            "ci_level": options.level,
            "ci_method": "wald",
            **extra,
            "df": df,
            "n": int(cells.rows.sum()),
            "n_missing": lost,
            "n_psu": psus,
            "n_strata": strata,
            "note": "; ".join(notes),
            **conventions(sample, options),
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
