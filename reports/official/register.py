"""The published register to observations: contributors, the Strategy's objective, rows of the Inquiry."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from data_contracts.sdmx import RegisterSeries, load_sdmx
from reports.official.survey import SEX_TOTAL, Dataflow, Observation, Row, in_unit, mark

SCHEME, RULE = "SCH", "RUL"
SELF_REPORTED = "SELF_REPORTED"


def register_flows(register: pl.DataFrame, facts: Row) -> list[Dataflow]:
    """Give the dataflows of the register: persons and coverage by sex, scheme and rule.

    Args:
        register: pub.register_coverage against the survey.
        facts: as for ``official.survey_flows``.
    """
    known = load_sdmx()
    flows = []
    for series in known.register:
        rows = tuple(
            _observation(row, series, facts)
            for row in by_sex(register)
            if row["concept"] == series.concept
            and (row[series.value] is not None or row["suppression_reason"] != "none")
        )
        if rows:
            flow = known.flow_id(series.measure, SCHEME, RULE)
            own = known.agencies["OWN"]
            flows.append(Dataflow(own, flow, series.title, (SCHEME, RULE), rows))
    return flows


def _observation(row: Row, series: RegisterSeries, facts: Row) -> Observation:
    sex = SEX_TOTAL if row["breakdown"] == "total" else row["category"]
    numerator = f"{row['register_id']} {row['register_date']}"
    over = f"over {row['denominator_universe']} of {row['survey_id']} {row['survey_date']}"
    ratio = series.value == "coverage"
    said = (mark(facts), numerator, over if ratio else "")
    return Observation(
        measure=series.measure,
        key=(sex, load_sdmx().schemes[row["scheme"]], rule_code(row["rule"])),
        time_period=row["register_date"],
        value=in_unit(row[series.value], series.measure),
        lower=row["ci_lower"] if ratio else None,
        upper=row["ci_upper"] if ratio else None,
        status=_status(row),
        source=row["register_id"],
        note_source="; ".join(part for part in said if part),
        note_indicator=series.note,
    )


def by_sex(register: pl.DataFrame) -> Iterator[Row]:
    """Give the rows for everybody and for each sex in a fixed order."""
    order = ["register_date", "concept", "rule", "scheme", "breakdown", "category"]
    kept = register.filter(pl.col("breakdown").is_in(["total", "sex"]))
    return kept.sort(order).iter_rows(named=True)


def _status(row: Row) -> str:
    """Tell why a register's count is withheld: one to four persons, or to protect such a cell."""
    reasons = {"reliability": "small_count", "secondary": "secondary"}
    return reasons.get(row["suppression_reason"], "normal")


def rule_code(rule: str) -> str:
    """Make a code of a rule's words: ``>=1 month in 12`` is GE_1_MONTH_IN_12; no words are NONE."""
    return re.sub(r"[^A-Z0-9]+", "_", rule.upper().replace(">=", "GE ")).strip("_") or "NONE"


def nsps_flow(flows: Sequence[Dataflow], ref_area: str) -> Dataflow | None:
    """Take the figures that Objective 2.1 of the National Social Protection Strategy asks for.

    Args:
        flows: what ``survey_flows`` and ``register_flows`` gave.
        ref_area: the survey's country; the Strategy is that of Lao PDR.

    Returns:
        One dataflow with a measure each, by sex and rule; None when there is no such figure.
    """
    known = load_sdmx()
    rows: list[Observation] = []
    for pick in known.picks:
        source = pick.survey or pick.register
        found = [
            flow
            for flow in flows
            if flow.rows[0].measure == source and (not pick.by or flow.dimensions == (pick.by,))
        ]
        for flow in found[:1]:
            code = pick.code or known.classifs[flow.dimensions[0]].totals[0]
            rows += [
                replace(
                    row,
                    measure=pick.measure,
                    key=(row.key[0], row.key[2] if pick.register else SELF_REPORTED),
                    note_indicator=f"{pick.title}. {row.note_indicator} {known.nsps['note']}",
                )
                for row in flow.rows
                if row.key[1] == code
            ]
    if not rows or ref_area != known.nsps["ref_area"]:
        return None
    own, flow_id = known.agencies["OWN"], known.nsps["dataflow"]
    return Dataflow(own, flow_id, known.nsps["title"], (RULE,), tuple(rows))


def ssi_rows(register: pl.DataFrame, facts: Row, letters: str) -> list[Mapping[str, str]]:
    """Give rows in the shape of the ILO Social Security Inquiry: persons by scheme, concept, sex.

    Args:
        register: pub.register_coverage against the survey.
        facts: as for ``official.survey_flows``.
        letters: ``ilostat`` or ``sdmx``, whose letters say a figure's status.
    """
    known = load_sdmx()
    words = known.ssi
    return [
        {
            "REF_AREA": facts["ref_area"],
            "REFERENCE_PERIOD": row["register_date"],
            "REGISTER": row["register_id"],
            "SCHEME": known.schemes[row["scheme"]],
            "SCHEME_TITLE": words["scheme_titles"][row["scheme"]],
            "BRANCH": words["branch"],
            "CONCEPT": row["concept"].upper(),
            "CONCEPT_TITLE": words["concepts"][row["concept"]],
            "RULE": row["rule"],
            "SEX": SEX_TOTAL if row["breakdown"] == "total" else row["category"],
            "PERSONS": "" if row["persons"] is None else str(row["persons"]),
            "OBS_STATUS": known.statuses[_status(row)][letters],
            "NOTE": " ".join(part for part in (mark(facts), words["note"]) if part),
        }
        for row in by_sex(register)
    ]
