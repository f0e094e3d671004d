"""The register in cells of a few thousand rows, from which every register figure follows.

One Ibis expression over members, contributions and the person map; adjusting its sums, their
errors and the survey are elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.errors import InputError
from transforms.register.ledger import bits_of_all, first_day_after, months_in, paid_months
from transforms.register.records import SUMS, records_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis
    import polars as pl

CELL = (
    "cluster",
    "scheme",
    "sex",
    "admin1_code",
    "residence_admin1_code",
    "nationality",
    "member_category",
    "membership",
)
MEASURES = (
    "records",
    "persons",
    "active",
    "previous_final",
    "previous_known",
    "dependants",
    "declared_due_lak",
    "declared_due_active_lak",
    "due_window_lak",
    "paid_window_lak",
    "previous_paid_final_lak",
    "previous_paid_known_lak",
)
# What one match takes off each of these is known from the matches made: see ``split_`` below.
SPLIT = (
    "active",
    "previous_final",
    "previous_known",
    "declared_due_lak",
    "declared_due_active_lak",
    "due_window_lak",
    "paid_window_lak",
)


# What a record says of itself, before its person's other records are put to it.
_OWN = {
    name: f"own_{name}" for name in ("current", "previous", "previous_known", "begins", "paid_lak")
}


def register_tally(
    members: ibis.Table,
    contributions: ibis.Table,
    person_map: ibis.Table,
    terms: pl.DataFrame,
    as_of: str,
    *,
    active_months: int = 1,
    window: int = 12,
    known_days: int = 31,
    months: ibis.Table | None = None,
) -> ibis.Table:
    """Sum the register by cluster, scheme, place, nationality, category and membership.

    A record counts where it stands. A person counts once, in the cell of one of the person's
    records: an affiliated one before any other, then the one with the latest month paid, then the
    latest registration, then the least key. What a person paid with any number, to any scheme,
    belongs to that person: months are distinct, amounts add up.

    ``cluster`` is the employer, or for records without one a bucket by their days of registration and birth.
    ``membership`` at the end of ``as_of``: ``not_yet`` (registered later, or on no known day),
    ``deceased`` and ``pensioner`` (by status, with no exit or an exit by then), ``left`` (exit by
    then), else ``affiliated``: what ``register_counts`` calls affiliated is ``affiliated`` here
    together with the pensioners that have no exit.

    Args:
        members: ``core.member``, one row a member.
        contributions: ``core.contribution``, as posted in the extract.
        person_map: ``linked.member_person``.
        terms: the law for the window, one row a scheme: ``scheme``, ``rate_per_mille`` (all payers
            together), ``floor_lak``, ``ceiling_lak`` (kip a month, null: none). A scheme without a
            row owes nothing here.
        as_of: last month of the window, ``YYYY-MM``.
        active_months: distinct months paid within the window that make a person active.
        window: length of the window, and of the one before it, in months.
        known_days: days after the earlier window until which a payment counts as known then.
        months: what ``register_ledger.paid_months`` gave for the same month, window and days,
            where it is at hand; the contributions are then not read again.

    Returns:
        One row a cell, in the order of the cell's columns, all measures int64 but the last two.
        ``persons``, ``active`` (paid in at least ``active_months`` months of the window),
        ``previous_final`` and ``previous_known`` (the same in the window before, as posted now and
        as known then); ``dependants`` of the persons; ``declared_due_lak`` (affiliated persons)
        and ``declared_due_active_lak`` (active ones): rate x declared income between floor and
        ceiling, whole kip a month, halves up, nothing where no income is declared;
        ``due_window_lak`` and ``paid_window_lak`` of the active: what was due from the month of
        the person's first registration to that of the exit, and what was paid;
        ``previous_paid_final_lak`` and ``previous_paid_known_lak``, paid for the window before by
        anyone; ``split_`` and a measure of ``SPLIT``: what the measure would be above what it is
        if the matched records stood each for itself, so what a match that is missed adds to it;
        ``expected_false_pairs`` (of the matches made) and ``expected_missed_pairs`` (of those
        refused or never compared, each half at either record), DOUBLE.

    Raises:
        InputError: ``as_of`` is no month, ``active_months`` does not fit in ``window``, or a
            scheme stands twice in ``terms``.
    """
    first_day_after(as_of)
    if not 1 <= active_months <= window:
        raise InputError(
            "the number active_months must lie between 1 and the window",
            "give, for instance, 1 in 12",
        )
    if terms["scheme"].is_duplicated().any():
        raise InputError("a scheme has two lines of terms", "give one line a scheme", file="terms")
    if months is None:
        months = paid_months(contributions, as_of, window=window, known_days=known_days)
        # Named once, so that the contributions are scanned once, at the price of a larger sort.
        persons = _one_chosen(records_of(members, months, person_map, terms, as_of, window), window)
    else:
        records = records_of(members, months, person_map, terms, as_of, window)
        several = _one_chosen(records.filter(records.is_shared), window)
        alone = records.filter(~records.is_shared)
        alone = alone.mutate(is_chosen=True, **{own: alone[name] for name, own in _OWN.items()})
        persons = alone.select(*several.columns).union(several)
    return _cells(persons, active_months, window)


def _one_chosen(records: ibis.Table, window: int) -> ibis.Table:
    """Give every record of a person the person's months and amounts, and choose one record."""
    import ibis  # noqa: PLC0415

    person = ibis.window(group_by="person_key")
    last_paid = records.previous | (records.current << window)
    ranked = ibis.window(
        group_by="person_key",
        order_by=[
            (records.membership == "affiliated").cast("int8").desc(),
            last_paid.desc(),
            records.registration_date.desc(nulls_first=False),
            records.member_key.asc(),
        ],
    )
    return records.mutate(
        **{own: records[name] for name, own in _OWN.items()},
        current=bits_of_all(records.current).over(person),
        previous=bits_of_all(records.previous).over(person),
        previous_known=bits_of_all(records.previous_known).over(person),
        **{name: records[name].sum().over(person).cast("int64") for name in SUMS},
        begins=records.begins.min().over(person),
        is_chosen=ibis.row_number().over(ranked) == 0,
    )


