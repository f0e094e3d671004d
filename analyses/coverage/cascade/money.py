"""The stages of the cascade in kip a month: due by law, in registered units, of members, declared, paid.

What is due to active contributors is their number (register) times the mean due of the truly covered,
which the survey gives from self-reports: with specificity sp and any sensitivity that does not
depend on the due, mu = (T_rep(y) - (1 - sp) T_all(y)) / (T_rep(1) - (1 - sp) T_all(1)) over the legally
covered who answered (Rogan and Gladen 1978, for a total and a count).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyses.coverage.cascade.persons import (
    NO_LAW,
    NO_REGISTER,
    NO_REGISTRATION,
    OPEN_LAW,
    asked_registration,
    rows_of,
)
from analyses.coverage.cascade.register import SPECIFICITY, active
from analyses.coverage.cascade.stages import Chain, stage
from analyses.coverage.cascade.totals import BRANCHES, COMPULSORY, law_decides
from analyses.engine.delta import added, crossed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyses.coverage.cascade.totals import Basis
    from analyses.engine.delta import Linearised
    from analyses.engine.design import Truths

FEW = 5  # sample rows below which a figure is not used (ILO; reliability.py)
STAGES = ("due_legal", "due_registered", "due_affiliated", "due_active", "due_declared", "paid")
COMPONENTS = (None, "registration", "affiliation", "payment", "under_declaration", "arrears")
SOURCES = ("survey", "survey", "both", "both", "register", "register")
NO_AMOUNT = (
    "the law's data or the earnings give nobody here an amount (for the voluntary, a choice in "
    "data_contracts/law/choices.yaml may settle it)"
)
NO_MEAN = (
    "the register has no such figure here, or fewer report contributions than wrong answers alone "
    "would give, so there is no mean due of the covered"
)


def money_of(basis: Basis) -> tuple[list[Chain], Basis]:
    """Give the chains of money of each branch and of the compulsory ones together, and their basis.

    The basis gains the mean dues of the whole survey, which stand in for those of a domain with
    fewer than FEW sample rows; their covariance with the domain's own totals, which such a domain
    hardly has, is left out.
    """
    whole = _with_means(basis)
    by_branch = {branch: _totals(whole, branch) for branch in BRANCHES}
    sets = [(branch, (branch,)) for branch in BRANCHES] + [("compulsory", COMPULSORY)]
    return [_chain(whole, name, own, by_branch) for name, own in sets], whole


def _with_means(basis: Basis) -> Basis:
    """Put the whole survey's mean dues beside the totals: of all and of the truly covered."""
    branches = [branch for branch in BRANCHES if f"{branch}:legal" in basis]
    if not branches:
        return basis
    names, figures = [], []
    for branch in branches:
        mean = basis[f"{branch}:legal:due"] / basis[f"{branch}:legal:known"]
        covered, possible = _of_covered(basis, branch, mean)
        names += [f"{branch}:mean_due", f"{branch}:mean_covered"]
        figures += [mean, covered.where(possible, np.nan)]
    slope = np.nan_to_num(np.stack([figure.slope[0] for figure in figures]))
    value = np.array([figure.value[0] for figure in figures])
    domains = len(basis.domains)
    return basis.beside(
        names,
        np.tile(value, (domains, 1)),
        np.tile(crossed(slope, basis.covariance[0]), (domains, 1, 1)),
    )


def _chain(
    basis: Basis,
    name: str,
    branches: Sequence[str],
    totals: dict[str, dict[str, Linearised | None]],
) -> Chain:
    has_law = f"{branches[0]}:legal" in basis
    is_open = has_law and name != "voluntary" and not law_decides(basis)
    unasked = NO_REGISTRATION if has_law and not asked_registration(basis) else NO_AMOUNT
    whys = (NO_AMOUNT, unasked, NO_MEAN, NO_MEAN, NO_REGISTER, NO_REGISTER)
    reported = rows_of(basis, branches, "reported")
    rows = (rows_of(basis, branches, "legal"), rows_of(basis, branches, "registered"),
            reported, reported, None, None)  # fmt: skip
    notes, stand_ins = _missing(basis, branches), _stand_ins(basis, branches)
    stages = []
    for at, (own, component) in enumerate(zip(STAGES, COMPONENTS, strict=True)):
        found = [total for b in branches if (total := totals[b][own]) is not None]
        total = added(found) if len(found) == len(branches) else None
        why = whys[at] if has_law or at > 3 else NO_LAW
        if is_open and at < 4:
            total, why = None, OPEN_LAW
        said = ((notes,), (notes, stand_ins), ())[(at > 1) + (at > 3)]
        stages.append(stage(at + 1, own, component, total, SOURCES[at], rows[at], why, said))
    return Chain(name, "LAK_MONTH", tuple(stages))


