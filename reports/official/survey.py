"""Published estimates to observations of official dataflows: which cell gets which codes.

Codes and identifiers come from data_contracts/sdmx.yaml. The tables hold single breakdowns: a
dataflow by sex and a classification therefore gets both sexes by the classification, and each sex
over all of it. The register's figures are in register.py, the files in sdmx.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from data_contracts.sdmx import SEX, Classif, SurveySeries, load_sdmx, unit_of

SEX_TOTAL = "SEX_T"
UNDER_15 = "AGE_AGGREGATE_YLT15"
HALF_A_ROUNDING = 50  # persons; they are published in hundreds (analyses/disclosure/estimates.py)
LAST_DIGIT = 0.001  # of a ratio; percentages are published to 0.1
Row = Mapping[str, Any]
Cells = Mapping[tuple[str, str], Row]


@dataclass(frozen=True)
class Observation:
    """One figure with its codes.

    Attributes:
        measure: SDMX measure; its end says the unit (NB thousands of persons, RT percent).
        key: codes of sex and of the dataflow's further dimensions.
        time_period: as the survey or register gives it, such as 2017, 2021Q4 or 2017-12.
        value: None when withheld.
        lower: lower 95 percent limit, where one is published.
        upper: upper 95 percent limit, where one is published.
        status: a key of ``statuses`` in sdmx.yaml.
        source: code or name of the source.
        note_source: notes on the source.
        note_indicator: notes on the indicator.
    """

    measure: str
    key: tuple[str, ...]
    time_period: str
    value: float | None
    lower: float | None
    upper: float | None
    status: str
    source: str
    note_source: str
    note_indicator: str


@dataclass(frozen=True)
class Dataflow:
    """One dataflow of one survey: its agency, id, dimensions beside sex, and observations."""

    agency: str
    id: str
    title: str
    dimensions: tuple[str, ...]
    rows: tuple[Observation, ...]


def survey_flows(estimate: pl.DataFrame, facts: Row) -> list[Dataflow]:
    """Give every dataflow that the published estimates of one survey can fill.

    Args:
        estimate: pub.estimate of the survey.
        facts: survey_id, ref_area, time_period, icls (ICLS13 or ICLS19), source (ILOSTAT's code
            or a name), min_age, status (``synthetic`` and ``unverified`` are marked in the notes).

    Raises:
        InputError: a figure is published more than once.
    """
    known, cells = load_sdmx(), _cells(estimate, facts["icls"])
    flows = []
    for series in known.survey:
        mine = cells.get(series.indicator, {})
        if not mine or series.icls not in {"", facts["icls"]}:
            continue
        for by in series.by:
            dimensions = () if by == SEX else (by,)
            rows = tuple(_survey_rows(mine, series, known.classifs.get(by), facts))
            if rows:
                flow = known.flow_id(series.measure, *dimensions)
                agency = known.agencies[series.agency]
                flows.append(Dataflow(agency, flow, series.title, dimensions, rows))
    return flows


def _cells(estimate: pl.DataFrame, icls: str) -> dict[str, dict[tuple[str, str], Row]]:
    """Find the figures by indicator, breakdown and category, of the standards ILOSTAT's series have."""
    standard = pl.col("standard").fill_null("none")
    mine = estimate.filter(standard.is_in(["none", icls]) | standard.str.starts_with("ICLS17"))
    found: dict[str, dict[tuple[str, str], Row]] = {}
    for row in mine.iter_rows(named=True):
        cells = found.setdefault(row["indicator"], {})
        place = (row["breakdown"], row["category"])
        if place in cells:
            raise InputError(
                f"the figure {row['indicator']} by {place[0]} is published more than once",
                "publish one row a figure of each standard",
                file="pub.estimate",
            )
        cells[place] = row
    return found


