"""Survey rows to what the law says of each employed person and what each answered; nothing is summed here.

The law is asked in liability.py. One row a person stays one row a person: those not employed keep
their row with nothing in it, so that no sampling unit is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from data_contracts.errors import InputError
from data_contracts.law.law import load_law
from transforms.law.liability import liability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data_contracts.law.law import Law

LAW_OF = "LAO"  # the country whose law data_contracts/law holds
PUBLIC_UNITS = ("government", "soe", "international")  # registered by what they are
_JOB = ("lfs_status", "institutional_unit", "registration", "social_security")
_DUE = ("due_member_lak", "due_employer_lak", "due_total_lak")
_FOUND = {"legal_status": pl.String, "branch": pl.String} | dict.fromkeys(_DUE, pl.Int64)


def survey_liability(
    rows: pl.DataFrame,
    *,
    ref_area: str,
    day: date,
    settings: Mapping[str, str] | None = None,
    law: Law | None = None,
    unasked_nationality: Literal["national", "unknown"] = "national",
) -> pl.DataFrame:
    """Judge each employed person by the law of the survey's day, beside what the person answered.

    A survey that does not ask nationality (no column ``nationality``) leaves it unknown to the
    law: an answer that is the same for nationals and foreigners stands. Where the two differ the
    answer for nationals stands and is marked (``is_nationality_assumed``), or, with
    ``unasked_nationality="unknown"``, the status is unknown: in Lao law that is everybody employed by
    government, since no source speaks of foreigners there.

    Args:
        rows: ``core.person`` with the main job beside it, one row a person, all persons:
            ``lfs_status``, ``age``, ``status_icse93``, ``institutional_unit``, ``earnings_monthly``,
            ``registration``, ``social_security``, and where there are such
            ``institutional_sector``, ``enterprise_size_lower`` and ``_upper``, ``nationality``.
        ref_area: the survey's country. Lao law judges no other: there ``legal_status``, ``branch``
            and the amounts due are null for all.
        day: the day of the survey, whose law applies.
        settings: answers to choices of data_contracts/law/choices.yaml; defaults where not given.
        law: the law to apply; ours where it is not given.
        unasked_nationality: see above.

    Returns:
        The rows in their order with ``is_employed`` (Boolean); ``legal_status`` (STATUSES of
        liability.py), ``branch`` (public, enterprise, voluntary, else null), ``due_member_lak``,
        ``due_employer_lak`` and ``due_total_lak`` (kip a month, null where unknown); ``is_registered`` and ``reported_covered`` (yes, no, unknown);
        ``is_nationality_assumed`` and ``is_due_unknown`` (Boolean: compulsorily covered, amount
        unknown). All null for who is not employed, but the Booleans, which are false.

    Raises:
        InputError: a column is missing, or the law knows no such code.
    """
    for name in _JOB:
        if name not in rows.columns:
            raise InputError("the law and the survey cannot meet without this column",
                             "join the main job to the persons", column=name)  # fmt: skip
    marked = rows.drop(*_FOUND, strict=False).with_columns(
        is_employed=(pl.col("lfs_status") == "employed").fill_null(value=False)
    )
    employed = marked.with_row_index("_row").filter("is_employed")
    if ref_area == LAW_OF:
        judged = _judged(employed, day, settings, law, unasked_nationality)
    else:
        judged = pl.DataFrame(
            {name: [None] * employed.height for name in _FOUND}
            | {"is_nationality_assumed": [False] * employed.height},
            schema=_FOUND | {"is_nationality_assumed": pl.Boolean},
        )
    found = employed.select("_row").hstack(judged)
    told = marked.with_row_index("_row").join(found, on="_row", how="left", maintain_order="left")
    compulsory = pl.col("branch").is_in(["public", "enterprise"])
    return told.drop("_row").with_columns(
        is_registered=pl.when("is_employed").then(_registered()),
        reported_covered=pl.when("is_employed").then(_answer("social_security")),
        is_nationality_assumed=pl.col("is_nationality_assumed").fill_null(value=False),
        is_due_unknown=(compulsory & pl.col("due_total_lak").is_null()).fill_null(value=False),
    )


def why_no_law(ref_area: str) -> str | None:
    """Say why the legal stage of a country cannot be computed; None where it can."""
    if ref_area == LAW_OF:
        return None
    return f"data_contracts/law holds the law of {LAW_OF}, not of {ref_area}"


def _judged(
    employed: pl.DataFrame,
    day: date,
    settings: Mapping[str, str] | None,
    law: Law | None,
    unasked: str,
) -> pl.DataFrame:
    """Ask the law; where the survey does not ask nationality, as for both and as for nationals."""
    asked = law or load_law()

    def ask(nationality: str | None) -> pl.DataFrame:
        frame = employed.drop("date", "reference_income_lak", strict=False)
        if nationality is not None:
            frame = frame.with_columns(nationality=pl.lit(nationality))
        return liability(frame, day, settings, asked).select(
            "legal_status", pl.col("scheme").alias("branch"), *_DUE
        )

    if "nationality" in employed.columns:
        return ask(None).with_columns(is_nationality_assumed=pl.lit(value=False))
    both = ask("unknown")
    if unasked == "unknown":
        return both.with_columns(is_nationality_assumed=pl.lit(value=False))
    return ask("national").with_columns(
        is_nationality_assumed=pl.col("legal_status").ne_missing(both["legal_status"])
    )


def _registered() -> pl.Expr:
    """Say whether the unit is registered: by what it is, else by the answer."""
    by_kind = pl.col("institutional_unit").is_in(PUBLIC_UNITS).fill_null(value=False)
    return pl.when(by_kind).then(pl.lit("yes")).otherwise(_answer("registration"))


def _answer(name: str) -> pl.Expr:
    """Keep yes and no; don't know, blank, not applicable and not asked are unknown."""
    said = pl.col(name)
    return pl.when(said.is_in(["yes", "no"])).then(said).otherwise(pl.lit("unknown"))
