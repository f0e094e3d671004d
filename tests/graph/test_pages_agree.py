"""Brief, coverage page, workbook and command print one figure with one interval for each entry of the catalogue, in its words."""

import io
import re

import polars as pl
import pytest

from data_contracts.catalogue.key_figures import columns_of, key_figures
from reports.coverage.words_cascade import STAGES, TILES
from tests.graph.printed_pages import CELL, of_listing, of_page, of_workbook
from tests.graph.road import WAVE, printed

pytestmark = pytest.mark.graph
# columns of the published tables that hold a figure and its limits; money is printed in million kip
FIGURES = {
    "pub.estimate": [("obs_value", "ci_lower", "ci_upper")],
    "pub.cascade": [
        ("value", "value_lower", "value_upper"),
        ("gap", "ci_lower", "ci_upper"),
        ("share", "share_lower", "share_upper"),
    ],
    "pub.adjusted": [
        ("adjusted", "ci_lower", "ci_upper"),
        ("denominator", "denominator_lower", "denominator_upper"),
        ("coverage", "coverage_lower", "coverage_upper"),
        ("self_report", "self_report_lower", "self_report_upper"),
        ("self_report_corrected", "corrected_lower", "corrected_upper"),
    ],
    "pub.adjustment": [("value", "ci_lower", "ci_upper")],
    "pub.bridge": [("persons", "ci_lower", "ci_upper")],
    "pub.group": [("obs_value", "ci_lower", "ci_upper")],
    "pub.affordability": [("obs_value", "ci_lower", "ci_upper")],
    "pub.indirect": [("obs_value", "ci_lower", "ci_upper")],
    "pub.driver": [("ame", "ame_ci_lower", "ame_ci_upper")],
}
# other words for an entry, where they stand: a stage of the cascade, a base, a column
OTHER_WORDS = {
    "employed": ["employed"],
    "say_they_contribute": ["the survey says", "say that they contribute", "said that they contribute"],
    "contribute": ["active contributors", "had a contribution"],
    "without_contribution": ["had no contribution"],
    "contribute_compulsory": ["active contributors", "holds contributions of"],
    "affiliated": ["affiliated"],
    "affiliated_compulsory": ["affiliated"],
    "legally_covered": ["the law puts"],
}  # fmt: skip


