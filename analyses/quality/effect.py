"""What a failed check does to the headline figures, and where its rows lie."""

from collections.abc import Iterable, Sequence

import polars as pl

from analyses.quality.finding import FAILED
from analyses.quality.subject import FindingRows, Subject
from analyses.wave.indicators import score_of, scores
from data_contracts.catalogue.indicators import Indicator, catalogue
from data_contracts.catalogue.key_figures import judged_answers

EFFECT_SCHEMA = {
    "survey_id": pl.String, "check_id": pl.String, "category": pl.String, "indicator": pl.String,
    "obs_value": pl.Float64, "without_value": pl.Float64, "difference": pl.Float64,
}  # fmt: skip
PLACES_SCHEMA = {
    "check_id": pl.String, "category": pl.String, "admin1_code": pl.String, "failed": pl.Int64,
    "checked": pl.Int64,
}  # fmt: skip


def effects(
    subject: Subject, outcomes: Iterable[FindingRows], computable: Sequence[str]
) -> pl.DataFrame:
    """Recompute the headline figures without the rows of each failed check.

    The rows stay in the sample with scores of zero: totals lose them, rates lose them above and
    below the line. Weighted sums are exact (integers of a millionth of a person).

    Args:
        subject: the wave.
        outcomes: what ``judge`` gave.
        computable: indicators that the wave can give.

    Returns:
        Columns of EFFECT_SCHEMA; one row a failed check with rows and headline figure. Totals in
        persons, rates as fractions; ``without_value`` is null when nobody is left.
    """
    known = catalogue()
    chosen = [known[name] for name in judged_answers() if name in computable]
    if not chosen:
        return pl.DataFrame(schema=EFFECT_SCHEMA)
    scored = scores(subject.rows, chosen)
    before = {item.id: _value(scored, item, None) for item in chosen}
    rows = []
    for outcome in outcomes:
        if outcome.finding.status != FAILED or outcome.broken is None:
            continue
        for item in chosen:
            value, without = before[item.id], _value(scored, item, ~outcome.broken)
            rows.append({
                "survey_id": subject.survey_id,
                "check_id": outcome.finding.check_id,
                "category": outcome.finding.category,
                "indicator": item.id,
                "obs_value": value,
                "without_value": without,
                "difference": None if value is None or without is None else without - value,
            })  # fmt: skip
    return pl.DataFrame(rows, schema=EFFECT_SCHEMA).sort("check_id", "category", "indicator")


def places(subject: Subject, outcomes: Iterable[FindingRows]) -> pl.DataFrame:
    """Count the rows of each failed check by province, where the wave has several.

    Returns:
        Columns of PLACES_SCHEMA, provinces without a failed row left out.
    """
    frames = [pl.DataFrame(schema=PLACES_SCHEMA)]
    province = subject.rows["admin1_code"]
    if province.drop_nulls().n_unique() > 1:
        frames += [
            _by_province(outcome, province)
            for outcome in outcomes
            if outcome.finding.status == FAILED and outcome.broken is not None
        ]
    return pl.concat(frames)


def _by_province(outcome: FindingRows, province: pl.Series) -> pl.DataFrame:
    checked = outcome.broken if outcome.checked is None else outcome.checked
    frame = pl.DataFrame({"admin1_code": province, "failed": outcome.broken, "checked": checked})
    return (
        frame.group_by("admin1_code")
        .agg(pl.col("failed").sum().cast(pl.Int64), pl.col("checked").sum().cast(pl.Int64))
        .filter(pl.col("failed") > 0)
        .sort("admin1_code", nulls_last=True)
        .select(
            pl.lit(outcome.finding.check_id).alias("check_id"),
            pl.lit(outcome.finding.category).alias("category"),
            "admin1_code",
            "failed",
            "checked",
        )
    )


def _value(scored: pl.DataFrame, item: Indicator, keep: pl.Series | None) -> float | None:
    """Give one figure from exact weighted sums; None for a rate over nobody."""
    weight = scored["weight_micro"]
    if keep is not None:
        weight = weight * keep.fill_null(value=True).cast(pl.Int64)
    score = score_of(item)
    above = int((weight * scored[score.numerator].cast(pl.Int64)).sum())
    if score.denominator is None:
        return above / 1e6
    below = int((weight * scored[score.denominator].cast(pl.Int64)).sum())
    return above / below if below else None
