"""Judges the register's tables against data_contracts/quality/register.yaml; stores nothing.

Only counts leave this file. The passes over the tables are in ``register_counts.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from analyses.quality import register_counts as counted
from analyses.quality.finding import FAILED, NOT_APPLICABLE, PASSED, QualityFinding
from data_contracts.law.register_terms import Terms, all_terms, terms_of
from data_contracts.quality.rules import QualityRule, load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis

REGISTER = "LSSO"


def register_findings(tables: Callable[[str], ibis.Table]) -> list[QualityFinding]:
    """Judge members, contributions and employers; one finding a declared check.

    Args:
        tables: gives ``core.member``, ``core.contribution`` and ``core.employer`` as Ibis tables
            of one connection.

    Returns:
        findings of ``survey_id`` LSSO in the order of the declaration; ``failed`` and
        ``checked`` are contributions, members or months as the statement says, ``measure`` their
        share and ``high`` the largest share allowed.
    """
    rules = load_rules("register")
    members, contributions, employers = (
        tables(f"core.{name}") for name in ("member", "contribution", "employer")
    )
    span = contributions.agg(
        first=contributions.period.min(), last=contributions.period.max()
    ).to_polars()
    first, last = span.row(0)
    if first is None:
        reason = "the register has no contributions"
        return [_finding(rule, NOT_APPLICABLE, reason=reason) for rule in rules.values()]
    calendar = counted.Calendar.between(first, last)
    months = counted.by_month(
        contributions,
        _terms_between(first, last),
        int(rules["amount_follows_rate"].limits["rounding_lak"]),
    ).to_polars()
    months = _looked_into(months, contributions)
    payments = counted.by_member(
        contributions, calendar, all_paid=int(months["rows"].sum()) == int(months["filled"].sum())
    )
    one = (
        counted.members_and_payments(
            members,
            employers,
            payments,
            calendar,
            {
                "working_age": int(rules["registered_at_working_age"].limits["age"]),
                "death_months": int(rules["contribution_after_death"].limits["months"]),
                "idle_months": int(rules["active_pays"].limits["months"]),
            },
        )
        .to_polars()
        .row(0, named=True)
    )
    found = _of_months(rules, months, calendar) | _of_members(rules, one, len(calendar.months))
    found |= _early(rules["paid_before_period"], months, contributions)
    found |= _outside(rules, one, contributions, members, calendar)
    found |= _twice(rules, one, contributions, payments)
    found |= _alike(rules["one_number_a_person"], members, one["complete"])
    return [found[name] for name in rules]


def _of_members(
    rules: Mapping[str, QualityRule], one: dict[str, int], months: int
) -> dict[str, QualityFinding]:
    """Judge what one row a member decides."""
    counts = {
        "member_known": ("rows_unknown", "rows"),
        "employer_known": ("employers_unknown", "employer_keys"),
        "employer_named": ("without_employer", "compulsory"),
        "contribution_after_death": ("paid_after_death", "undated_deaths"),
        "scheme_agrees": ("in_other_scheme", "payers"),
        "exit_after_registration": ("exit_first", "two_dates"),
        "registered_at_working_age": ("too_young", "ages"),
        "active_pays": ("idle", "actives"),
        "active_has_not_left": ("active_and_left", "all_actives"),
        "months_without_gap": ("with_gap", "single"),
        "province_present": ("without_province", "members"),
        "sex_present": ("without_sex", "members"),
    }
    found = {
        name: _share(rules[name], one[failed], one[checked])
        for name, (failed, checked) in counts.items()
    }
    for name in ("active_pays", "contribution_after_death"):
        needed = int(rules[name].limits["months"])
        if months < needed:
            reason = f"the extract has {months} months and {needed} are needed"
            found[name] = _finding(rules[name], NOT_APPLICABLE, reason=reason)
    return found


def _of_months(
    rules: Mapping[str, QualityRule], months: pl.DataFrame, calendar: counted.Calendar
) -> dict[str, QualityFinding]:
    """Judge what month and scheme decide: the law's limits, payment dates and missing months."""
    sums = dict.fromkeys(("over", "bases", "above", "sums", "off", "amounts", "empty", "rows"), 0)
    for cell in months.iter_rows(named=True):
        terms = terms_of(cell["scheme"], cell["period"])
        for name, number in _beyond(cell, terms).items():
            sums[name] += number
        sums["empty"] += cell["rows"] - cell["filled"]
        sums["rows"] += cell["rows"]
    pairs = {
        "base_above_ceiling": ("over", "bases"),
        "amount_above_maximum": ("above", "sums"),
        "amount_follows_rate": ("off", "amounts"),
        "amount_present": ("empty", "rows"),
    }
    found = {name: _share(rules[name], sums[a], sums[b]) for name, (a, b) in pairs.items()}
    return found | {
        "every_month_there": _months_there(rules["every_month_there"], months, calendar)
    }


