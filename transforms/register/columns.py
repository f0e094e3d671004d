"""One register column to canonical values by its rule; whole tables and the keyed hash live elsewhere."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

import polars as pl

from data_contracts.errors import InputError
from data_contracts.registers.layout import LayoutColumn
from transforms.read.cells import AGAIN, tidy
from transforms.read.dates import dates, months, years
from transforms.read.lao import fold
from transforms.read.values import numbers
from transforms.survey.codes import code_text
from transforms.survey.geography import province_code

SPAN: Final = {"earliest": "earliest", "latest": "latest"}
ORDER: Final = SPAN | {"date_order": "order", "serials": "serials"}
TOTALS: Final = r"(?i)^((grand|sub)[ -]?)?(total|sum)s?\b|^ລວມ"
# How a kind is read, and which of a layout's options it takes, under the reader's names.
CALENDAR: Final[Mapping[str, tuple[Callable[..., pl.Series], Mapping[str, str]]]] = {
    "birth_date": (years, ORDER),
    "date": (dates, ORDER),
    "period": (months, SPAN),
}


class Place(TypedDict):
    """Where a column stands, for messages."""

    file: str
    column: str


def plain(values: pl.Series, rule: LayoutColumn, at: Place) -> pl.Series:
    """Read one column that identifies nobody, or of which a year is kept."""
    options: dict[str, Any] = dict(rule.options)
    if rule.kind in CALENDAR:
        read, arguments = CALENDAR[rule.kind]
        calendar = {arguments[name]: value for name, value in options.items() if name in arguments}
        return read(values, **at, **calendar)
    if rule.kind == "province":
        return province_code(values, date=None, **at)
    if rule.kind == "code":
        return _coded(values, rule, at)
    if rule.kind == "digits":
        return _digits(values, options, at)
    figures = numbers(values, **at, decimal=options.get("decimal"), whole=rule.kind == "count")
    return figures.fill_null(options["blank"]) if "blank" in options else figures


def identifiers(values: pl.Series, rule: LayoutColumn, at: Place) -> pl.Series:
    """Give identifiers as the opaque text they are, refusing those that a spreadsheet changed."""
    length = rule.options.get("length")
    totals = tidy(values).str.contains(TOTALS).fill_null(value=False)
    refuse_rows(totals, "a totals row stands among the records: take it out", **at)
    if length == "any":
        return tidy(values)
    if values.null_count() == values.len():
        return values.cast(pl.String)
    if values.dtype.is_float() or (values.dtype.is_integer() and length is None):
        raise InputError(
            "identifiers are stored as numbers, which lose their leading zeros",
            "deliver the column as text, or say the identifiers' `length:` in the layout",
            **at,
        )
    text = tidy(values)
    changed = text.str.contains(r"^\d+\.0+$|^\d\.\d+[eE]\+?\d+$|^\d[eE]\+\d+$").fill_null(
        value=False
    )
    refuse_rows(changed, "an identifier was turned into a number", **at)
    if length is not None:
        wrong = (text.str.len_chars() != length).fill_null(value=False)
        refuse_rows(wrong, f"an identifier does not have {length} characters", **at)
    elif _zeros_lost(text):
        raise InputError(
            "all identifiers are digits, of several lengths, and none begins with a zero: a "
            "spreadsheet has taken their leading zeros away",
            "deliver the column as text, or say `length: any` in the layout if this is right",
            **at,
        )
    return text


def spelt_alike(values: pl.Series, kind: str) -> pl.Series:
    """Bring names, phones and firms to one spelling each, so that their hashes may be compared.

    ``fold`` for all; of a phone, letters and digits alone.
    """
    text = tidy(values)
    plain_text = text.str.to_lowercase().str.replace_all(" +", " ")
    beyond = text.str.contains(r"[^\x00-\x7f]").fill_null(value=False)
    if beyond.any():  # ASCII has one way to be folded, which polars does many times faster
        other = text.filter(beyond).unique().to_list()
        folded = text.replace_strict(
            other, [fold(one) for one in other], default=None, return_dtype=pl.String
        )
        plain_text = folded.zip_with(beyond, plain_text)
    if kind == "phone":
        plain_text = plain_text.str.replace_all(r"[^\p{L}\p{N}]", "")
    return plain_text.replace("", None)


def birth_days(values: pl.Series, rule: LayoutColumn, at: Place) -> pl.Series:
    """Give whole birth dates as YYYY-MM-DD, whatever the calendar; null where a year stands alone."""
    given = {ORDER[name]: value for name, value in rule.options.items() if name in ORDER}
    whole = values
    if not given.get("serials") and not values.dtype.is_temporal():
        bare = tidy(values).str.contains(r"^\d{4}(\.0+)?$").fill_null(value=False)
        whole = values.cast(pl.String).zip_with(~bare, pl.Series([None], dtype=pl.String))
    return dates(whole, **at, **given).dt.strftime("%Y-%m-%d")


def _zeros_lost(text: pl.Series) -> bool:
    """Tell whether digits of at least three lengths stand there and no leading zero."""
    given = text.drop_nulls()
    digits = bool(given.str.contains(r"^\d+$").all())
    zeros = bool(given.str.starts_with("0").any())
    return digits and not zeros and given.str.len_chars().n_unique() > 2


def _coded(values: pl.Series, rule: LayoutColumn, at: Place) -> pl.Series:
    words = {fold(word): code for code, words in rule.codes.items() for word in words}
    text = code_text(values)
    known = {one: words.get(fold(one)) for one in text.unique().drop_nulls()}
    codes = text.replace_strict(
        list(known), list(known.values()), default=None, return_dtype=pl.String
    )
    unknown = text.is_not_null() & codes.is_null()
    refuse_rows(unknown, f"a code is none of {', '.join(sorted(rule.codes))}", **at)
    return codes


def _digits(values: pl.Series, options: Mapping[str, Any], at: Place) -> pl.Series:
    """Give codes of digits; a lost leading zero is put back where only one length allows it."""
    text = tidy(values).str.replace(r"\.0+$", "")
    allowed = sorted(options["digits"])
    wrong = ~text.str.contains(rf"^\d{{1,{allowed[-1]}}}$").fill_null(value=True)
    refuse_rows(wrong, f"a code does not have {' or '.join(map(str, allowed))} digits", **at)
    length = text.str.len_chars()
    padded = text.str.zfill(allowed[-1])
    for digits in reversed(allowed[:-1]):
        padded = padded.zip_with(length > digits, text.str.zfill(digits))
    return padded.str.slice(0, options.get("take", allowed[-1]))


def refuse_rows(wrong: pl.Series, rule: str, *, file: str, column: str) -> None:
    """Refuse a column when any of its rows is wrong."""
    if wrong.any():
        rows = wrong.arg_true()
        raise InputError(
            rule, AGAIN, file=file, column=column, row=int(rows[0]) + 1, rows=len(rows)
        )
