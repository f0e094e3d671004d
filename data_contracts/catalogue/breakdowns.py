"""By what figures are broken down and models explained, read from YAML; whether a wave has it is its plan's."""

from functools import cache
from pathlib import Path

from pydantic import Field

from data_contracts.typed_yaml import Strict, load_typed, typed_entries
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "breakdowns.yaml"
COVARIATES = Path(__file__).parent / "covariates.yaml"
WHOLE = "total"


class Breakdown(Strict):
    """One canonical column whose values are categories of figures."""

    title: str = Field(description="its name in words")
    of_jobs: bool = Field(
        default=False,
        description="only the employed have it: by it, a figure about other persons has no meaning",
    )


class CovariateFile(Strict):
    """The whole of ``covariates.yaml``."""

    covariates: list[str] = Field(min_length=1)


@cache
def breakdown_entries() -> dict[str, Breakdown]:
    """Load the breakdowns by name, the whole among them.

    Raises:
        InputError: an entry is malformed; with its line.
    """
    return typed_entries(load_yaml(FILE), Breakdown, FILE, "breakdowns.json")


def breakdowns() -> tuple[str, ...]:
    """Give the columns that figures are broken down by, in the order of the tables."""
    return tuple(name for name in breakdown_entries() if name != WHOLE)


def job_breakdowns() -> tuple[str, ...]:
    """Give those that only the employed have."""
    return tuple(name for name, one in breakdown_entries().items() if one.of_jobs)


@cache
def covariates() -> tuple[str, ...]:
    """Give the columns that models of coverage take, in their order."""
    return tuple(load_typed(COVARIATES, CovariateFile, "covariates.json").covariates)
