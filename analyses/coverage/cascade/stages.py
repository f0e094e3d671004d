"""A cascade's stages and what follows from them: gaps, shares, errors, notes; which stages there are is said elsewhere."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyses.coverage.cascade.shapley import shapley
from analyses.coverage.cascade.totals import COMPULSORY
from analyses.engine.delta import Linearised, added
from analyses.engine.intervals import interval
from analyses.engine.reliability import flags
from data_contracts.contract.find import load
from data_contracts.discreet import Discreet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyses.coverage.cascade.totals import Basis
    from analyses.engine.design import Floats, Ints

TOLERANCE = 1e-9
LARGER = (
    "the next stage is larger here; the totals come from two sources and the gap stays as it is"
)
NO_PART = "no Shapley part: a stage before the last is zero or has no value"
UNKNOWN = "_unknown"  # ends the component of a row that is part of a gap, not a gap beside it
_AMOUNTS = ("value", "value_se", "value_lower", "value_upper", "gap", "gap_se", "ci_lower", "ci_upper",
            "share", "share_se", "share_lower", "share_upper", "shapley", "shapley_se")  # fmt: skip


class CascadeOpenError(Exception):
    """The gaps do not add up to the first stage less the last: a fault of the program."""


@dataclass(frozen=True, repr=False)
class CascadeStage(Discreet):
    """One stage of one cascade.

    Args:
        number: its place in the whole cascade, from 1.
        name: of the stage.
        component: of the gap between the stage before and this one; None at the start.
        total: the stage's total; None where it cannot be computed.
        source: survey, register or both.
        rows: sample rows that the total rests on; None where it rests on no sample.
        why: the reason where the total is not known, for all domains or those without one.
        notes: by domain, what a reader must know.
    """

    number: int
    name: str
    component: str | None
    total: Linearised | None
    source: str
    rows: Ints | None = None
    why: str = ""
    notes: tuple[Sequence[str], ...] = ()


@dataclass(frozen=True)
class Chain:
    """The stages of one branch, in order, and the unknown parts of gaps (of which)."""

    branch: str
    unit: str
    stages: tuple[CascadeStage, ...]
    parts: tuple[CascadeStage, ...] = field(default=())

    @property
    def branches(self) -> tuple[str, ...]:
        """Give the branches whose totals are added up in it."""
        return COMPULSORY if self.branch == "compulsory" else (self.branch,)


def table_of(chain: Chain, basis: Basis, level: float, rules: str) -> pl.DataFrame:
    """Give the rows of one cascade, one a domain and stage, unrounded.

    A stage that cannot be computed anywhere is passed over: the next gap is from the last stage
    that can. In a domain where one stage has no value, the gaps on both sides of it have none.

    Raises:
        CascadeOpenError: the gaps, or the Shapley parts, do not add up.
    """
    known = [stage for stage in chain.stages if stage.total is not None]
    before = {later.name: earlier for earlier, later in itertools.pairwise(known)}
    totals = [stage.total for stage in known if stage.total is not None]
    gaps = [a - b for a, b in itertools.pairwise(totals)]
    whole = totals[0] - totals[-1] if len(totals) > 1 else None
    loss = dict(zip((s.name for s in known[1:]), gaps, strict=True))
    fair = dict(zip((s.name for s in known[1:]), shapley(totals) if gaps else [], strict=True))
    _verify(totals, gaps, list(fair.values()))
    pieces = []
    for stage in chain.stages:
        gap, own = loss.get(stage.name), _over(stage, before.get(stage.name), len(basis.domains))
        pieces.append(_columns(chain, own, gap, whole, fair.get(stage.name), basis, level, rules))
    pieces += [
        _columns(chain, part, part.total, whole, None, basis, level, rules) for part in chain.parts
    ]
    schema = {n: kind for n, kind in load("est.cascade").polars_schema().items() if n in pieces[0]}
    together = {name: [v for piece in pieces for v in piece[name]] for name in schema}
    return pl.DataFrame(together, schema=schema).with_columns(pl.selectors.float().fill_nan(None))


def stage(
    number: int,
    name: str,
    component: str | None,
    total: Linearised | None,
    source: str,
    rows: Ints | None = None,
    why: str = "",
    notes: tuple[Sequence[str], ...] = (),
) -> CascadeStage:
    """Give a stage, without a total where it has a value in no domain."""
    known = total is not None and bool(np.isfinite(total.value).any())
    if not known:
        total = rows = None
    return CascadeStage(number, name, component, total, source, rows, why, notes)


def _over(own: CascadeStage, earlier: CascadeStage | None, domains: int) -> CascadeStage:
    """Say so where a gap reaches over stages that cannot be computed."""
    if earlier is None or earlier.number == own.number - 1:
        return own
    said = f"the gap is from {earlier.name}: no stage between can be computed"
    return replace(own, notes=(*own.notes, [said] * domains))


def _verify(
    totals: Sequence[Linearised], gaps: Sequence[Linearised], fair: Sequence[Linearised]
) -> None:
    """Hold the sums: first = gaps + last, and the Shapley parts sum to the same fall."""
    if not gaps:
        return
    first, last = totals[0].value, totals[-1].value
    size = np.maximum(np.nanmax(np.abs([t.value for t in totals]), axis=0, initial=0.0), 1e-300)
    for parts in (gaps, fair):
        apart = np.abs(added(parts).value + last - first) / size
        worst = float(np.nanmax(apart, initial=0.0))
        if worst > TOLERANCE:
            raise CascadeOpenError(
                f"the cascade does not close: {worst:.1e} of its largest stage is left"
            )


def _columns(
    chain: Chain,
    stage: CascadeStage,
    gap: Linearised | None,
    whole: Linearised | None,
    fair: Linearised | None,
    basis: Basis,
    level: float,
    rules: str,
) -> dict[str, list[Any]]:
    """Give one stage's columns, an entry a domain."""
    count = len(basis.domains)
    value, value_se = _both(stage.total, basis)
    lost, lost_se = _both(gap, basis)
    share, share_se = _both(gap / whole if gap is not None and whole is not None else None, basis)
    part, part_se = _both(fair, basis)
    own = _degrees(chain, stage, basis)
    ends = [
        interval(figure, se, df, level)
        for figure, se, df in (
            (value, value_se, own),
            (lost, lost_se, basis.df),
            (share, share_se, basis.df),
        )
    ]
    amounts = (
        value,
        value_se,
        *ends[0],
        lost,
        lost_se,
        *ends[1],
        share,
        share_se,
        *ends[2],
        part,
        part_se,
    )
    return {
        "unit_measure": [chain.unit] * count,
        "branch": [chain.branch] * count,
        "breakdown": [breakdown for breakdown, _ in basis.domains],
        "category": [category for _, category in basis.domains],
        "stage_no": [stage.number] * count,
        "stage": [stage.name] * count,
        "component": [stage.component] * count,
        **{name: amount.tolist() for name, amount in zip(_AMOUNTS, amounts, strict=True)},
        "source": [stage.source] * count,
        "n": [None] * count if stage.rows is None else stage.rows.tolist(),
        "obs_status": _status(stage, value, value_se, basis.df, rules),
        "note": _notes(stage, value, lost, part),
    }