def _survey_rows(
    cells: Cells, series: SurveySeries, classif: Classif | None, facts: Row
) -> Iterator[Observation]:
    """Give everybody and each sex under the codes of everybody, then the classification's parts."""
    totals: list[tuple[str, ...]] = [()]
    parts: dict[str, Row] = {}
    if classif is not None:
        only_15 = series.from_15 or facts["min_age"] >= 15
        totals = [(code,) for code in classif.totals + (classif.from_15 if only_15 else ())]
        parts = {
            category: row
            for (breakdown, category), row in sorted(cells.items())
            if breakdown == classif.breakdown and not (only_15 and category == UNDER_15)
        }
        if not parts:
            return
    for (breakdown, category), row in sorted(cells.items()):
        if breakdown in {"total", "sex"}:
            sex = SEX_TOTAL if breakdown == "total" else category
            for whole in totals:
                yield _survey_observation(row, series, facts, (sex, *whole))
    if classif is not None:
        for code, row in _coded(parts, classif, series.measure):
            yield _survey_observation(row, series, facts, (SEX_TOTAL, code))


def _coded(parts: Mapping[str, Row], classif: Classif, measure: str) -> Iterator[tuple[str, Row]]:
    for category, row in parts.items():
        for code in (category, *classif.same.get(category, ())):
            yield code, row
    for code, wanted in classif.sums.items():
        joined = _joined([parts[name] for name in wanted if name in parts], measure)
        if joined is not None:
            yield code, joined


def _joined(rows: Sequence[Row], measure: str) -> Row | None:
    """Put published cells together: their sum, or the ratio of their sums; it has no interval.

    None when a cell is withheld, as the whole could not be told from the rest, and when the
    rounding of the parts to 100 persons could move a ratio by more than its last printed digit.
    """
    needed = ("obs_value",) if unit_of(measure) == "NB" else ("numerator", "denominator")
    if not rows or any(row["obs_status"] == "S" or row[n] is None for row in rows for n in needed):
        return None
    if len(needed) == 1:
        value = sum(row["obs_value"] for row in rows)
    else:
        over = sum(row["denominator"] for row in rows)
        share = sum(row["numerator"] for row in rows) / over if over else 1.0
        if HALF_A_ROUNDING * len(rows) * (1 + share) > LAST_DIGIT * over:
            return None
        value = 100 * share
    worst = "U" if any(row["obs_status"] == "U" for row in rows) else "A"
    return {
        **rows[0], "obs_value": value, "ci_lower": None, "ci_upper": None, "obs_status": worst,
    }  # fmt: skip


def _survey_observation(
    row: Row, series: SurveySeries, facts: Row, key: tuple[str, ...]
) -> Observation:
    notes = load_sdmx().notes
    held = row["obs_status"] == "S"
    status = "unreliable" if row["obs_status"] == "U" else "normal"
    if held:
        status = "secondary" if row["suppression_reason"] == "secondary" else "not_significant"
    icls = "" if row["standard"] in {None, "none"} else notes["icls"].get(facts["icls"], "")
    age = notes["minimum_age"].get(facts["min_age"], "")
    value, lower, upper = (
        None if held else in_unit(row[name], series.measure)
        for name in ("obs_value", "ci_lower", "ci_upper")
    )
    if lower is not None:
        lower = max(lower, 0.0)  # a symmetric interval of a small count may reach below nobody
    return Observation(
        measure=series.measure,
        key=key,
        time_period=facts["time_period"],
        value=value,
        lower=lower,
        upper=upper,
        status=status,
        source=facts["source"],
        note_source="_".join(part for part in (mark(facts), icls, age) if part),
        note_indicator=series.note,
    )


def in_unit(value: float | None, measure: str) -> float | None:
    """Give persons as thousands where the measure counts them; a percentage stays."""
    return None if value is None else value / 1000 if unit_of(measure) == "NB" else value


def mark(facts: Row) -> str:
    """Give SYNTHETIC or UNVERIFIED for a survey that must not be taken for a result, else nothing."""
    status = str(facts["status"])
    return status.upper() if status in {"synthetic", "unverified"} else ""
