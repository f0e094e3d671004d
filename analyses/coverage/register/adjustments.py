"""What must be taken off and put on a register's count: rates and their errors; estimated in rate_estimates.py.

Two errors of a rate are kept apart. ``se`` is that of the process behind it, between clusters: what
the rate would be in another register or year. ``se_register`` is the error for this register
itself: nothing where the register has counted the matter, and where it has not (pairs that
matching may have missed, payments still to come, unknown nationality) what that leaves open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from analyses.coverage.register.cells import RegisterCell
from analyses.engine.delta import se_of, variance_of
from analyses.engine.design import Floats
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Adjustment = Literal[
    "foreigners",
    "armed_forces",
    "duplicates",
    "dormant",
    "late_posting",
    "late_payment",
    "geography",
]
NAMES: tuple[str, ...] = get_args(Adjustment)
FOREIGN, ARMED, DUPLICATES, DORMANT, LATE, LATE_PAID, GEOGRAPHY = range(len(NAMES))


@dataclass(frozen=True)
class Given:
    """An adjustment that is not estimated.

    Args:
        adjustment: which one.
        value: the rate as a fraction (geography: residents over registered).
        se: its standard error.
        source: where it comes from; printed.
        scheme: only for this scheme; None for all.
        category: only for this category (a province of residence, for geography); None for all.
    """

    adjustment: Adjustment
    value: float
    se: float
    source: str
    scheme: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no adjustment."""
        if self.adjustment not in NAMES:
            raise InputError("there is no such adjustment", f"use one of {', '.join(NAMES)}")
        if not (np.isfinite(self.value) and np.isfinite(self.se) and self.se >= 0):
            raise InputError(
                f"the adjustment {self.adjustment} has no finite value or standard error",
                "give both, the standard error not below zero",
            )
        if not self.source:
            raise InputError(f"the adjustment {self.adjustment} names no source", "add it")

    def fits(self, cell: RegisterCell) -> bool:
        """Tell whether it is meant for a cell."""
        return self.scheme in {None, cell.scheme} and self.category in {None, cell.category}


@dataclass(frozen=True, repr=False)
class Rates(Discreet):
    """The adjustments of one cell, in the order of ``NAMES``.

    Args:
        cell: the sums they come from.
        value: the rates, shape (7,); NaN where one is neither estimated nor given.
        process: their covariance between clusters, shape (7, 7).
        register: the covariance of their errors for this register, shape (7, 7).
        given: those that were given, by name.
        notes: what a reader must know, by name.
        counted: the geography that the cell's sums hold already.
        uneven: relative variance of the kip due from the persons of this window who are late,
            above that of their number: some owe more than others.
        moved: the same for the persons of unknown residence that the domain was given.
        shared: what the matching model's own error, one standard error of it, does to the rates, shape
            (7,); a part of both covariances, and one error for all schemes and domains.
    """

    cell: RegisterCell
    value: Floats
    process: Floats
    register: Floats
    given: Mapping[str, Given]
    notes: Mapping[str, str]
    counted: float = 1.0
    uneven: float = 0.0
    moved: float = 0.0
    shared: Floats = field(default_factory=lambda: np.zeros(len(NAMES)))

    @property
    def df(self) -> int:
        """Clusters less one."""
        return self.cell.clusters - 1


def dormant_net(rates: Rates) -> tuple[float, Floats]:
    """Give the dormant with late posting given back, and its gradient over ``NAMES``.

    h - (1 - d - h) l: of the records, those of persons for whom nothing was or will be paid.
    """
    _, _, d, h, late, *_ = np.nan_to_num(rates.value)
    gradient = np.zeros(len(NAMES))
    gradient[[DUPLICATES, DORMANT, LATE]] = late, 1 + late, -(1 - d - h)
    return h - (1 - d - h) * late, gradient


def named(rates: Rates) -> Iterator[tuple[str, float, float, float]]:
    """Yield name, value, se of the process and se for this register, dormant_net at the end."""
    spread = se_of(np.diag(rates.process)), se_of(np.diag(rates.register))
    for i, name in enumerate(NAMES):
        yield name, float(rates.value[i]), float(spread[0][i]), float(spread[1][i])
    net, g = dormant_net(rates)
    yield (
        "dormant_net",
        float(net),
        float(se_of(variance_of(g, rates.process))),
        float(se_of(variance_of(g, rates.register))),
    )