def _totals(basis: Basis, branch: str) -> dict[str, Linearised | None]:
    """Give one branch's totals by stage; None where the wave cannot give them."""
    declared = basis[f"{branch}:d_act"]
    found: dict[str, Linearised | None] = dict.fromkeys(STAGES)
    found["due_declared"] = declared
    found["paid"] = declared * basis[f"{branch}:paid_ratio"]
    if f"{branch}:legal" not in basis:
        return found
    mean = _mean_due(basis, branch)
    found["due_legal"] = _due(basis, branch, "legal", mean)
    if asked_registration(basis):
        found["due_registered"] = _due(basis, branch, "registered", mean)
    contributors = active(basis, branch)
    nobody = contributors.value == 0
    owed = (contributors * _mean_of_covered(basis, branch)).where(~nobody, 0.0)
    members = basis[f"{branch}:d_aff"]
    empty = nobody & (members.value == 0)
    found["due_active"] = owed
    found["due_affiliated"] = (owed * (members / declared)).where(~empty, 0.0)
    return found


def _due(basis: Basis, branch: str, kind: str, mean: Linearised) -> Linearised:
    """Sum the due; who has no known due gets a mean."""
    name = f"{branch}:{kind}"
    unknown = basis[name] - basis[f"{name}:known"]
    everybody = unknown.value == 0
    return basis[f"{name}:due"] + (unknown * mean).where(~everybody | ~np.isnan(mean.value), 0.0)


def _mean_due(basis: Basis, branch: str) -> Linearised:
    """Give the mean known due of the branch and domain; of the whole survey where nobody's is known."""
    own = basis[f"{branch}:legal:due"] / basis[f"{branch}:legal:known"]
    return own.where(basis.rows[f"{branch}:legal:known"] > 0, basis[f"{branch}:mean_due"])


def _of_covered(basis: Basis, branch: str, mean: Linearised) -> tuple[Linearised, Truths]:
    """Give the mean due of the truly covered, and where reports are more than errors would give."""
    wrong = 1.0 - basis[SPECIFICITY]
    above = _due(basis, branch, "reported", mean) - wrong * _due(basis, branch, "answered", mean)
    below = basis[f"{branch}:reported"] - wrong * basis[f"{branch}:answered"]
    return above / below, below.value > 0


def _mean_of_covered(basis: Basis, branch: str) -> Linearised:
    """Give the mean due of the truly covered; of the whole survey where too few report."""
    own, possible = _of_covered(basis, branch, _mean_due(basis, branch))
    return own.where(possible & ~_few(basis, branch), basis[f"{branch}:mean_covered"])


def _few(basis: Basis, branch: str) -> Truths:
    """Tell where fewer than FEW sample rows report contributions; the whole has no other mean."""
    few: Truths = basis.rows[f"{branch}:reported"] < FEW
    return few & (np.arange(len(few)) > 0)


def _stand_ins(basis: Basis, branches: Sequence[str]) -> list[str]:
    """Say where the whole survey's mean due of the covered stands in."""
    if f"{branches[0]}:legal" not in basis:
        return [""] * len(basis.domains)
    few = np.stack([_few(basis, branch) for branch in branches])
    return [
        f"fewer than {FEW} sample rows report contributions ({', '.join(held)}): the mean due of "
        "the whole survey stands in"
        if (held := [b for b, f in zip(branches, column, strict=True) if f])
        else ""
        for column in few.T.tolist()
    ]


def _missing(basis: Basis, branches: Sequence[str]) -> list[str]:
    """Say what share of the legally covered has no known due."""
    if f"{branches[0]}:legal" not in basis:
        return [""] * len(basis.domains)
    legal = added(basis[f"{b}:legal"] for b in branches).value
    known = added(basis[f"{b}:legal:known"] for b in branches).value
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(known > 0, 1 - known / legal, 0.0)
    return [
        f"{share:.1%} of the legally covered have no known amount; the mean due of their branch "
        "and domain stands in"
        if share > 1e-12
        else ""
        for share in shares.tolist()
    ]
