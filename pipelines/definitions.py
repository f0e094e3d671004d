"""The whole assembly on one screen: assets, checks, jobs, sensor. What they do lives in assets/."""

import dagster as dg

from pipelines.assets.briefs import coverage_page_of, national_brief
from pipelines.assets.core import harmonised_survey, survey_file
from pipelines.assets.coverage import register_persons, survey_coverage
from pipelines.assets.estimates import register_over_survey, survey_drivers, survey_estimates
from pipelines.assets.publication import publication
from pipelines.assets.quality import survey_quality
from pipelines.assets.register import register_counts, register_extract
from pipelines.assets.register_quality import register_quality
from pipelines.triggers import landing_sensor

SURVEY_ASSETS = [
    survey_file,
    harmonised_survey,
    survey_quality,
    survey_estimates,
    survey_drivers,
    register_over_survey,
    survey_coverage,
    publication,
    coverage_page_of,
    national_brief,
]
REGISTER_ASSETS = [register_extract, register_counts, register_persons, register_quality]

survey_job = dg.define_asset_job(
    "survey",
    selection=dg.AssetSelection.assets(*SURVEY_ASSETS),
    description="One wave from its file to its brief.",
)
register_job = dg.define_asset_job(
    "register",
    selection=dg.AssetSelection.assets(*REGISTER_ASSETS),
    description="The register's extract from its files to its tables.",
)

defs = dg.Definitions(
    assets=[*SURVEY_ASSETS, *REGISTER_ASSETS],
    jobs=[survey_job, register_job],
    sensors=[landing_sensor(survey_job, register_job)],
    executor=dg.in_process_executor,
)
