"""Who is covered by law on a day, on what base, and what each payer owes; rules are in data_contracts/law.

Pure functions on polars frames. A person is judged by the main job's columns as in ``core.job``.
What the law or the data leave open stays open: an unknown status or base is null or ``unknown``,
never a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data_contracts.errors import InputError
from data_contracts.law.law import SCHEMES, Answer, Law, Rules, load_law, rules_at
from data_contracts.law.lines import OPEN_SIZE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

STATUSES = ("compulsory_public", "compulsory_enterprise", "voluntary", "none", "unknown")
_SCHEME = {
    "compulsory_public": "public",
    "compulsory_enterprise": "enterprise",
    "voluntary": "voluntary",
}
_NEEDED = ("status_icse93", "institutional_unit", "age", "earnings_monthly")
_KEYS = ("_day", "_worker", "_unit", "_nationality", "_smallest", "_largest")
_MOST = 10**12
_LIMITS = ("floor", "ceiling", "employer", "member", "unit")


def liability(
    persons: pl.DataFrame,
    day: date | None = None,
    settings: Mapping[str, str] | None = None,
    law: Law | None = None,
) -> pl.DataFrame:
    """Judge each row by the law of its day.

    Args:
        persons: one row a person and day: ``status_icse93``, ``institutional_unit`` (codes of
            ``core.job``), ``age`` in years, ``earnings_monthly`` in kip; and where there are such,
            ``institutional_sector``, ``enterprise_size_lower`` and ``_upper``, ``nationality``
            (national, foreign, unknown; national where there is no such column),
            ``reference_income_lak`` (a volunteer's chosen income), ``date``.
        day: the day for all rows, where there is no column ``date``.
        settings: answers to choices of data_contracts/law/choices.yaml.
        law: the law to apply; ours where it is not given.

    Returns:
        Same rows in the same order, eleven columns: ``legal_status`` (STATUSES), ``insurable_base_lak``,
        ``due_employer_lak``, ``due_member_lak``, ``due_total_lak`` (Int64, kip a month; null where
        unknown; 0 for none; for the voluntary: what membership would cost), and the ids of the lines
        that decided: ``status_rule``, ``rate_rule``, ``floor_rule``, ``ceiling_rule``,
        ``rounding_rule`` (``|`` between lines that may all hold, ``+`` between lines that hold
        together), and ``scheme``, null for none and unknown.

    Raises:
        InputError: a column or a day is missing, a code is unknown to the law, or an income is
            negative.
    """
    asked = law or load_law()
    answers = asked.settle(settings)
    rows = _prepare(persons, day, asked)
    rules = {at: rules_at(at, answers, asked) for at in rows["_day"].unique()}
    rows = _with_status(rows, rules, asked)
    terms = _terms(rules.values())
    rows = rows.join(terms, on=["_day", "scheme"], how="left", maintain_order="left")
    return _amounts(rows, answers["voluntary_income"])


def _prepare(persons: pl.DataFrame, day: date | None, law: Law) -> pl.DataFrame:
    """Bring the columns to the keys that the law asks for; refuse codes that it does not know."""
    for name in _NEEDED:
        if name not in persons.columns:
            raise InputError("the law cannot be applied without this column", "add it", column=name)
    if day is None and "date" not in persons.columns:
        raise InputError("no day is given", "give one, or a column date", column="date")
    has = set(persons.columns)
    sector = pl.col("institutional_sector") if "institutional_sector" in has else pl.lit(None)
    unit = pl.col("institutional_unit").fill_null("no_answer")
    rows = persons.select(
        _day=pl.lit(day, dtype=pl.Date) if day else pl.col("date").cast(pl.Date, strict=False),
        _worker=pl.col("status_icse93").fill_null("STE_ICSE93_6"),
        _unit=pl.when((unit == "not_asked") & sector.is_not_null())
        .then(pl.format("not_asked_{}", sector.cast(pl.String)))
        .otherwise(unit),
        _nationality=pl.col("nationality").fill_null("unknown")
        if "nationality" in has
        else pl.lit("national"),
        _smallest=_size("enterprise_size_lower", has, law, 0),
        _largest=_size("enterprise_size_upper", has, law, OPEN_SIZE),
        _age=pl.col("age").cast(pl.Int64, strict=False),
        _earnings=pl.col("earnings_monthly").cast(pl.Float64, strict=False),
        _chosen=pl.col("reference_income_lak").cast(pl.Float64, strict=False)
        if "reference_income_lak" in has
        else pl.lit(None, dtype=pl.Float64),
    )
    for part in ("worker", "unit", "nationality"):
        wrong = ~rows[f"_{part}"].is_in(list(law.meaning[part]))
        _refuse(wrong, part, "a code that data_contracts/law/coverage.yaml does not explain")
    _refuse(rows["_day"].is_null(), "date", "a day is missing")
    for name, column in (("_earnings", "earnings_monthly"), ("_chosen", "reference_income_lak")):
        possible = rows[name].is_between(0, _MOST, closed="both")
        _refuse(~possible, column, "an income is negative or beyond what a month can bring")
    whole = pl.col("_earnings", "_chosen").round(mode="half_away_from_zero").cast(pl.Int64)
    return rows.with_columns(whole)


def _size(name: str, has: set[str], law: Law, missing: int) -> pl.Expr:
    """Give a size cut off where no line asks further, so that few sizes are left to ask about."""
    if name not in has:
        return pl.lit(missing, dtype=pl.Int64)
    cuts = [size for x in law.lines for size in x.who.size if 0 < size < OPEN_SIZE]
    top = max(cuts, default=0) + 1
    return pl.col(name).cast(pl.Int64).clip(0, top).fill_null(missing)


def _with_status(rows: pl.DataFrame, rules: Mapping[date, Rules], law: Law) -> pl.DataFrame:
    """Ask for the status of each kind of person once, and put the age rule on top."""
    asked = rows.select(_KEYS).unique(maintain_order=True)
    found = []
    for at, worker, unit, nationality, smallest, largest in asked.iter_rows():
        kind = Kind(
            law.meaning["worker"][worker],
            law.meaning["unit"][unit],
            law.meaning["nationality"][nationality],
            (smallest, largest),
        )
        covered, lines = rules[at].status(kind)
        age = rules[at].working_age()
        found.append((covered, "|".join(lines), age.low, age.high, _said(age)))
    schema = ["_status", "_lines", "_age_low", "_age_high", "_age_lines"]
    table = asked.hstack(pl.DataFrame(found, schema=schema, orient="row"))
    joined = rows.join(table, on=_KEYS, how="left", maintain_order="left")
    age_known = pl.col("_age").is_not_null() | (pl.col("_age_high") == 0)
    too_young = (pl.col("_age") < pl.col("_age_low")).fill_null(value=False)
    perhaps = ~age_known | (pl.col("_age") < pl.col("_age_high"))
    open_age = perhaps & ~pl.col("_status").is_in(["none", "unknown"])
    both = pl.format("{}+{}", "_lines", "_age_lines")
    status = pl.when(too_young).then(pl.lit("none")).when(open_age).then(pl.lit("unknown"))
    rule = pl.when(too_young).then("_age_lines").when(open_age).then(both)
    return joined.with_columns(
        legal_status=status.otherwise(pl.col("_status")),
        status_rule=rule.otherwise(pl.col("_lines")),
    ).with_columns(
        scheme=pl.col("legal_status").replace_strict(_SCHEME, default=None, return_dtype=pl.String)
    )


def _terms(rules: Iterable[Rules]) -> pl.DataFrame:
    """List rate, floor, ceiling and rounding by day and scheme, each with its least and greatest."""
    rows = []
    for at in rules:
        for scheme in SCHEMES:
            asked = (
                at.floor(scheme),
                at.ceiling(scheme),
                at.rate(scheme, "employer"),
                at.rate(scheme, "member"),
                at.rounding(),
            )
            rows.append(
                {"_day": at.day, "scheme": scheme}
                | {f"_{name}_low": one.low for name, one in zip(_LIMITS, asked, strict=True)}
                | {f"_{name}_high": one.high for name, one in zip(_LIMITS, asked, strict=True)}
                | {
                    "rate_rule": _said(asked[2]),
                    "floor_rule": _said(asked[0]),
                    "ceiling_rule": _said(asked[1]),
                    "rounding_rule": _said(asked[4]),
                }
            )
    numbers = {f"_{name}_{end}": pl.Int64 for name in _LIMITS for end in ("low", "high")}
    rules_text = dict.fromkeys(
        ("rate_rule", "floor_rule", "ceiling_rule", "rounding_rule"), pl.String
    )
    return pl.DataFrame(
        rows, schema={"_day": pl.Date, "scheme": pl.String, **numbers, **rules_text}
    )


def _amounts(rows: pl.DataFrame, voluntary_income: str) -> pl.DataFrame:
    """Clip income to floor and ceiling and apply the rates; null where a bound leaves it open."""
    usual = pl.col("_earnings") if voluntary_income == "earnings" else pl.lit(0, dtype=pl.Int64)
    income = (
        pl.when(pl.col("legal_status") == "voluntary")
        .then(pl.coalesce("_chosen", usual))
        .otherwise(pl.col("_earnings"))
    )
    low = pl.min_horizontal(pl.max_horizontal(income, "_floor_low"), "_ceiling_low")
    high = pl.min_horizontal(pl.max_horizontal(income, "_floor_high"), "_ceiling_high")
    uncovered = pl.col("legal_status") == "none"
    zero = pl.lit(0, dtype=pl.Int64)
    known = (low == high) & income.is_not_null() & pl.col("scheme").is_not_null()
    base = pl.when(uncovered).then(zero).when(known).then(low)
    rows = rows.with_columns(insurable_base_lak=base)
    return rows.with_columns(
        due_employer_lak=pl.when(uncovered).then(zero).otherwise(_due("employer")),
        due_member_lak=pl.when(uncovered).then(zero).otherwise(_due("member")),
    ).select(
        "legal_status",
        "scheme",
        "insurable_base_lak",
        "due_employer_lak",
        "due_member_lak",
        due_total_lak=pl.col("due_employer_lak") + pl.col("due_member_lak"),
        status_rule=pl.col("status_rule"),
        rate_rule=pl.col("rate_rule"),
        floor_rule=pl.col("floor_rule"),
        ceiling_rule=pl.col("ceiling_rule"),
        rounding_rule=pl.col("rounding_rule"),
    )


def _due(payer: str) -> pl.Expr:
    """Give one payer's share of the base, rounded to the unit with halves up."""
    rate, unit = pl.col(f"_{payer}_low"), pl.col("_unit_low")
    known = (rate == pl.col(f"_{payer}_high")) & (unit == pl.col("_unit_high"))
    due = (pl.col("insurable_base_lak") * rate * 2 + unit * 1000) // (unit * 2000) * unit
    return pl.when(known).then(due)


def _said(answer: Answer) -> str:
    return "|".join(answer.lines)


def _refuse(wrong: pl.Series, column: str, what: str) -> None:
    """Refuse rows by number; never their values."""
    if wrong.any():
        raise InputError(
            what,
            "map the column to its codes in the survey's profile",
            column=column,
            row=int(wrong.arg_true()[0]) + 1,
            rows=int(wrong.sum()),
        )
