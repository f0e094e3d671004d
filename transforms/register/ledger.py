"""The one pass over contributions: the months each member paid, as bits; counting them is elsewhere.

A member's paid months are bits of whole numbers, so that "paid in at least k distinct months" is
a count of bits and a window of twelve months and the one before it need one row a member. Ibis
has no bit operation that Spark knows, so two are named here as both engines have them.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from data_contracts.errors import InputError

if TYPE_CHECKING:
    import ibis

SCHEMES = ("public", "enterprise", "voluntary")
MASKS = (*SCHEMES, "previous", "previous_known")
_WORD = 63  # bits of a whole number that are free of the sign


def paid_months(
    contributions: ibis.Table, as_of: str, *, window: int = 12, known_days: int | None = 31
) -> ibis.Table:
    """Give one row a member with the months paid in the window and in the one before it.

    A month counts when a contribution above zero is posted for it. The earliest month of a window
    is bit 0. The contributions are scanned once.

    Args:
        contributions: ``core.contribution``.
        as_of: the window's last month, ``YYYY-MM``.
        window: length of each of the two windows in months, 1 to 63.
        known_days: days after the end of the earlier window until which a payment for it counts
            as known then; a payment without a date counts as known, and with None each does.

    Returns:
        ``member_key``; the bits ``public``, ``enterprise`` and ``voluntary`` (months of the window
        by the scheme paid to), ``previous`` and ``previous_known`` (months of the window before,
        all schemes, as posted now and as known then); the sums ``paid_lak``,
        ``previous_paid_lak`` and ``previous_known_lak`` (kip). All int64, nothing null; only
        members with a payment in the two windows.

    Raises:
        InputError: ``as_of`` is no month, or the window does not fit into the bits.
    """
    import ibis  # noqa: PLC0415 - 1.5 s that the command line's start must not pay

    first_day_after(as_of)
    if not 1 <= window <= _WORD:
        raise InputError("a window has 1 to 63 months", "give, for instance, 12")
    place = _places(window)
    words = sorted({word for word, _ in place.values()})
    paid = contributions.filter(contributions.contribution_amount_lak > 0)
    rows = paid.inner_join(_bits(as_of, window), ["period", "scheme"])
    amount = rows.contribution_amount_lak.cast("int64")
    then = rows.is_previous
    if known_days is not None:
        last = first_day_after(month_before(as_of, window)) + timedelta(days=known_days - 1)
        then &= (rows.paid_date <= ibis.literal(last)).fill_null(True)
    zero = ibis.literal(0, "int64")
    values = {"paid": amount, "is_previous": rows.is_previous, "then": then} | {
        f"word_{word}": rows[f"word_{word}"] | ibis.ifelse(then, rows[f"known_{word}"], zero)
        for word in words
    }
    rows = rows.select("member_key", **values)
    # A choice between two values is faster in a sum than a filter, and is the same sum.
    sums = {
        "paid_lak": ibis.ifelse(rows.is_previous, zero, rows.paid).sum(),
        "previous_paid_lak": ibis.ifelse(rows.is_previous, rows.paid, zero).sum(),
        "previous_known_lak": ibis.ifelse(rows.then, rows.paid, zero).sum(),
    }
    members = rows.group_by("member_key").agg(
        **{f"word_{word}": bits_of_all(rows[f"word_{word}"]) for word in words}, **sums
    )
    all_bits = ibis.literal((1 << window) - 1, "int64")
    return members.select(
        "member_key",
        **{mask: (members[f"word_{word}"] >> at) & all_bits for mask, (word, at) in place.items()},
        **{name: members[name].cast("int64") for name in sums},
    )


def months_in(mask: ibis.Value) -> ibis.Value:
    """Count the bits of a whole number."""
    return _functions()["bit_count"](mask).cast("int64")


def bits_of_all(mask: ibis.Column) -> ibis.Value:
    """Aggregate whole numbers to the bits that any of them has."""
    return _functions()["bit_or"](mask)


def first_day_after(month: str) -> date:
    """Give the first day after a month ``YYYY-MM``.

    Raises:
        InputError: the text is no month.
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise InputError("the month as_of is no month", "write it as YYYY-MM, for instance 2024-12")
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def month_before(month: str, months: int) -> str:
    """Give the month so many months earlier."""
    first_day_after(month)
    count = int(month[:4]) * 12 + int(month[5:]) - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _places(window: int) -> dict[str, tuple[int, int]]:
    """Say in which word and from which bit on each mask lies: fewer words are fewer sums."""
    fit = _WORD // window
    return {mask: (i // fit, i % fit * window) for i, mask in enumerate(MASKS)}


def _bits(as_of: str, window: int) -> Any:
    """List the bits of each month and scheme; joining a few rows is faster than reading the text."""
    import ibis  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    place = _places(window)
    words = sorted({word for word, _ in place.values()})
    rows = []
    for back in range(2 * window):
        is_previous = back >= window
        bit = 1 << (window - 1 - back % window)
        for scheme in SCHEMES:
            row: dict[str, Any] = {
                "period": month_before(as_of, back),
                "scheme": scheme,
                "is_previous": is_previous,
            }
            word, at = place["previous" if is_previous else scheme]
            known, known_at = place["previous_known"]
            for i in words:
                row[f"word_{i}"] = bit << at if i == word else 0
                row[f"known_{i}"] = bit << known_at if is_previous and i == known else 0
            rows.append(row)
    return ibis.memtable(pl.DataFrame(rows))


@cache
def _functions() -> dict[str, Any]:
    """Name the engines' own functions on bits: the same names and meaning in DuckDB and Spark."""
    import ibis  # noqa: PLC0415

    def bit_or(mask):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        """Give the bits that any row has."""

    def bit_count(mask):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        """Count the bits."""

    signature = (("int64",), "int64")
    return {
        "bit_or": ibis.udf.agg.builtin(bit_or, signature=signature),
        "bit_count": ibis.udf.scalar.builtin(bit_count, signature=signature),
    }
