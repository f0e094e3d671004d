"""Each record of the register with its cell, its months and what is due; the sums are made in tally.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.register.ledger import SCHEMES, first_day_after, month_before

if TYPE_CHECKING:
    import ibis
    import polars as pl

_MASKS = (*SCHEMES, "previous", "previous_known")
SUMS = ("paid_lak", "previous_paid_lak", "previous_known_lak")


def records_of(
    members: ibis.Table,
    months: ibis.Table,
    person_map: ibis.Table,
    terms: pl.DataFrame,
    as_of: str,
    window: int,
) -> ibis.Table:
    """Give each record its cell, its months, its due a month and the months in which it is due."""
    import ibis  # noqa: PLC0415 - 1.5 s that the command line's start must not pay
    import polars as pl  # noqa: PLC0415

    said = person_map.filter(
        (person_map.rule != "single") | person_map.match_probability.notnull()
    ).select("member_key", "person_key", "rule", "match_probability")
    figures = ["rate_per_mille", "floor_lak", "ceiling_lak"]
    law = ibis.memtable(terms.select("scheme", pl.col(figures).cast(pl.Float64)))
    rows = (
        members.left_join(months, "member_key")
        .drop("member_key_right")
        .left_join(said, "member_key")
        .drop("member_key_right")
        .left_join(law, "scheme")
        .drop("scheme_right")
    )
    zero = ibis.literal(0, "int64")
    first = _number_of(month_before(as_of, window - 1))
    is_shared = (rows.rule != "single").fill_null(False)
    person = ibis.ifelse(is_shared, rows.person_key, rows.member_key)
    masks = {name: rows[name].fill_null(zero) for name in (*_MASKS, *SUMS)}
    current = masks["public"] | masks["enterprise"] | masks["voluntary"]
    return rows.select(
        "scheme",
        "member_key",
        "registration_date",
        cluster=rows.employer_key.fill_null(_bucket(rows)),
        sex=rows.sex.fill_null("X"),
        admin1_code=rows.admin1_code.fill_null("X"),
        residence_admin1_code=rows.residence_admin1_code.fill_null("X"),
        nationality=rows.nationality.fill_null("unknown"),
        member_category=rows.member_category.fill_null("unknown"),
        membership=_membership(rows, as_of),
        person_key=person,
        is_shared=is_shared,
        probability=rows.match_probability.fill_null(0.0),
        current=current,
        previous=masks["previous"],
        previous_known=masks["previous_known"],
        **{name: masks[name] for name in SUMS},
        dependants=rows.n_dependants.fill_null(0).cast("int64"),
        due=_due(rows),
        # Where in the window the months due begin and end: 0 is its first month.
        begins=_month_number(rows.registration_date).fill_null(first) - first,
        ends=_month_number(rows.exit_date).fill_null(first + window) - first,
    )


def _membership(rows: ibis.Table, as_of: str) -> Any:
    import ibis  # noqa: PLC0415

    end = ibis.literal(first_day_after(as_of))
    registered = (rows.registration_date < end).fill_null(False)
    gone = (rows.exit_date < end).fill_null(False)
    over = gone | rows.exit_date.isnull()
    return ibis.cases(
        (~registered, "not_yet"),
        ((rows.status == "deceased") & over, "deceased"),
        ((rows.status == "pensioner") & over, "pensioner"),
        (gone, "left"),
        else_="affiliated",
    )


def _due(rows: ibis.Table) -> Any:
    """Give the contribution due a month in whole kip, halves up."""
    import ibis  # noqa: PLC0415

    income = rows.declared_income_lak.cast("float64")
    above = ibis.greatest(income, rows.floor_lak.fill_null(0.0))
    base = ibis.ifelse(rows.ceiling_lak.isnull(), above, ibis.least(above, rows.ceiling_lak))
    due = (base * rows.rate_per_mille / 1000.0 + 0.5).floor().cast("int64")
    return ibis.ifelse(income.isnull(), ibis.null("int64"), due).fill_null(ibis.literal(0, "int64"))


def _bucket(rows: ibis.Table) -> Any:
    """Name one of 256 buckets by the day of the year of registration and the year of birth.

    A hash of the person would do as well, but its key differs from workspace to workspace, and with
    it the errors.
    """
    import ibis  # noqa: PLC0415

    day = rows.registration_date.day_of_year().cast("int64").fill_null(0)
    year = rows.birth_year.cast("int64").fill_null(0)
    return ibis.literal("bucket ") + ((day * 31 + year) % 256).cast("string")


def _number_of(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month_number(day: Any) -> Any:
    return (day.year() * 12 + day.month() - 1).cast("int64")
