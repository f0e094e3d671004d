"""Each kind of fault is found by the check that is meant for it."""

from dataclasses import replace

import polars as pl
import pytest

from analyses.quality.finding import BLOCKS, QualityFinding, frame
from analyses.quality.format import industry_of_this_revision
from analyses.quality.judge import blocking, judge
from data_contracts.conditions import columns
from data_contracts.contract.find import load
from data_contracts.quality.rules import load_rules
from tests.unit.analyses.quality.quality_sample import (
    COLUMNS,
    HOUSEHOLDS,
    failed,
    found,
    jobs,
    people,
    subject,
)

SEXES = {"SEX_M": "SEX_F", "SEX_F": "SEX_M"}
AREAS = {"GEO_COV_URB": "GEO_COV_RUR", "GEO_COV_RUR": "GEO_COV_URB"}
YES_NO = {"formal": "informal", "informal": "formal"}


def test_a_good_wave_keeps_every_rule():
    wave = subject()
    assert failed(wave) == set()
    assert blocking(judge(wave)) == []


@pytest.mark.parametrize(
    ("column", "expression", "check"),
    [
        ("sex", pl.col("sex").replace(SEXES), "sex_swapped"),
        ("area_type", pl.col("area_type").replace(AREAS), "area_swapped"),
        ("sex", pl.lit("SEX_F"), "key_columns_vary"),
        ("person_id", pl.lit("1"), "keys_unique"),
        ("hh_id", pl.concat_str("hh_id", "person_id"), "household_key"),
        ("psu", pl.col("psu") + pl.col("person_id"), "household_in_one_psu"),
        ("strata", pl.concat_str("strata", (pl.col("hh_id") == "h007").cast(pl.String)), "psu_in_one_stratum"),
        ("lfs_status", pl.when(pl.col("age") > 25).then("lfs_status"), "status_complete"),
    ],
)  # fmt: skip
def test_a_fault_that_no_figure_can_stand_on_refuses_the_file(column, expression, check):
    wave = subject(people().with_columns(expression.alias(column)))
    assert check in {finding.check_id for finding in blocking(judge(wave, ("error",)))}


def test_yes_and_no_the_other_way_round_refuses_the_file():
    swapped = jobs(people()).with_columns(
        pl.col("nature_of_job").replace(YES_NO),
        pl.col("social_security").replace({"yes": "no", "no": "yes"}),
    )
    names = {finding.check_id for finding in blocking(judge(subject(job=swapped)))}
    assert {"yes_and_no_swapped", "covered_more_often_in_government"} <= names


@pytest.mark.parametrize(
    ("column", "expression", "check", "count"),
    [
        ("age", pl.when(pl.col("hh_id") == "h001").then(120).otherwise("age"), "age_possible", 4),
        ("marital_status", pl.when(pl.col("age") == 3).then(pl.lit("MTS_MARRIED")).otherwise("marital_status"),
         "children_not_married", 17),
        ("admin1_code", pl.when(pl.col("person_id") == "2").then(pl.lit("77")).otherwise("admin1_code"),
         "household_in_one_place", HOUSEHOLDS),
        ("weight_micro", pl.col("weight_micro") + 5 * pl.col("age").cast(pl.Int64), "weights_within_household",
         HOUSEHOLDS),
        ("age", pl.when(pl.col("hh_id") == "h014").then(9).otherwise("age"), "household_has_adult", 1),
    ],
)  # fmt: skip
def test_an_odd_answer_is_counted_and_shown(column, expression, check, count):
    wave = subject(people().with_columns(expression.cast(people().schema[column]).alias(column)))
    finding = found(wave, check)
    assert (finding.status, finding.severity, finding.failed) == ("failed", "warning", count)


@pytest.mark.parametrize(
    ("column", "expression", "check"),
    [
        ("industry_isic4_2d", pl.lit("04"), "industry_in_isic"),  # no such division in ISIC Rev. 4
        ("hours_usual_week", pl.lit(99.0), "hours_possible"),
        ("hours_usual_week", pl.lit(8.0), "hours_usual"),
        ("hours_usual_week", pl.lit(40.0), "hours_heaping"),
        ("earnings_monthly", pl.lit(2_000_000.0), "earnings_heaping"),
        ("earnings_monthly", pl.lit(0.0), "earnings_positive"),
        ("earnings_monthly", pl.when(pl.col("person_id") == "0").then(1e9).otherwise(1e4), "earnings_outliers"),
        ("sector_rule_step", pl.lit(12, pl.Int8), "unit_decided"),
        ("occupation_major", pl.lit("OCU_ISCO08_2"), "professionals_not_in_agriculture"),
    ],
)  # fmt: skip
def test_an_odd_job_is_shown(column, expression, check):
    wave = subject(job=jobs(people()).with_columns(expression.alias(column)))
    assert found(wave, check).status == "failed"


