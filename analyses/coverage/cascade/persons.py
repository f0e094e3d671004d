"""The stages of the cascade in persons: who is employed, covered by law, registered, affiliated, active.

Every stage counts the employed of working age who live in the survey's frame. The first three are
survey totals, the last two the register's, so that a gap between them may be negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyses.coverage.cascade.register import active
from analyses.coverage.cascade.stages import Chain, stage
from analyses.coverage.cascade.totals import BRANCHES, COMPULSORY, law_decides
from analyses.engine.delta import added

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyses.coverage.cascade.stages import CascadeStage
    from analyses.coverage.cascade.totals import Basis
    from analyses.engine.delta import Linearised
    from analyses.engine.design import Ints

NO_LAW = "data_contracts/law holds no law of this country"
OPEN_LAW = (
    "for more persons than are known to be covered the law turns on what the wave does not tell "
    "(the kind or the size of the unit they work for)"
)
NO_REGISTER = "no register is given, or it has no such figure here"
NO_REGISTRATION = "the wave does not ask whether the unit is registered"
NO_ANSWER = "the wave does not ask about contributions"
PART = "part of the gap of this stage, not added to it"
SELF_REPORTED = (
    "self-reported: what the employed say of themselves, not corrected for wrong answers"
)
CIRCULARITY = (
    "about all employed persons; it says nothing about informal employees: for employees the "
    "social-security answer itself makes the job formal"
)


def asked_registration(basis: Basis) -> bool:
    """Whether the wave asks about registration: somebody employed works for a unit without it."""
    rows = basis.rows
    return bool(rows["employed"][0] > rows["registered"][0] + rows["registered_unknown"][0])


def persons_of(basis: Basis) -> list[Chain]:
    """Give the chains of persons: each branch from the legally covered on, the compulsory from all."""
    chains = [_chain(basis, branch, (branch,)) for branch in BRANCHES]
    return [*chains, _chain(basis, "compulsory", COMPULSORY)]


def _chain(basis: Basis, name: str, branches: Sequence[str]) -> Chain:
    legal, registered = _sum(basis, branches, "legal"), _sum(basis, branches, "registered")
    unknown = _sum(basis, branches, "registered_unknown")
    has_law, asked = legal is not None, asked_registration(basis)
    is_open = has_law and name != "voluntary" and not law_decides(basis)
    if is_open:
        legal = registered = unknown = None
    no_law = OPEN_LAW if is_open else NO_LAW
    why = NO_REGISTRATION if has_law and not is_open else no_law
    stages = [
        stage(2, "legally_covered", "legal" if name == "compulsory" else None, legal, "survey",
              rows_of(basis, branches, "legal"), no_law, (_assumed(basis, branches),)),
        stage(3, "registered_unit", "registration", registered if asked else None, "survey",
              rows_of(basis, branches, "registered"), why),
        stage(4, "affiliated", "affiliation", added(basis[f"{b}:affiliated"] for b in branches),
              "register", None, NO_REGISTER),
        stage(5, "active_contributor", "payment", added(active(basis, b) for b in branches),
              "register", None, NO_REGISTER),
    ]  # fmt: skip
    same = [PART] * len(basis.domains)
    parts = [
        stage(3, "registration_unknown", "registration_unknown", unknown if asked else None,
              "survey", rows_of(basis, branches, "registered_unknown"), why, (same,)),
    ]  # fmt: skip
    if name == "compulsory":
        stages.insert(0, first_stage(basis))
        open_status = basis["unknown_status"] if has_law else None
        parts.insert(0, stage(2, "legal_status_unknown", "legal_unknown", open_status, "survey",
                              basis.rows.get("unknown_status"), NO_LAW, (same,)))  # fmt: skip
    return Chain(name, "PS", tuple(stages), tuple(parts))


def self_report_chain(basis: Basis) -> Chain:
    """Give the chain without law and register: employed, registered, covered by their own word.

    The last stage counts everybody who says so, in a registered unit or not, as the survey's
    headline does.
    """
    asked = asked_registration(basis)
    said = bool(basis.rows["employed"][0] > basis.rows["reported_unknown"][0])
    whole, same = len(basis.domains), [PART] * len(basis.domains)
    stages = (
        first_stage(basis),
        stage(2, "registered_unit", "registration", basis["registered"] if asked else None,
              "survey", basis.rows["registered"], NO_REGISTRATION),
        stage(3, "self_reported_covered", "self_report", basis["reported"] if said else None,
              "survey", basis.rows["reported"], NO_ANSWER, ([SELF_REPORTED] * whole,)),
    )  # fmt: skip
    parts = (
        stage(2, "registration_unknown", "registration_unknown",
              basis["registered_unknown"] if asked else None, "survey",
              basis.rows["registered_unknown"], NO_REGISTRATION, (same,)),
        stage(3, "self_report_unknown", "self_report_unknown",
              basis["reported_unknown"] if said else None, "survey",
              basis.rows["reported_unknown"], NO_ANSWER, (same,)),
    )  # fmt: skip
    return Chain("all", "PS", stages, parts)


def first_stage(basis: Basis) -> CascadeStage:
    """Give the employed."""
    said = ([CIRCULARITY] * len(basis.domains),)
    return stage(1, "employed", None, basis["employed"], "survey", basis.rows["employed"], "", said)


def rows_of(basis: Basis, branches: Sequence[str], kind: str) -> Ints | None:
    """Count the sample rows behind a kind of total; None where there is none."""
    found = [basis.rows[f"{b}:{kind}"] for b in branches if f"{b}:{kind}" in basis.rows]
    return sum(found[1:], found[0]) if found else None


def _sum(basis: Basis, branches: Sequence[str], kind: str) -> Linearised | None:
    names = [f"{branch}:{kind}" for branch in branches]
    return added(basis[name] for name in names) if names[0] in basis else None


def _assumed(basis: Basis, branches: Sequence[str]) -> list[str]:
    """Say what share was judged as nationals because the survey does not ask."""
    parts, legal = _sum(basis, branches, "assumed"), _sum(basis, branches, "legal")
    if parts is None or legal is None:
        return [""] * len(basis.domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = parts.value / legal.value
    return [
        f"{share:.1%} judged as nationals: the survey does not ask, the law of foreigners differs"
        if share > 0
        else ""
        for share in shares.tolist()
    ]
