"""The lists of words are whole: whatever a page may print of the contracts' codes has its words."""

import pytest

from data_contracts.catalogue.key_figures import answers_by_indicator, key_figures
from reports.brief import lead, table
from reports.brief.context import LEADS, PERSONS_OF
from reports.brief.words_tables import CAPTIONS
from reports.coverage.sections import INDICATORS
from reports.coverage.words_cascade import BRANCHES, GAPS, LIES, STAGES, TILES
from reports.labels import country_names
from reports.wording.lists import word_lists
from reports.wording.terms import BREAKDOWNS


def texts(told):
    """Every text of nested lists and mappings, but for the keys."""
    if isinstance(told, str):
        return [told]
    parts = told.values() if isinstance(told, dict) else told
    return [text for part in parts for text in texts(part)]


@pytest.mark.parametrize("folder", ["wording", "brief", "coverage"])
def test_every_word_is_text_and_none_is_padded(folder):
    found = texts(word_lists(folder))
    assert len(found) > 40
    assert [text for text in found if text != text.strip()] == []


def test_what_a_brief_may_print_has_words():
    assert {*LEADS, *PERSONS_OF.values(), *INDICATORS} <= set(answers_by_indicator())
    assert {form for name, one in key_figures().items() for form, _ in one.answers} == {
        "persons",
        "share",
    }
    assert all(form in dict(key_figures()[name].answers) for name, form in lead.TILES)
    assert (
        {name for name in LEADS if name != "coverage_gap_rate"} == set(PERSONS_OF) == set(CAPTIONS)
    )
    assert {*table.GROUPS, *(breakdown for breakdown, *_ in lead.PAIRS)} <= set(BREAKDOWNS)
    assert {one for one in TILES.values() if key_figures()[one].persons is None} == set()


def test_every_step_lies_between_two_known_stages():
    assert {stage for pair in LIES for stage in pair} <= set(STAGES)
    assert set(TILES) <= set(STAGES)
    assert {name for name in GAPS if name.endswith("_unknown")} == {
        f"{name}_unknown" for name in ("legal", "registration", "self_report")
    }
    assert {"compulsory", "public", "enterprise", "voluntary", "all"} <= set(BRANCHES)


def test_every_country_of_iso_3166_has_a_name():
    names = country_names()
    assert len(names) == len(set(names.values())) == 249  # ISO 3166-1, officially assigned codes
    assert {names[code] for code in ("BOL", "CRI", "LAO")} == {"Bolivia", "Costa Rica", "Lao PDR"}
