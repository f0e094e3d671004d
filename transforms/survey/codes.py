"""Codes as files type them: brought to one text, and asked whether they fit a profile's condition."""

import polars as pl

from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import CodeRange, RawCondition
from transforms.read.cells import tidy


def code_text(values: pl.Series) -> pl.Series:
    """Give codes as text: 1, 1.0, "1", " 01" and Lao digits are all "1"; a blank is null."""
    if values.dtype.is_integer():
        return values.cast(pl.String)
    if values.dtype.is_numeric():
        whole = values.cast(pl.Float64)
        return pl.select(
            pl.when(whole == whole.round())
            .then(whole.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(values.cast(pl.String))
            .alias(values.name)
        ).to_series()
    text = tidy(values)
    whole = text.str.replace(r"\.0+$", "")
    return pl.select(
        pl.when(text.str.contains(r"^-?[0-9]{1,18}(\.0+)?$"))
        .then(whole.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(text)
        .alias(values.name)
    ).to_series()


def condition(profile: Profile, wanted: RawCondition) -> pl.Expr:
    """Give a profile's condition over the columns of codes; a list means any of its parts."""
    if isinstance(wanted, list):
        return pl.any_horizontal([condition(profile, part) for part in wanted])
    return pl.all_horizontal(
        [_fits(pl.col(profile.resolve(name)), codes) for name, codes in wanted.items()]
    )


def _fits(code: pl.Expr, wanted: list[str] | CodeRange) -> pl.Expr:
    if isinstance(wanted, CodeRange):
        number = code.cast(pl.Float64, strict=False)
        low = float("-inf") if wanted.min is None else wanted.min
        high = float("inf") if wanted.max is None else wanted.max
        return number.is_between(low, high).fill_null(value=False)
    return code.fill_null("blank").is_in(wanted)
