"""Awkward and corrupted register files, each made from the twin's good ones."""

import polars as pl

from tests.graph.corpus import Case

LAO_DIGITS = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")
EPOCH = pl.date(1899, 12, 30)


def members(twin):
    """Give the good members file as text."""
    return pl.read_csv(twin / "LSSO/members.csv", infer_schema=False)


def contributions(twin):
    """Give the good contributions."""
    return pl.read_parquet(twin / "LSSO/contributions.parquet")


def file(rows_of, change, encoding="utf-8"):
    """Make a maker of a text file out of a change of the rows."""

    def make(twin, folder):
        path = folder / "register.csv"
        path.write_bytes(change(rows_of(twin)).write_csv().encode(encoding))
        return path

    return make


def said(name, how):
    """Rewrite every text of a column."""
    return lambda rows: rows.with_columns(
        pl.col(name).cast(pl.String).map_elements(how, pl.String).alias(name)
    )


def then(*changes):
    """Do one change after the other."""

    def change(rows):
        for each in changes:
            rows = each(rows)
        return rows

    return change


def first(name, value):
    """Put a value into the first row."""
    here = pl.int_range(pl.len()) == 0
    return lambda rows: rows.with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
    )


def in_lao_digits(text):
    """Write digits in Lao."""
    return text.translate(LAO_DIGITS)


def buddhist(text):
    """Write a year in the Buddhist era."""
    return f"{int(text[:4]) + 543}{text[4:]}"


def day_first(text):
    """Write a date as in an office of the province."""
    return "/".join(reversed(text[:10].split("-")))


def serial(*names):
    """Write dates as a spreadsheet stores them."""
    return lambda rows: rows.with_columns(
        (pl.col(name).cast(pl.String).str.to_date() - EPOCH)
        .dt.total_days()
        .cast(pl.String)
        .alias(name)
        for name in names
    )


def early_days_only(rows):
    """Days and months that could stand in either order."""
    day = pl.col("registration_date").str.slice(8, 2).cast(pl.Int32)
    return rows.with_columns(
        pl.col("registration_date").str.slice(0, 8) + (day % 12 + 1).cast(pl.String).str.zfill(2)
    )


def grouped(mark):
    """Write thousands in groups."""
    return lambda text: f"{int(text):,}".replace(",", mark)


M, C = "members", "contributions"
WORDS = {"public": "ພາກລັດ", "enterprise": "ວິສາຫະກິດ", "voluntary": "ສະໝັກໃຈ"}
REGISTER_CASES = [
    Case("lao_digits_in_dates", M, file(members, said("registration_date", in_lao_digits))),
    Case("buddhist_years", M, file(members, said("registration_date", buddhist))),
    Case("two_eras_in_a_column", M, file(members, first("registration_date", "2561-01-05")), "registration_date"),
    Case("day_first_dates", M, file(members, said("registration_date", day_first))),
    Case("either_order_dates", M, file(members, then(early_days_only, said("registration_date", day_first))), "registration_date"),
    Case("spreadsheet_serial_dates", M, file(members, serial("registration_date", "birth_date"))),
    Case("thousands_with_commas", M, file(members, said("declared_income", grouped(",")))),
    Case("thousands_with_points", M, file(members, said("declared_income", grouped(".")))),
    Case("words_in_the_income", M, file(members, first("declared_income", "unknown")), "declared_income"),
    Case("schemes_in_lao", M, file(members, said("scheme", WORDS.__getitem__))),
    Case("unknown_scheme", M, file(members, first("scheme", "private")), "scheme"),
    Case("member_zeros_lost", M, file(members, said("member_id", lambda text: text.lstrip("0"))), "member_id"),
    Case("member_twice", M, file(members, lambda rows: pl.concat([rows, rows[:1]])), "member_id"),
    Case("member_blank", M, file(members, first("member_id", None)), "member_id"),
    Case("member_header_gone", M, file(members, lambda rows: rows.drop("sex")), "sex"),
    Case("members_in_utf16", M, file(members, lambda rows: rows, encoding="utf-16")),
    Case("province_viangchan", M, file(members, first("province_code", "Viangchan")), "ambiguous"),
    Case("periods_in_lao_buddhist", C, file(contributions, said("period", lambda t: in_lao_digits(buddhist(t))))),
    Case("period_with_a_13th_month", C, file(contributions, first("period", "2017-13")), "period"),
    Case("amount_in_words", C, file(contributions, then(said("contribution_amount", str), first("contribution_amount", "-"))), "contribution_amount"),
]  # fmt: skip
