"""Who is in the twin's register and why: covered residents, those no survey sees, dormant, exited."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from transforms.twin.contributions import CEILING_2017, FLOOR_2017, SCHEMES
from transforms.twin.draws import Array
from transforms.twin.errors import Errors
from transforms.twin.population import Population

COVERED, FOREIGN, ARMED_FORCES, DORMANT, EXITED = range(5)
KINDS: Final = ("covered", "foreign", "armed_forces", "dormant", "exited")
EXITED_SHARE: Final = 0.015  # of affiliated records, on top of them
OLD: Final = 60


@dataclass(frozen=True)
class Membership:
    """Persons of the register, one element a person, shape (members,).

    Attributes:
        person: row in the population; for foreigners and the armed forces the row whose sex, age,
            village and pay they share, without being that person.
        scheme: 0 public, 1 enterprise, 2 voluntary.
        kind: COVERED, FOREIGN, ARMED_FORCES, DORMANT or EXITED.
        pay: monthly earnings in kip; of the dormant, those of the job in which they were covered.
        second: boolean, has a second number.
    """

    person: Array
    scheme: Array
    kind: Array
    pay: Array
    second: Array

    @property
    def active(self) -> Array:
        """Who truly contributes: covered residents, foreigners and the armed forces."""
        return self.kind <= ARMED_FORCES


def choose_members(rng: np.random.Generator, population: Population, errors: Errors) -> Membership:
    """Put every covered resident into the register, and around them what the errors ask for.

    With A covered residents, a scheme has the R affiliated records of which the errors take their
    shares: A = R (1 - foreign - armed forces - dormant) (1 - s), s = duplicates / (1 - dormant) the
    second numbers among the records of active persons. With the default errors R is about the
    published number of insured members.
    """
    q = population.person
    own = np.isin(q["ac03"], (3, 4, 5))
    covered = np.flatnonzero(q["covered"] == 1)
    scheme_of = np.where(own[covered], 2, np.where(q["ac13"][covered] == 1, 0, 1))
    idle = (q["status"] == 1) & (q["covered"] == 0)
    pools = [rng.permutation(np.flatnonzero(idle & (own == mine))) for mine in (False, True)]
    old = np.flatnonzero((q["status"] == 3) & (q["hl05"] >= OLD))
    again = errors.duplicates / (1 - errors.dormant)
    parts: list[tuple[Array, Array, Array, Array, Array]] = []
    for code, name in enumerate(SCHEMES):
        facts = covered[scheme_of == code]
        foreign, forces, dormant = errors.shares(name)
        records = len(facts) / ((1 - foreign - forces - dormant) * (1 - again))
        at = int(name == "voluntary")
        asleep, pools[at] = np.split(pools[at], [round(dormant * records)])
        alike = [
            rng.choice(facts, size=round(share * records) - round(share * records * again))
            for share in (foreign, forces)
        ]
        gone = rng.choice(old, size=round(EXITED_SHARE * records))
        for kind, rows in enumerate((facts, *alike, asleep, gone)):
            # Earnings of the dormant and the exited are those of somebody who is covered.
            earner = rows if kind <= ARMED_FORCES else rng.choice(facts, size=len(rows))
            twice = np.zeros(len(rows), dtype=bool)
            if kind <= ARMED_FORCES:
                twice[: round(len(rows) * again / (1 - again))] = True
            pay = population.monthly_pay[earner].astype(np.float64)
            parts.append(
                (
                    rows,
                    np.full(len(rows), code),
                    np.full(len(rows), kind),
                    pay,
                    rng.permutation(twice),
                )
            )
    person, scheme, kinds, pay, second = (
        np.concatenate(arrays) for arrays in zip(*parts, strict=True)
    )
    return Membership(person, scheme, kinds, pay, second)


def register_province(
    rng: np.random.Generator, lives: Array, scheme: Array, affiliated: Array, share: float
) -> Array:
    """Give the province of registration: 01 for a share of those who live elsewhere.

    Exact for the affiliated and for the exited of both schemes with employers.
    """
    outside = (lives != 1) & (scheme <= 1)
    cell = np.where(outside, scheme * 2 + affiliated, -1)
    return np.where(exactly(rng, cell, share), 1, lives)


def declared_income(
    rng: np.random.Generator, membership: Membership, share: float
) -> tuple[Array, Array]:
    """Give the insurable and the declared monthly income in kip, whole numbers.

    Public members declare their salary. Enterprises declare one part of every wage, the part for
    which the covered residents' bases, cut off at floor and ceiling, fall short by the share.
    Voluntary members choose a reference income.
    """
    pay = np.rint(membership.pay).astype(np.int64)
    chosen = np.asarray([900_000, 1_200_000, 1_500_000, 2_000_000])
    reference = chosen[np.searchsorted([0.5, 0.75, 0.9], rng.random(len(pay)), side="right")]
    insurable = np.where(membership.scheme == 2, reference, pay)
    declared = insurable.copy()
    employees = membership.scheme == 1
    whose = pay[employees & (membership.kind == COVERED)]
    if share > 0 and len(whose):
        wanted = (1 - share) * np.clip(whose, FLOOR_2017, CEILING_2017).sum()
        low, high = 0.0, 1.0
        for _ in range(40):
            part = (low + high) / 2
            stated = np.clip(_thousands(part * whose), FLOOR_2017, CEILING_2017).sum()
            low, high = (part, high) if stated < wanted else (low, part)
        declared[employees] = _thousands(high * pay[employees])
    return insurable, declared


def _thousands(amount: Array) -> Array:
    whole: Array = (np.rint(amount / 1000) * 1000).astype(np.int64)
    return whole


def exactly(rng: np.random.Generator, cell: Array, share: float) -> Array:
    """Mark in each cell from 0 the given share of its units, to rounding, at random."""
    marked = np.zeros(len(cell), dtype=bool)
    for number in range(int(cell.max(initial=-1)) + 1):
        rows = np.flatnonzero(cell == number)
        marked[rng.permutation(rows)[: round(share * len(rows))]] = True
    return marked


def provinces_of(population: Population, person: Array) -> Array:
    """Give the province in which persons live, 1 to 18."""
    village = population.person["village"][person]
    lives: Array = population.villages["prov"].to_numpy()[village].astype(np.int64)
    return lives
