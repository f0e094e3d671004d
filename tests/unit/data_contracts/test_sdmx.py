"""sdmx.yaml agrees with the tables it exports, with indicators.yaml and with itself."""

import pytest

from data_contracts import sdmx
from data_contracts.catalogue.indicators import catalogue, indicators_of
from data_contracts.code_lists import code_rows
from data_contracts.contract.find import load
from data_contracts.errors import InputError
from data_contracts.sdmx import load_sdmx

RETYPED = {"SDG_0831_RT", "SDG_B831_RT"}  # further names of a series that has its ILOSTAT name too


def allowed(table, column):
    return set(next(c for c in load(table).columns if c.name == column).valid)


def test_every_series_is_an_indicator_and_its_ilostat_measure_is_the_catalogues():
    known = catalogue()
    for series in load_sdmx().survey:
        assert series.indicator in known
        if series.agency == "ILO" and series.measure not in RETYPED:
            assert series.measure == known[series.indicator].ilostat_indicator
        if series.agency != "ILO":
            assert known[series.indicator].ilostat_indicator is None


def test_every_indicator_is_exported():
    assert {series.indicator for series in load_sdmx().survey} == set(catalogue())


@pytest.mark.parametrize(
    ("code", "agency", "measure"),
    [("EIP_TEIP_NB", "ILO", "EIP_TEIP_NB"), (None, "OWN", "LFS_OUTSIDE_NB")],
)
def test_an_indicator_of_which_nothing_is_said_is_exported_by_its_code(code, agency, measure):
    entry = {
        "title": "Outside", "kind": "total", "unit": "PS", "standard": "labour_force",
        "universe": "persons", "numerator": {"lfs_status": ["outside"]}, "requires": ["lfs_status"],
        "ilostat_indicator": code,
    }  # fmt: skip
    made = sdmx.series_of(indicators_of({"outside": entry}, sdmx.FILE)["outside"])
    assert (made.agency, made.measure, made.title) == (agency, measure, "Outside")
    assert made.by == ("AGE", "GEO", "EDU")  # the unemployed have no industry


def test_what_no_entry_names_comes_from_the_catalogue_and_nothing_twice():
    listed = load_sdmx().survey
    assert sdmx.with_unlisted(listed) == listed
    assert {one.indicator for one in sdmx.with_unlisted([])} == set(catalogue())


def test_units_follow_the_kind_of_the_indicator():
    known = catalogue()
    for series in load_sdmx().survey:
        wanted = "NB" if known[series.indicator].kind == "total" else "RT"
        assert sdmx.unit_of(series.measure) == wanted


def test_breakdowns_concepts_and_schemes_are_those_of_the_tables():
    made = load_sdmx()
    assert {c.breakdown for c in made.classifs.values()} <= allowed("pub.estimate", "breakdown")
    assert {s.concept for s in made.register} == allowed("pub.register_coverage", "concept")
    assert set(made.schemes) == allowed("pub.register_coverage", "scheme")
    assert set(made.ssi["scheme_titles"]) == set(made.schemes)


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("SEX_", "CL_SEX"), ("AGE_AGGREGATE_", "CL_AGE"), ("GEO_COV_", "CL_GEO"),
        ("ECO_SECTOR_", "CL_ECO"), ("STE_ICSE93_", "CL_STE"), ("EDU_AGGREGATE_", "CL_EDU"),
    ],
)  # fmt: skip
def test_every_category_of_ours_is_in_its_code_list(prefix, name):
    ours = {row["code"] for row in code_rows("labels_en") if row["code"].startswith(prefix)}
    assert ours
    assert ours <= set(load_sdmx().codes[name])


def test_dataflows_are_named_as_ilostat_names_them():
    made = load_sdmx()
    # Identifiers as measurement.md, section 5, and ILO's registry give them.
    assert made.flow_id("EMP_TEMP_NB", "AGE") == "DF_EMP_TEMP_SEX_AGE_NB"
    assert made.flow_id("SDG_B831_RT", "ECO") == "DF_SDG_B831_SEX_ECO_RT"
    assert made.flow_id("EMP_NIFL_RT") == "DF_EMP_NIFL_SEX_RT"


def test_no_series_is_called_sdg_1_3_1():
    made = load_sdmx()
    measures = [s.measure for s in (*made.survey, *made.register, *made.picks)]
    assert not [name for name in measures if "0131" in name]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("totals: [GEO_COV_NAT]", "totals: [GEO_COV_ALL]", "GEO_COV_ALL is not in CL_GEO"),
        ("by: [AGE, GEO, EDU], title: Labour force}", "by: [AGO], title: X}", "unknown dimension"),
        ("survey: LFS_SELF_REPORTED_CONTRIBUTION_RT, by", "survey: LFS, by", "not listed"),
        ("title: Unemployment}", "titel: Unemployment}", "lacks a field or has an unknown one"),
    ],
)
def test_a_broken_entry_is_refused(tmp_path, monkeypatch, right, wrong, said):
    text = sdmx.FILE.read_text(encoding="utf-8")
    assert right in text
    broken = tmp_path / "sdmx.yaml"
    broken.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    monkeypatch.setattr(sdmx, "FILE", broken)
    with pytest.raises(InputError, match=said):
        load_sdmx.__wrapped__()