def _looked_into(months: pl.DataFrame, contributions: ibis.Table) -> pl.DataFrame:
    """Add what only single rows tell; they are read only for months whose extremes ask for it."""
    wrong, limits = set(), set()
    for cell in months.iter_rows(named=True):
        terms = terms_of(cell["scheme"], cell["period"])
        least = min(cell[name] or 0 for name in ("least_base", "least_sum"))
        if least <= 0 and cell["amounts"]:
            wrong.add(cell["period"])
        if terms is not None and terms.ceiling is not None and terms.maximum is not None:
            high = (cell["largest_base"] or 0, cell["largest_sum"] or 0)
            if high[0] > terms.ceiling or high[1] > terms.maximum:
                wrong.add(cell["period"])
                limits.add((terms.ceiling, terms.maximum))
    if not wrong:
        return months.with_columns(filled="amounts")
    counts = counted.beyond(contributions, sorted(wrong), sorted(limits)).to_polars()
    joined = months.join(counts, on=["period", "scheme"], how="left")
    return joined.with_columns(filled=pl.coalesce("filled", "amounts"))


def _early(
    rule: QualityRule, months: pl.DataFrame, contributions: ibis.Table
) -> dict[str, QualityFinding]:
    """Count payments before their month; single rows are read only for months that have one."""
    first_day = (pl.col("period") + "-01").str.to_date("%Y-%m-%d")
    wrong = months.filter(pl.col("earliest") < first_day)["period"].unique().sort().to_list()
    early = counted.paid_early(contributions, wrong).to_polars().item() if wrong else 0
    return {rule.id: _share(rule, int(early), int(months["dated"].sum()))}


def _terms_between(first: str, last: str) -> list[Terms]:
    """Give the law's terms that some month between the two falls under."""
    begun = [terms for scheme in counted.SCHEMES if (terms := terms_of(scheme, first))]
    return begun + [t for t in all_terms() if first < t.since <= last]


def _beyond(cell: dict[str, Any], terms: Terms | None) -> dict[str, int]:
    """Give the counts of one cell that its month's law makes failures, with what was checked."""
    if terms is None:
        return {}
    found = {"off": cell[counted.off_rates(terms.rates)], "amounts": cell["amounts"]}
    if terms.ceiling is not None:
        # A month that was not looked into has nothing beyond its limits.
        found |= {"over": cell.get(f"over_{terms.ceiling}") or 0, "bases": cell["bases"]}
        found |= {"above": cell.get(f"above_{terms.maximum}") or 0, "sums": cell["sums"]}
    return found


def _months_there(
    rule: QualityRule, months: pl.DataFrame, calendar: counted.Calendar
) -> QualityFinding:
    """Compare each month's contributions with the larger of its two neighbours, scheme by scheme."""
    failed = checked = 0
    low, least = float(rule.limits["of_neighbours"]), int(rule.limits["least"])
    for scheme in counted.SCHEMES:
        known = dict(months.filter(pl.col("scheme") == scheme).select("period", "rows").iter_rows())
        rows = [int(known.get(month, 0)) for month in calendar.months]
        begun = next((i for i, n in enumerate(rows) if n), len(rows))
        for i in range(begun, len(rows)):
            beside = max(rows[max(i - 1, begun) : i] + rows[i + 1 : i + 2], default=0)
            if beside >= least:
                checked += 1
                failed += rows[i] < low * beside
    return _share(rule, failed, checked)


def _outside(
    rules: Mapping[str, QualityRule],
    one: dict[str, int],
    contributions: ibis.Table,
    members: ibis.Table,
    calendar: counted.Calendar,
) -> dict[str, QualityFinding]:
    """Count contributions outside the membership; single rows are read only when there are any."""
    before = after = 0
    if one["early_payers"] or one["late_payers"]:
        counts = counted.outside_membership(contributions, members, calendar)
        before, after = counts.select("before", "after").to_polars().row(0)
    return {
        "contribution_before_registration": _share(
            rules["contribution_before_registration"], before, one["rows_entered"]
        ),
        "contribution_after_exit": _share(
            rules["contribution_after_exit"], after, one["rows_left"]
        ),
    }


def _twice(
    rules: Mapping[str, QualityRule],
    one: dict[str, int],
    contributions: ibis.Table,
    payments: ibis.Table,
) -> dict[str, QualityFinding]:
    """Count months paid in two schemes; single rows are read only for members that are in two."""
    two = same = 0
    if one["in_two_schemes"]:
        counts = counted.in_two_schemes(contributions, payments)
        two, same = counts.select("two", "same").to_polars().row(0)
    return {
        "two_schemes_at_once": _share(rules["two_schemes_at_once"], two, one["rows"]),
        "paid_twice": _share(rules["paid_twice"], same, one["rows"]),
    }


def _alike(rule: QualityRule, members: ibis.Table, checked: int) -> dict[str, QualityFinding]:
    """Count numbers that look like one person's second; the measure is the number of groups."""
    groups, beyond = counted.alike(members).select("groups", "beyond").to_polars().row(0)
    known = {"failed": beyond, "checked": checked, "measure": float(groups)}
    return {rule.id: _finding(rule, FAILED if beyond else PASSED, **known)}


def _share(rule: QualityRule, failed: int, checked: int) -> QualityFinding:
    """Judge a share of rows against the largest that is allowed."""
    if not checked:
        return _finding(rule, NOT_APPLICABLE, reason="no row to judge")
    high = float(rule.limits.get("share", 0.0))
    share = failed / checked
    status = FAILED if share > high else PASSED
    return _finding(rule, status, failed=failed, checked=checked, measure=share, high=high)


def _finding(rule: QualityRule, status: str, **known: Any) -> QualityFinding:
    return QualityFinding(
        REGISTER,
        rule.id,
        rule.block,
        rule.severity,
        status,
        rule.statement,
        scope=rule.columns,
        **known,
    )