def test_earnings_must_not_fall_with_education():
    rising = pl.col("age").cast(pl.Int32) // 15
    levels = {1: "EDU_AGGREGATE_ADV", 2: "EDU_AGGREGATE_BAS", 3: "EDU_AGGREGATE_LTB"}
    person = people().with_columns(
        rising.replace_strict(levels, default="EDU_AGGREGATE_X").alias("education_aggregate")
    )
    pay = jobs(people()).join(person.select("hh_id", "person_id", "age"), on=["hh_id", "person_id"])
    pay = pay.with_columns(pl.col("age").cast(pl.Float64).alias("earnings_monthly")).drop("age")
    finding = found(subject(person, pay), "earnings_rise_with_education")
    assert finding.status == "failed"
    assert finding.failed == finding.checked > 0


def test_what_was_not_asked_is_not_judged_and_says_so():
    asked = dict.fromkeys(COLUMNS, (True, "")) | {"age": (False, "ages are kept back")}
    finding = found(subject(asked=asked), "age_whipple")
    assert (finding.status, finding.reason) == ("not_applicable", "age: ages are kept back")


def test_missing_shares_are_of_those_who_are_asked():
    blank = pl.when(pl.col("person_id") == "0").then("industry_isic4_2d")
    job = jobs(people())
    finding = found(subject(job=job.with_columns(blank)), "missing_share", "industry_isic4_2d")
    blanks = job.filter(pl.col("person_id") != "0").height
    assert (finding.failed, finding.checked) == (blanks, job.height)


def test_the_readers_notes_are_warnings():
    finding = found(subject(notes=("read as latin-1",)), "reader_notes", "note 1")
    assert (finding.block, finding.status, finding.reason) == (
        "intake",
        "failed",
        "read as latin-1",
    )


def test_every_declared_check_is_written_sourced_and_about_columns_that_exist():
    rules = load_rules("survey")
    known = {column.name for name in ("core.person", "core.job") for column in load(name).columns}
    assert {outcome.finding.check_id for outcome in judge(subject())} == {*rules, "reader_notes"}
    for rule in rules.values():
        assert rule.block in BLOCKS
        assert rule.source
        assert rule.remedy
        conditions = [c for c in (rule.among, rule.should, rule.should_not) if c is not None]
        named = {column for condition in conditions for column in columns(condition)}
        wanted = {name for group in rule.needs for name in group} - {"relationship"}
        assert named | wanted <= known, rule.id


def test_findings_make_the_table_of_the_contract():
    table = frame(outcome.finding for outcome in judge(subject()))
    assert dict(table.schema) == dict(load("est.quality").polars_schema())
    assert not table.select("survey_id", "check_id", "category").is_duplicated().any()


def test_a_warning_never_blocks():
    told = {"survey_id": "A", "check_id": "b", "block": "format", "statement": "s"}
    assert not QualityFinding(severity="warning", status="failed", **told).blocking
    assert not QualityFinding(severity="error", status="passed", **told).blocking
    assert QualityFinding(severity="error", status="failed", **told).blocking


# Shares of employment by division as in a Latin American survey of the 2000s, in both revisions.
NEWER = {"01": 200, "10": 40, "41": 60, "45": 20, "46": 30, "47": 150, "49": 60, "56": 40, "84": 50,
         "85": 60, "86": 30, "97": 60}  # fmt: skip
OLDER = {"01": 200, "15": 40, "45": 60, "50": 20, "51": 30, "52": 150, "60": 60, "55": 40, "75": 50,
         "80": 60, "85": 30, "95": 60}  # fmt: skip


@pytest.mark.parametrize(("shares", "status"), [(NEWER, "passed"), (OLDER, "failed")])
def test_the_older_revision_shows_by_the_divisions_that_are_missing(shares, status):
    """Retail 47 in ISIC Rev. 4 and 52 in Rev. 3.1; government 84 and 75; education 85 and 80."""
    codes = [code for code, n in shares.items() for _ in range(n)]
    job = pl.DataFrame({"industry_isic4_2d": codes})
    rule = load_rules("survey")["industry_of_this_revision"]
    whole = subject()
    (found,) = industry_of_this_revision(replace(whole, job=job), rule)
    assert (found.finding.status, found.finding.checked) == (status, 600)
    (few,) = industry_of_this_revision(replace(whole, job=job.head(210)), rule)
    assert few.finding.status == "not_applicable"  # 10 rows outside agriculture
