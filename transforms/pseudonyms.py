"""Register layouts as delivered -> canonical register tables; identifiers become keyed hashes here."""

import hashlib
from collections.abc import Mapping

import polars as pl

from data_contracts.errors import InputError

SEX = {"M": "SEX_M", "F": "SEX_F", "1": "SEX_M", "2": "SEX_F", "SEX_M": "SEX_M", "SEX_F": "SEX_F"}
SCHEMES = {"public", "enterprise", "voluntary"}
STATUSES = {"active", "suspended", "lapsed", "pensioner", "deceased"}


def keyed_hashes(values: pl.Series, key: bytes) -> pl.Series:
    """Replace identifiers by keyed BLAKE2b hashes (64 bits, hexadecimal); blanks stay null.

    Without the key nobody can tell which number a hash stands for; with it the same number
    gives the same hash, so tables still join.
    """
    distinct = values.cast(pl.String).str.strip_chars().replace("", None)
    names = distinct.unique().drop_nulls().to_list()
    hashes = [
        hashlib.blake2b(name.encode(), key=key[:64], digest_size=8).hexdigest() for name in names
    ]
    return distinct.replace_strict(names, hashes, default=None, return_dtype=pl.String)


def members(raw: pl.DataFrame, key: bytes, file: str) -> pl.DataFrame:
    """Give core.member from the register's members file.

    Names, phones and villages are left behind; a birth date becomes a year.

    Raises:
        InputError: a column is missing, a member number is blank or repeated, or a code is
            unknown.
    """
    raw = _columns(raw, file, (
        "member_id", "scheme", "status", "sex", "birth_date", "province_code", "registration_date",
        "exit_date", "employer_id", "declared_income", "n_dependants",
    ))  # fmt: skip
    _refuse(raw["member_id"].is_null(), file, "member_id", "the member number is blank")
    _refuse(raw["member_id"].is_duplicated(), file, "member_id", "a member number stands twice")
    return pl.DataFrame(
        [
            keyed_hashes(raw["member_id"], key).alias("member_key"),
            _coded(raw, "scheme", {name: name for name in SCHEMES}, file),
            _coded(raw, "status", {name: name for name in STATUSES}, file),
            _coded(raw, "sex", SEX, file),
            _number(raw["birth_date"].cast(pl.String).str.slice(0, 4), file, "birth_date")
            .cast(pl.Int16)
            .alias("birth_year"),
            raw["province_code"].cast(pl.String).str.zfill(2).alias("admin1_code"),
            _optional(raw, "district_code").cast(pl.String).str.zfill(4),
            _date(raw, "registration_date", file),
            _date(raw, "exit_date", file),
            keyed_hashes(raw["employer_id"], key).alias("employer_key"),
            _number(raw["declared_income"], file, "declared_income").alias("declared_income_lak"),
            _number(raw["n_dependants"], file, "n_dependants")
            .fill_null(0)
            .cast(pl.Int16)
            .alias("n_dependants"),
        ]
    )


def contributions(raw: pl.DataFrame, key: bytes, file: str) -> pl.DataFrame:
    """Give core.contribution from the register's monthly contributions file.

    Raises:
        InputError: a column is missing, a number is not one, or a period is not YYYY-MM.
    """
    raw = _columns(raw, file, (
        "member_id", "period", "scheme", "contribution_base", "contribution_amount", "paid_date",
    ))  # fmt: skip
    period = raw["period"].cast(pl.String).str.strip_chars()
    wrong = ~period.str.contains(r"^\d{4}-(0[1-9]|1[0-2])$").fill_null(value=False)
    _refuse(wrong, file, "period", "the period is not written as YYYY-MM")
    _refuse(raw["member_id"].is_null(), file, "member_id", "the member number is blank")
    amounts = [
        _number(raw[name], file, name).round().cast(pl.Int64).alias(f"{name}_lak")
        for name in ("contribution_base", "contribution_amount")
    ]
    return pl.DataFrame(
        [
            keyed_hashes(raw["member_id"], key).alias("member_key"),
            period.alias("period"),
            _coded(raw, "scheme", {name: name for name in SCHEMES}, file),
            *amounts,
            _date(raw, "paid_date", file),
        ]
    )


def employers(raw: pl.DataFrame, key: bytes, file: str) -> pl.DataFrame:
    """Give core.employer from the register's employers file; names are left behind.

    Raises:
        InputError: a column is missing, or an employer number is blank or repeated.
    """
    raw = _columns(raw, file, ("employer_id", "province_code", "isic", "size", "registered_date"))
    _refuse(raw["employer_id"].is_null(), file, "employer_id", "the employer number is blank")
    _refuse(raw["employer_id"].is_duplicated(), file, "employer_id", "a number stands twice")
    return pl.DataFrame(
        [
            keyed_hashes(raw["employer_id"], key).alias("employer_key"),
            raw["province_code"].cast(pl.String).str.zfill(2).alias("admin1_code"),
            raw["isic"].cast(pl.String).str.slice(0, 2).str.zfill(2).alias("isic4_2d"),
            _number(raw["size"], file, "size").cast(pl.Int32).alias("size_employees"),
            _date(raw, "registered_date", file),
        ]
    )


def _columns(raw: pl.DataFrame, file: str, needed: tuple[str, ...]) -> pl.DataFrame:
    raw = raw.rename({name: name.strip().lower() for name in raw.columns})
    for name in needed:
        if name not in raw.columns:
            raise InputError(
                "the column is missing",
                "check that this is the register's file in the agreed layout",
                file=file,
                column=name,
            )
    return raw


def _optional(raw: pl.DataFrame, name: str) -> pl.Series:
    return raw[name] if name in raw.columns else pl.Series(name, [None] * raw.height, pl.String)


def _coded(raw: pl.DataFrame, name: str, codes: Mapping[str, str], file: str) -> pl.Series:
    mapped = raw[name].cast(pl.String).str.strip_chars().replace_strict(
        list(codes), list(codes.values()), default=None, return_dtype=pl.String
    )  # fmt: skip
    _refuse(mapped.is_null(), file, name, f"a code is none of {', '.join(sorted(codes))}")
    return mapped.alias(name)


def _number(values: pl.Series, file: str, name: str) -> pl.Series:
    if values.dtype.is_numeric():
        return values.cast(pl.Float64)
    text = values.cast(pl.String).str.strip_chars().replace("", None)
    parsed = text.cast(pl.Float64, strict=False)
    _refuse(text.is_not_null() & parsed.is_null(), file, name, "text stands where a number belongs")
    return parsed


def _date(raw: pl.DataFrame, name: str, file: str) -> pl.Series:
    values = raw[name]
    if values.dtype == pl.Date:
        return values
    if values.dtype == pl.Datetime:
        return values.cast(pl.Date)
    text = values.cast(pl.String).str.slice(0, 10).replace("", None)
    parsed = text.str.to_date("%Y-%m-%d", strict=False)
    _refuse(text.is_not_null() & parsed.is_null(), file, name, "the date is not written YYYY-MM-DD")
    return parsed.alias(name)


def _refuse(bad: pl.Series, file: str, column: str, rule: str) -> None:
    if bad.any():
        rows = bad.arg_true()
        raise InputError(
            rule, "correct the extract and deliver it again",
            file=file, column=column, row=int(rows[0]) + 1, rows=len(rows),
        )  # fmt: skip
