"""Observations to the bytes of SDMX-CSV 1.0, one file a dataflow; which figures go in is not decided here."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from data_contracts.sdmx import SEX, load_sdmx, unit_of
from reports.official.notes import remarks
from reports.official.register import nsps_flow, register_flows, ssi_rows
from reports.official.survey import Dataflow, Observation, Row, mark, survey_flows

LETTERS = ("ilostat", "sdmx")
CLASSIF = "CLASSIF"
NOTES_FILE, SSI_FILE = "export_notes.csv", "ssi_rows.csv"
_PERIOD = re.compile(r"(\d{4})(?:-?([QM])?(\d{1,2}))?")


def sdmx_files(
    pub: Mapping[str, pl.DataFrame], facts: Row, letters: str = "ilostat"
) -> dict[str, bytes]:
    """Give the files of one survey's export, by name.

    One SDMX-CSV file a dataflow; ``ssi_rows.csv`` where there is a register; ``export_notes.csv``
    with what a reader must know and what is not exported, and why. File names of a synthetic
    survey begin with SYNTHETIC_.

    Args:
        pub: the published tables of the survey: estimate, computability, register_coverage.
        facts: survey_id, ref_area, time_period, icls, source, min_age, status.
        letters: ``ilostat`` for ILOSTAT's letters of status; ``sdmx`` for the cross-domain
            lists, with a column CONF_STATUS.
    """
    register = pub["register_coverage"]
    flows = [*survey_flows(pub["estimate"], facts), *register_flows(register, facts)]
    objective = nsps_flow(flows, facts["ref_area"])
    flows += [objective] if objective is not None else []
    files = {f"{flow.id}.csv": flow_csv(flow, facts["ref_area"], letters) for flow in flows}
    inquiry = ssi_rows(register, facts, letters)
    if inquiry:
        files[SSI_FILE] = _csv(load_sdmx().ssi["columns"], inquiry)
    told = [{"SUBJECT": subject, "NOTE": note} for subject, note in remarks(pub, facts, flows)]
    files[NOTES_FILE] = _csv(("SUBJECT", "NOTE"), told)
    before = "SYNTHETIC_" if mark(facts) == "SYNTHETIC" else ""
    return {before + name: files[name] for name in sorted(files)}


def flow_csv(flow: Dataflow, ref_area: str, letters: str = "ilostat") -> bytes:
    """Give one dataflow as SDMX-CSV 1.0, rows in the order of their keys.

    Args:
        flow: the dataflow.
        ref_area: ISO 3166 alpha-3 code of the country.
        letters: as for ``sdmx_files``.
    """
    known = load_sdmx()
    head = ["DATAFLOW"]
    for column in known.columns:
        head += flow.dimensions if column.id == CLASSIF else [column.id]
        if letters == "sdmx" and column.id == "OBS_STATUS":
            head.append("CONF_STATUS")
    name = f"{flow.agency}:{flow.id}({known.version})"
    ordered = sorted(flow.rows, key=lambda row: (row.measure, row.key, row.time_period))
    return _csv(head, ({"DATAFLOW": name} | _line(row, flow, ref_area, letters) for row in ordered))


def _line(row: Observation, flow: Dataflow, ref_area: str, letters: str) -> dict[str, str]:
    known = load_sdmx()
    unit = known.units[unit_of(row.measure)]
    digits = int(unit["decimals"])
    status = known.statuses[row.status]
    freq, period = period_of(row.time_period)
    line = dict(zip((SEX, *flow.dimensions), row.key, strict=True)) | {
        "REF_AREA": ref_area,
        "FREQ": freq,
        "MEASURE": row.measure,
        "TIME_PERIOD": period,
        "OBS_VALUE": _figure(row.value, digits),
        "OBS_STATUS": status[letters],
        "UNIT_MEASURE_TYPE": unit_of(row.measure),
        "UNIT_MEASURE": unit["unit_measure"],
        "UNIT_MULT": unit["unit_mult"],
        "SOURCE": row.source,
        "NOTE_SOURCE": row.note_source,
        "NOTE_INDICATOR": row.note_indicator,
        "NOTE_CLASSIF": "",
        "DECIMALS": unit["decimals"],
        "UPPER_BOUND": _figure(row.upper, digits),
        "LOWER_BOUND": _figure(row.lower, digits),
    }
    return line | ({"CONF_STATUS": status["conf"]} if letters == "sdmx" else {})


def period_of(text: str) -> tuple[str, str]:
    """Give frequency and SDMX period of 2017, 2021Q4, 2021M09 or 2017-12.

    Quarters and months are written as ILO's service writes them: 2021-Q4, 2017-M12.
    """
    found = _PERIOD.fullmatch(text)
    if found is None or found[3] is None:
        return "A", text
    letter = found[2] or "M"
    return letter, f"{found[1]}-{letter}{found[3].zfill(2) if letter == 'M' else found[3]}"


def _figure(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _csv(head: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, head, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
