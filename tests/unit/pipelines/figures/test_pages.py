"""What a wave's pages say of the wave itself."""

import polars as pl

from data_contracts.profile.profile import load_profile
from pipelines.figures.pages import national_brief
from tests.unit.reports import sample


def brief(profile):
    pub = sample.pub()
    named = {
        name: table.with_columns(survey_id=pl.lit(profile.survey_id)) for name, table in pub.items()
    }
    return national_brief(profile, named, [], [], "0.1.0+test")


def test_no_release_date_is_made_up_of_the_year():
    profile = load_profile("LAO_2017_LFS")
    assert profile.release_date is None
    assert brief(profile).release_date == ""


def test_a_release_date_of_the_profile_is_the_briefs():
    profile = load_profile("LAO_2017_LFS").model_copy(update={"release_date": "2018-06-25"})
    assert brief(profile).release_date == "2018-06-25"
