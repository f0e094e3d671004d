"""The partitions of the graph, one a wave, and the plan of each."""

import dagster as dg

from data_contracts.profile.plan import WavePlan, resolve
from data_contracts.profile.profile import load_profile, profile_names
from pipelines.settings import load_settings

waves = dg.StaticPartitionsDefinition(profile_names(load_settings().own_profiles))


def wave_plan(survey_id: str) -> WavePlan:
    """Give a wave's plan: its profile with the workspace's settings, resolved."""
    settings = load_settings()
    chosen = settings.profile_settings(survey_id)
    return resolve(load_profile(survey_id, chosen, settings.own_profiles), settings.conventions)
