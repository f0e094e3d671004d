"""Profiles made up for tests: a whole one of which a test says what matters."""

from data_contracts.profile.profile import Profile

BASE = {
    "survey_id": "TST_2020_LFS",
    "title": "A survey of our own",
    "status": "sourced",
    "ref_area": "TST",
    "source_type": "LFS",
    "time_period": "2020",
    "reference_year": 2020,
    "currency": "XTS",
    "min_age_labour": 15,
    "standards": {"icls": "ICLS19"},
    "citation": "none",
    "keys": {"household": ["hh"], "person": "pn"},
    "design": {"strata": ["st"], "psu": ["ea"], "weight": "wt"},
    "columns": {"age": {"from": "age", "number": True}},
}


def profile_of(**entries):
    """Give a profile with some entries of its own."""
    return Profile.model_validate(BASE | entries)
