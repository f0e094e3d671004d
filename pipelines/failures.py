"""How a run ends badly: the input's fault (exit code 2) or the program's own (exit code 1)."""

from data_contracts.errors import InputError


class RunFailed(Exception):
    """A fault in the program itself; the message names places in the code and no value."""


class StepRefused(InputError):
    """An InputError that came through Dagster: its message is whole already."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message, "")

    def __str__(self) -> str:
        """Give the message as it was."""
        return self.message
