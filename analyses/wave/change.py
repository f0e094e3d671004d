"""The change of a figure between two waves, split into definition, composition and rate; no rows here."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.engine.collapse import PsuTotals, Score
from analyses.engine.delta import se_of
from analyses.engine.design import Floats, Truths, between_psus
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError


@dataclass(frozen=True)
class ChangePart:
    """A figure or a part of a change, in the figure's unit, with its design-based standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Decomposition:
    """A change between two waves in parts that add up: definition + composition + rate = total.

    Args:
        old: the figure of the earlier wave, by its own rules.
        new: the figure of the later wave, by its own rules.
        total: new less old.
        definition: what other rules do to one wave's figure, its persons unchanged.
        rest: the change under one set of rules: composition + rate.
        composition: other sizes of the cells, at the mean of both waves' rates.
        rate: other rates within the cells, at the mean of both waves' sizes.
        n_old: rows of the earlier wave behind its figure (the denominator's; of a total, those counted).
        n_new: the same of the later wave.
    """

    old: ChangePart
    new: ChangePart
    total: ChangePart
    definition: ChangePart
    rest: ChangePart
    composition: ChangePart
    rate: ChangePart
    n_old: int
    n_new: int


@dataclass(frozen=True, repr=False)
class _Wave(Discreet):
    """One score in one wave by cell: sums by PSU in persons, shape (PSUs, cells)."""

    totals: PsuTotals
    counted: Floats
    over: Floats
    ratio: bool

    @property
    def figure(self) -> float:
        """The ratio, or the total."""
        whole = self.counted.sum()
        return float(whole / self.over.sum() if self.ratio else whole)

    @property
    def influence(self) -> Floats:
        """Linearised value of the figure by PSU: (y - R x) / X, or y for a total."""
        y, x = self.counted.sum(axis=1), self.over.sum(axis=1)
        return np.asarray((y - self.figure * x) / self.over.sum() if self.ratio else y)

    @property
    def sizes(self) -> Floats:
        """Size of each cell: its share of the denominator, or its persons for a total."""
        by_cell = self.over.sum(axis=0)
        return np.asarray(by_cell / by_cell.sum() if self.ratio else by_cell)

    @property
    def empty(self) -> Truths:
        """Cells with nobody in the denominator."""
        return np.asarray(self.over.sum(axis=0) <= 0)

    def rates(self, instead: Floats | None = None) -> Floats:
        """Rate of each cell; ``instead`` where the cell is empty."""
        y, x = self.counted.sum(axis=0), self.over.sum(axis=0)
        rates = np.divide(y, x, out=np.zeros_like(y), where=x > 0)
        return rates if instead is None else np.where(self.empty, instead, rates)

    def along(self, by_size: Floats, by_rate: Floats) -> Floats:
        """Linearise a function of sizes and rates by PSU, from its derivatives by cell."""
        x = self.over.sum(axis=0)
        if self.ratio:
            by_size = (by_size - by_size @ self.sizes) / x.sum()
        slope = np.divide(by_rate, x, out=np.zeros_like(x), where=x > 0)
        return np.asarray(self.over @ by_size + (self.counted - self.rates() * self.over) @ slope)


