"""From what the register could be quoted for to what the survey says, row by row; rates come in."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analyses.coverage.bridge.counts import quoted
from analyses.coverage.bridge.steps import BridgeRow, rows_of
from analyses.coverage.misreport.rates import Answers
from analyses.coverage.misreport.self_report import survey_rows
from analyses.coverage.register.adjustments import Rates
from analyses.coverage.register.cells import REGISTERED
from analyses.coverage.register.terms import Basis, adjust
from analyses.engine.intervals import interval
from analyses.wave.contract_table import contract_table


def bridge_table(
    tally: pl.DataFrame,
    rates: Sequence[Rates],
    survey: pl.DataFrame,
    answers: Answers,
    meta: Mapping[str, str],
    *,
    basis: Basis = "register",
    ci_level: float = 0.95,
) -> pl.DataFrame:
    """Give est.bridge: rows that add up from ``lsso_says`` to ``lfs_says``.

    ``lsso_says`` counts the records of every membership and their dependants. Counted rows take
    off pensioners, the armed forces, those who left, died or are not yet in, and foreigners; N
    affiliated records then lose duplicates and dormant and get late posting back, which gives A*
    once the dependants are off. ``geography`` moves A* from registration to residence (zero but
    for provinces). ``misreport`` turns A* into the answers to be expected, se A* + (1-sp)(E-A*).
    What is left to the survey's answers is ``unexplained``, and nothing takes it up: its standard error is that
    of the survey's T_rep - (1-sp) E, of the register's terms and of sensitivity and specificity
    together, so it may well be within its own error. Until there, those without an answer are taken to be
    as the others; ``no_answer`` takes them off again, so that ``lfs_says`` is who said yes.

    Args:
        tally: rows of linked.register_tally.
        rates: as ``register_rates`` returns them for that tally.
        survey: see ``adjusted.survey_rows``.
        answers: sensitivity and specificity of the self-report.
        meta: ``survey_id`` and ``register_id``.
        basis: see ``adjusted_terms.adjust``.
        ci_level: level of the intervals.

    Returns:
        The columns of est.bridge. Row 1 plus rows 2 to 17 is row 18. Where the survey has no self-report for a
        scheme or category, the last four rows are null with the reason, and rows 1 to 14 add up to
        A*.
    """
    told = survey_rows(survey)
    by_key = {item.key: item for item in (adjust(r, basis=basis) for r in rates)}
    found: list[dict[str, Any]] = []
    for count in quoted(tally):
        scheme, breakdown, category = count.key
        register = by_key.get((scheme, REGISTERED, category) if count.is_province else count.key)
        resident = by_key.get(count.key) if count.is_province else None
        for number, (name, row) in enumerate(
            rows_of(count, register, resident, told.get(count.key), answers, basis, ci_level), 1
        ):
            low, high = _limits(row, ci_level)
            found.append(
                {
                    "survey_id": meta["survey_id"], "register_id": meta["register_id"],
                    "scheme": scheme, "breakdown": breakdown, "category": category,
                    "row_no": number, "row": name, "persons": row.persons, "se": row.se,
                    "ci_lower": low, "ci_upper": high, "origin": row.origin, "note": row.note,
                }
            )  # fmt: skip
    return contract_table("est.bridge", found)


def _limits(row: BridgeRow, level: float) -> tuple[float | None, float | None]:
    if row.persons is None or row.se is None:
        return None, None
    return interval(row.persons, row.se, max(row.df, 1.0), level)
