"""Published tables to one in-memory brief; words live in words_*.py, files in writers/."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from reports.brief import sections, words_method, words_page
from reports.brief.beside_register import beside_register, block_uses, why_no_register
from reports.brief.context import BriefContext, brief_context, check_facts, rows_of_survey
from reports.brief.lead import headline_of, key_figures, kicker, lead_sentences
from reports.brief.table import main_table
from reports.model import Brief, MainTable, Missing, Number, Plot, RegisterBlock, Said, Tile, Use
from reports.wording import marks, numbers, terms

# The date in the metadata of documents whose data have no known release date: one that nobody takes
# for a release, nor the privacy scan for the day somebody was born on.
UNDATED = "2100-01-01"


def build_brief(
    pub: Mapping[str, pl.DataFrame], survey: Mapping[str, Any], provenance: Mapping[str, Any]
) -> Brief:
    """Build the brief of one survey from published tables alone.

    Args:
        pub: frames 'estimate' and, where they exist, 'driver', 'adjusted', 'cascade', 'bridge',
            'register_coverage' and 'computability', with the pub.* columns: rates in percent, effects in percentage
            points, persons rounded to 100, withheld cells null with obs_status S.
        survey: survey_id, title, ref_area, time_period, citation, standard, status
            (synthetic and unverified are printed prominently), design; optional
            ref_area_name, admin1_labels, admin1_unit, min_age_labour, reliability (rule set to its words).
        provenance: code_version, inputs (list of name, sha256, rows), release_date (YYYY-MM-DD or empty,
            the date of the data and never of the run).

    Returns:
        The brief; sections without published figures are absent and their reason is kept.

    Raises:
        InputError: nothing is published that a headline could say, or a field is missing.
    """
    check_facts(survey, provenance)
    context = brief_context(pub, survey)
    counted = rows_of_survey(pub, "register_coverage", survey)
    registers = beside_register(context.figures, counted, context.areas)
    provinces = sections.provinces(
        context.published, context.rate, context.areas, context.when, context.rules, context.unit
    )
    effects = sections.effects(rows_of_survey(pub, "driver", survey), context.rate, context.areas)
    unable = _not_computable(rows_of_survey(pub, "computability", survey))
    status = str(survey.get("status", ""))
    lead = lead_sentences(context, rows_of_survey(pub, "bridge", survey))
    tiles = key_figures(context)
    table = main_table(context)
    headline = headline_of(context)
    return Brief(
        lang="en",
        ref_area=survey["ref_area"],
        country=context.country,
        period=context.when,
        time_period=survey["time_period"],
        release_date=provenance["release_date"],
        file_date=provenance["release_date"] or UNDATED,
        synthetic=status == "synthetic",
        banner=words_page.WORDS.get(status, ""),
        kicker=kicker(context),
        headline=headline,
        subtitle=words_page.subtitle(survey["title"], survey.get("standard", "")),
        lead=lead,
        tiles=tiles,
        table=table,
        provinces=provinces,
        effects=effects,
        register=registers,
        absent=_absent(
            context,
            provinces is None,
            effects is None,
            "" if registers else why_no_register(counted),
            unable,
        ),
        not_computable=unable,
        says=_says(context),
        method=_method(context, survey),
        legend=marks.LEGEND,
        citation=survey["citation"],
        provenance=_footer(provenance, survey["citation"], status),
        inputs=tuple((i["name"], i["sha256"], i.get("rows")) for i in provenance["inputs"]),
        code_version=provenance["code_version"],
        numbers=_printed(headline, lead, tiles, table, provinces, effects, registers),
        words=words_page.WORDS,
    )


def _footer(provenance: Mapping[str, Any], citation: str, status: str) -> tuple[str, ...]:
    version, released = provenance["code_version"], provenance["release_date"]
    return words_page.provenance(version, released, citation, synthetic=status == "synthetic")


def _method(context: BriefContext, survey: Mapping[str, Any]) -> tuple[str, str]:
    published = context.published
    coverage = context.rate == "social_security_coverage"
    return (
        words_method.method(
            survey.get("design", ""),
            published.methods,
            published.df_methods,
            published.lonely,
            numbers.level(context.headline),
        ),
        words_method.rounding(
            survey.get("standard", ""), coverage, published.notes(context.headline.indicator)
        ),
    )


def _printed(
    headline: Said,
    lead: Sequence[Said],
    tiles: Sequence[Tile],
    table: MainTable,
    provinces: Plot | None,
    effects: Plot | None,
    registers: RegisterBlock | None,
) -> tuple[Number, ...]:
    """Give every figure of the brief with its place and its published cell."""
    return (
        *_numbers("headline", headline.uses),
        *(n for i, said in enumerate(lead, 1) for n in _numbers(f"lead {i}", said.uses)),
        *(n for i, t in enumerate(tiles, 1) for n in _numbers(f"tile {i}", t.uses)),
        *_numbers("table 1", sections.table_uses(table)),
        *_numbers("figure 1", sections.plot_uses(provinces)),
        *_numbers("figure 2", sections.plot_uses(effects)),
        *_numbers("table 2", block_uses(registers)),
    )


def _numbers(place: str, printed: Iterable[Use]) -> list[Number]:
    return [
        Number(
            place=place,
            text=use.text,
            value=numbers.field_of(use.cell, use.field) or 0.0,
            table=f"pub.{use.cell.table}",
            field=use.field,
            indicator=use.cell.indicator,
            breakdown=use.cell.breakdown,
            category=use.cell.category,
            detail=use.cell.detail,
        )
        for use in printed
    ]


def _not_computable(frame: pl.DataFrame | None) -> tuple[Missing, ...]:
    if frame is None:
        return ()
    found: dict[tuple[str, str], list[str]] = {}
    for row in frame.filter(pl.col("status") != "COMPUTABLE").sort("indicator").to_dicts():
        why = row["status"].lower(), terms.reason_words(row["reason"] or "")
        found.setdefault(why, []).append(terms.indicator_label(row["indicator"]))
    return tuple(
        Missing("; ".join(dict.fromkeys(labels)), status, reason)
        for (status, reason), labels in found.items()
    )


def _absent(
    context: BriefContext,
    no_provinces: bool,
    no_effects: bool,
    no_register: str,
    unable: tuple[Missing, ...],
) -> tuple[Missing, ...]:
    gone = []
    if context.rate != "social_security_coverage":
        cell = context.published.cell("social_security_coverage")
        label = terms.indicator_label("social_security_coverage")
        if not any(label in m.label.split("; ") and m.reason for m in unable):
            reason = words_page.not_published(cell.indicator, cell.withheld)
            gone.append(Missing(words_page.WHEN_ABSENT["coverage"], "absent", reason))
    for name, is_gone, reason in (
        ("provinces", no_provinces, words_page.NO_PROVINCES),
        ("effects", no_effects, words_page.NO_MODEL),
        ("register", bool(no_register), no_register),
    ):
        if is_gone:
            gone.append(Missing(words_page.WHEN_ABSENT[name], "absent", reason))
    return tuple(gone)


def _says(context: BriefContext) -> tuple[str, ...]:
    if context.rate == "social_security_coverage":
        return (
            words_method.CIRCULARITY,
            words_method.GAP_IS_NOT_INFORMALITY,
            words_method.NO_RANKING,
        )
    if context.rate == "informal_employment_rate":
        return (words_method.CIRCULARITY, words_method.NO_RANKING)
    return (words_method.NO_RANKING,)
