"""The brief's lead and key figures: which cells are said, and in which order; sentences: words_lead.py."""

from reports.brief import words_lead, words_page
from reports.brief.context import BriefContext, safe_cell
from reports.labels import code_labels
from reports.model import Said, Tile
from reports.wording import marks, numbers

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
PAIRS = (
    ("status_icse93", "STE_ICSE93_1", "STE_ICSE93_3"),
    ("sex", "SEX_F", "SEX_M"),
    ("area_type", "GEO_COV_URB", "GEO_COV_RUR"),
)


def kicker(context: BriefContext) -> str:
    """Name the brief's theme."""
    theme = {"social_security_coverage": "coverage", "informal_employment_rate": "informality"}
    return words_page.WORDS[f"kicker_{theme.get(context.rate, 'labour')}"]


def lead_sentences(context: BriefContext) -> tuple[Said, ...]:
    """Say the number of persons, compare the pairs of groups that are published, and add informality."""
    said = []
    persons = safe_cell(context, context.persons, "total", "TOTAL")
    if persons.published:
        said.append(words_lead.persons_sentence(persons, context.country, context.when))
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


def key_figures(context: BriefContext) -> tuple[Tile, ...]:
    """Give the first four figures of ``TILES`` that are published."""
    tiles: list[Tile] = []
    for indicator in TILES:
        cell = safe_cell(context, indicator, "total", "TOTAL")
        if not cell.published or len(tiles) == 4:
            continue
        share = "%" if cell.unit != "PS" else ""
        limits = numbers.interval(cell)
        tiles.append(
            Tile(
                number=numbers.number(cell)
                + share
                + (marks.UNRELIABLE if cell.status == "U" else ""),
                label=words_lead.tile_label(indicator, context.age),
                interval=f"{limits} ({numbers.level(cell)})" if limits else "",
                uses=numbers.uses(cell),
            )
        )
    return tuple(tiles)
