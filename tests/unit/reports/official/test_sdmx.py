"""Official files: every figure is the published one under its codes, and what is withheld stays so."""

import csv
import io

import polars as pl
import pytest

from data_contracts.errors import InputError
from reports.official.sdmx import period_of, sdmx_files
from tests.unit.reports.official.sdmx_sample import FACTS, tables

# The header that ILO's service gives for a dataflow by sex and economic activity (measurement.md, 5).
ILO_HEADER = (
    "DATAFLOW,REF_AREA,FREQ,MEASURE,SEX,ECO,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE_TYPE,"
    "UNIT_MEASURE,UNIT_MULT,SOURCE,NOTE_SOURCE,NOTE_INDICATOR,NOTE_CLASSIF,DECIMALS,UPPER_BOUND,"
    "LOWER_BOUND"
)
SDG = "DF_SDG_B831_SEX_ECO_RT.csv"


@pytest.fixture(scope="module")
def files():
    return sdmx_files(tables(), FACTS)


def rows(files, name):
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def one(files, name, **wanted):
    found = [row for row in rows(files, name) if all(row[k] == v for k, v in wanted.items())]
    assert len(found) == 1, wanted
    return found[0]


def flows(files):
    return [name for name in files if name.startswith("DF_")]


def published(indicator, breakdown, category):
    table = tables()["estimate"]
    return table.row(
        by_predicate=(pl.col("indicator") == indicator)
        & (pl.col("breakdown") == breakdown)
        & (pl.col("category") == category),
        named=True,
    )


def test_the_header_is_that_of_ilos_service(files):
    assert files[SDG].decode().splitlines()[0] == ILO_HEADER


def test_a_rate_and_its_interval_are_the_published_ones(files):
    row = one(files, SDG, SEX="SEX_T", ECO="ECO_SECTOR_IND")
    cell = published("informal_employment_rate", "economic_sector", "ECO_SECTOR_IND")
    assert float(row["OBS_VALUE"]) == cell["obs_value"]
    assert float(row["LOWER_BOUND"]) == cell["ci_lower"]
    assert float(row["UPPER_BOUND"]) == cell["ci_upper"]
    assert (row["UNIT_MEASURE_TYPE"], row["UNIT_MEASURE"], row["UNIT_MULT"]) == ("RT", "PT", "0")
    assert row["DATAFLOW"] == "ILO:DF_SDG_B831_SEX_ECO_RT(1.0)"
    assert (row["MEASURE"], row["SOURCE"]) == ("SDG_B831_RT", "BA:6651")


def test_persons_are_in_thousands(files):
    row = one(files, "DF_EMP_NIFL_SEX_NB.csv", SEX="SEX_T")
    cell = published("informal_employment", "total", "TOTAL")
    assert float(row["OBS_VALUE"]) * 1000 == pytest.approx(cell["obs_value"])
    assert float(row["LOWER_BOUND"]) * 1000 == pytest.approx(cell["ci_lower"])
    assert (row["UNIT_MEASURE"], row["UNIT_MULT"], row["DECIMALS"]) == ("PS", "3", "1")


def test_no_interval_reaches_below_nobody():
    pub = tables()
    small = (pl.col("category") == "STE_ICSE93_2") & (pl.col("indicator") == "informal_employment")
    pub["estimate"] = pub["estimate"].with_columns(
        pl.when(small).then(-300.0).otherwise("ci_lower").alias("ci_lower")
    )
    row = one(sdmx_files(pub, FACTS), "DF_EMP_NIFL_SEX_STE_NB.csv", STE="STE_ICSE93_2")
    assert row["LOWER_BOUND"] == "0.0"


