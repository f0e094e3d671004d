"""The page on the coverage gap says what its cells say, with the right signs, and asks for nothing."""

import html
import re

import polars as pl
import pytest

from reports.coverage import words_cascade, words_page, words_register
from reports.coverage.cells import PERSONS, ladder
from reports.coverage.figures import cascade_figure
from reports.coverage.page import coverage_page, headline_tables
from tests.unit.reports.coverage import coverage_sample as sample


def shown(page):
    """Give the text a reader sees; a small line follows its figure after a space."""
    body = page[page.index("<body>") :]
    body = re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?span[^>]*>", "", body))
    return html.unescape(re.sub(r"\s+", " ", text))


@pytest.fixture(scope="module")
def page():
    return coverage_page(sample.pub(), sample.FACTS).decode()


@pytest.fixture(scope="module")
def said(page):
    return shown(page)


def with_cascade(*rows):
    """Give the page's text where only a cascade was published."""
    frame = pl.DataFrame([r for more in rows for r in more], infer_schema_length=None)
    return shown(coverage_page({"cascade": frame}, sample.FACTS).decode())


# ---- the answer ----------------------------------------------------------------------------


def test_the_answer_is_one_sentence_of_three_figures_with_intervals(said):
    # 712,300 +- 1.96 x 14,246 and 300,800 +- 1.96 x 6,016, to 100; the gap's limits are published
    assert (
        "Of 2,477,000 employed persons aged 15 and over in 2017, the law puts 712,300 (95% interval "
        "684,400–740,200) under a compulsory scheme, and the register, made comparable, holds contributions "  # noqa: RUF001
        "of 300,800 (95% interval 289,000–312,600) to one in the twelve months to "  # noqa: RUF001
        "December 2017; most of the gap opens between "
        "employment and the law, where no compulsory scheme covers the job (1,764,700 persons, 81.1 "
        "per cent of the whole gap; 95% interval 1,588,230–1,941,170)."  # noqa: RUF001
    ) in said


def test_those_whom_the_law_covers_are_compared_among_themselves(said):
    assert (
        "Among those whom the law covers, the widest step is between the law and registra" in said
    )
    assert "(257,300 persons; 95% interval 231,570–283,030)." in said  # noqa: RUF001


def test_most_is_not_claimed_under_a_half_and_no_order_where_intervals_meet():
    # gaps 100, 95 and 5 of 200: the first is 50 %, and 90 to 110 meets 85.5 to 104.5
    clause = words_cascade.widest(ladder(frame(1000, 900, 805, 800), PERSONS, "compulsory")[1:])
    assert clause.startswith("the widest step is between employment and the law")
    assert clause.endswith(
        "its interval meets that of “unit not registered”, so no order is claimed"
    )


