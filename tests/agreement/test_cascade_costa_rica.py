"""The cascade of the survey alone on Costa Rica's household survey of 2020, beside R's errors."""

from datetime import date

import polars as pl
import pytest

from tests.places import MICRODATA

FILE = MICRODATA / "cri20n1.dta.zip"


@pytest.fixture(scope="module")
def rows():
    if not FILE.exists():
        pytest.skip("the microdata of Costa Rica is not in ../shared/microdata")
    from data_contracts.profile.profile import load_profile
    from pipelines.figures.core import KEY, derive
    from transforms.law.survey_liability import survey_liability
    from transforms.read.files import read_table
    from transforms.survey.harmonise import harmonise

    profile = load_profile("CRI_2020_ENAHO")
    raw = read_table(FILE, profile.raw_names(), profile.encoding)
    person, job = derive(profile, harmonise(profile, raw.frame, raw.name))
    joined = person.join(job, on=KEY, how="left", maintain_order="left")
    return survey_liability(joined, ref_area="CRI", day=date(2020, 7, 1))


# R 4.2, survey 4.1.1, over the file with e employed and r insured as one's own contributor (a11):
# s <- svydesign(~upm, strata = ~diseno_muestra, weights = ~factor, nest = TRUE), and then the SE of
# svytotal(~I(e - r)) over s and over its subset of region 6; degf 1085.
@pytest.mark.agreement
def test_the_gap_to_self_reported_cover_has_the_error_that_r_gives(rows):
    from analyses.coverage.cascade.table import survey_cascade
    from analyses.wave.core_design import core_design

    labels = {"survey_id": "CRI_2020_ENAHO", "ref_area": "CRI", "time_period": "2020"}
    table = survey_cascade(rows, core_design(), labels, breakdowns=["admin1_code", "status_icse93"])
    last = table.filter(stage="self_reported_covered")
    for category, error in (("TOTAL", 12343.1523124), ("6", 3504.47780218)):
        found = last.filter(pl.col("breakdown") != "status_icse93", category=category)
        assert found["gap_se"].item() == pytest.approx(error, rel=1e-9)
    status = last.filter(breakdown="status_icse93")
    whole = last.filter(breakdown="total")["value"].item()
    assert status["value"].sum() == pytest.approx(whole, rel=1e-9)
    asked = table.filter(stage="registered_unit", breakdown="total").row(0, named=True)
    assert asked["note"].startswith("NOT COMPUTABLE: the wave does not ask")
    assert asked["n"] is None


@pytest.mark.agreement
def test_lao_law_says_nothing_of_costa_rica(rows):
    from analyses.coverage.cascade.table import cascade
    from analyses.wave.core_design import core_design

    labels = {"survey_id": "CRI_2020_ENAHO", "ref_area": "CRI", "time_period": "2020"}
    table = cascade(rows, core_design(), None, labels, breakdowns=[])
    legal = table.filter(stage="legally_covered")
    assert legal["value"].null_count() == legal.height == 4
    assert legal["note"].str.starts_with("NOT COMPUTABLE: data_contracts/law holds no law").all()
