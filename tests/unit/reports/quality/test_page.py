"""The quality report says what failed, how often, where and what it does; and nothing leaves the page."""

import re

import polars as pl
import pytest

from reports.quality.page import counts, found, quality_page, verdict

FACTS = {
    "survey_id": "LAO_2017_LFS",
    "title": "Lao PDR, Labour Force Survey 2017",
    "ref_area": "LAO",
    "files": [{"name": "a.dta", "sha256": "ab" * 32, "rows": 8657, "synthetic": True}],
    "admin1_labels": {},
    "code_version": "0.1.0+abc",
}
EMPTY = {
    "survey_id": "LAO_2017_LFS", "category": "all", "scope": "", "failed": 0, "checked": 0,
    "measure": None, "low": None, "high": None, "reason": "",
}  # fmt: skip


def rows(*entries):
    """Give findings, the fields that an entry leaves out being empty."""
    schema = dict.fromkeys(("measure", "low", "high"), pl.Float64)
    return pl.DataFrame([EMPTY | entry for entry in entries], schema_overrides=schema)


FAILED = {
    "check_id": "age_possible", "block": "format", "severity": "warning", "status": "failed",
    "statement": "Nobody is older than 110 years.", "failed": 7, "checked": 8657,
    "measure": 7 / 8657, "high": 0.0,
}  # fmt: skip
BLOCKING = {
    "check_id": "weights_sum_to_population", "block": "weights", "severity": "error",
    "status": "failed", "statement": "The weights sum to the population.", "measure": 0.25,
    "low": 0.9, "high": 1.1, "reason": "about a quarter",
}  # fmt: skip
SKIPPED = {
    "check_id": "one_head", "block": "format", "severity": "warning", "status": "not_applicable",
    "statement": "Every household has exactly one head.", "reason": "not asked <b>",
}  # fmt: skip
EFFECTS = pl.DataFrame({
    "survey_id": ["LAO_2017_LFS"] * 2, "check_id": ["age_possible"] * 2, "category": ["all"] * 2,
    "indicator": ["employed", "unemployment_rate"], "obs_value": [1_800_000.0, 0.094],
    "without_value": [1_799_000.0, 0.0945], "difference": [-1000.0, 0.0005],
})  # fmt: skip
PLACES = pl.DataFrame({
    "check_id": ["age_possible"] * 2, "category": ["all"] * 2, "admin1_code": ["01", None],
    "failed": [6, 1], "checked": [500, 10],
})  # fmt: skip


@pytest.fixture(scope="module")
def page():
    return quality_page(rows(FAILED, BLOCKING, SKIPPED), EFFECTS, PLACES, FACTS).decode()


def words(page):
    """Give the text a reader sees."""
    body = page[page.index("<body>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_counts_and_verdict():
    counted = counts(rows(FAILED, BLOCKING, SKIPPED))
    assert counted == {"blocking": 1, "warnings": 1, "passed": 0, "not applicable": 1}
    assert "do not use it" in verdict(counted)
    assert "Nothing stands in the way" in verdict(counted | {"blocking": 0})
    assert "keeps every rule" in verdict(counted | {"blocking": 0, "warnings": 0})


def test_a_failure_is_told_with_count_place_and_effect(page):
    said = words(page)
    assert "7 of 8,657 break it (0.08 %; none allowed)" in said
    assert "Vientiane Capital 6 500 1.2 %" in said
    assert "unknown 1 10 10.0 %" in said
    assert "Employed persons 1,800,000 1,799,000 \u22121,000" in said
    assert "Unemployment rate 9.4 % 9.4 % +0.05 points" in said  # as the other pages print it
    assert "What to do: See whether the file uses a number" in said


def test_a_measure_is_told_with_its_limits(page):
    assert "measure 0.25 (between 0.9 and 1.1)" in words(page)


def test_the_page_says_that_it_is_internal_and_synthetic_and_names_the_file(page):
    said = words(page)
    assert "Internal: contains small counts" in said
    assert "SYNTHETIC DATA" in said
    assert "<title>SYNTHETIC: " in page
    assert "a.dta" in said
    assert "ab" * 32 in said
    assert "8,657" in said


def test_what_could_not_be_judged_says_why_and_is_escaped(page):
    assert "not asked &lt;b&gt;" in page


def test_the_page_asks_the_network_for_nothing_and_is_the_same_twice(page):
    assert not re.search(r"(src|href)\s*=|https?:|<script|@import", page.replace("font-src", ""))
    assert quality_page(rows(FAILED, BLOCKING, SKIPPED), EFFECTS, PLACES, FACTS).decode() == page


def test_a_share_that_is_allowed_in_part():
    row = EMPTY | FAILED | {"high": 0.05}
    assert found(row) == "7 of 8,657 break it (0.08 %; at most 5.0 % allowed)"
