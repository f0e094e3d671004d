"""Counts of members and active contributors as Ibis expressions; no engine and no survey here.

The same expression runs on DuckDB and on Spark. Ibis is imported inside the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.errors import InputError
from transforms.register.ledger import SCHEMES, first_day_after, months_in, paid_months

if TYPE_CHECKING:
    from datetime import date

    import ibis

CONCEPTS = ("affiliated", "active_contributor")
_ALL = ("total", *SCHEMES)


def register_counts(
    members: ibis.Table,
    contributions: ibis.Table,
    as_of: str,
    active_months: int = 1,
    window: int = 12,
    *,
    months: ibis.Table | None = None,
) -> ibis.Table:
    """Count affiliated persons and active contributors at the end of a month.

    Affiliated: registered on or before the last day of ``as_of`` and neither left by then
    (``exit_date``) nor deceased; a death with a known exit date counts from that date. Members
    that are suspended, lapsed or pensioners are affiliated. Active contributor: a member with a
    contribution above zero in at least ``active_months`` distinct months among the ``window``
    months ending with ``as_of``; by scheme, the scheme to which those contributions went, so
    the schemes may add up to more than the total, which counts each person once. Contributions
    without a member are not counted. Contributions are scanned once. Concepts: Social Security
    Inquiry, affiliation and active contribution kept apart.

    Args:
        members: ``core.member``, one row a member.
        contributions: ``core.contribution``.
        as_of: month ``YYYY-MM``.
        active_months: distinct months that make a person active.
        window: length of the window in months, at most 63.
        months: what ``register_ledger.paid_months`` gave for the same month and window, where it
            is at hand; the contributions are then not read again.

    Returns:
        Columns ``concept``, ``scheme`` (total and each), ``breakdown`` (total, sex,
        admin1_code), ``category`` (``TOTAL``, the code, or ``X`` where the register has none)
        and ``persons`` (int64, zeros kept).

    Raises:
        InputError: ``as_of`` is no month, or ``active_months`` does not fit in ``window``.
    """
    import ibis  # noqa: PLC0415 - 1.5 s that the command line's start must not pay
    from ibis import selectors as s  # noqa: PLC0415

    after = first_day_after(as_of)
    if not 1 <= active_months <= window:
        raise InputError(
            "the number active_months must lie between 1 and the window",
            "give, for instance, 1 in 12",
        )
    if months is None:
        months = paid_months(contributions, as_of, window=window, known_days=None)
    paid = {scheme: months[scheme] for scheme in SCHEMES}
    paid["total"] = paid["public"] | paid["enterprise"] | paid["voluntary"]
    active = months.select(
        "member_key",
        **{f"active_{name}": months_in(mask) >= active_months for name, mask in paid.items()},
    )
    joined = _affiliated(members, after).left_join(active, "member_key")
    counts = {f"affiliated:{scheme}": joined[f"is_{scheme}"].sum() for scheme in _ALL} | {
        f"active_contributor:{scheme}": joined[f"active_{scheme}"]
        .fill_null(False)
        .cast("int64")
        .sum()
        for scheme in _ALL
    }
    # The finest cells (sex by province) hold few rows; everything after this works on them.
    cells = joined.group_by("sex", "admin1_code").agg(**counts).mutate(total=ibis.literal("TOTAL"))
    long = cells.pivot_longer(
        s.cols("total", "sex", "admin1_code"), names_to="breakdown", values_to="category"
    ).pivot_longer(s.cols(*counts), names_to="what", values_to="n")
    return (
        long.mutate(concept=long.what.split(":")[0], scheme=long.what.split(":")[1])
        .group_by("concept", "scheme", "breakdown", "category")
        .agg(persons=lambda t: t.n.sum().cast("int64"))
        .order_by("concept", "scheme", "breakdown", "category")
    )


def _affiliated(members: ibis.Table, after: date) -> ibis.Table:
    """Flag affiliation by scheme, one row a member."""
    import ibis  # noqa: PLC0415

    end = ibis.literal(after)
    left = (members.exit_date < end).fill_null(False)
    died = (members.status == "deceased") & members.exit_date.isnull()
    inside = (members.registration_date < end) & ~left & ~died
    flags: dict[str, Any] = {"is_total": inside} | {
        f"is_{scheme}": inside & (members.scheme == scheme) for scheme in SCHEMES
    }
    return members.select(
        "member_key",
        sex=members.sex.fill_null("X"),
        admin1_code=members.admin1_code.fill_null("X"),
        **{name: flag.fill_null(False).cast("int64") for name, flag in flags.items()},
    )
