"""When a run starts by itself: a new file in the landing folder; the file's hash is the run's key."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from data_contracts.errors import InputError
from data_contracts.profile.profile import profile_names
from pipelines.settings import REGISTER, load_settings
from transforms.read.files import file_sha256


def arrivals() -> Iterator[tuple[str, str]]:
    """Give (survey id or LSSO, hash) of what lies complete in landing/; half-copied files wait."""
    settings = load_settings()
    for survey in profile_names(settings.own_profiles):
        try:
            path = settings.survey_file(survey)
        except InputError:
            continue
        if path.is_file():
            yield survey, file_sha256(path)
    register = settings.register_files()
    if len(register) == 3 and all(path.is_file() for path in register.values()):
        files = [register[role] for role in sorted(register)]
        counts = settings.aggregate_file()
        files += [counts] if counts is not None and counts.is_file() else []
        yield REGISTER, "-".join(file_sha256(path)[:16] for path in files)


def landing_sensor(
    survey_job: UnresolvedAssetJobDefinition, register_job: UnresolvedAssetJobDefinition
) -> dg.SensorDefinition:
    """Build the sensor on landing/: one run a wave and hash, one a register extract."""

    @dg.sensor(
        name="landing",
        jobs=[survey_job, register_job],
        minimum_interval_seconds=30,
        description="Starts a run for a file that was not run before: same bytes, no second run.",
    )
    def landing() -> Iterator[dg.RunRequest]:
        for source, digest in arrivals():
            if source == REGISTER:
                yield dg.RunRequest(run_key=digest, job_name=register_job.name)
            else:
                yield dg.RunRequest(
                    run_key=f"{source}-{digest}", job_name=survey_job.name, partition_key=source
                )

    return landing
