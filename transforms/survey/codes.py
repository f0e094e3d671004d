"""Codes as files type them: brought to one text, and asked whether they fit a profile's condition."""

import polars as pl

from data_contracts.conditions import Clause, between, column, in_polars, joined, known, tree
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

    def fits(name: str, codes: list[str] | CodeRange) -> Clause:
        code = column(profile.resolve(name))
        if isinstance(codes, CodeRange):
            return known(between(Clause("number", (code,)), codes.min, codes.max))
        listed = known(Clause("in", (code,), tuple(codes)))
        return joined("or", [listed, Clause("missing", (code,))]) if "blank" in codes else listed

    return in_polars(tree(wanted, fits))
