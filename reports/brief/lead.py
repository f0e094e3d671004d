"""The brief's lead and key figures: which cells are said, and in which order; sentences: words_lead.py."""

import polars as pl

from data_contracts.catalogue.key_figures import Form
from reports.brief import words_lead, words_page
from reports.brief.beside_register import difference
from reports.brief.context import BriefContext, safe_cell
from reports.labels import code_labels
from reports.model import Cell, Said, Tile
from reports.wording import marks, numbers

# Key figures of the catalogue, with the form of each, in the order in which they are chosen.
TILES: tuple[tuple[str, Form], ...] = (
    ("say_they_do_not_contribute", "share"),
    ("without_contribution", "share"),
    ("say_they_do_not_contribute", "persons"),
    ("informal", "share"),
    ("employer_contributes", "share"),
    ("informal", "persons"),
    ("unemployed", "share"),
    ("employed", "share"),
    ("labour_force", "share"),
    ("unemployed", "persons"),
    ("employed", "persons"),
    ("labour_force", "persons"),
    ("working_age_population", "persons"),
)
PAIRS = (
    ("status_icse93", "STE_ICSE93_1", "STE_ICSE93_3"),
    ("sex", "SEX_F", "SEX_M"),
    ("area_type", "GEO_COV_URB", "GEO_COV_RUR"),
)


def kicker(context: BriefContext) -> str:
    """Name the brief's theme."""
    theme = {"social_security_coverage": "coverage", "informal_employment_rate": "informality"}
    return words_page.WORDS[f"kicker_{theme.get(context.rate, 'labour')}"]


def headline_of(context: BriefContext) -> Said:
    """Say the headline; of what people say of their cover, with what the register holds beside it."""
    said = words_lead.rate_sentence(context.headline, context.country, context.when, context.age)
    if context.headline.indicator != "coverage_gap_rate":
        return said
    return words_lead.with_register(said, context.figures.cell("without_contribution", "share"))


def lead_sentences(context: BriefContext, bridge: pl.DataFrame | None) -> tuple[Said, ...]:
    """Say the number of persons, the register beside it, compare pairs of groups, and add informality.

    Args:
        context: the brief's.
        bridge: the wave's rows of pub.bridge; None where there are none.
    """
    said = []
    persons = safe_cell(context, context.persons, "total", "TOTAL")
    if persons.published:
        said.append(words_lead.persons_sentence(persons, context.country, context.when))
    if context.rate == "social_security_coverage":
        beside = difference(context.figures, bridge, context.age)
        said += [] if beside is None else [beside]
    for breakdown, *pair in PAIRS:
        if breakdown == "status_icse93" and context.rate == "unemployment_rate":
            continue
        cells = [(c, context.published.cell(context.rate, breakdown, c)) for c in pair]
        if all(cell.published for _, cell in cells):
            first, second = ((_lower(code), cell) for code, cell in cells)
            said.append(words_lead.compare(first, second, context.when, context.age))
    informal = context.published.cell("informal_employment_rate")
    if context.rate == "social_security_coverage" and informal.published:
        sentence = words_lead.rate_sentence(informal, context.country, context.when, context.age)
        said.append(Said(f"{sentence.text}.", sentence.uses))
    return tuple(said)


def _lower(code: str) -> str:
    words = {"GEO_COV_URB": "those in urban areas", "GEO_COV_RUR": "those in rural areas"}
    return words.get(code) or code_labels().get(code, code).lower()


def _safe_figure(context: BriefContext, name: str, form: Form) -> Cell:
    cell = context.figures.cell(name, form)
    return (
        safe_cell(context, cell.indicator, "total", "TOTAL") if cell.table == "estimate" else cell
    )


def key_figures(context: BriefContext) -> tuple[Tile, ...]:
    """Give the first four figures of ``TILES`` that are published."""
    tiles: list[Tile] = []
    for name, form in TILES:
        cell = _safe_figure(context, name, form)
        if not cell.published or len(tiles) == 4:
            continue
        share = "%" if cell.unit != "PS" else ""
        limits = numbers.interval(cell)
        tiles.append(
            Tile(
                number=numbers.number(cell)
                + share
                + (marks.UNRELIABLE if cell.status == "U" else ""),
                label=words_lead.tile_label(name, form, context.age),
                interval=f"{limits} ({numbers.level(cell)})" if limits else "",
                uses=numbers.uses(cell),
            )
        )
    return tuple(tiles)
