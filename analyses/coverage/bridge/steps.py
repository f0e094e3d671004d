"""The steps of the bridge in one domain, with their errors; the table is in table.py."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyses.coverage.bridge.counts import Quoted
from analyses.coverage.misreport.rates import Answers, expected_reports
from analyses.coverage.misreport.self_report import survey_covariance
from analyses.coverage.register.adjustments import NAMES
from analyses.coverage.register.terms import AdjustedTerms, Basis
from analyses.engine.delta import se_of, variance_of
from analyses.engine.intervals import interval

ROWS = (
    "lsso_says",
    "pensioners",
    "armed_forces",
    "left",
    "deceased",
    "not_yet",
    "age",
    "residence",
    "foreigners",
    "duplicates",
    "dormant",
    "late_posting",
    "dependants",
    "geography",
    "misreport",
    "unexplained",
    "no_answer",
    "lfs_says",
)
_NO_AGES = "the tally holds no ages: members are taken to be 15 or older"
_NO_ABROAD = "the tally holds no residence abroad or in institutions beyond the armed forces"
_SILENT = "up to here those without an answer are taken to be as the others; they did not say yes"


@dataclass(frozen=True)
class BridgeRow:
    """One step: what it adds, its error, and where it comes from."""

    persons: float | None
    se: float | None = 0.0
    df: float = np.inf
    origin: str = "register"
    note: str = ""


def rows_of(
    count: Quoted,
    register: AdjustedTerms | None,
    resident: AdjustedTerms | None,
    own: Mapping[str, Any] | None,
    answers: Answers,
    basis: Basis,
    level: float,
) -> Iterator[tuple[str, BridgeRow]]:
    """Give the rows of one scheme and category, in the order of ``ROWS``.

    Args:
        count: whom the register could be quoted for.
        register: the adjusted terms by registration; None where nobody is affiliated.
        resident: those by residence, for a province where somebody lives.
        own: the survey's row, None where it has none.
        answers: sensitivity and specificity of the self-report.
        basis: see ``adjusted_terms.adjust``.
        level: of the reach of sampling error that the note of ``unexplained`` gives.

    Yields:
        Name and row.
    """
    rows = {"lsso_says": BridgeRow(count.records + count.dependants)}
    for name, persons in count.without.items():
        rows[name] = BridgeRow(0.0 - persons)  # never -0.0
    rows["age"] = BridgeRow(0.0, note=_NO_AGES)
    rows["residence"] = BridgeRow(0.0, note=_NO_ABROAD)
    rows |= _adjustment_rows(register, basis, count.without["armed_forces"])
    rows["dependants"] = BridgeRow(0.0 - count.dependants)
    rows["geography"] = _geography(count, register, resident, basis)
    covered = sum(row.persons or 0.0 for row in rows.values())
    truth = resident or register
    se = truth.of("active_contributor")[1] if truth else 0.0
    rows |= _survey_rows((covered, se), own, answers, level)
    for name in ROWS:
        yield name, rows[name]


def _adjustment_rows(
    terms: AdjustedTerms | None, basis: Basis, armed_others: float
) -> dict[str, BridgeRow]:
    """Give the rows that rates make, with delta errors (complex step)."""
    names = ("foreigners", "armed_forces", "duplicates", "dormant", "late_posting")
    if terms is None:
        nothing = "nobody is affiliated here"
        rows = {name: BridgeRow(0.0, note=nothing) for name in names}
        return rows | {"armed_forces": BridgeRow(0.0 - armed_others)}
    rates = terms.rates
    centre = np.nan_to_num(rates.value)
    steps = np.vstack([centre + 0j, centre + 1e-20j * np.eye(len(NAMES))])
    foreign, armed, duplicates, dormant, late = steps.T[: len(names)]
    whole = rates.cell.total("all_records") * np.ones(len(steps))
    scope = whole * (1 - foreign - armed)
    posted = scope * (1 - duplicates - dormant)
    parts = (
        (-1, foreign, whole, "affiliated records"),
        (-1, armed, whole, "affiliated records"),
        (-1, duplicates, scope, "records without foreigners and armed forces"),
        (-1, dormant, scope, "records without foreigners and armed forces"),
        (1, late, posted, "persons paid for so far"),
    )
    spread = rates.register if basis == "register" else rates.process
    found = {}
    for name, (sign, rate, base, what) in zip(names, parts, strict=True):
        part = sign * rate * base
        g = part[1:].imag / 1e-20
        persons = 0.0 + float(part[0].real) - (armed_others if name == "armed_forces" else 0.0)
        se = float(se_of(variance_of(g, spread)))
        origin = "given" if name in rates.given else "estimated"
        note = (
            rates.notes.get(name) or f"{rate[0].real:.1%} of {round(base[0].real, -2):,.0f} {what}"
        )
        found[name] = BridgeRow(persons, se, max(rates.df, 1), origin, note)
    return found


def _geography(
    count: Quoted, register: AdjustedTerms | None, resident: AdjustedTerms | None, basis: Basis
) -> BridgeRow:
    if not count.is_province:
        return BridgeRow(0.0, note="workplaces and homes are the same persons in the whole")
    if resident is None:
        why = "nobody is known to live here: nothing is moved"
        return BridgeRow(0.0, se=None, note=why)
    rates = resident.rates
    here = resident.of("active_contributor")[0]
    there = register.of("active_contributor")[0] if register else 0.0
    i = NAMES.index("geography")
    spread = rates.register if basis == "register" else rates.process
    se = here * float(se_of(spread[i, i])) / float(rates.value[i])
    origin = "given" if "geography" in rates.given else "estimated"
    note = f"{round(here, -2):,.0f} contributors live here less {round(there, -2):,.0f} registered here"
    return BridgeRow(here - there, se, max(rates.df, 1), origin, note)


def _survey_rows(
    covered: tuple[float, float],
    own: Mapping[str, Any] | None,
    answers: Answers,
    level: float,
) -> dict[str, BridgeRow]:
    """Give the rows from A* to the survey's answer."""
    names = ("misreport", "unexplained", "no_answer", "lfs_says")
    if own is None or own["self_report"] is None:
        why = "the survey has no self-report for this scheme or category"
        return dict.fromkeys(names, BridgeRow(None, None, origin="survey", note=why))
    reported, said = float(own["self_report"]), float(own["said"])
    employed, employed_se = float(own["employed"]), float(own["employed_se"])
    df, wrong = max(float(own["df"]), 1.0), 1 - answers.specificity
    expected, _ = expected_reports(covered, (employed, employed_se), answers)
    rates_se = float(
        np.hypot(
            covered[0] * answers.sensitivity_se, (employed - covered[0]) * answers.specificity_se
        )
    )
    misreport_se = np.hypot(
        rates_se, np.hypot((1 - answers.youden) * covered[1], wrong * employed_se)
    )
    g = np.array([1.0, -wrong])
    sampling_se = float(se_of(variance_of(g, survey_covariance(own))))
    left = reported - expected
    reach = interval(0.0, sampling_se, df, level)[1]
    others = float(np.hypot(rates_se, answers.youden * covered[1]))
    left_se = float(np.hypot(sampling_se, others))
    missed = -(1 - answers.sensitivity) * covered[0]
    told = (
        f"{round(missed, -2):+,.0f} who do not say it, "
        f"{round(wrong * (employed - covered[0]), -2):+,.0f} who say it wrongly"
    )
    return {
        "misreport": BridgeRow(
            expected - covered[0], float(misreport_se), df, "given", f"{answers.source}: {told}"
        ),
        "unexplained": BridgeRow(left, left_se, df, "both", _left(expected, reach, others)),
        "no_answer": BridgeRow(said - reported, float(own["silent_se"]), df, "survey", _SILENT),
        "lfs_says": BridgeRow(said, float(own["said_se"]), df, "survey"),
    }


def _left(expected: float, reach: float, others: float) -> str:
    """Say how the last step is computed and how far chance alone can move it."""
    return (
        f"what the survey found less the {round(expected, -2):,.0f} answers to be expected; sampling "
        f"alone makes up to {round(reach, -2):,.0f} either way, the register and the rates of wrong "
        f"answers have a standard error of {round(others, -2):,.0f}"
    )
