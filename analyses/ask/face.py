"""The face for researchers: a design, figures named in words, and one call that estimates them.

    from analyses.ask.face import Design, estimate, mean, prop, quantile, ratio, total

    table = estimate(
        frame,
        ratio("condact_inec == 2", "condact_inec in (1, 2)"),
        design=Design(weight="factor", strata="diseno_muestra", psu="upm", lonely="adjust"),
        by="region",
        where="a5 >= 15",
    )

Polars in, polars out. ``contrast`` compares domains or waves, ``standardised`` gives a rate under
a standard population, ``pool`` puts waves together. Figures are made in roads.py,
and ranks.py.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import polars as pl

from analyses.ask.bind import bind, sample_of
from analyses.ask.compare import contrast, standardised
from analyses.ask.figures import (
    AskedFigure,
    Missing,
    Part,
    codes,
    concentration,
    domain_of,
    mean,
    parts_of,
    prop,
    quantile,
    ratio,
    total,
)
from analyses.ask.options import Options
from analyses.ask.pool import pool
from analyses.ask.roads import from_psus, from_rows
from analyses.ask.tables import design_notes, finished, table_of
from analyses.engine.calibration import Calibrated
from analyses.engine.design import Design, DfMethod
from analyses.engine.figures import DeffKind, Figures
from analyses.engine.proportions import CiMethod
from analyses.engine.quantiles import Rule
from analyses.engine.reliability import DEFAULT
from analyses.engine.sample import Sample
from data_contracts.errors import InputError

__all__ = [
    "AskedFigure",
    "Design",
    "bind",
    "concentration",
    "contrast",
    "estimate",
    "mean",
    "pool",
    "prop",
    "quantile",
    "ratio",
    "standardised",
    "total",
]


def estimate(
    data: pl.DataFrame | Sample | Calibrated,
    *figures: AskedFigure,
    design: Design | None = None,
    by: str | Sequence[str] = (),
    where: str | None = None,
    ci: CiMethod | None = None,
    level: float = 0.95,
    deff: DeffKind = "wor",
    missing: Missing = "exclude",
    df_method: DfMethod | None = None,
    quantile_rule: Rule = "math",
    reliability: str = DEFAULT,
    road: Literal["auto", "psus", "rows"] = "auto",
) -> pl.DataFrame:
    """Estimate figures with their uncertainty under the design.

    Args:
        data: all rows of the sample; or a sample that is bound, calibrated or has replicates.
        *figures: from ``total``, ``mean``, ``ratio``, ``prop``, ``quantile``, ``concentration``.
        design: how the rows were sampled; left out when ``data`` is a bound sample.
        by: columns whose combinations of codes are domains.
        where: the condition of a subpopulation. Rows outside score zero and keep their PSUs.
        ci: interval of proportions: without it logit, or beta with fewer than 30 effective cases
            (proportions.py, ``rare``); logit, xlogit, likelihood, asin, beta, wilson, wald.
            At 0 and 1 the first four and beta give exact ends with the effective n. Other figures
            have t intervals, quantiles Woodruff's (on a wald interval unless ``ci`` is given).
        level: probability of the intervals.
        deff: the design effect compares with sampling without (``wor``, R's ``deff=TRUE``) or with
            replacement (``wr``, R's ``deff="replace"``).
        missing: a row without an answer is left out of the figure's domain (``exclude``, R's
            ``na.rm``), counts as zero (``zero``), or stops (``fail``). Its PSU stays in any case.
        df_method: in place of the design's: ``r`` counts the PSUs and strata that hold rows of the
            figure, ``stata`` all PSUs of these strata, ``design`` all of the sample.
        quantile_rule: math (R's default), school, hf1 to hf9.
        reliability: rule set of ``flag`` (reliability.py).
        road: ``psus`` and ``rows`` give equal figures; ``auto`` takes the faster that fits.

    Returns:
        One row a figure and domain, unrounded: the ``by`` columns, statistic, estimate, se,
        ci_lower, ci_upper, ci_level, ci_method, cv, deff, df, n, n_missing, n_psu, n_strata, flag,
        note, and the conventions missing, lonely, df_method, deff_kind, quantile_rule, reliability.

    Raises:
        InputError: an expression, column or option is not right, a lonely PSU stops, or answers
            are missing and must not be.
    """
    sample = sample_of(data, design)
    free = df_method or sample.design.df_method
    options = Options(ci, level, deff, missing, free, quantile_rule, reliability, road)
    if not figures:
        raise InputError("no figure is asked for", "give a mean, total, prop, ratio or quantile")
    domain = domain_of(sample.frame, [by] if isinstance(by, str) else list(by), where)
    wanted = [
        part for figure in figures for part in parts_of(sample.frame, figure, domain, missing)
    ]
    found = _figures(sample, wanted, options)
    tables = [
        table_of(part, figure, options, sample) for part, figure in zip(wanted, found, strict=True)
    ]
    notes = [*design_notes(sample), *domain.notes]
    return finished(pl.concat(tables), domain, sample, options, notes)


def _figures(sample: Sample, parts: list[Part], options: Options) -> list[Figures | None]:
    """Estimate totals and ratios; parts with the same cells share a pass over rows."""
    fits = _fits(sample)
    if options.road == "psus" and not fits:
        raise InputError(
            "this design does not fit the road over PSU totals", "leave the road to auto"
        )
    found: list[Figures | None] = [None] * len(parts)
    groups: dict[bytes, list[int]] = {}
    for i, part in enumerate(parts):
        if part.figure.kind in {"quantile", "concentration"}:
            continue
        if fits and options.road != "rows":
            groups.setdefault(part.cells.number.tobytes(), []).append(i)
        else:
            found[i] = from_rows(sample, part.scored, part.cells, options.df_method, options.deff)
    frame, own = _design_frame(sample) if groups else (pl.DataFrame(), sample.design)
    for places in groups.values():
        made = from_psus(
            frame,
            own,
            [parts[i].scored for i in places],
            parts[places[0]].cells,
            options.df_method,
            options.deff,
        )
        for i, figure in zip(places, made, strict=True):
            found[i] = figure
    return found


def _fits(sample: Sample) -> bool:
    own = sample.design
    simple = sample.residual is None and sample.replicates is None and own.ssu is None
    return bool(simple and own.psu and not own.fpc and (sample.weight > 0).all())


def _design_frame(sample: Sample) -> tuple[pl.DataFrame, Design]:
    """Give the design's columns, with one stratum or equal weights where none are named.

    Whole weights are integers, which are summed exactly.
    """
    own, rows = sample.design, sample.frame
    weight = codes(rows[own.weight]) if own.weight else pl.lit(1)
    strata = rows[own.strata] if own.strata else pl.lit("one")
    return (
        rows.select(pl.col(own.psu or ""), weight.alias(ONES), strata.alias(STRATA)),
        replace(own, weight=ONES, strata=STRATA),
    )


ONES, STRATA = "weight of the row", "stratum of the row"