def frame(*values):
    """Give a cascade of the first stages."""
    cut = dict(zip(sample.STAGES["PS"], values, strict=False))
    rows = [
        row
        for row in sample.steps((*values, *[values[-1]] * (5 - len(values))))
        if row["stage"] in {stage for stage, *_ in cut}
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


# ---- signs ---------------------------------------------------------------------------------


def test_a_negative_gap_is_said_as_such_with_a_true_minus():
    said = with_cascade(sample.steps((1000, 500, 300, 400, 200)))
    assert (
        "Negative gap at “not affiliated”: −100 persons (95% interval −110 to −90). “Affiliated” "  # noqa: RUF001
        "(register) is larger than “In a registered unit” (survey): the two totals come from different "
        "sources, and nothing is gained at this step."
    ) in said
    assert "Ochre and hatched: a negative gap" in said
    assert not re.search(r"(?<![\w-])-\d", said)


def test_no_negative_gap_is_said_where_there_is_none(said):
    assert "Negative gap at" not in said
    assert "Ochre and hatched: a negative gap" not in said


def test_a_group_with_a_negative_gap_is_named_under_its_table(said):
    # 217,000 x 0.18 = 39,100 in registered units, x 0.19 = 41,200 affiliated
    assert "Luangnamtha 154,100 (80.7) 23,800 (12.5) −2,100 (−1.1) 15,200 (8.0)" in said  # noqa: RUF001
    assert "Negative gaps: “not affiliated” in Luangnamtha." in said


def test_a_step_goes_down_by_a_gap_and_up_by_a_negative_one():
    steps = ladder(frame(1000, 500, 300, 400, 200), PERSONS, "compulsory")
    bars = {bar.label: bar for bar in cascade_figure(steps, "x", "Persons").bars}
    assert (bars["unit not registered"].start, bars["unit not registered"].end) == (500, 300)
    assert bars["unit not registered"].text == "−200"  # noqa: RUF001
    assert (bars["not affiliated"].start, bars["not affiliated"].end) == (300, 400)
    assert bars["not affiliated"].text == "+100"
    assert (bars["not affiliated"].lower, bars["not affiliated"].upper) == (390, 410)


def test_no_share_is_said_where_a_gap_is_negative():
    said = with_cascade(sample.steps((1000, 500, 300, 400, 200)))
    assert "per cent of the whole gap" not in said
    assert "single shares may lie outside 0 to 100 per cent" in said


def test_a_negative_gap_within_one_source_blames_no_other_source():
    said = with_cascade(sample.steps((1000, 500, 600, 400, 200)))
    assert (
        "“In a registered unit” (survey) is larger than “Covered by law” (survey): the later"
        in said
    )
    assert "different sources, and nothing" not in said


def test_a_gap_over_a_stage_that_cannot_be_computed_is_named_by_its_two_ends():
    rows = sample.steps((1000, 900, 500, 200, 100))
    nothing = dict.fromkeys(("value", "value_se", "gap", "gap_se", "ci_lower", "ci_upper", "share"))
    note = "NOT COMPUTABLE: the wave does not ask whether the unit is registered"
    rows[2] |= nothing | {"obs_status": "M", "note": note}
    rows[3] |= {"gap": 700.0, "ci_lower": 600.0, "ci_upper": 800.0, "share": 77.8}
    said = with_cascade(rows)
    assert "between “Covered by law” and “Affiliated” (700 persons, 77.8 per cent" in said
    assert (
        "Persons, compulsory schemes: in a registered unit (NOT COMPUTABLE): the wave does not ask"
        in said
    )


# ---- tables --------------------------------------------------------------------------------


def test_each_stage_stands_with_its_gap_share_and_shapley_share(said):
    assert (
        "In a registered unit survey; gap: unit not registered 455,000 437,200–472,800 257,300 "  # noqa: RUF001
        "231,570–283,030 11.8 257,300 11.8 of it: registration unknown 31,500 29,700–33,300 1.1"  # noqa: RUF001
    ) in said


def test_money_is_in_million_kip(said):
    assert "Due by law survey 141,204" in said
    assert "(44,193 million kip a month, 51.2 per cent of the whole gap" in said


def test_the_voluntary_scheme_stands_alone_and_what_it_lacks_has_its_reason(said):
    assert "no stage adds it to the compulsory schemes" in said
    assert (
        "Money, voluntary scheme: due by law, due in registered units, due for affiliated persons, "
        "due for active contributors, due on declared earnings, paid (NOT COMPUTABLE): the law's data "
        "or the earnings give nobody here an amount"
    ) in said


def test_withheld_cells_are_x_and_unreliable_ones_starred(said):
    assert "Xaysomboun x x x x x" in said
    assert "Attapeu 63,000* 60,500–65,500" in said  # noqa: RUF001


def test_adjustments_say_whether_they_are_estimated_or_given_and_from_where(said):
    assert "Armed forces 13.0 12.0–14.0 .. given (assumed) Assumption of this test." in said  # noqa: RUF001
    assert "Assumed, not estimated: Armed forces; Sensitivity of the survey's answer; Spec" in said


def test_an_adjustment_given_for_one_scheme_alone_says_for_which():
    frame = sample.adjustment().with_columns(
        origin=pl.when(pl.col("scheme") == "public").then(pl.lit("given")).otherwise("origin")
    )
    said = shown(coverage_page({"adjustment": frame}, sample.FACTS).decode())
    assert "given (assumed): public scheme; estimated: enterprise scheme" in said


def test_coverage_stands_with_numerator_denominator_both_intervals_and_both_dates(said):
    # 329,700 / 2,477,000 = 13.3 %
    assert (
        "All schemes 318,700 329,700 325,600–333,800 2,477,000 2,416,200–2,537,800 "  # noqa: RUF001
        "13.3 12.9–13.7"  # noqa: RUF001
    ) in said
    assert "Lao PDR, 2017 (survey) and December 2017 (register)" in said
    assert "Survey: 2017. Register (LSSO): December 2017 and the twelve months to it." in said


def test_the_bridge_adds_up_and_marks_what_is_unexplained(page, said):
    # worked by hand in coverage_sample.BRIDGE; 2,000 over 353,900 - 336,900 = 17,000 is 11.8 %
    values = [persons for _, persons, *_ in sample.BRIDGE]
    assert sum(values[:-1]) == values[-1]
    assert (
        "Unexplained: +2,000 persons (95% interval −22,600 to 26,600), 11.8 per cent of the difference "  # noqa: RUF001
        "between the survey's 336,900 and the register's 353,900."
    ) in said
    assert '<tr class="flag"><th scope="row">Unexplained</th><td class="num">+2,000</td>' in page
    assert "Foreign nationals −21,000 −21,600 to −20,400 estimated" in said  # noqa: RUF001
    assert "the axis does not begin at zero" in said


def test_groups_that_cannot_be_told_stand_with_their_reason(said):
    assert "Women 1,180,000 1,156,400–1,203,600 86.4" in said  # noqa: RUF001
    assert (
        "Persons in rural villages without a road (NOT COMPUTABLE): the stratum's codes are not public"
        in said
    )


def test_affordability_names_its_burden_and_indirect_its_denominator(said):
    member = said.index(
        "The member's own part of the compulsory contribution by law, Lao PDR, 2017"
    )
    assert member < said.index("The employer's part of the compulsory contribution by law")
    assert "More than 10 % of earnings, % of persons" in said
    assert "Decile 1 (lowest) 5.5 4.9–6.1 7.9 7.3–8.5 21.4 20.8–22.0 2,011" in said  # noqa: RUF001
    assert "Persons of all ages 612,000 581,400–642,600 6,725,000 9.1" in said  # noqa: RUF001


# ---- what is not there ---------------------------------------------------------------------


def test_a_section_without_rows_says_why():
    said = with_cascade(sample.steps(sample.COMPULSORY))
    for reason in (
        "Not shown: no amount is published",
        "Not shown: no register was set against this survey",
        "Not shown: no bridge is published",
        "Not shown: no figures of groups are published",
        "Not shown: no figures of affordability are published",
        "Not shown: no figures of indirect coverage are published",
    ):
        assert reason in said


def test_a_page_with_nothing_published_still_says_so():
    facts = sample.FACTS | {"register_id": "", "register_date": ""}
    assert "Not shown: no cascade of this wave" in shown(coverage_page({}, facts).decode())


def test_a_wave_that_cannot_tell_makes_one_screen():
    employed = sample.steps(sample.COMPULSORY)[:1]
    facts = sample.FACTS | {
        "register_id": "",
        "register_date": "",
        "why": ["the wave did not ask about social security"],
        "not_asked": ["social_security"],
    }
    body = coverage_page({"cascade": pl.DataFrame(employed)}, facts).decode()
    said = shown(body)
    assert words_page.CANNOT in said
    assert said.count("The wave did not ask about social security.") == 1
    assert said.count("Ask ") == 1
    assert "NOT COMPUTABLE" not in said
    assert body.count("<table") <= 1
    assert len(said.split()) < 250


def test_a_withheld_national_figure_is_not_printed_anywhere():
    rows = [row | sample.HIDDEN for row in sample.steps(sample.COMPULSORY)]
    said = with_cascade(rows)
    assert "the law puts a number that is withheld under a compulsory scheme" in said
    assert "712,300" not in said


def test_a_wave_without_law_and_register_is_told_as_self_report():
    first, second = sample.steps(sample.COMPULSORY, branch="all")[:2]
    second |= {"stage": "self_reported_covered", "component": "self_report", "stage_no": 3}
    facts = sample.FACTS | {"register_id": "", "register_date": "", "ref_area": "CRI"}
    rows = [row | {"ref_area": "CRI", "register_date": None} for row in (first, second)]
    said = shown(coverage_page({"cascade": pl.DataFrame(rows)}, facts).decode())
    assert "712,300 (95% interval 684,400–740,200) say that they contribute" in said  # noqa: RUF001
    assert "the gap is 1,764,700 persons (95% interval" in said
    assert "No law and no register stands behind these steps" in said
    assert "Survey: 2017. No register was set against it." in said


def test_rows_of_another_wave_are_not_shown():
    other = [row | {"survey_id": "LAO_2010_LFS"} for row in sample.steps((9, 9, 9, 9, 8))]
    assert "Not shown: no cascade of this wave" in with_cascade(other)


def test_a_table_that_knows_its_own_reason_gives_it():
    nothing = dict.fromkeys(("obs_value", "se", "ci_lower", "ci_upper", "n"))
    rows = [row | nothing | {"obs_status": "M", "note": "Needs earnings_monthly: not asked."}
            for row in sample.affordability().to_dicts()]  # fmt: skip
    pub = sample.pub() | {"affordability": pl.DataFrame(rows)}
    said = shown(coverage_page(pub, sample.FACTS).decode())
    assert "Not shown: Not asked." in said


def test_a_group_told_in_part_says_what_is_unsure():
    frame = sample.group().with_columns(
        computability=pl.when(pl.col("group") == "women")
        .then(pl.lit("PARTIAL"))
        .otherwise("computability"),
        reason=pl.when(pl.col("group") == "women").then(pl.lit("codes differ")).otherwise("reason"),
    )
    said = shown(coverage_page(sample.pub() | {"group": frame}, sample.FACTS).decode())
    assert said.count("Women (PARTIAL): codes differ.") == 1


def test_a_note_becomes_a_sentence_with_a_true_minus_and_keeps_names_of_files():
    note = "late_posting: -12 of 2017-12; see data_contracts/law/choices.yaml"
    assert words_register.prose(note) == (
        "Late posting: −12 of 2017-12; see data_contracts/law/choices.yaml."  # noqa: RUF001
    )


def test_what_was_counted_has_no_interval_and_what_rounds_to_nothing_keeps_it():
    rows = [row | {"ci_lower": row["persons"], "ci_upper": row["persons"]}
            for row in sample.bridge().to_dicts()]  # fmt: skip
    said = shown(coverage_page({"bridge": pl.DataFrame(rows)}, sample.FACTS).decode())
    assert "Pensioners −8,100 counted in the register" in said  # noqa: RUF001
    assert "Duplicates −6,900 −6,900 to −6,900 estimated" in said  # noqa: RUF001


# ---- the page itself -----------------------------------------------------------------------


def test_the_page_asks_the_network_for_nothing_and_is_the_same_twice(page):
    outside = re.sub(r'xmlns(:xlink)?="[^"]*"|xlink:href="#[^"]*"|font-src', "", page)
    assert not re.search(r"\b(src|href)\s*=|https?:|<script|@import", outside)
    assert coverage_page(sample.pub(), sample.FACTS).decode() == page


def test_ids_of_the_figures_are_unique_and_hold_nothing_of_the_clock(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {name.split("-")[0] for name in ids} == {"persons", "money", "bridge"}
    assert "<metadata" not in page


def test_synthetic_data_is_announced_and_only_then(said):
    assert "SYNTHETIC DATA: no figure here describes a real population" in said
    assert "<title>SYNTHETIC: " in coverage_page({}, sample.FACTS).decode()
    real = [file | {"synthetic": False} for file in sample.FACTS["files"]]
    assert "SYNTHETIC" not in coverage_page({}, sample.FACTS | {"files": real}).decode()


def test_text_from_outside_is_escaped():
    facts = sample.FACTS | {"title": "a <b>", "why": ["c & d"]}
    page = coverage_page({}, facts).decode()
    assert "a &lt;b&gt;" in page
    assert "C &amp; d" in page


def test_the_caveats_are_there(said):
    for caveat in (
        "associations, not causes",
        "no model of informal employees",
        "a gap between them may be negative",
    ):
        assert caveat in said


def test_headline_tables_are_persons_money_and_bridge():
    tables = headline_tables(sample.pub(), sample.FACTS)
    assert [table.caption.split(",")[0] for table in tables] == [
        "Persons",
        "Money",
        "From the register to the survey",
    ]
