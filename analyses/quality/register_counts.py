"""Counts over the register's tables as Ibis expressions, each pass once; what they mean is elsewhere.

The contributions are by far the largest table. They are read twice: once by month and scheme,
which turns every limit of the law into a handful of counts a cell, and once by member, after which
all that needs a member's dates works on one row a member. Single contributions are joined only
for the members that break a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis

    from data_contracts.law.register_terms import Terms

SCHEMES = ("public", "enterprise", "voluntary")
# A scheme's bit is its place, counted from 1, in this list.
_SCHEME_BITS = ["public", "enterprise", "", "voluntary"]
_SINGLE = [_SCHEME_BITS.index(scheme) + 1 for scheme in SCHEMES]
_LIKENESS = (
    "sex", "birth_year", "admin1_code", "district_code", "employer_key", "registration_date",
    "declared_income_lak",
)  # fmt: skip


def _position(values: list[str], value: str) -> int:
    """Stand for the engine's own function: the place of a value, counted from 1."""
    return values.index(value) + 1


def _place(values: list[str], column: Any) -> Any:
    """Give the place of a text column's value in a list, counted from 1; null where it is not there.

    Engines look a dictionary-coded text up once a value, not once a row.
    """
    import ibis  # noqa: PLC0415 - 1.5 s that the command line's start must not pay

    position = ibis.udf.scalar.builtin(
        _position, name="array_position", signature=((list[str], str), int)
    )
    return position(values, column)


@dataclass(frozen=True)
class Calendar:
    """The months of the extract without a hole, first to last, as YYYY-MM."""

    months: tuple[str, ...]

    @classmethod
    def between(cls, first: str, last: str) -> Calendar:
        """Give every month from first to last."""
        start, end = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
        return cls(tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, end + 1)))

    def place(self, month: Any) -> Any:
        """Give the place of a month column in this calendar, counted from 1."""
        return _place(list(self.months), month)

    def place_of_day(self, day: Any) -> Any:
        """Give the place of a day's month, counted from 1; 0 or less before the calendar."""
        first = int(self.months[0][:4]) * 12 + int(self.months[0][5:]) - 1
        return day.year() * 12 + day.month() - first


def by_month(contributions: ibis.Table, terms: Sequence[Terms], rounding_lak: int) -> ibis.Table:
    """Count contributions by month and scheme; what lies beyond a ceiling ``beyond`` counts.

    Args:
        contributions: ``core.contribution``.
        terms: the law's terms that any month of the extract may fall under.
        rounding_lak: largest difference in kip that counts as rounding.

    Returns:
        ``period``, ``scheme``, ``rows``, ``amounts`` (base and amount known), ``bases`` and
        ``sums`` (rows with one), their extremes in kip (``least_base``, ``largest_base``,
        ``least_sum``, ``largest_sum``), ``dated`` (paid on a known day), ``earliest`` (the first
        such day) and ``off_R`` (amount at none of the rates R, per mille).
    """
    base, amount = contributions.contribution_base_lak, contributions.contribution_amount_lak
    return contributions.group_by("period", "scheme").agg(
        rows=contributions.count(),
        bases=base.count(),
        sums=amount.count(),
        amounts=(base * amount).count(),
        least_base=base.min(),
        largest_base=base.max(),
        least_sum=amount.min(),
        largest_sum=amount.max(),
        dated=contributions.paid_date.count(),
        earliest=contributions.paid_date.min(),
        **{
            off_rates(allowed): _times(_off(amount * 1000, base, allowed, rounding_lak * 1000))
            for allowed in sorted({t.rates for t in terms})
        },
    )


