"""Published tables to one in-memory brief; formats live in wording.py, files in writers/."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from reports.brief import sections, wording
from reports.labels import area_names, code_labels
from reports.model import Brief, Cell, Missing, Number, Said, Table, TableRow, Tile, Use
from reports.pub_tables import Published, withhold

LEADS = (
    "coverage_gap_rate",
    "social_security_coverage",
    "informal_employment_rate",
    "unemployment_rate",
)
PERSONS_OF = {
    "social_security_coverage": "coverage_gap",
    "informal_employment_rate": "informal_employment",
    "unemployment_rate": "unemployed",
}
TILES = (
    "coverage_gap_rate",
    "coverage_gap",
    "social_security_coverage_employees",
    "informal_employment_rate",
    "informal_employment",
    "unemployment_rate",
    "employment_to_population_ratio",
    "labour_force_participation_rate",
    "unemployed",
    "employed",
    "labour_force",
    "working_age_population",
)
GROUPS = (
    "total",
    "sex",
    "age_aggregate",
    "area_type",
    "status_icse93",
    "economic_sector",
    "education_aggregate",
)
PAIRS = (
    ("status_icse93", "STE_ICSE93_1", "STE_ICSE93_3"),
    ("sex", "SEX_F", "SEX_M"),
    ("area_type", "GEO_COV_URB", "GEO_COV_RUR"),
)


@dataclass(frozen=True)
class _Context:
    published: Published
    rate: str
    persons: str
    headline: Cell
    country: str
    when: str
    age: str
    areas: Mapping[str, str]
    rules: str


def build_brief(
    pub: Mapping[str, pl.DataFrame], survey: Mapping[str, Any], provenance: Mapping[str, Any]
) -> Brief:
    """Build the brief of one survey from published tables alone.

    Args:
        pub: frames 'estimate' and, where they exist, 'driver', 'register_coverage' and
            'computability', with the pub.* columns: rates in percent, effects in percentage
            points, persons rounded to 100, withheld cells null with obs_status S.
        survey: survey_id, title, ref_area, time_period, citation, standard, status
            (synthetic and unverified are printed prominently), design; optional
            ref_area_name, admin1_labels, min_age_labour, reliability (rule set to its words).
        provenance: code_version, inputs (list of name, sha256, rows), release_date (YYYY-MM-DD,
            the date of the data and never of the run).

    Returns:
        The brief; sections without published figures are absent and their reason is kept.

    Raises:
        InputError: nothing is published that a headline could say, or a field is missing.
    """
    _check(survey, provenance)
    context = _context(pub, survey)
    registers = sections.register(_mine(pub, "register_coverage", survey), context.areas)
    provinces = sections.provinces(
        context.published, context.rate, context.areas, context.when, context.rules
    )
    effects = sections.effects(_mine(pub, "driver", survey), context.rate, context.areas)
    unable = _not_computable(_mine(pub, "computability", survey))
    status = str(survey.get("status", ""))
    lead = _lead(context)
    tiles = _tiles(context)
    table = _table(context)
    headline = wording.rate_sentence(context.headline, context.country, context.when, context.age)
    return Brief(
        lang="en",
        ref_area=survey["ref_area"],
        country=context.country,
        period=context.when,
        time_period=survey["time_period"],
        release_date=provenance["release_date"],
        synthetic=status == "synthetic",
        banner=wording.WORDS.get(status, ""),
        kicker=_kicker(context),
        headline=headline,
        subtitle=wording.subtitle(survey["title"], survey.get("standard", "")),
        lead=lead,
        tiles=tiles,
        table=table,
        provinces=provinces,
        effects=effects,
        register=registers,
        absent=_absent(context, provinces is None, effects is None, registers is None, unable),
        not_computable=unable,
        says=_says(context),
        method=_method(context, survey),
        legend=wording.LEGEND,
        citation=survey["citation"],
        provenance=wording.provenance(
            provenance["code_version"], provenance["release_date"], survey["citation"]
        ),
        inputs=tuple((i["name"], i["sha256"], i.get("rows")) for i in provenance["inputs"]),
        code_version=provenance["code_version"],
        numbers=(
            *_numbers("headline", headline.uses),
            *(n for i, said in enumerate(lead, 1) for n in _numbers(f"lead {i}", said.uses)),
            *(n for i, t in enumerate(tiles, 1) for n in _numbers(f"tile {i}", t.uses)),
            *_numbers("table 1", sections.table_uses(table)),
            *_numbers("figure 1", sections.plot_uses(provinces)),
            *_numbers("figure 2", sections.plot_uses(effects)),
            *_numbers("table 2", sections.register_uses(registers)),
        ),
        words=wording.WORDS,
    )


def _method(context: _Context, survey: Mapping[str, Any]) -> tuple[str, str]:
    published = context.published
    coverage = context.rate == "social_security_coverage"
    return (
        wording.method(
            survey.get("design", ""),
            published.methods,
            published.df_methods,
            published.lonely,
            wording.level(context.headline),
        ),
        wording.rounding(
            survey.get("standard", ""), coverage, published.notes(context.headline.indicator)
        ),
    )


def _check(survey: Mapping[str, Any], provenance: Mapping[str, Any]) -> None:
    for name, given, wanted in (
        ("survey", survey, ("survey_id", "title", "ref_area", "time_period", "citation")),
        ("provenance", provenance, ("code_version", "inputs", "release_date")),
    ):
        gone = [key for key in wanted if not given.get(key) and key != "inputs"]
        if gone:
            raise InputError(
                f"the brief's {name} lacks {', '.join(gone)}",
                "give it: the footer and the file names are made of it",
            ) from None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", provenance["release_date"]):
        raise InputError(
            "the brief's release_date is not a date",
            "write the date of the data as YYYY-MM-DD",
        ) from None


def _context(pub: Mapping[str, pl.DataFrame], survey: Mapping[str, Any]) -> _Context:
    published = Published(pub["estimate"], survey["survey_id"], survey.get("standard", ""))
    headline = _headline(published)
    coverage = headline.indicator in LEADS[:2]
    rate = "social_security_coverage" if coverage else headline.indicator
    ref_area = survey["ref_area"]
    return _Context(
        published=published,
        rate=rate,
        persons=PERSONS_OF[rate],
        headline=headline,
        country=survey.get("ref_area_name") or wording.COUNTRIES.get(ref_area, ref_area),
        when=wording.period(survey["time_period"]),
        age=str(survey.get("min_age_labour", 15)),
        areas=area_names(ref_area, survey.get("admin1_labels")),
        rules=wording.rules_of_reliability(published.reliability, survey.get("reliability", {})),
    )


def _headline(published: Published) -> Cell:
    """Take the first rate that is published; the gap only where its complement is too."""
    for indicator in LEADS:
        cell = published.cell(indicator)
        complement = published.cell("social_security_coverage")
        if cell.published and not (indicator == "coverage_gap_rate" and complement.withheld):
            return cell
    raise InputError(
        "no national rate is published for this survey, so a brief would have no headline",
        "publish a coverage, informality or unemployment rate, or make no brief",
        file="pub.estimate",
    ) from None


def _mine(
    pub: Mapping[str, pl.DataFrame], name: str, survey: Mapping[str, Any]
) -> pl.DataFrame | None:
    frame = pub.get(name)
    if frame is None or frame.is_empty():
        return None
    mine = frame.filter(pl.col("survey_id") == survey["survey_id"])
    return None if mine.is_empty() else mine


def _numbers(place: str, printed: Iterable[Use]) -> list[Number]:
    return [
        Number(
            place=place,
            text=use.text,
            value=wording.field_of(use.cell, use.field) or 0.0,
            table=f"pub.{use.cell.table}",
            field=use.field,
            indicator=use.cell.indicator,
            breakdown=use.cell.breakdown,
            category=use.cell.category,
            detail=use.cell.detail,
        )
        for use in printed
    ]


def _kicker(context: _Context) -> str:
    theme = {"social_security_coverage": "coverage", "informal_employment_rate": "informality"}
    return wording.WORDS[f"kicker_{theme.get(context.rate, 'labour')}"]


def _safe(context: _Context, indicator: str, breakdown: str, category: str) -> Cell:
    """Give a cell, held back where the rate that it would reveal is withheld."""
    cell = context.published.cell(indicator, breakdown, category)
    if indicator in ("coverage_gap", "coverage_gap_rate", "social_security_covered"):
        rate = context.published.cell("social_security_coverage", breakdown, category)
        return withhold(cell) if rate.withheld else cell
    return cell


def _tiles(context: _Context) -> tuple[Tile, ...]:
    tiles: list[Tile] = []
    for indicator in TILES:
        cell = _safe(context, indicator, "total", "TOTAL")
        if not cell.published or len(tiles) == 4:
            continue
        share = "%" if cell.unit != "PS" else ""
        limits = wording.interval(cell)
        tiles.append(
            Tile(
                number=wording.number(cell)
                + share
                + (wording.UNRELIABLE if cell.status == "U" else ""),
                label=wording.tile_label(indicator, context.age),
                interval=f"{limits} ({wording.level(cell)})" if limits else "",
                uses=wording.uses(cell),
            )
        )
    return tuple(tiles)


def _lead(context: _Context) -> tuple[Said, ...]:
    said = []
    persons = _safe(context, context.persons, "total", "TOTAL")
    if persons.published:
        said.append(wording.persons_sentence(persons, context.country, context.when))
    for breakdown, *pair in PAIRS:
        if breakdown == "status_icse93" and context.rate == "unemployment_rate":
            continue
        cells = [(c, context.published.cell(context.rate, breakdown, c)) for c in pair]
        if all(cell.published for _, cell in cells):
            first, second = ((_lower(code), cell) for code, cell in cells)
            said.append(wording.compare(first, second, context.when, context.age))
    informal = context.published.cell("informal_employment_rate")
    if context.rate == "social_security_coverage" and informal.published:
        sentence = wording.rate_sentence(informal, context.country, context.when, context.age)
        said.append(Said(f"{sentence.text}.", sentence.uses))
    return tuple(said)


def _lower(code: str) -> str:
    words = {"GEO_COV_URB": "those in urban areas", "GEO_COV_RUR": "those in rural areas"}
    return words.get(code) or code_labels().get(code, code).lower()


def _table(context: _Context) -> Table:
    rows: list[TableRow] = []
    pair = (context.rate, context.persons)
    for breakdown in GROUPS:
        codes = [
            code
            for code in context.published.category_order(pair, breakdown)
            if code != "AGE_AGGREGATE_YLT15"  # below working age: nothing is measured
        ]
        for place, code in enumerate(codes):
            rate = context.published.cell(context.rate, breakdown, code)
            persons = context.published.cell(context.persons, breakdown, code)
            if rate.withheld and persons.published:
                persons = withhold(persons)
            rows.append(
                TableRow(
                    group=wording.breakdown_label(breakdown),
                    span=len(codes) if place == 0 else 0,
                    label=code_labels().get(code, code),
                    rate=rate,
                    persons=persons,
                    rate_text=wording.mark(rate),
                    rate_interval=wording.interval(rate),
                    persons_text=wording.mark(persons),
                    persons_interval=wording.interval(persons),
                    n_text=wording.number(rate, "n") if rate.n is not None else "",
                    flag_text=wording.FLAGS.get(rate.status, rate.status),
                )
            )
    return Table(
        caption=wording.table_caption(context.rate, context.country, context.when),
        headings=wording.table_headings(context.rate, wording.level(context.headline)),
        rows=tuple(rows),
        note=context.rules,
    )


def _not_computable(frame: pl.DataFrame | None) -> tuple[Missing, ...]:
    if frame is None:
        return ()
    rows = frame.filter(pl.col("status") != "COMPUTABLE").sort("indicator")
    return tuple(
        Missing(wording.indicator_label(r["indicator"]), r["status"].lower(), r["reason"] or "")
        for r in rows.iter_rows(named=True)
    )


def _absent(
    context: _Context,
    no_provinces: bool,
    no_effects: bool,
    no_register: bool,
    unable: tuple[Missing, ...],
) -> tuple[Missing, ...]:
    gone = []
    if context.rate != "social_security_coverage":
        cell = context.published.cell("social_security_coverage")
        label = wording.indicator_label("social_security_coverage")
        if not any(m.label == label and m.reason for m in unable):
            reason = wording.not_published(cell.indicator, cell.withheld)
            gone.append(Missing(wording.WHEN_ABSENT["coverage"], "absent", reason))
    for name, is_gone, reason in (
        ("provinces", no_provinces, wording.NO_PROVINCES),
        ("effects", no_effects, wording.NO_MODEL),
        ("register", no_register, wording.NO_REGISTER),
    ):
        if is_gone:
            gone.append(Missing(wording.WHEN_ABSENT[name], "absent", reason))
    return tuple(gone)


def _says(context: _Context) -> tuple[str, ...]:
    if context.rate == "social_security_coverage":
        return (wording.CIRCULARITY, wording.GAP_IS_NOT_INFORMALITY, wording.NO_RANKING)
    if context.rate == "informal_employment_rate":
        return (wording.CIRCULARITY, wording.NO_RANKING)
    return (wording.NO_RANKING,)
