"""Format checks that a share of rows cannot say: empty and constant columns, keys, stray earnings."""

from collections.abc import Iterable

import polars as pl

from analyses.quality.subject import (
    KEY,
    FindingRows,
    Subject,
    not_applicable,
    of_rows,
    verdict,
    within,
)
from data_contracts.code_lists import schemes
from data_contracts.quality.rules import QualityRule

# Design and derived columns are judged elsewhere; these may be rare or absent without a fault.
_SPARSE = {"disability_status", "own_use_producer", "lfs_status_given", "institutional_sector"}
_EMPTY_CODES = {
    "not_asked", "not_applicable", "no_answer", "MTS_X", "DSB_STATUS_X", "EDU_AGGREGATE_X",
    "STE_ICSE93_6", "ECO_SECTOR_X", "OCU_ISCO08_X", "GEO_COV_X",
}  # fmt: skip


def _mapped(subject: Subject) -> list[str]:
    """Columns that the wave asked, as they stand in the rows."""
    names = [name for name, (asked, _) in subject.asked.items() if asked]
    return [name for name in names if name in subject.rows.columns]


def columns_have_answers(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Name the mapped columns without any answer."""
    names = _mapped(subject)
    empty = [name for name in names if not _answers(subject.rows[name]).len()]
    yield _none_of(subject, rule, empty, names, "without an answer")


def columns_vary(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Name the mapped columns in which every answer is the same."""
    names = [name for name in _mapped(subject) if name not in _SPARSE]
    constant = [name for name in names if _answers(subject.rows[name]).n_unique() == 1]
    yield _none_of(subject, rule, constant, names, "with one answer alone")


def key_columns_vary(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Name the columns no survey can have constant: sex, age and labour-force status."""
    asked = [name for name in ("sex", "age", "lfs_status") if subject.asked[name][0]]
    constant = [name for name in asked if subject.rows[name].drop_nulls().n_unique() <= 1]
    yield _none_of(subject, rule, constant, asked, "the same for everybody")


def keys_unique(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count the rows whose household and person occur more than once."""
    broken = subject.rows.select(pl.struct(KEY).is_duplicated().alias("broken"))["broken"]
    yield of_rows(subject, rule, broken, _everybody(subject))


def earnings_of_the_employed(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Count, in the jobs before narrowing, earnings of persons who are not employed."""
    if subject.evidence is None:
        yield not_applicable(subject, rule, "the rows as delivered are not at hand")
        return
    pay = subject.evidence.select(*KEY, pl.col("earnings_monthly").is_not_null().alias("paid"))
    frame = subject.person.join(pay, on=KEY, how="left", maintain_order="left").select(
        checked=pl.col("paid").fill_null(value=False),
        broken=pl.col("paid").fill_null(value=False)
        & (pl.col("lfs_status").fill_null("") != "employed"),
    )
    high = round(1.0 - float(rule.limits["at_least"]), 9)
    yield of_rows(subject, rule, frame["broken"], frame["checked"], high=high)


def _none_of(
    subject: Subject, rule: QualityRule, wrong: list[str], names: list[str], how: str
) -> FindingRows:
    """Judge columns by their names: the rule holds when none is wrong."""
    return verdict(
        subject,
        rule,
        holds=not wrong,
        failed=len(wrong),
        checked=len(names),
        reason=f"{how}: {', '.join(wrong)}" if wrong else "",
    )


def _answers(column: pl.Series) -> pl.Series:
    answers = column.drop_nulls()
    if answers.dtype == pl.String:
        answers = answers.filter(~answers.is_in(sorted(_EMPTY_CODES)))
    return answers


def _everybody(subject: Subject) -> pl.Series:
    return pl.Series("checked", [True]).new_from_index(0, subject.rows.height)


def industry_of_this_revision(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the share of jobs outside agriculture in divisions that came with ISIC Rev. 4."""
    counts = subject.job["industry_isic4_2d"].drop_nulls().value_counts().iter_rows()
    newer, told = schemes()["industry_isic4_2d"].newer(dict(counts))
    fewest = int(rule.limits["min_rows"])
    if told < fewest:
        yield not_applicable(
            subject, rule, f"fewer than {fewest} jobs outside agriculture have a code"
        )
        return
    yield within(
        subject, rule, newer / told, float(rule.limits["low"]), None, checked=told,
        reason="the measure is the share in divisions that only Rev. 4 has",
    )  # fmt: skip