def _degrees(chain: Chain, stage: CascadeStage, basis: Basis) -> Ints:
    """Give the degrees of freedom of a stage's total: the register's where it alone gives it."""
    own = [basis.register_df[b] for b in chain.branches if b in basis.register_df]
    if stage.source != "register" or not own:
        return basis.df
    return np.asarray(np.min(own, axis=0))


def _both(figure: Linearised | None, basis: Basis) -> tuple[Floats, Floats]:
    """Give a figure and its standard error; NaN where there is none."""
    if figure is None:
        return np.full(len(basis.domains), np.nan), np.full(len(basis.domains), np.nan)
    return figure.value, figure.se(basis.covariance)


def _status(stage: CascadeStage, value: Floats, se: Floats, df: Ints, rules: str) -> list[str]:
    """Grade the stage's total: O where there is none, else by the rule set."""
    many = np.full(len(value), 10**6, dtype=np.int64)
    graded = flags(
        rules,
        n=many if stage.rows is None else stage.rows,
        value=value,
        se=se,
        low=value,
        high=value,
        df=df,
        proportion=False,
    )
    return ["M" if np.isnan(v) else g for v, g in zip(value, graded, strict=True)]


def _notes(stage: CascadeStage, value: Floats, gap: Floats, part: Floats) -> list[str | None]:
    """Put together what is said of each domain."""
    said = []
    whole = not (stage.component or UNKNOWN).endswith(UNKNOWN)
    for domain, (v, g, p) in enumerate(zip(value, gap, part, strict=True)):
        parts = [notes[domain] for notes in stage.notes if notes[domain]]
        if np.isnan(v):
            parts.insert(0, f"NOT COMPUTABLE: {stage.why or 'a stage before it has no value'}")
        elif g < 0:
            parts.append(LARGER)
        if whole and np.isnan(p) and not np.isnan(g):
            parts.append(NO_PART)
        said.append("; ".join(parts) or None)
    return said
