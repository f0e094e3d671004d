"""What an export of official indicators does not hold, or holds with a reservation, in sentences."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from data_contracts.sdmx import load_sdmx
from reports.official.survey import UNDER_15, Dataflow, Row, mark

NOT_1_3_1 = (
    "Not written: SDG 1.3.1 counts contributors or beneficiaries by function, and no table here "
    "counts beneficiaries. What the survey says is in DF_LFS_SELF_REPORTED_*; the register's "
    "contributors over the employed, its contribution side, in DF_REG_ACTIVE_CONTRIBUTORS_*."
)
NO_CROSS = (
    "Not written: the published tables hold single breakdowns. A dataflow by sex and a "
    "classification holds both sexes by the classification, and each sex over all of it."
)
NO_PROVINCES = (
    "Not written: ILOSTAT has no code list of provinces. `informality table pub.estimate` has them."
)
NO_SUM = "a part of it is withheld, or the rounding of its parts to 100 persons would show."
MADE_UP = {
    "SYNTHETIC": "Every figure is made up for tests and demonstrations; none describes a country. "
    "NOTE_SOURCE says SYNTHETIC in each row.",
    "UNVERIFIED": "The survey's layout has not been checked against its file; the figures are not "
    "for publication. NOTE_SOURCE says UNVERIFIED in each row.",
}


def remarks(
    pub: Mapping[str, pl.DataFrame], facts: Row, flows: Sequence[Dataflow]
) -> Iterator[tuple[str, str]]:
    """Give subject and note, from the whole export to single dataflows, in a fixed order.

    Args:
        pub: the published tables of the survey: estimate, computability, register_coverage.
        facts: as for ``official.survey_flows``.
        flows: the dataflows that are written.
    """
    if mark(facts):
        yield "all files", MADE_UP[mark(facts)]
    yield "SDG_0131_SEX_SOC_RT", NOT_1_3_1
    yield "sex by another breakdown", NO_CROSS
    yield from _not_published(pub["estimate"], facts)
    for row in pub["computability"].sort("indicator").iter_rows(named=True):
        if row["status"] == "NOT COMPUTABLE":
            yield row["indicator"], f"Not written: {row['reason']}"
        elif row["status"] == "PARTIAL":
            yield row["indicator"], f"Written, but only partly computable: {row['reason']}"
    if pub["register_coverage"].is_empty():
        yield (
            "DF_REG_*, ssi_rows.csv",
            "Not written: no register is published against this survey.",
        )
    for flow in flows:
        yield from _of_flow(flow)


def _not_published(estimate: pl.DataFrame, facts: Row) -> Iterator[tuple[str, str]]:
    breakdowns = set(estimate["breakdown"])
    if "admin1_code" in breakdowns:
        yield "admin1_code", NO_PROVINCES
    if facts["min_age"] >= 15 and UNDER_15 in set(estimate["category"]):
        yield UNDER_15, "Not written: the survey's labour-force questions begin at 15."


def _of_flow(flow: Dataflow) -> Iterator[tuple[str, str]]:
    classif = load_sdmx().classifs.get(flow.dimensions[0]) if flow.dimensions else None
    if classif is None:
        return
    written = {row.key[-1] for row in flow.rows}
    for code, parts in classif.sums.items():
        found = [part for part in parts if part in written]
        if code in written:
            yield flow.id, f"{code} is made of the published {', '.join(found)}; no interval."
        elif found:
            yield flow.id, f"{code} is not written: {NO_SUM}"
