import re

import polars as pl
import pytest

from data_contracts.errors import InputError
from reports.brief import words_lead, words_method, words_page
from reports.brief.brief import build_brief
from reports.labels import code_labels, lao_provinces
from reports.model import Cell
from reports.wording import numbers, terms
from tests.unit.reports import sample


def plain(text):
    return [t.replace(",", "") for t in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def test_headline_names_number_interval_base_place_and_date(brief):
    assert brief.headline.text == (
        "In 2022, 85.7 per cent of employed persons aged 15 and over in Lao PDR said that "
        "they contribute to no social-security scheme (95% interval 85.1–86.3)"  # noqa: RUF001
    )


def test_every_number_in_the_prose_is_bound_to_a_cell(brief):
    free = {"2022", "15", "95"}
    for said in (brief.headline, *brief.lead):
        bound = {use.text.replace(",", "") for use in said.uses}
        assert set(plain(said.text)) - free <= bound, said.text


def test_every_bound_number_equals_its_published_cell(brief):
    frame = sample.estimate()
    columns = {"value": "obs_value", "lower": "ci_lower", "upper": "ci_upper", "n": "n"}
    bound = [n for n in brief.numbers if n.table == "pub.estimate"]
    assert len(bound) > 200
    cells = {(r["indicator"], r["breakdown"], r["category"]): r for r in frame.to_dicts()}
    for number in bound:
        row = cells[number.indicator, number.breakdown, number.category]
        assert row[columns[number.field]] == number.value
        assert row["obs_status"] != "S"


def test_a_withheld_rate_holds_back_the_persons_that_would_reveal_it():
    frame = sample.estimate().with_columns(
        pl.when((pl.col("category") == "SEX_F") & (pl.col("indicator") == wording_rate()))
        .then(pl.lit("S"))
        .otherwise("obs_status")
        .alias("obs_status")
    )
    made = build_brief(sample.pub() | {"estimate": frame}, sample.SURVEY, sample.PROVENANCE)
    women = next(r for r in made.table.rows if r.rate.category == "SEX_F")
    assert (women.rate_text, women.persons_text, women.n_text) == ("x", "x", "")
    assert women.rate.value is None
    assert not any(n.category == "SEX_F" for n in made.numbers if n.table == "pub.estimate")


def wording_rate():
    return "social_security_coverage"


def test_differences_are_claimed_only_where_intervals_do_not_meet():
    def cell(value, lower, upper):
        return Cell("estimate", "unemployment_rate", "sex", "x", "PT", "A", value, lower, upper)

    apart = words_lead.compare(("women", cell(2, 1, 3)), ("men", cell(5, 4, 6)), "2022", "15").text
    meet = words_lead.compare(("women", cell(2, 1, 4)), ("men", cell(5, 4, 6)), "2022", "15").text
    assert apart.endswith("the share is higher among men.")
    assert meet.endswith("no difference is claimed.")


def test_circularity_is_printed_and_no_coverage_of_informal_workers_is_claimed(brief):
    assert words_method.CIRCULARITY in brief.says
    everything = " ".join(s.text for s in brief.lead) + brief.headline.text
    assert "informal workers" not in everything + brief.table.caption


def test_effects_prefer_non_employees_and_keep_their_reference(brief):
    assert "non-employees" in brief.effects.caption
    assert brief.effects.rows[0].label == "Sex (Men)"
    assert brief.effects.rows[1].text == "+0.4"


def test_the_province_figure_shows_the_gap(brief):
    assert "Say that they do not contribute" in brief.provinces.axis
    cells = [r.cell for r in brief.provinces.rows]
    assert {c.indicator for c in cells} == {"coverage_gap_rate"}


def test_provinces_go_down_and_withheld_ones_come_last(brief):
    shown = [r.cell.value for r in brief.provinces.rows if r.cell.published]
    assert shown == sorted(shown, reverse=True)
    assert [r.text for r in brief.provinces.rows[-2:]] == ["x", "x"]
    assert len(brief.provinces.rows) == 18


def test_only_unemployment_still_makes_a_brief_that_says_what_is_absent():
    made = build_brief(sample.only_unemployment(), sample.SURVEY, sample.PROVENANCE)
    assert made.headline.text.startswith("In 2022, 2.4 per cent of the labour force")
    assert (made.provinces, made.effects, made.register) == (None, None, None)
    gone = {m.label: m.reason for m in (*made.absent, *made.not_computable)}
    assert gone["Figures by first-level area"] == words_page.NO_PROVINCES
    # one reason is said once, of all that it holds for
    assert gone["Informal employment rate; Say that they contribute"] == (
        "No question on jobs is in the file."
    )
    assert "Coverage is what people report" not in " ".join(made.method)


def test_withheld_coverage_gives_the_informality_headline():
    frame = sample.estimate().with_columns(
        pl.when(pl.col("indicator").str.contains("coverage"))
        .then(pl.lit("S"))
        .otherwise("obs_status")
        .alias("obs_status")
    )
    made = build_brief({"estimate": frame}, sample.SURVEY, sample.PROVENANCE)
    assert "had an informal main job" in made.headline.text
    assert any("not reliable enough" in m.reason for m in made.absent)
    assert not any("coverage" in n.indicator for n in made.numbers)


def test_nothing_published_is_refused_without_a_value():
    empty = {"estimate": sample.estimate().clear()}
    with pytest.raises(InputError, match="no national rate"):
        build_brief(empty, sample.SURVEY, sample.PROVENANCE)


def test_a_release_date_that_nobody_gave_is_not_printed():
    made = build_brief(sample.pub(), sample.SURVEY, sample.PROVENANCE | {"release_date": ""})
    assert made.release_date == ""
    assert not any("released" in text for text in made.provenance)
    dated = build_brief(sample.pub(), sample.SURVEY, sample.PROVENANCE)
    assert any("data released 2024-03-15" in text for text in dated.provenance)


def test_the_source_of_a_twins_figures_is_the_twin():
    made = build_brief(sample.pub(), sample.SURVEY | {"status": "synthetic"}, sample.PROVENANCE)
    assert made.provenance[0].startswith("Source: synthetic twin in the layout of: ")


def test_release_date_must_be_a_date():
    with pytest.raises(InputError, match="release_date"):
        build_brief(sample.pub(), sample.SURVEY, sample.PROVENANCE | {"release_date": "today"})


def test_two_rows_for_one_figure_are_refused():
    twice = pl.concat([sample.estimate(), sample.estimate()])
    with pytest.raises(InputError, match="more than once"):
        build_brief({"estimate": twice}, sample.SURVEY, sample.PROVENANCE)


def test_other_countries_bring_their_own_area_names():
    survey = sample.SURVEY | {"ref_area": "CRI", "admin1_labels": {"01": "Central"}}
    made = build_brief(sample.pub(), survey, sample.PROVENANCE)
    assert "Costa Rica" in made.headline.text
    assert any(r.label == "Central" for r in made.provinces.rows)


def test_numbers_and_periods_are_written_as_the_house_writes_them():
    assert numbers.count(2122800) == "2,122,800"
    assert numbers.signed(-0.24) == "−0.2"  # noqa: RUF001
    assert terms.period("2021-Q4") == "the fourth quarter of 2021"
    assert terms.period("2023-06") == "June 2023"


def test_code_lists_are_whole():
    # lao_context.md, section 4: 18 provinces, the last one Xaysomboun.
    assert list(lao_provinces()) == [f"{i:02d}" for i in range(1, 19)]
    assert lao_provinces()["18"] == "Xaysomboun"
    assert {"SEX_F", "STE_ICSE93_6", "OCU_ISCO08_X", "DSB_STATUS_NODIS"} <= set(code_labels())


def test_an_effect_without_estimate_is_not_called_withheld():
    frame = sample.driver().with_columns(
        pl.when(pl.col("category") == "SEX_F").then(None).otherwise("ame").alias("ame"),
        suppression_reason=pl.lit("none"),
    )
    made = build_brief(sample.pub() | {"driver": frame}, sample.SURVEY, sample.PROVENANCE)
    assert made.effects.rows[1].text == ".."


def test_register_names_rule_and_both_dates(brief):
    assert "at least 1 month in 12" in brief.register.note
    assert "different dates" in brief.register.note
    assert brief.register.rows[0].dates == "June 2023 / 2022"
    held = [r for r in brief.register.further if r.ratio.category == "17"]
    assert {(r.persons_text, r.denominator_text, r.ratio_text) for r in held} == {("x", "x", "x")}