def beyond(
    contributions: ibis.Table, months: Sequence[str], limits: Sequence[tuple[int, int]]
) -> ibis.Table:
    """Count contributions of these months, by month and scheme, that lie beyond a limit.

    Args:
        contributions: ``core.contribution``.
        months: the months to look at, YYYY-MM.
        limits: ceilings of base and amount, in kip.

    Returns:
        ``period``, ``scheme``, ``filled`` (base and amount above zero), and for each pair of
        limits N and M ``over_N`` (base above N kip) and ``above_M`` (amount above M kip).
    """
    rows = contributions.filter(contributions.period.isin(list(months)))
    base, amount = rows.contribution_base_lak, rows.contribution_amount_lak
    return rows.group_by("period", "scheme").agg(
        filled=_times((base > 0) & (amount > 0)),
        **{f"over_{ceiling}": _times(base > ceiling) for ceiling, _ in limits},
        **{f"above_{maximum}": _times(amount > maximum) for _, maximum in limits},
    )


def paid_early(contributions: ibis.Table, months: Sequence[str]) -> ibis.Table:
    """Count contributions for these months that were paid before their first day."""
    rows = contributions.filter(contributions.period.isin(list(months)))
    return rows.agg(early=_times(rows.paid_date < (rows.period + "-01").cast("date")))


def off_rates(rates: tuple[int, ...]) -> str:
    """Name the column that counts amounts at none of these rates."""
    return "off_" + "_".join(str(rate) for rate in rates)


def by_member(contributions: ibis.Table, calendar: Calendar, *, all_paid: bool) -> ibis.Table:
    """Give one row a member number that contributes: how often, from when to when, where to.

    Args:
        contributions: ``core.contribution``.
        calendar: the months of the extract.
        all_paid: whether every amount is known to be above zero, so that the last month of all
            is the last one paid.
    """
    place = calendar.place(contributions.period)
    paid = None if all_paid else contributions.contribution_amount_lak > 0
    return contributions.group_by("member_key").agg(
        n=contributions.count(),
        first=place.min(),
        last=place.max(),
        last_paid=place.max(where=paid),
        paid_to=_place(_SCHEME_BITS, contributions.scheme).bit_or().fill_null(0),
    )


def members_and_payments(
    members: ibis.Table,
    employers: ibis.Table,
    payments: ibis.Table,
    calendar: Calendar,
    limits: dict[str, int],
) -> ibis.Table:
    """Count, in one row, what members' dates, status and employers say against their payments.

    Args:
        members: ``core.member``.
        employers: ``core.employer``.
        payments: ``by_member``.
        calendar: the months of the extract.
        limits: ``working_age`` in years; ``death_months`` and ``idle_months``, the length of the
            extract's end that is looked at.
    """
    import ibis  # noqa: PLC0415

    both = _one_row_a_member(members, employers, payments, calendar)
    listed, end = both.member_key.notnull(), len(calendar.months)
    pays = both.paid_member_key.notnull()
    several = ~both.paid_to.isin(_SINGLE)
    settled = both.entered.fill_null(0) <= end - limits["idle_months"]
    active = (both.status == "active") & settled
    idle = both.last_paid.fill_null(0) <= end - limits["idle_months"]
    undated_death = (both.status == "deceased") & both.exit_date.isnull()
    single = pays & ~several
    compulsory = both.scheme.isin(["public", "enterprise"])
    counts: dict[str, Any] = {
        "members": listed, "payers": pays & listed,
        "employer_keys": both.employer_key.notnull(),
        "employers_unknown": both.employer_key.notnull() & both.the_employer.isnull(),
        "compulsory": compulsory, "without_employer": compulsory & both.employer_key.isnull(),
        "undated_deaths": undated_death,
        "paid_after_death": undated_death & (both.last > end - limits["death_months"]),
        "actives": active, "idle": active & idle,
        "all_actives": both.status == "active",
        "active_and_left": (both.status == "active") & (both.left <= end),
        "single": single, "with_gap": single & (both["last"] - both["first"] + 1 > both.n),
        "in_two_schemes": pays & several,
        "in_other_scheme": listed & ((both.paid_to & both.own) == 0),
        "two_dates": both.exit_date.notnull() & both.registration_date.notnull(),
        "exit_first": both.exit_date < both.registration_date,
        "ages": both.birth_year.notnull() & both.registration_date.notnull(),
        "too_young": both.registration_date.year() - both.birth_year < limits["working_age"],
        "without_province": listed & both.admin1_code.isnull(),
        "without_sex": listed & both.sex.isnull(),
        "complete": ibis.and_(*(both[name].notnull() for name in _LIKENESS)),
        "early_payers": both["first"] < both.entered,
        "late_payers": both["last"] > both.left,
    }  # fmt: skip
    rows = {
        "rows": pays, "rows_unknown": pays & ~listed,
        "rows_entered": both.entered.notnull(), "rows_left": both.left.notnull(),
    }  # fmt: skip
    return both.agg(
        **{name: _times(condition) for name, condition in counts.items()},
        **{
            name: ibis.ifelse(condition, both.n, 0).sum().fill_null(0).cast("int64")
            for name, condition in rows.items()
        },
    )


