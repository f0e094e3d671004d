"""Adjustments of one cell estimated from its sums by cluster; what they are is in adjustments.py."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analyses.coverage.register.adjustments import (
    ARMED,
    DORMANT,
    DUPLICATES,
    FOREIGN,
    GEOGRAPHY,
    LATE,
    LATE_PAID,
    NAMES,
    Given,
    Rates,
)
from analyses.coverage.register.cells import RegisterCell
from analyses.engine.design import Floats

FEW = 50  # late persons to expect in a domain before its own rate is taken
# Relative error of what the matching model says it missed: in redraws of the twin 0.19, part of it the
# chance of the misses themselves.
MODEL_ERROR = 0.2


def estimate_rates(
    cell: RegisterCell,
    whole: RegisterCell,
    given: Sequence[Given] = (),
    geography: tuple[float, float, float] | None = None,
    *,
    inside: bool = False,
) -> Rates:
    """Estimate the adjustments of a cell.

    With R records, P persons, O active persons (as posted) in scope and N affiliated records:
    foreigners F/N, armed forces M/N, duplicates d = 1 - P/R + c/R, dormant h = (P - O)/R - c/R (c:
    pairs that matching missed less those it joined wrongly), late posting l = final/known - 1 of the previous window, late payment the same in kip. Between clusters a
    ratio y/x has variance C/(C-1) sum_c ((y_c - r x_c)/x)² over C clusters (Taylor linearisation;
    Cochran 1977, ch. 9A), and likewise the covariances.

    Late posting adds to V = C/(C-1) sum_c (final_c - known_c - l known_c)², the variance of the
    previous window's late persons about their rate, twice: V/known² for the rate's estimation, and
    V (O/known)/O² for the late persons of this window, whose variance grows with O. Late payment
    likewise, its relative variance falling with O as well.

    Of the pairs of records, a are expected to be joined wrongly and b to be refused wrongly or never
    compared: c = b - a, with variance a + b (Poisson) + (MODEL_ERROR c)², as the matching model's own
    estimates err. Such a pair moves a person between
    duplicates and dormant, as a second number is as a rule not paid for; so dormant carries the
    same error with the sign turned, and the active none. For the same reason given duplicates
    leave dormant 1 - O/R less what is given.

    Args:
        cell: the cell.
        whole: the whole scheme's cell, whose late rates are taken where the cell's own would rest
            on fewer than ``FEW`` late persons (by the scheme's rate) or on one cluster.
        given: adjustments that are not to be estimated; the last that fits counts.
        geography: residents over registered, its variance between clusters and its variance from
            unknown residences; None where provinces play no part (then 1 without error).
        inside: the cell's sums are of residents, so they hold that geography already.

    Returns:
        The rates with both covariances.
    """
    notes: dict[str, str] = {}
    value = np.full(len(NAMES), np.nan)
    process, register = np.zeros((2, len(NAMES), len(NAMES)))
    records = cell.total("records")
    z = np.zeros((cell.clusters, len(NAMES)))
    sums = cell.sums
    for i, part, over in (
        (FOREIGN, sums["foreign_records"], "all_records"),
        (ARMED, sums["armed_records"], "all_records"),
        (DUPLICATES, sums["records"] - sums["persons"], "records"),
        (DORMANT, sums["persons"] - sums["active"], "records"),
    ):
        base = cell.total(over)
        if base > 0:
            value[i] = part.sum() / base
            z[:, i] = (part - value[i] * sums[over]) / base
    if cell.clusters > 1:
        process += cell.clusters / (cell.clusters - 1) * z.T @ z
    else:
        notes |= dict.fromkeys(NAMES[:4], "one cluster: no error between clusters")
    if cell.total("sorted_records") == 0:
        value[ARMED] = np.nan
    _unknown_nationality(cell, whole, value, register, notes)
    if records > 0:
        wrong = cell.total("expected_false_pairs")
        missed = cell.total("expected_missed_pairs")
        value[DUPLICATES] += (missed - wrong) / records
        value[DORMANT] -= (missed - wrong) / records
        for matrix in (process, register):
            _tie(matrix, (wrong + missed + (MODEL_ERROR * (missed - wrong)) ** 2) / records**2)
    uneven = _late(cell, whole, value, (process, register), notes)
    value[GEOGRAPHY] = 1.0 if geography is None else geography[0]
    if geography is not None:
        process[GEOGRAPHY, GEOGRAPHY] = geography[1] + geography[2]
        register[GEOGRAPHY, GEOGRAPHY] = geography[2]
    for empty in np.flatnonzero(np.isnan(value)):
        for matrix in (process, register):
            matrix[empty, :] = matrix[:, empty] = 0.0
        notes[NAMES[empty]] = "the register does not tell, and nothing is given: taken as none"
    counted = geography[0] if inside and geography is not None else 1.0
    found = Rates(cell, value, process, register, {}, notes, counted, uneven)
    return _take(found, [item for item in given if item.fits(cell)])


def _tie(matrix: Floats, error: float) -> None:
    """Add an error of duplicates that dormant carries with the sign turned."""
    matrix[DUPLICATES, DUPLICATES] += error
    matrix[DORMANT, DORMANT] += error
    matrix[DUPLICATES, DORMANT] -= error
    matrix[DORMANT, DUPLICATES] -= error


def _unknown_nationality(
    cell: RegisterCell, whole: RegisterCell, value: Floats, register: Floats, notes: dict[str, str]
) -> None:
    """Add what records without a nationality leave open: estimation and prediction of their part."""
    unknown = cell.total("unknown_records")
    sums = whole.sums
    known = sums["all_records"] - sums["armed_records"] - sums["unknown_records"]
    if unknown == 0:
        return
    if known.sum() == 0:
        value[FOREIGN] = np.nan
        return
    share = whole.total("foreign_records") / (known.sum() + whole.total("unknown_records"))
    surely = sums["foreign_records"] - share * sums["unknown_records"]
    variance = _between(surely - share * known)
    total = variance * unknown / known.sum() * (1 + unknown / known.sum())
    register[FOREIGN, FOREIGN] += total / cell.total("all_records") ** 2
    notes["foreigners"] = "part of the records without a nationality, as among the others"


def _late(
    cell: RegisterCell,
    whole: RegisterCell,
    value: Floats,
    covariances: tuple[Floats, Floats],
    notes: dict[str, str],
) -> float:
    """Estimate late posting and late payment with their estimation and prediction errors.

    Returns:
        ``Rates.uneven``: how much larger the relative variance of late kip is than that of late
        persons, for this window.
    """
    known = whole.total("previous_known")
    if known <= 0:
        return 0.0
    expected = cell.total("previous_known") * (whole.total("previous_final") / known - 1)
    base = cell
    if cell.clusters < 2 or (expected < FEW and cell is not whole):
        base = whole
        notes["late_posting"] = "too few for a rate of its own: the scheme's"
        notes["late_payment"] = notes["late_posting"]
    pairs = (
        (LATE, "previous_final", "previous_known"),
        (LATE_PAID, "previous_paid_final_lak", "previous_paid_known_lak"),
    )
    z, then = np.zeros((base.clusters, 2)), np.ones(2)
    for j, (i, final, posted) in enumerate(pairs):
        if base.total(posted) > 0:
            value[i] = base.total(final) / base.total(posted) - 1
            z[:, j] = base.sums[final] - (1 + value[i]) * base.sums[posted]
            then[j] = base.total(posted)
    if base.clusters > 1:
        spread = _between(z)
    else:  # one cluster tells nothing of the variance: as if persons were late one by one
        late = value[[LATE, LATE_PAID]] * then
        spread = np.outer(late, late) / max(late[0], 1.0)
    active = cell.total("active")
    ahead = base.total("previous_known") / active if active > 0 else 0.0
    relative = spread / np.outer(then, then)
    for matrix in covariances:
        matrix[LATE : LATE_PAID + 1, LATE : LATE_PAID + 1] += relative * (1 + ahead)
    return max(0.0, float(relative[1, 1] - relative[0, 0])) * ahead


def _between(z: Floats) -> Floats:
    """Give C/(C-1) times the cross product of residuals that add up to zero over C clusters."""
    clusters = len(z)
    factor = clusters / (clusters - 1) if clusters > 1 else 1.0
    found: Floats = factor * z.T @ z
    return found


def _take(rates: Rates, given: Sequence[Given]) -> Rates:
    """Put given adjustments in the place of estimated ones."""
    value = rates.value.copy()
    process, register = rates.process.copy(), rates.register.copy()
    notes = dict(rates.notes)
    by_name: dict[str, Given] = {item.adjustment: item for item in given}
    cell = rates.cell
    for name, item in by_name.items():
        i = NAMES.index(name)
        value[i] = item.value
        for matrix in (process, register):
            matrix[i, :] = matrix[:, i] = 0.0
            matrix[i, i] = item.se**2
        notes.pop(name, None)
    if "duplicates" in by_name and "dormant" not in by_name and cell.total("records") > 0:
        value[DORMANT] = 1 - cell.total("active") / cell.total("records") - value[DUPLICATES]
        for matrix in (process, register):
            matrix[DORMANT, :] = matrix[:, DORMANT] = 0.0
            matrix[DUPLICATES, DUPLICATES] = 0.0
            _tie(matrix, by_name["duplicates"].se ** 2)
        notes["dormant"] = "records without a payment less the duplicates given"
    return replace(
        rates, value=value, process=process, register=register, given=by_name, notes=notes
    )
