"""Running the graph from the command line: in this process, quietly, with our own messages."""

import os
from collections.abc import Callable
from pathlib import Path

from pipelines.failures import RunFailed, StepRefused
from pipelines.guard import INPUT_FAULT
from pipelines.instance import dagster_home
from pipelines.settings import WORKSPACE_VARIABLE, load_settings


def run_survey(workspace: Path, survey_id: str, on_step: Callable[[str], None]) -> None:
    """Materialise one wave from its file to its brief.

    Raises:
        InputError: the input broke a rule; the warehouse keeps what it had.
        RunFailed: a fault in the program itself.
    """
    _materialise(workspace, "survey", survey_id, on_step)


def run_register(workspace: Path, on_step: Callable[[str], None]) -> None:
    """Materialise the register's tables, unless they stand as they would be made again.

    Errors as for ``run_survey``.
    """
    from pipelines.unchanged import mark_register, register_digest, register_stands
    from pipelines.warehouse.vault import held_open

    with held_open(workspace):
        settings = load_settings(workspace)
        digest = register_digest(settings)
        if digest is not None and register_stands(settings, digest):
            on_step("the register is as it was")
            return
        _materialise(workspace, "register", None, on_step)
        if digest is not None:
            mark_register(settings, digest)


def _materialise(
    workspace: Path, job: str, partition: str | None, on_step: Callable[[str], None]
) -> None:
    os.environ[WORKSPACE_VARIABLE] = str(workspace.resolve())
    home = dagster_home(workspace.resolve())
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.warehouse.vault import held_open

    with held_open(workspace), dg.DagsterInstance.from_config(str(home)) as instance:
        on_step("starting")
        resolved = defs.resolve_job_def(job)
        result = resolved.execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            instance=instance,
            partition_key=partition,
            raise_on_error=False,
        )
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data.user_failure_data
            if failure is None:
                raise RunFailed(f"The step {event.step_key} failed without a message")
            fault = failure.metadata.get("fault")
            if fault is not None and fault.value == INPUT_FAULT:
                raise StepRefused(failure.description or "")
            raise RunFailed(failure.description)
    if not result.success:
        raise RunFailed("The run stopped before its first step")