def test_both_code_sets_of_agriculture_hold_the_same_figure(files):
    new = one(files, SDG, SEX="SEX_T", ECO="ECO_SECTOR_AGR")
    old = one(files, SDG, SEX="SEX_T", ECO="ECO_AGNAG_AGR")
    assert old | {"ECO": ""} == new | {"ECO": ""}
    assert {row["ECO"] for row in rows(files, SDG) if row["SEX"] == "SEX_F"} == {
        "ECO_SECTOR_TOTAL", "ECO_AGNAG_TOTAL",
    }  # fmt: skip


def test_non_agriculture_is_made_of_its_parts_and_has_no_interval(files):
    row = one(files, SDG, SEX="SEX_T", ECO="ECO_AGNAG_NAG")
    parts = [
        published("informal_employment_rate", "economic_sector", f"ECO_SECTOR_{p}")
        for p in ("IND", "SER")
    ]
    # The sample gives both parts the same denominator, so that the ratio is their mean.
    assert float(row["OBS_VALUE"]) == pytest.approx(
        sum(p["obs_value"] for p in parts) / 2, abs=0.051
    )
    assert (row["LOWER_BOUND"], row["UPPER_BOUND"]) == ("", "")
    persons = one(files, "DF_EMP_NIFL_SEX_ECO_NB.csv", SEX="SEX_T", ECO="ECO_SECTOR_NAG")
    counts = [
        published("informal_employment", "economic_sector", f"ECO_SECTOR_{p}")
        for p in ("IND", "SER")
    ]
    assert float(persons["OBS_VALUE"]) * 1000 == pytest.approx(sum(c["obs_value"] for c in counts))


def test_what_rounding_would_blur_is_not_made():
    pub = tables()
    pub["estimate"] = pub["estimate"].with_columns(
        (pl.col("numerator") / 10_000).round() * 100, pl.col("denominator") / 100
    )
    made = sdmx_files(pub, FACTS)
    assert not [row for row in rows(made, SDG) if row["ECO"].endswith("_NAG")]
    assert "ECO_SECTOR_NAG is not written" in made["export_notes.csv"].decode()


def test_a_withheld_figure_has_a_letter_and_nothing_else(files):
    row = one(files, "DF_EMP_NIFL_SEX_STE_RT.csv", STE="STE_ICSE93_5")
    assert (row["OBS_STATUS"], row["OBS_VALUE"], row["LOWER_BOUND"], row["UPPER_BOUND"]) == (
        "S",
        "",
        "",
        "",
    )
    # The self-employed include it, so that their figure would give it away.
    assert not [
        r for r in rows(files, "DF_EMP_NIFL_SEX_STE_RT.csv") if r["STE"] == "STE_AGGREGATE_SLF"
    ]
    assert one(files, "DF_EMP_NIFL_SEX_STE_RT.csv", STE="STE_ICSE93_2")["OBS_STATUS"] == "U"
    assert one(files, SDG, SEX="SEX_T", ECO="ECO_SECTOR_IND")["OBS_STATUS"] == ""


def test_the_status_alone_is_enough_to_hold_a_figure_back():
    pub = tables()
    held = pl.col("category") == "ECO_SECTOR_IND"  # its numbers left in, as a faulty table might
    pub["estimate"] = pub["estimate"].with_columns(
        pl.when(held).then(pl.lit("S")).otherwise("obs_status").alias("obs_status")
    )
    made = sdmx_files(pub, FACTS)
    row = one(made, SDG, ECO="ECO_SECTOR_IND")
    assert (row["OBS_VALUE"], row["LOWER_BOUND"], row["UPPER_BOUND"]) == ("", "", "")
    for name in (SDG, "DF_EMP_NIFL_SEX_ECO_NB.csv"):
        assert not [row for row in rows(made, name) if row["ECO"].endswith("_NAG")]


