"""What a wave's rows answer: totals withheld where too many answers are missing; no figure is estimated here."""

from dataclasses import replace

import polars as pl

from data_contracts.catalogue.indicators import NOT_COMPUTABLE, Indicator
from data_contracts.conditions import expression
from data_contracts.profile.plan import Computability, WavePlan


def answered(plan: WavePlan, rows: pl.DataFrame) -> WavePlan:
    """Settle a plan with its rows: a total that most answers, or many, are missing from is withheld.

    A total counts only those who answered, so that it is too low by the share that did not. A rate
    leaves them out above and below, and is kept with their number beside it.

    Args:
        plan: the wave's.
        rows: one row a person with the main job's columns, all persons.

    Returns:
        The plan, each total NOT COMPUTABLE whose ``told`` fails in more than
        ``conventions.missing`` of its weighted ``base``, with the share in the reason.
    """
    able = [one for one in plan.verdicts if one.status != NOT_COMPUTABLE]
    shares = {one.indicator.id: missing_share(rows, one.indicator) for one in able}
    settled = [
        _withheld(one, share, plan.conventions.missing)
        if one.indicator.kind == "total"
        and (share := shares.get(one.indicator.id, 0.0)) > plan.conventions.missing
        else one
        for one in plan.verdicts
    ]
    return replace(plan, verdicts=tuple(settled))


def missing_share(rows: pl.DataFrame, indicator: Indicator) -> float:
    """Give the weighted share of an indicator's base without a usable answer; 0 where it has none."""
    usable = indicator.told if indicator.denominator is None else indicator.denominator
    if usable is None or indicator.base is None:
        return 0.0
    weight, base = pl.col("weight_micro").cast(pl.Float64), expression(indicator.base)
    whole, without = rows.select(
        weight.filter(base).sum().alias("whole"),
        weight.filter(base & ~expression(usable)).sum().alias("without"),
    ).row(0)
    return float(without / whole) if whole else 0.0


def _withheld(one: Computability, share: float, line: float) -> Computability:
    reason = (
        f"{100 * share:.1f} % of {one.indicator.universe} gave no usable answer, and a total counts "
        f"only those who did; it is withheld above {100 * line:g} % (estimates.missing), and the "
        "rate, which leaves them out, is shown."
    )
    return Computability(one.indicator, NOT_COMPUTABLE, reason[:1].upper() + reason[1:])
