"""The change of each indicator between two stored waves, one recomputed under the other's rules.

The figures are national sums over persons; how they are printed lives in
commands/profile_diff.py, the arithmetic in analyses/wave/change.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import polars as pl

from analyses.engine.collapse import PsuTotals, Score, collapse
from analyses.wave.change import ChangePart, Decomposition, decompose
from analyses.wave.indicators import score_of, scores
from data_contracts.catalogue.indicators import Indicator, catalogue
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError
from data_contracts.profile.plan import resolve
from data_contracts.profile.profile import Profile
from pipelines.figures.core import KEY
from pipelines.figures.estimates import design_of
from pipelines.figures.recompute import STATUSES, Status, Verdict, recomputable, under_rules

CELL = ("sex", "age_aggregate", "area_type")
SOME = 15  # sample persons; with fewer the ILO calls a figure unreliable


@dataclass(frozen=True)
class IndicatorChange:
    """One indicator's change between two waves; parts are None where they cannot be given.

    ``under`` is the survey whose rules were applied to the other wave. ``definition`` is, with
    STANDARD ALONE, the part of the labour-force standard; other differences of definition are
    then in ``rest``, the change under one set of rules, and it is not split.
    """

    indicator: str
    unit: str
    status: Status
    reason: str
    under: str | None = None
    old: ChangePart | None = None
    new: ChangePart | None = None
    total: ChangePart | None = None
    definition: ChangePart | None = None
    rest: ChangePart | None = None
    composition: ChangePart | None = None
    rate: ChangePart | None = None

    def share(self, part: str) -> float | None:
        """Give a part in percent of the change; None where the change is within two standard errors."""
        piece, total = getattr(self, part), self.total
        if piece is None or total is None or abs(total.value) <= 2 * total.se:
            return None
        return float(100 * piece.value / total.value)

    def to_json(self) -> dict[str, Any]:
        """Give all fields and the shares, for a script."""
        parts = ("definition", "rest", "composition", "rate")
        return asdict(self) | {f"{name}_share": self.share(name) for name in parts}


@dataclass(frozen=True, repr=False)
class StoredWave(Discreet):
    """One wave to be compared.

    Attributes:
        profile: the wave's.
        rows: one row a person as stored, the main job beside it.
        raw: gives its rows as delivered.
    """

    profile: Profile
    rows: pl.DataFrame
    raw: Callable[[], pl.DataFrame]

    def scored(self, indicators: list[Indicator], rules: Profile | None) -> PsuTotals:
        """Collapse the wave by cell: its own figures and, with ``rules``, those under them."""
        frame = scores(self.rows, indicators)
        wanted = [score_of(indicator) for indicator in indicators]
        if rules is not None:
            others = [_other(score) for score in wanted]
            names = {column: f"{column}__other" for score in wanted for column in _columns(score)}
            other = scores(under_rules(self.profile, rules, self.raw()), indicators)
            other = other.select(*KEY, *names).rename(names)
            frame = frame.join(other, on=KEY, how="left", maintain_order="left")
            if frame[next(iter(names.values()))].null_count() or other.height != frame.height:
                raise InputError(
                    "its stored persons and its stored file are not the same delivery",
                    f"run: informality run --survey {self.profile.survey_id}",
                    file=self.profile.survey_id,
                )
            wanted += others
        cell = pl.concat_str([pl.col(c).fill_null("unknown") for c in CELL], separator=", ")
        return collapse(
            frame.with_columns(cell.alias("cell")),
            design_of(resolve(self.profile)),
            wanted,
            ["cell"],
        )


def wave_changes(earlier: StoredWave, later: StoredWave) -> list[IndicatorChange]:
    """Split the change of every indicator between two waves.

    The later wave under the earlier's rules is tried first, then the earlier under the later's;
    the direction that says more is taken.

    Raises:
        InputError: a wave has no rows, or its raw and core rows are of different files.
    """
    waves = (earlier, later)
    for wave in waves:
        if wave.rows.is_empty():
            raise InputError(
                f"{wave.profile.survey_id} is not in the workspace",
                f"run: informality run --survey {wave.profile.survey_id}",
            )
    old, new = earlier.profile, later.profile
    refused = [resolve(profile).not_computable for profile in (old, new)]
    done, plans = [], []
    for name, indicator in catalogue().items():
        if indicator.standard == "none":
            continue
        why = [
            f"{profile.survey_id}: {reasons[name]}"
            for profile, reasons in zip((old, new), refused, strict=True)
            if name in reasons
        ]
        if why:
            done.append(IndicatorChange(name, indicator.unit, "NOT COMPUTABLE", "; ".join(why)))
        else:
            plans.append((indicator, *_direction(old, new, indicator)))
    asked = [indicator for indicator, _, _ in plans]
    if asked:
        totals = _totals(waves, asked)
        done += [_changed((old, new), totals, *plan) for plan in plans]
    order = list(catalogue())
    return sorted(done, key=lambda change: order.index(change.indicator))


def _totals(
    waves: tuple[StoredWave, StoredWave], asked: list[Indicator]
) -> tuple[PsuTotals, PsuTotals]:
    """Collapse both waves, each also under the other's rules where it can be."""
    made = []
    for wave, other in (waves, waves[::-1]):
        able = any(
            recomputable(other.profile, wave.profile, one).status in ("SEPARATED", "STANDARD ALONE")
            for one in asked
        )
        made.append(wave.scored(asked, other.profile if able else None))
    return made[0], made[1]