def test_letters_of_the_cross_domain_lists_tell_why_a_figure_is_withheld():
    pub = tables()
    second = (pl.col("category") == "STE_ICSE93_5") & (
        pl.col("indicator") == "informal_employment_rate"
    )
    pub["estimate"] = pub["estimate"].with_columns(
        pl.when(second)
        .then(pl.lit("secondary"))
        .otherwise("suppression_reason")
        .alias("suppression_reason")
    )
    name = "DF_EMP_NIFL_SEX_STE_RT.csv"
    row = one(sdmx_files(pub, FACTS, "sdmx"), name, STE="STE_ICSE93_5")
    assert (row["OBS_STATUS"], row["CONF_STATUS"], row["OBS_VALUE"]) == ("Q", "D", "")
    assert one(sdmx_files(pub, FACTS), name, STE="STE_ICSE93_5")["OBS_STATUS"] == "C"
    plain = one(sdmx_files(pub, FACTS, "sdmx"), name, STE="STE_ICSE93_1")
    assert (plain["OBS_STATUS"], plain["CONF_STATUS"]) == ("A", "F")


@pytest.mark.parametrize(
    ("icls", "flow", "note"),
    [
        ("ICLS19", "DF_SDG_B831_SEX_ECO_RT", "S14:4077_T2:84"),
        ("ICLS13", "DF_SDG_0831_SEX_ECO_RT", "S14:3359_T2:84"),
    ],
)
def test_the_standard_decides_the_sdg_series_and_the_note(icls, flow, note):
    files = sdmx_files(tables(), FACTS | {"icls": icls})
    assert [name for name in files if "831" in name] == [f"{flow}.csv"]
    assert {row["NOTE_SOURCE"] for row in rows(files, f"{flow}.csv")} == {note}


def test_a_surveys_own_word_on_social_security_is_never_an_ilo_indicator(files):
    assert not [name for name in files if "0131" in name]
    mine = [name for name in flows(files) if "SELF_REPORTED" in name]
    assert mine
    for name in mine:
        for row in rows(files, name):
            assert row["DATAFLOW"].startswith("INFORMALITY:")
            assert "not SDG indicator 1.3.1" in row["NOTE_INDICATOR"]


def test_the_register_gives_contributors_with_both_dates(files):
    row = one(files, "DF_REG_ACTIVE_CONTRIBUTORS_SEX_SCH_RUL_RT.csv", SEX="SEX_T", SCH="SCH_TOTAL")
    assert row["RUL"] == "GE_1_MONTH_IN_12"
    assert (row["FREQ"], row["TIME_PERIOD"]) == ("M", "2023-M06")
    assert "2023-06" in row["NOTE_SOURCE"]
    assert "LAO_TEST 2022" in row["NOTE_SOURCE"]
    assert "Contribution side of SDG indicator 1.3.1 only" in row["NOTE_INDICATOR"]


def test_the_strategys_objective_takes_the_same_figures(files):
    name = "DF_NSPS_0201_SEX_RUL.csv"
    register = one(files, name, MEASURE="NSPS_0201_VOL_NB", SEX="SEX_T")
    assert register["OBS_VALUE"] == "23.0"  # 0.86 of 26,800, to the hundred (sample.py)
    survey = one(files, name, MEASURE="NSPS_0201_EMP_RT", SEX="SEX_T")
    assert (
        float(survey["OBS_VALUE"])
        == published("social_security_coverage", "total", "TOTAL")["obs_value"]
    )
    assert survey["RUL"] == "SELF_REPORTED"
    assert not [f for f in sdmx_files(tables(), FACTS | {"ref_area": "CRI"}) if "NSPS" in f]


def test_the_inquirys_rows_name_scheme_and_concept(files):
    found = rows(files, "ssi_rows.csv")
    assert {row["CONCEPT"] for row in found} == {"AFFILIATED", "ACTIVE_CONTRIBUTOR"}
    assert {row["SEX"] for row in found} == {"SEX_T", "SEX_F", "SEX_M"}
    row = one(files, "ssi_rows.csv", CONCEPT="AFFILIATED", SCHEME="SCH_VOLUNTARY", SEX="SEX_T")
    assert (row["PERSONS"], row["BRANCH"], row["REFERENCE_PERIOD"]) == ("26800", "ALL", "2023-06")