def _one_row_a_member(
    members: ibis.Table, employers: ibis.Table, payments: ibis.Table, calendar: Calendar
) -> ibis.Table:
    """Put payments and a known employer beside each member, and members' dates on the calendar."""
    known = employers.select(the_employer=employers.employer_key)
    return (
        members.left_join(known, members.employer_key == known.the_employer)
        .outer_join(payments, "member_key", rname="paid_{name}")
        .mutate(
            entered=lambda t: calendar.place_of_day(t.registration_date),
            left=lambda t: calendar.place_of_day(t.exit_date),
            own=lambda t: _place(_SCHEME_BITS, t.scheme).fill_null(0),
        )
    )


def outside_membership(
    contributions: ibis.Table, members: ibis.Table, calendar: Calendar
) -> ibis.Table:
    """Count single contributions for months before registration and after exit."""
    dates = members.select(
        "member_key",
        entered=calendar.place_of_day(members.registration_date),
        left=calendar.place_of_day(members.exit_date),
    )
    rows = contributions.select("member_key", place=calendar.place(contributions.period))
    joined = rows.inner_join(dates, "member_key")
    return joined.agg(
        before=_times(joined.place < joined.entered), after=_times(joined.place > joined.left)
    )


def in_two_schemes(contributions: ibis.Table, payments: ibis.Table) -> ibis.Table:
    """Count months that a member paid in more than one scheme, and those with equal amounts."""
    several = payments.filter(~payments.paid_to.isin(_SINGLE)).select("member_key")
    rows = contributions.semi_join(several, "member_key")
    months = rows.group_by("member_key", "period").agg(
        n=rows.count(), amounts=rows.contribution_amount_lak.nunique(),
        known=rows.contribution_amount_lak.count(),
    )  # fmt: skip
    return months.agg(two=_times(months.n > 1), same=_times(months.known > months.amounts))


def alike(members: ibis.Table) -> ibis.Table:
    """Count groups of numbers with the same known attributes, and the numbers beyond one each."""
    import ibis  # noqa: PLC0415

    complete = members.filter(ibis.and_(*(members[name].notnull() for name in _LIKENESS)))
    # Days and numbers first: few numbers share these, and only those compare their texts.
    near = ("registration_date", "birth_year", "declared_income_lak")
    close = complete.group_by(*near).agg(n=complete.count())
    compared = complete.semi_join(close.filter(close.n > 1), near)
    groups = compared.group_by(*_LIKENESS).agg(n=compared.count())
    return groups.agg(
        groups=_times(groups.n > 1),
        beyond=ibis.ifelse(groups.n > 1, groups.n - 1, 0).sum().fill_null(0).cast("int64"),
    )


def _times(condition: Any) -> Any:
    """Count the rows that meet a condition; a row where it is unknown does not."""
    return condition.cast("int8").sum().fill_null(0).cast("int64")


def _off(amount_mille: Any, base: Any, rates: tuple[int, ...], rounding_mille: int) -> Any:
    import ibis  # noqa: PLC0415

    return ibis.and_(*((amount_mille - base * rate).abs() > rounding_mille for rate in rates))
