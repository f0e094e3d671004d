"""Codes of a classification (ISIC, ISCO) held against it: lengths, lists, distributions; nothing is repaired."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from data_contracts.code_lists import Scheme
from data_contracts.discreet import Discreet

ENOUGH_ROWS: Final = (
    200  # rows with a code, from which their number of different codes says something
)


@dataclass(frozen=True, repr=False)
class Misfit(Discreet):
    """Rows whose code is none of the classification, the rule they break and what to do."""

    rows: pl.Series
    rule: str
    remedy: str


def misfits(
    scheme: Scheme, codes: pl.Series, typed: pl.Series, digits: int | None
) -> Iterator[Misfit]:
    """Give what speaks against a column of codes being a classification's at a number of digits.

    Args:
        scheme: the classification.
        codes: codes as text without leading zeros, blanks and declared sentinels null.
        typed: the same rows as delivered; text may show zeros that numbers have lost.
        digits: how many a code has, by the profile; None where it does not say.

    Yields:
        The first misfits make the later ones meaningless; a caller refuses the first.
    """
    known = codes.is_not_null()
    if not known.any():
        return
    lengths = _lengths(codes, typed)
    if digits is None:
        if lengths.n_unique() > 1:
            yield Misfit(
                known,
                f"codes of {lengths.n_unique()} lengths stand in it, and the profile does not say how many "
                f"digits a code of {scheme.title} has here",
                "say so with `digits`; 1 to 4 are permitted",
            )
        return
    longest = int(lengths.max() or 0)  # type: ignore[arg-type]
    yield from _too_long_or_short(scheme, codes, digits, longest)
    padded = codes.str.zfill(digits)
    yield from _outside(scheme, padded, digits)
    yield from _too_few(scheme, padded, digits)


def _lengths(codes: pl.Series, typed: pl.Series) -> pl.Series:
    """Give how many digits each code has; as text it may keep the zeros it leads with."""
    kept = codes.str.len_chars()
    if typed.dtype != pl.String:
        return kept.drop_nulls()
    written = typed.str.strip_chars().str.extract(r"^(\d+)$").str.len_chars()
    return (
        pl.select(pl.when(codes.is_not_null()).then(pl.max_horizontal(kept, written)))
        .to_series()
        .drop_nulls()
    )


def _too_long_or_short(
    scheme: Scheme, codes: pl.Series, digits: int, longest: int
) -> Iterator[Misfit]:
    known = codes.is_not_null()
    length = codes.str.len_chars()
    if longest > digits:
        yield Misfit(
            known & (length > digits).fill_null(value=False),
            f"a code has more than the {digits} digits that the profile gives {scheme.title}",
            "say how many `digits` a code has; further digits of a national list are cut by `take`",
        )
    elif longest < digits:
        yield Misfit(
            known,
            f"no code has the {digits} digits that the profile gives {scheme.title}: the longest has "
            f"{longest}",
            "say how many `digits` a code has (leading zeros count), or, if these are sectors or "
            "sections of their own, map them one by one with `codes`",
        )


def _outside(scheme: Scheme, padded: pl.Series, digits: int) -> Iterator[Misfit]:
    if digits == 1:
        first = {division[0] for division in scheme.divisions}
        bad = ~padded.is_in(list(first)).fill_null(value=True)
        part = "a code is no major group"
    else:
        bad = ~padded.str.slice(0, 2).is_in(list(scheme.divisions)).fill_null(value=True)
        for division, group in scheme.alone.items():
            inside = padded.str.starts_with(division) & ~padded.str.starts_with(group[:digits])
            bad |= inside.fill_null(value=False)
        part = "the first two digits are no division"
    remedy = (
        "say in the profile how many `digits` a code has and what is `missing`, or correct codes that "
        "lost digits: 11 in a column of four may have been 0011 or 1100"
    )
    counted = f", counted in codes of {digits} digits"
    if bad.any():
        yield Misfit(bad, f"{part} of {scheme.title}{counted}", remedy)
    if digits > 2:
        width = min(digits, len(scheme.zero_led[0]))
        real = [group[:width] for group in scheme.zero_led]
        zero_led = padded.str.starts_with("0").fill_null(value=False)
        lost = zero_led & ~padded.str.slice(0, width).is_in(real).fill_null(value=True)
        if lost.any():
            yield Misfit(
                lost,
                f"a code is shorter than {digits} digits and is none of {scheme.title} with the 0 in "
                "front that a number loses",
                remedy,
            )


def _too_few(scheme: Scheme, padded: pl.Series, digits: int) -> Iterator[Misfit]:
    """Refuse a list of sectors that passes for divisions; in many rows a survey has more of them."""
    if digits < 2:
        return
    divisions = padded.drop_nulls().str.slice(0, 2)
    found = divisions.n_unique()
    if len(divisions) >= ENOUGH_ROWS and found < scheme.fewest:
        yield Misfit(
            padded.is_not_null(),
            f"only {found} of the {len(scheme.divisions)} two-digit codes of {scheme.title} stand in "
            f"{len(divisions):,} rows: this is another, shorter list",
            "find the column with the full code, or map these codes one by one with `codes`",
        )
