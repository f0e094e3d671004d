"""The partitions of the graph, one a wave, and the profile behind each."""

import dagster as dg

from data_contracts.profile.profile import Profile, load_profile, profile_names
from pipelines.settings import load_settings

waves = dg.StaticPartitionsDefinition(profile_names(load_settings().own_profiles))


def wave_profile(survey_id: str) -> Profile:
    """Load a wave's profile with the workspace's settings."""
    settings = load_settings()
    return load_profile(survey_id, settings.profile_settings(survey_id), settings.own_profiles)
