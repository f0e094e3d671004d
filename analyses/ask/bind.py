"""Rows bound to the design that a researcher names: columns found and cleaned, strata joined; no figure here."""

from dataclasses import replace

import polars as pl

from analyses.ask.columns import as_number, find_column
from analyses.ask.figures import codes
from analyses.engine.calibration import Calibrated
from analyses.engine.design import Design
from analyses.engine.sample import Sample, sample
from data_contracts.errors import InputError
from data_contracts.profile.stratum_joins import resolve

STRATA, UNITS = "strata joined by the map", "units within their strata"


def bind(frame: pl.DataFrame, design: Design) -> Sample:
    """Bind rows to a design, for calibration, replicates and repeated estimates.

    Args:
        frame: all rows of the sample.
        design: how they were sampled; names match without regard to case.

    Raises:
        InputError: a column is missing or has blanks, a weight is negative or no number, or
            the collapse map does not fit the strata. A map that leaves a lonely PSU fails later.
    """
    found = {name: find_column(frame, name) for name in design.columns}
    amounts = {found[n] for n in (design.weight, *design.fpc) if n}
    clean = frame.with_columns(
        *(as_number(frame[name])[0].alias(name) for name in sorted(amounts)),
        *(codes(frame[name]) for name in dict.fromkeys(found.values()) if name not in amounts),
    )
    own = replace(
        design,
        weight=found.get(design.weight or ""),
        strata=found.get(design.strata or ""),
        psu=found.get(design.psu or ""),
        ssu=found.get(design.ssu or ""),
        fpc=tuple(found[name] for name in design.fpc),
    )
    return sample(*_joined(clean, own)) if design.joins else sample(clean, own)


def _joined(frame: pl.DataFrame, design: Design) -> tuple[pl.DataFrame, Design]:
    """Add the joined strata; a PSU's label carries its first stratum, so that it stays one."""
    if design.strata is None or design.fpc:
        raise InputError(
            "a collapse map needs strata, and does not go with finite populations",
            "name the column of strata, and leave the populations out",
        )
    label = frame[design.strata].cast(pl.String)
    ends = resolve(design.joins, label.drop_nulls().unique().to_list())
    added = [label.replace(ends).alias(STRATA)]
    if design.psu is not None:
        own = frame[design.psu].cast(pl.String)
        added.append(pl.select(pl.concat_str(label, own, separator=":").alias(UNITS))[UNITS])
    return frame.with_columns(added), replace(
        design, strata=STRATA, psu=UNITS if design.psu else None, joins={}, joined=len(design.joins)
    )


def sample_of(data: pl.DataFrame | Sample | Calibrated, design: Design | None) -> Sample:
    """Give the sample of rows with their design, of a calibrated sample, or of itself.

    Raises:
        InputError: there are no rows, or the sample has its design already.
    """
    if isinstance(data, pl.DataFrame):
        if data.height == 0:
            raise InputError("there are no rows", "check the file")
        return bind(data, design or Design())
    if design is not None:
        raise InputError("this sample has its design already", "leave the design out")
    return data.sample if isinstance(data, Calibrated) else data
