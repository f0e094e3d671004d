"""What a contribution would take of a person's earnings; what is due is decided by the law, not here."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from analyses.ask.face import estimate, mean, prop, quantile
from analyses.engine.design import Design, Floats
from analyses.engine.quantiles import Rule, quantiles
from analyses.engine.reliability import DEFAULT
from analyses.engine.sample import Sample, sample
from analyses.wave.contract_table import contract_table
from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan

DECILE = "earnings_decile"
MEASURES = ("median_share", "mean_share", "share_above_burden")
TENTHS = [k / 10 for k in range(1, 10)]
SHARE, ABOVE, ZERO, SILENT, TOLD = "_share", "_above", "_zero", "_silent", "_told"


def decile_cuts(
    rows: pl.DataFrame, design: Design, earnings: str = "earnings_monthly", rule: Rule = "math"
) -> list[float]:
    """Give the nine cuts of the weighted distribution of the employed with known earnings.

    As R survey's ``svyquantile(qrule = "math")`` of the subset; zero earnings are part of it.

    Args:
        rows: one row a person, all persons.
        design: the sampling design.
        earnings: column of monthly earnings.
        rule: how a quantile is read off (quantiles.py).
    """
    known = _employed() & pl.col(earnings).is_not_null()
    within = rows.select(known.fill_null(value=False).cast(pl.Float64)).to_series().to_numpy()
    return _cuts(sample(rows, design), _amounts(rows, earnings), within, rule)


def affordability(
    rows: pl.DataFrame,
    design: Design,
    wave: WavePlan,
    base_rule: str,
    due: str,
    *,
    earnings: str = "earnings_monthly",
    burden: float = 0.1,
    breakdowns: Sequence[str] = ("status_icse93",),
    rule: Rule = "math",
    ci_level: float = 0.95,
    reliability: str = DEFAULT,
) -> pl.DataFrame:
    """Compare what a person would pay with what the person earns, among the employed who owe something.

    Median and mean of shares are over persons with earnings above zero. The share of persons for
    whom it exceeds the burden counts those without earnings (0) as exceeding it. Persons whose
    earnings or due amount are unknown are left out of all three, counted in the note, and their
    PSUs stay. Who owes nothing (0) is outside. Medians have Woodruff's intervals (R ``svyquantile``),
    means t intervals of the ratio (``svymean``), shares logit or beta intervals (estimates.py).
    The cuts of deciles are taken as fixed.

    Args:
        rows: one row a person, all persons, the main job's columns joined on the left.
        design: the sampling design.
        wave: the wave's plan.
        base_rule: what the amount is, such as ``compulsory``.
        due: column of the monthly amount, in the currency of the earnings.
        earnings: column of monthly earnings.
        burden: the share of earnings beyond which a contribution counts as a burden.
        breakdowns: columns beside the total and the deciles of earnings.
        rule: how quantiles are read off (R's default).
        ci_level: probability of the intervals.
        reliability: the reliability rule set.

    Returns:
        The columns of est.affordability, one row a measure and category, unrounded. Where the wave
        did not ask for earnings, or nobody owes a known amount, one row a measure without a figure,
        status M, with the reason in its note.

    Raises:
        InputError: a column is missing, an amount is negative, or the burden is no share.
    """
    _check(rows, [due, earnings, "lfs_status", *breakdowns], (due, earnings), burden)
    own = earnings != "earnings_monthly"  # a column of the caller's own is taken as asked
    known, reason = wave.asked.get(earnings, (own, "not in the survey's profile"))
    if not known:
        return _finished(
            _without(f"Needs {earnings}: {reason}."), wave, base_rule, burden, ci_level, reliability
        )
    scored, cuts_note = _scored(rows, design, due, earnings, burden, rule)
    if not scored.select(pl.col(ABOVE).is_not_null().any()).item():
        return _finished(
            _without("Nobody owes a known amount and has known earnings."),
            wave,
            base_rule,
            burden,
            ci_level,
            reliability,
        )
    held = sample(scored, design)
    figures = (quantile(SHARE), mean(SHARE), prop(ABOVE))
    frames = []
    for name in (None, DECILE, *breakdowns):
        if name is None or scored.filter(pl.col(TOLD))[name].drop_nulls().len():
            table = estimate(
                held, *figures, by=() if name is None else name, where=TOLD, level=ci_level,
                quantile_rule=rule, reliability=reliability,
            )  # fmt: skip
            frames.append(_table(table, scored, name, cuts_note))
    return _finished(pl.concat(frames), wave, base_rule, burden, ci_level, reliability)


def _without(reason: str) -> pl.DataFrame:
    """Give a row without a figure for each measure."""
    return pl.DataFrame({"measure": MEASURES}).with_columns(
        breakdown=pl.lit("total"),
        category=pl.lit("TOTAL"),
        n=pl.lit(0),
        obs_status=pl.lit("M"),
        note=pl.lit(reason),
    )


def _finished(
    figures: pl.DataFrame, wave: WavePlan, base_rule: str, burden: float, level: float, rules: str
) -> pl.DataFrame:
    """Put the labels on, in the order of est.affordability."""
    grade = pl.col("obs_status")
    said = pl.lit(" ".join(wave.notes) or None, pl.String)
    made = figures.with_columns(
        survey_id=pl.lit(wave.survey_id),
        ref_area=pl.lit(wave.ref_area),
        time_period=pl.lit(wave.time_period),
        base_rule=pl.lit(base_rule),
        burden=pl.lit(burden),
        ci_level=pl.lit(level),
        reliability=pl.lit(rules),
        obs_status=grade if wave.units_known else grade.replace("A", "U"),
        note=pl.concat_str(said, "note", separator=" ", ignore_nulls=True),
    ).with_columns(note=pl.when(pl.col("note") != "").then("note"))
    return contract_table("est.affordability", made)


def _employed() -> pl.Expr:
    return pl.col("lfs_status") == "employed"


def _amounts(rows: pl.DataFrame, name: str) -> Floats:
    return rows[name].cast(pl.Float64).fill_null(0.0).to_numpy()


def _cuts(held: Sample, amount: Floats, within: Floats, rule: Rule) -> list[float]:
    return [q.value for q in quantiles(held, amount, within, TENTHS, rule=rule)]


def _check(
    rows: pl.DataFrame, needed: Sequence[str], amounts: Sequence[str], burden: float
) -> None:
    if not 0 < burden < 1:
        raise InputError("a burden is a share of earnings between 0 and 1", "use 0.10")
    for name in needed:
        if name not in rows.columns:
            raise InputError("the column is missing", "add it", column=name)
    for name in amounts:
        wrong = ~((rows[name].cast(pl.Float64) >= 0).fill_null(value=True))
        if wrong.any():
            raise InputError(
                "an amount is negative",
                "correct the amount",
                column=name,
                row=int(wrong.arg_true()[0]) + 1,
                rows=int(wrong.sum()),
            )


def _scored(
    rows: pl.DataFrame, design: Design, due: str, earnings: str, burden: float, rule: Rule
) -> tuple[pl.DataFrame, str]:
    """Add each person's share, whether it exceeds the burden, and the decile of earnings.

    Persons who owe a known amount above zero, or whose amount is unknown, are told apart: the share
    is null where nothing can be said, so that the estimate leaves the row out and keeps its PSU.
    """
    pay, owed = pl.col(earnings).cast(pl.Float64), pl.col(due).cast(pl.Float64)
    inside = _employed().fill_null(value=False) & (owed.is_null() | (owed > 0))
    known = inside & owed.is_not_null() & pay.is_not_null()
    earns = known & (pay > 0)
    made = rows.with_columns(
        pl.when(earns).then(owed / pay).alias(SHARE),
        pl.when(known).then((owed > burden * pay).cast(pl.Int8)).alias(ABOVE),
        (known & (pay == 0)).alias(ZERO),
        (inside & ~known).alias(SILENT),
        inside.alias(TOLD),
    )
    cuts = decile_cuts(rows, design, earnings, rule) if _any_pay(rows, earnings) else []
    numbers = np.searchsorted(np.array(cuts), _amounts(rows, earnings), side="left") + 1
    of_decile = pl.Series(DECILE, [f"D{k:02}" for k in numbers.tolist()])
    decile = pl.when(_employed() & pay.is_not_null()).then(pl.lit(of_decile)).alias(DECILE)
    same = len(cuts) - len(set(cuts))
    note = "Deciles of the employed with known earnings, cuts taken as fixed."
    if same:
        note += f" {same} of the 9 cuts are equal to another, so some deciles are larger or empty."
    return made.with_columns(decile), note


def _any_pay(rows: pl.DataFrame, earnings: str) -> bool:
    return bool(rows.select((_employed() & pl.col(earnings).is_not_null()).any()).item())


def _table(table: pl.DataFrame, scored: pl.DataFrame, name: str | None, cuts: str) -> pl.DataFrame:
    """Give the three measures of one breakdown in the form of est.affordability."""
    counts = _counts(scored, name)
    per = table.height // len(MEASURES)
    measure = pl.Series("measure", [m for m in MEASURES for _ in range(per)])
    code = pl.lit("TOTAL") if name is None else pl.col(name).cast(pl.String)
    over = pl.col("measure") == "share_above_burden"
    note = pl.concat_str(
        pl.lit(cuts if name == DECILE else None, pl.String),
        pl.when(over).then(_said(ZERO, "have no earnings (0) and count as above the burden."))
        .otherwise(_said(ZERO, "have no earnings (0) and are left out.")),
        _said(SILENT, "have unknown earnings or an unknown amount due and are left out."),
        separator=" ", ignore_nulls=True,
    )  # fmt: skip
    return (
        table.with_columns(
            measure, category=code, breakdown=pl.lit("total" if name is None else name)
        )
        .join(counts, on="category", how="left", maintain_order="left")
        .with_columns(
            obs_value=pl.col("estimate"),
            obs_status=pl.col("flag"),
            note=pl.when(note != "").then(note),
        )
        .select(
            "breakdown", "category", "measure", "obs_value", "se", "ci_lower", "ci_upper",
            "ci_method", "df", "n", "obs_status", "note",
        )
    )  # fmt: skip


def _counts(scored: pl.DataFrame, name: str | None) -> pl.DataFrame:
    """Count, by category, the rows that owe or may owe, those without earnings, and the unknown."""
    code = pl.lit("TOTAL") if name is None else pl.col(name).cast(pl.String)
    return (
        scored.filter(pl.col(TOLD))
        .group_by(code.alias("category"))
        .agg(pl.len().alias("_rows"), pl.col(ZERO, SILENT).sum())
        .drop_nulls("category")
    )


def _said(column: str, what: str) -> pl.Expr:
    """Say how many rows, without counting out fewer than 5."""
    number = (
        pl.when(pl.col(column) >= 5)
        .then(pl.col(column).cast(pl.String))
        .otherwise(pl.lit("Fewer than 5"))
    )
    sentence = pl.format("{} of {} sample rows " + what, number, "_rows")
    return pl.when(pl.col(column) > 0).then(sentence)
