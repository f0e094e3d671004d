"""The profile BOL_2021_EH against R survey 4.5 (vectors/microdata_expected.json, BO5) and the file's notes."""

import json

import polars as pl
import pytest

from analyses.engine.collapse import Score, collapse
from analyses.wave.core_design import core_design
from analyses.wave.estimates import estimate
from data_contracts.profile.profile import load_profile
from tests.places import SHARED
from transforms.read.files import read_table
from transforms.survey.harmonise import harmonise

pytestmark = [
    pytest.mark.agreement,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the folder shared is not beside us"),
]


@pytest.fixture(scope="module")
def persons():
    """The harmonised persons, with the file's own poverty flag beside them."""
    profile = load_profile("BOL_2021_EH")
    raw = read_table(SHARED / "microdata" / "eh2021_uml.sav", [*profile.raw_names(), "p0"]).frame
    return harmonise(profile, raw, "eh2021_uml.sav").person.with_columns(raw["p0"])


def test_weights_strata_and_psus_are_those_that_r_was_given(persons):
    entries = json.loads((SHARED / "vectors" / "microdata_expected.json").read_text("utf-8"))
    r = next(entry for entry in entries if entry["id"] == "BO5")
    frame = persons.with_columns(
        known=pl.col("p0").is_not_null().cast(pl.Int8),
        poor=(pl.col("p0") == 1).fill_null(value=False).cast(pl.Int8),
    )
    table = estimate(collapse(frame, core_design(), [Score("poor", "poor", "known")], []))
    row = table.filter(breakdown="total").row(0, named=True)
    assert row["obs_value"] == pytest.approx(r["est"]["p0"], rel=1e-8)
    assert row["se"] == pytest.approx(r["se"][0], rel=1e-6)  # the weights are kept to a millionth


def test_rows_and_design_are_those_of_the_delivery(persons):
    # shared/microdata/README.md: 42,090 persons, 70 strata, 1,079 primary sampling units.
    counts = [persons.height, persons["strata"].n_unique(), persons["psu"].n_unique()]
    assert counts == [42_090, 70, 1_079]


def test_population_agrees_with_the_employment_survey_of_the_same_year(persons):
    # An independent sample of the same country and year; employment differs (the profile's notes).
    profile = load_profile("BOL_2021_ECE")
    raw = read_table(SHARED / "microdata" / "ece_t4_2021.sav", profile.raw_names()).frame
    other = harmonise(profile, raw, "ece_t4_2021.sav").person
    assert persons["weight"].sum() == pytest.approx(other["weight"].sum(), rel=0.01)
    young = pl.col("lfs_status_given") == "below_working_age"
    shares = [
        frame.filter(young)["weight"].sum() / frame["weight"].sum() for frame in (persons, other)
    ]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)
