"""By what figures are broken down and models explained, read from YAML; whether a wave has it is its plan's."""

from functools import cache
from pathlib import Path

from pydantic import Field

from data_contracts.typed_yaml import Strict, load_typed

FILE = Path(__file__).parent / "breakdowns.yaml"
SCHEMA = "breakdowns.json"


class Breakdown(Strict):
    """One canonical column whose values are categories of figures."""

    title: str = Field(description="its name in words")
    of_jobs: bool = Field(
        default=False,
        description="only the employed have it: by it, a figure about other persons has no meaning",
    )


class BreakdownFile(Strict):
    """The whole of ``breakdowns.yaml``."""

    breakdowns: dict[str, Breakdown] = Field(min_length=1)
    covariates: list[str] = Field(min_length=1)


@cache
def breakdown_file() -> BreakdownFile:
    """Load the breakdowns and covariates.

    Raises:
        InputError: an entry is malformed; with its line.
    """
    return load_typed(FILE, BreakdownFile, SCHEMA)


def breakdowns() -> tuple[str, ...]:
    """Give the columns that figures are broken down by, in the order of the tables."""
    return tuple(breakdown_file().breakdowns)


def job_breakdowns() -> tuple[str, ...]:
    """Give those that only the employed have."""
    return tuple(name for name, one in breakdown_file().breakdowns.items() if one.of_jobs)


def covariates() -> tuple[str, ...]:
    """Give the columns that models of coverage take, in their order."""
    return tuple(breakdown_file().covariates)
