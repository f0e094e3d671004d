"""The face's design: named columns bound to rows, with a collapse map applied; no figure is made here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analyses.ask.expressions import as_number, find_column
from analyses.ask.figures import codes
from analyses.ask.tables import ONES
from analyses.engine import design as engine
from analyses.engine import sample as sampling
from analyses.engine.calibration import Calibrated
from analyses.engine.sample import Sample
from data_contracts.errors import InputError
from data_contracts.profile.stratum_joins import resolve

JOINED, UNITS = "strata joined by the map", "units within their strata"


@dataclass(frozen=True)
class Design:
    """How the rows were sampled (R ``svydesign(nest = TRUE)``); names match without regard to case.

    Args:
        weight: column of weights in persons; without it every row weighs 1.
        strata: column of strata.
        psu: column of primary sampling units, nested in strata. Without it every row is its own.
        ssu: column of second-stage units, nested in PSUs.
        fpc: by stage, the column with the population's number of units, or the sampled fraction.
        lonely: what a stratum with one PSU adds: ``fail`` (R's default), ``certainty``,
            ``remove``, ``adjust``, ``average``.
        collapse: stratum to the stratum that it is joined with, for strata with one PSU (labels
            as text); in place of ``lonely``. A map that leaves one fails as before.
        notes: what was done to the rows before; printed with every figure.
    """

    weight: str | None = None
    strata: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc: tuple[str, ...] = ()
    lonely: engine.Lonely = "fail"
    collapse: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        named = (self.weight, self.strata, self.psu, self.ssu, *self.fpc)
        return tuple(dict.fromkeys(name for name in named if name))

    def bind(self, frame: pl.DataFrame) -> Sample:
        """Bind rows to the design, for calibration, replicates and repeated estimates.

        Raises:
            InputError: a column is missing or has blanks, a weight is negative or no number, or
                the collapse map does not fit the strata.
        """
        found = {name: find_column(frame, name) for name in self.columns}
        amounts = {found[n] for n in (self.weight, *self.fpc) if n}
        clean = frame.with_columns(
            *(as_number(frame[name])[0].alias(name) for name in sorted(amounts)),
            *(codes(frame[name]) for name in dict.fromkeys(found.values()) if name not in amounts),
        )
        if self.weight is None:
            clean = clean.with_columns(pl.lit(1.0).alias(ONES))
        if self.collapse:
            clean = self._collapsed(clean, found)
        own = engine.Design(
            strata=JOINED if self.collapse else found.get(self.strata or "", ""),
            psu=UNITS if self.collapse and self.psu else found.get(self.psu or "", ""),
            weight=found[self.weight] if self.weight else ONES,
            weight_scale=1.0,
            lonely=self.lonely,
            collapsed=len(self.collapse),
            notes=self.notes,
            ssu=found.get(self.ssu or ""),
            fpc=tuple(found[name] for name in self.fpc),
        )
        return sampling.sample(clean, own)

    def _collapsed(self, frame: pl.DataFrame, found: Mapping[str, str]) -> pl.DataFrame:
        """Add the joined strata; a PSU's label carries its first stratum, so that it stays one."""
        if self.strata is None or self.fpc:
            raise InputError(
                "a collapse map needs strata, and does not go with finite populations",
                "name the column of strata, and leave the populations out",
            )
        label = frame[found[self.strata]].cast(pl.String)
        ends = resolve(self.collapse, label.drop_nulls().unique().to_list())
        joined = [label.replace(ends).alias(JOINED)]
        if self.psu is not None:
            own = frame[found[self.psu]].cast(pl.String)
            joined.append(pl.select(pl.concat_str(label, own, separator=":").alias(UNITS))[UNITS])
        return frame.with_columns(joined)


def bound(data: pl.DataFrame | Sample | Calibrated, design: Design | None) -> Sample:
    """Give the sample of rows with their design, of a calibrated sample, or of itself.

    Raises:
        InputError: there are no rows, or the sample has its design already.
    """
    if isinstance(data, pl.DataFrame):
        if data.height == 0:
            raise InputError("there are no rows", "check the file")
        return (design or Design()).bind(data)
    if design is not None:
        raise InputError("this sample has its design already", "leave the design out")
    return data.sample if isinstance(data, Calibrated) else data
