"""Indicators to score columns of rows, and labels on their figures; what they mean is in the catalogue."""

from collections.abc import Mapping, Sequence

import polars as pl

from analyses.engine.collapse import Score
from data_contracts.catalogue.indicators import Indicator
from data_contracts.conditions import expression
from data_contracts.errors import InputError


def score_of(indicator: Indicator) -> Score:
    """Name the columns that ``scores`` makes of an indicator, for ``collapse``."""
    den = None if indicator.denominator is None else f"{indicator.id}__den"
    return Score(indicator.id, f"{indicator.id}__num", den)


def scores(frame: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Add 0/1 columns ``<id>__num`` and, for ratios, ``<id>__den`` (Int8, never null).

    Args:
        frame: one row a person, all persons kept, the main job's columns joined on the left.
        indicators: those to add; ``score_of`` names their columns for ``collapse``.

    Returns:
        The frame with the columns added; no row is dropped.

    Raises:
        InputError: a column the conditions read is missing.
    """
    for indicator in indicators:
        for name in indicator.columns:
            if name not in frame.columns:
                raise InputError(
                    f"the column is missing for indicator {indicator.id}",
                    "join core.job to core.person, or leave out what is not computable",
                    column=name,
                )
    made = []
    for indicator in indicators:
        counted, score = expression(indicator.numerator), score_of(indicator)
        if indicator.denominator is not None and score.denominator is not None:
            over = expression(indicator.denominator)
            made.append(over.cast(pl.Int8).alias(score.denominator))
            counted = counted & over
        made.append(counted.cast(pl.Int8).alias(score.numerator))
    return frame.with_columns(made)


def left_out(frame: pl.DataFrame, indicators: Sequence[Indicator]) -> dict[str, str]:
    """Say how many rows of each rate's base have no usable answer and are therefore left out.

    Args:
        frame: as for ``scores``.
        indicators: those to look at.

    Returns:
        Indicator id to a sentence; only where rows are left out. Fewer than 5 are not counted out.
    """
    notes = {}
    for indicator in indicators:
        if indicator.base is None or indicator.denominator is None:
            continue
        base = expression(indicator.base)
        rows, without = frame.select(
            base.sum().alias("rows"), (base & ~expression(indicator.denominator)).sum().alias("no")
        ).row(0)
        if without:
            number = f"{without:,}" if without >= 5 else "Fewer than 5"
            notes[indicator.id] = (
                f"{number} of {rows:,} sample rows have no usable answer "
                "(not asked, don't know, no answer) and are left out."
            )
    return notes


def annotate(
    estimates: pl.DataFrame,
    indicators: Sequence[Indicator],
    standards: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Add ilostat_indicator, standard and universe to estimates, and complete their notes.

    Args:
        estimates: what ``estimates.estimate`` gives.
        indicators: the indicators in it.
        standards: the label of each kind of standard, e.g.
            ``{"labour_force": "ICLS19", "informality": "ICLS17_ILO@1"}``; ``none`` gives null.
        notes: indicator id to a sentence for its total row, e.g. from ``left_out``.
    """
    extra = notes or {}
    for item in indicators:
        if item.standard != "none" and item.standard not in standards:
            raise InputError(
                f"no label is given for the {item.standard} standard of {item.id}",
                "pass the survey's standard",
            )
    labels = pl.DataFrame(
        {
            "indicator": [i.id for i in indicators],
            "ilostat_indicator": [i.ilostat_indicator for i in indicators],
            "standard": [standards.get(i.standard) for i in indicators],
            "universe": [i.universe for i in indicators],
            "_always": [i.note for i in indicators],
            "_total": [extra.get(i.id) for i in indicators],
        },
        schema_overrides=dict.fromkeys(
            ("ilostat_indicator", "standard", "_always", "_total"), pl.String
        ),
    )
    in_total = pl.when(pl.col("breakdown") == "total").then(pl.col("_total"))
    note = pl.concat_str(["_always", in_total, "note"], separator=" ", ignore_nulls=True)
    return (
        estimates.join(labels, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.when(note != "").then(note).alias("note"))
        .drop("_always", "_total")
    )
