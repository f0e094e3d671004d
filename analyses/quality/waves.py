"""Duplicates: a file delivered for two waves, and households that answer alike."""

from collections.abc import Iterable, Sequence

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, verdict, within
from data_contracts.quality.rules import QualityRule

# Answers that together tell one household from another; keys, design and weights are left out.
_ANSWERS = (
    "sex", "age", "marital_status", "education_aggregate", "lfs_status", "status_icse93",
    "industry_isic4_2d", "economic_sector", "occupation_major", "hours_usual_week",
    "earnings_monthly", "institutional_unit", "workplace_type",
)  # fmt: skip


def file_of_another_wave(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Compare the file's hash with those that other waves came from."""
    if not subject.sha256:
        yield not_applicable(subject, rule, "the file's hash is not at hand")
        return
    same = sorted(name for name, known in subject.delivered.items() if known == subject.sha256)
    yield verdict(
        subject, rule, holds=not same, failed=len(same), checked=len(subject.delivered),
        reason=f"the same file as {', '.join(same)}" if same else "counted are other waves' files",
    )  # fmt: skip


def households_of_another_wave(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge, wave by wave, the share of households with a twin that answers alike."""
    if not subject.others:
        yield not_applicable(subject, rule, "no other wave of the country is stored")
        return
    fewest, high = int(rule.limits["min_persons"]), float(rule.limits["high"])
    for name, rows in sorted(subject.others.items()):
        columns = _comparable(subject.rows, rows)
        mine, theirs = (
            _signatures(subject.rows, columns, fewest),
            _signatures(rows, columns, fewest),
        )
        found = mine["signature"].is_in(theirs["signature"].unique().implode())
        share = float(found.mean() or 0.0)  # type: ignore[arg-type]
        yield within(
            subject, rule, share, None, high, category=name, failed=int(found.sum()),
            checked=mine.height, reason="counted are households with an equal in the other wave",
        )  # fmt: skip


def households_copied(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count households that answer just as another household of the wave does."""
    columns = _comparable(subject.rows, subject.rows)
    signed = _signatures(subject.rows, columns, int(rule.limits["min_persons"]))
    if signed.is_empty():
        yield not_applicable(subject, rule, "no household is large enough to tell")
        return
    twins = signed.filter(pl.col("signature").is_duplicated())["hh_id"]
    outcome = within(
        subject, rule, twins.len() / signed.height, None, float(rule.limits["high"]),
        failed=twins.len(), checked=signed.height, reason="counted are households",
    )  # fmt: skip
    inside = subject.rows["hh_id"]
    broken = inside.is_in(twins.implode())
    yield FindingRows(outcome.finding, broken, inside.is_in(signed["hh_id"].implode()))


def _comparable(mine: pl.DataFrame, theirs: pl.DataFrame) -> list[str]:
    """Columns with answers in both."""
    return [name for name in _ANSWERS if mine[name].n_unique() > 1 and theirs[name].n_unique() > 1]


def _signatures(rows: pl.DataFrame, columns: Sequence[str], fewest: int) -> pl.DataFrame:
    """Give one number a household of at least so many persons, from its members' answers."""
    return (
        rows.select(
            "hh_id",
            pl.concat_str(
                [pl.col(c).cast(pl.String).fill_null("") for c in columns], separator="|"
            ).alias("answers"),
        )
        .group_by("hh_id")
        .agg(pl.col("answers").sort().str.join("/").alias("signature"), pl.len().alias("persons"))
        .filter(pl.col("persons") >= fewest)
        .sort("hh_id")
    )