def test_a_register_count_of_a_few_persons_is_confidential():
    pub = tables()
    few = (pl.col("scheme") == "voluntary") & (pl.col("concept") == "affiliated")
    pub["register_coverage"] = pub["register_coverage"].with_columns(
        pl.when(~few).then("persons").alias("persons"),
        pl.when(few)
        .then(pl.lit("reliability"))
        .otherwise("suppression_reason")
        .alias("suppression_reason"),
    )
    made = sdmx_files(pub, FACTS)
    row = one(made, "ssi_rows.csv", CONCEPT="AFFILIATED", SCHEME="SCH_VOLUNTARY")
    assert (row["PERSONS"], row["OBS_STATUS"]) == ("", "C")
    row = one(made, "DF_REG_AFFILIATED_SEX_SCH_RUL_NB.csv", SCH="SCH_VOLUNTARY")
    assert (row["OBS_VALUE"], row["OBS_STATUS"]) == ("", "C")


def test_synthetic_figures_cannot_be_taken_for_results():
    made = sdmx_files(tables(), FACTS | {"status": "synthetic"})
    assert all(name.startswith("SYNTHETIC_") for name in made)
    for name in made:
        if "DF_" in name:
            assert all(row["NOTE_SOURCE"].startswith("SYNTHETIC") for row in rows(made, name))


def test_under_15_has_no_row_where_questions_begin_at_15(files):
    ages = {row["AGE"] for row in rows(files, "DF_EMP_NIFL_SEX_AGE_RT.csv")}
    assert {"AGE_YTHADULT_YGE15", "AGE_AGGREGATE_TOTAL", "AGE_YTHADULT_Y15-24"} <= ages
    pub = tables()
    young = (
        pub["estimate"]
        .filter(pl.col("category") == "AGE_AGGREGATE_Y15-24")
        .with_columns(pl.lit("AGE_AGGREGATE_YLT15").alias("category"))
    )
    pub["estimate"] = pl.concat([pub["estimate"], young])
    for minimum, has in ((15, False), (14, True)):
        made = sdmx_files(pub, FACTS | {"min_age": minimum})
        ages = {row["AGE"] for row in rows(made, "DF_EMP_NIFL_SEX_AGE_RT.csv")}
        assert ("AGE_AGGREGATE_YLT15" in ages, "AGE_YTHADULT_YGE15" in ages) == (has, not has)


def test_what_is_missing_is_said(files):
    said = {row["SUBJECT"]: row["NOTE"] for row in rows(files, "export_notes.csv")}
    assert (
        said["outside_formal_sector_rate"] == "Not written: the file does not ask for bookkeeping"
    )
    assert said["informal_employment_rate"].endswith("paid leave was asked of employees only")
    assert {"admin1_code", "sex by another breakdown", "SDG_0131_SEX_SOC_RT"} <= set(said)


def test_a_figure_published_twice_is_refused():
    pub = tables()
    pub["estimate"] = pl.concat([pub["estimate"], pub["estimate"].head(1)])
    with pytest.raises(InputError, match="published more than once"):
        sdmx_files(pub, FACTS)


def test_the_same_tables_give_the_same_bytes(files):
    assert sdmx_files(tables(), FACTS) == files


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2017", ("A", "2017")),
        ("2021Q4", ("Q", "2021-Q4")),
        ("2017-12", ("M", "2017-M12")),
        ("2021M9", ("M", "2021-M09")),
    ],
)
def test_periods_as_ilos_service_writes_them(given, wanted):
    assert period_of(given) == wanted


def test_a_dataflow_by_sex_alone_has_no_further_dimension(files):
    head = files["DF_EMP_NIFL_SEX_RT.csv"].decode().splitlines()[0]
    assert head.startswith("DATAFLOW,REF_AREA,FREQ,MEASURE,SEX,TIME_PERIOD,OBS_VALUE")