def _changed(
    profiles: tuple[Profile, Profile],
    totals: tuple[PsuTotals, PsuTotals],
    indicator: Indicator,
    under: Literal["old", "new"],
    verdict: Verdict,
) -> IndicatorChange:
    score, status = score_of(indicator), verdict.status
    recomputed = status in ("SEPARATED", "STANDARD ALONE")
    try:
        made = decompose(*totals, score, _other(score) if recomputed else None, under=under)
    except InputError as error:
        return IndicatorChange(indicator.id, indicator.unit, "NOT COMPUTABLE", error.rule)
    if min(made.n_old, made.n_new) < SOME:
        reason = f"a wave has fewer than {SOME} sample persons behind the figure"
        return IndicatorChange(indicator.id, indicator.unit, "NOT COMPUTABLE", reason)
    done = IndicatorChange(
        indicator.id, indicator.unit, status, verdict.reason,
        old=made.old, new=made.new, total=made.total,
    )  # fmt: skip
    return replace(done, **dict(_parts(made, status, profiles[under == "new"].survey_id)))


def _parts(made: Decomposition, status: Status, under: str) -> Iterator[tuple[str, Any]]:
    if status in ("SEPARATED", "STANDARD ALONE"):
        yield "under", under
    if status != "NOT SEPARABLE":
        yield "definition", made.definition
        yield "rest", made.rest
    if status in ("SEPARATED", "SAME RULES"):
        yield "composition", made.composition
        yield "rate", made.rate


def _direction(
    old: Profile, new: Profile, indicator: Indicator
) -> tuple[Literal["old", "new"], Verdict]:
    """Choose whose rules are applied to the other wave: those by which more can be said."""
    forward, back = recomputable(old, new, indicator), recomputable(new, old, indicator)
    if STATUSES.index(back.status) < STATUSES.index(forward.status):
        return "new", back
    if forward.status in ("STANDARD ALONE", "NOT SEPARABLE") and back.reason != forward.reason:
        both = f"{forward.reason}; the other way round: {back.reason}"
        return "old", Verdict(forward.status, both)
    return "old", forward


def _columns(score: Score) -> list[str]:
    return [score.numerator] + ([score.denominator] if score.denominator else [])


def _other(score: Score) -> Score:
    """Name the same figure under the other wave's rules."""
    den = score.denominator
    return Score(f"{score.name}__other", f"{score.numerator}__other", den and f"{den}__other")