def _cells(persons: ibis.Table, active_months: int, window: int) -> ibis.Table:
    """Sum the records to cells; whatever belongs to a person counts at the chosen record alone."""
    import ibis  # noqa: PLC0415

    zero = ibis.literal(0, "int64")
    inside = persons.membership == "affiliated"
    joint = _measures(persons, {}, persons.is_chosen, inside, active_months, window)
    apart = _measures(persons, _OWN, ibis.literal(True), inside, active_months, window)
    measures = {
        "records": persons.count(),
        "persons": _sum(persons.is_chosen),
        **{name: joint[name] for name in SPLIT[:3]},
        "dependants": ibis.ifelse(persons.is_chosen, persons.dependants, zero).sum(),
        **{name: joint[name] for name in SPLIT[3:]},
        "previous_paid_final_lak": ibis.ifelse(
            persons.is_chosen, persons.previous_paid_lak, zero
        ).sum(),
        "previous_paid_known_lak": ibis.ifelse(
            persons.is_chosen, persons.previous_known_lak, zero
        ).sum(),
        **{f"split_{name}": apart[name] - joint[name] for name in SPLIT},
    }
    # A group of g records hangs on g - 1 matches: one for each record that was not chosen.
    false = ibis.ifelse(persons.is_shared & ~persons.is_chosen, 1 - persons.probability, 0.0)
    missed = ibis.ifelse(persons.is_shared, 0.0, persons.probability / 2)
    return (
        persons.group_by(*CELL)
        .agg(
            **{name: value.cast("int64") for name, value in measures.items()},
            expected_false_pairs=_exact_sum(false),
            expected_missed_pairs=_exact_sum(missed),
        )
        .order_by(*CELL)
    )


def _measures(
    persons: ibis.Table,
    own: Mapping[str, str],
    counts: Any,
    inside: Any,
    active_months: int,
    window: int,
) -> dict[str, Any]:
    """Sum the measures of ``SPLIT`` over the records that count, each by its own columns or its person's."""
    import ibis  # noqa: PLC0415

    zero = ibis.literal(0, "int64")

    def column(name: str) -> Any:
        return persons[own.get(name, name)]

    def paid(name: str) -> Any:
        return counts & (months_in(column(name)) >= active_months)

    active = paid("current")
    due_months = ibis.greatest(
        ibis.least(persons.ends + 1, window) - ibis.greatest(column("begins"), 0), 0
    )
    return {
        "active": _sum(active),
        "previous_final": _sum(paid("previous")),
        "previous_known": _sum(paid("previous_known")),
        "declared_due_lak": ibis.ifelse(counts & inside, persons.due, zero).sum(),
        "declared_due_active_lak": ibis.ifelse(active, persons.due, zero).sum(),
        "due_window_lak": ibis.ifelse(active, persons.due * due_months, zero).sum(),
        "paid_window_lak": ibis.ifelse(active, column("paid_lak"), zero).sum(),
    }


def _exact_sum(shares: Any) -> Any:
    """Add up shares as whole billionths: sums of floats differ with the order of rows."""
    return (shares * 1e9).round().cast("int64").sum() / 1e9


def _sum(condition: Any) -> Any:
    return condition.cast("int64").sum()