def decompose(
    old: PsuTotals,
    new: PsuTotals,
    score: Score,
    other: Score | None = None,
    *,
    under: Literal["old", "new"] = "old",
    breakdown: str = "cell",
) -> Decomposition:
    """Split the change of a ratio or a total between two waves into three parts.

    Definition: the difference that the other wave's rules make to one wave's figure, its persons
    unchanged. The rest is split over the cells by the symmetric two-factor decomposition of
    Kitagawa (1955, JASA 50, 1168-1194): composition is sum (w_n - w_o)(r_o + r_n)/2 and rate is
    sum (r_n - r_o)(w_o + w_n)/2, with w the cell's share of the denominator and r its rate. For a
    total, w is the cell's persons, so that composition holds the growth of the population too. A
    cell that is empty in one wave has the other wave's rate there and is composition alone.

    Standard errors by Taylor linearisation of every part at PSU level; the two waves are
    independent samples. Shares of a small change are unstable: read the points.

    Args:
        old: totals of the earlier wave, collapsed with ``breakdown``.
        new: totals of the later wave, collapsed with ``breakdown``.
        score: the figure by each wave's own rules.
        other: the same figure by the other wave's rules, collapsed in the same pass; None where
            both waves have the same rules.
        under: ``old`` when the later wave was recomputed under the earlier's rules (``other`` is
            in ``new``), ``new`` for the other direction.
        breakdown: the breakdown whose categories are the cells; it must hold every row.

    Raises:
        InputError: a wave has nobody in the denominator, or a stratum with one PSU where the
            design fails on it.
    """
    cells = sorted({name for t in (old, new) for b, name in t.cells if b == breakdown})
    before, after = (_wave(t, score, breakdown, cells) for t in (old, new))
    start, end = before, after
    if other is not None and under == "old":
        end = _wave(new, other, breakdown, cells)
    elif other is not None:
        start = _wave(old, other, breakdown, cells)
    composition, rate = _kitagawa(start, end)
    moved = (after, end) if under == "old" else (start, before)
    definition = ChangePart(
        moved[0].figure - moved[1].figure,
        _se((moved[0], moved[0].influence - moved[1].influence)),
    )
    return Decomposition(
        old=ChangePart(before.figure, _se((before, before.influence))),
        new=ChangePart(after.figure, _se((after, after.influence))),
        total=ChangePart(
            after.figure - before.figure,
            _se((before, before.influence), (after, after.influence)),
        ),
        definition=definition,
        rest=ChangePart(
            end.figure - start.figure, _se((start, start.influence), (end, end.influence))
        ),
        composition=composition,
        rate=rate,
        n_old=_rows(old, score),
        n_new=_rows(new, score),
    )


def _rows(totals: PsuTotals, score: Score) -> int:
    return int(totals.counts[score.denominator or score.numerator][:, 0].sum())


def _wave(totals: PsuTotals, score: Score, breakdown: str, cells: list[str]) -> _Wave:
    """Bring a score's sums by PSU to the cells of both waves."""
    scale = totals.design.weight_scale
    places = {totals.cells[i][1]: i for i in totals.cells_of(breakdown)}
    ratio = score.denominator is not None

    def table(*key: str) -> Floats:
        sums = totals.sums[key]
        made = np.zeros((len(sums), len(cells)))
        for column, name in enumerate(cells):
            if name in places:
                made[:, column] = sums[:, places[name]] * scale
        return made

    over = table(score.denominator) if score.denominator is not None else table()
    if not over.sum() > 0:
        raise InputError(
            f"there is nobody whom {score.name} is about", "compare another figure, or other waves"
        )
    return _Wave(totals, table(score.numerator), over, ratio)


def _kitagawa(old: _Wave, new: _Wave) -> tuple[ChangePart, ChangePart]:
    r_old, r_new = old.rates(new.rates()), new.rates(old.rates())
    w_old, w_new = old.sizes, new.sizes
    grown, raised = w_new - w_old, r_new - r_old
    mean_rate, mean_size = (r_old + r_new) / 2, (w_old + w_new) / 2
    # Where one wave is empty the other's rate stands for both: it moves composition in full.
    by_old = np.where(old.empty, 0.0, np.where(new.empty, 1.0, 0.5))
    by_new = np.where(new.empty, 0.0, np.where(old.empty, 1.0, 0.5))
    both = np.where(old.empty | new.empty, 0.0, mean_size)
    composition = _se(
        (old, old.along(-mean_rate, by_old * grown)), (new, new.along(mean_rate, by_new * grown))
    )
    rate = _se((old, old.along(raised / 2, -both)), (new, new.along(raised / 2, both)))
    return ChangePart(float(grown @ mean_rate), composition), ChangePart(
        float(raised @ mean_size), rate
    )


def _se(*waves: tuple[_Wave, Floats]) -> float:
    """Give the standard error of a sum over independent waves, from linearised PSU values."""
    variance = 0.0
    for wave, values in waves:
        z, factor = between_psus(values[:, None], wave.totals.psus, wave.totals.design.lonely)
        variance += float((z * z).sum() * factor[0])
    return float(se_of(variance))