@pytest.fixture(scope="module")
def pub(good):
    frames = printed(good, tuple(FIGURES))
    return {
        name: pl.read_csv(io.StringIO(text), infer_schema_length=None, schema_overrides={"category": pl.String})
        for name, text in frames.items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def pages(good):
    folder = good / "briefs" / WAVE
    (brief,), (book,) = folder.glob("*gap*.html"), folder.glob("*.xlsx")
    return {
        "brief": of_page(brief.read_text("utf-8")),
        "coverage": of_page((folder / "coverage_SYNTHETIC.html").read_text("utf-8")),
        "workbook": list(of_workbook(book)),
        "command": of_listing((good / "stdout.txt").read_text("utf-8")),
    }


def triples(pub):
    """Give every published figure with its limits, as finely as it is printed."""
    found = set()
    for name, columns in FIGURES.items():
        frame = pub[name]
        for three in columns:
            for row in frame.select(three).drop_nulls().iter_rows():
                found.add(row)
                found.add(tuple(round(one / 1e6) for one in row))  # million kip
    complement = pub["pub.adjusted"].select("coverage", "coverage_upper", "coverage_lower")
    return found | {
        tuple(round(100 - x, 1) for x in row) for row in complement.drop_nulls().iter_rows()
    }


def expected(pub):
    """Give the national figure of each entry and form of the catalogue that the wave has."""
    found = {}
    for name, one in key_figures().items():
        for form, answer in one.answers:
            where = {**answer.where, "breakdown": "total", "category": "TOTAL"}
            frame = pub[f"pub.{answer.table}"]
            rows = frame.filter(*(pl.col(k) == v for k, v in where.items()))
            if rows.is_empty():
                continue
            value, lower, upper = rows.select(columns_of(form, answer)).row(0)
            if value is None:
                continue
            told = (value, lower, upper)
            if answer.complement:
                told = tuple(round(100 - x, 1) for x in (value, upper, lower))
            found[name, form] = told
    return found


def words_of(name):
    one = key_figures()[name]
    stages = [STAGES[stage] for stage, figure in TILES.items() if figure == name]
    said = [
        re.split(r" \(| in the register", text)[0]
        for _, a in one.answers
        for text in (a.name, a.says)
    ]
    return [text.lower() for text in (one.question, *said, *stages, *OTHER_WORDS.get(name, []))]


def test_the_reader_finds_what_the_pages_print(pages):
    least = {"brief": 50, "coverage": 300, "workbook": 80, "command": 8}
    assert {name for name, found in pages.items() if len(found) < least[name]} == set()


@pytest.mark.parametrize("page", ["brief", "coverage", "workbook", "command"])
def test_every_figure_with_an_interval_is_a_published_one(pages, pub, page):
    known = triples(pub)
    foreign = [one for one in pages[page] if (one.value, one.lower, one.upper) not in known]
    assert foreign == []


@pytest.mark.parametrize("page", ["brief", "coverage", "workbook", "command"])
def test_no_page_shows_a_key_figure_without_its_words(pages, pub, page):
    wordless = [
        (name, one)
        for (name, _), told in expected(pub).items()
        for one in pages[page]
        if (one.value, one.lower, one.upper) == told
        and not any(text in one.words.lower() for text in words_of(name))
    ]
    assert wordless == []


def test_an_entry_has_one_value_and_one_interval_on_all_pages(pages, pub):
    """What bears an entry's own name, for the whole country, is that entry's figure."""
    want = expected(pub)
    told = {
        (page, name, form): {tuple(one[:3]) for one in found if names(one, name, form)}
        for page, found in pages.items()
        for name, form in want
    }
    assert {key: rows for key, rows in told.items() if rows - {want[key[1:]]}} == {}
    for page in pages:
        assert told[page, "say_they_contribute", "share"], page
        assert told[page, "contribute", "persons"], page
    listed = {(n, form) for n, one in key_figures().items() for form, a in one.answers if a.listed}
    assert {key[1:] for key, rows in told.items() if key[0] == "command" and rows} == listed & set(
        want
    )


def names(one, name, form):
    """Whether a printed figure bears an entry's name (or its question) and stands for the whole country."""
    entry = key_figures()[name]
    answer = dict(entry.answers)[form]
    if (one.value > 100) != (form == "persons"):
        return False
    row = one.words.split(" | ")
    if len(row) == 1:  # a tile or a line of a listing
        return row[0] == answer.name
    label, head = row[-2].split(CELL), row[-1]
    if label[0] in {entry.question, answer.name}:
        area = label[2] if label[0] == answer.name and len(label) > 2 else ""
        scheme = label[1] if label[0] == answer.name and len(label) > 1 else "all schemes"
        return scheme == "all schemes" and (not area or any(c.isdigit() for c in area))
    nation = {"Total", "All employed persons", "All schemes"} & set(label)
    return bool(nation) and head.startswith(answer.name)


def test_tables_that_hold_the_same_entry_hold_the_same_figure(pub):
    want = expected(pub)

    def national(table, *columns, **where):
        rows = pub[table].filter(*(pl.col(k) == v for k, v in where.items()))
        return set(rows.select(columns).iter_rows())

    total = {"breakdown": "total", "category": "TOTAL"}
    persons = ("value", "value_lower", "value_upper")
    assert national("pub.cascade", *persons, branch="compulsory", stage="employed", **total) == {
        want["employed", "persons"]
    }
    assert national("pub.adjusted", *FIGURES["pub.adjusted"][1], **total) == {
        want["employed", "persons"]
    }
    for stage, name in (("affiliated", "affiliated_compulsory"), ("active_contributor", "contribute_compulsory")):  # fmt: skip
        assert national("pub.cascade", *persons, branch="compulsory", stage=stage, **total) == {
            want[name, "persons"]
        }
    said = want["say_they_contribute", "persons"]
    assert national(
        "pub.bridge", *FIGURES["pub.bridge"][0], row="lfs_says", scheme="total", **total
    ) == {said}
    own = {"scheme": "total", "concept": "active_contributor"}
    assert national("pub.adjusted", *FIGURES["pub.adjusted"][3], **own, **total) == {said}
