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
# Relative error of what the matching model says it missed, beside the chance of the misses themselves:
# root mean square in 299 redraws of the twin, of a whole register's and of how they lie among the
# schemes; in 200 others the intervals that it makes held 93 to 97 % of the truths of every scheme.
MODEL_ERROR = 0.075
_TO_RATES = np.array([[-1.0, 0.0], [1.0, -1.0]])  # persons and active over records -> both rates


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
    foreigners F/N, armed forces M/N, duplicates d = 1 - P/R, dormant h = (P - O)/R, late posting l = final/known - 1 of the previous window, late payment the same in kip. Between clusters a
    ratio y/x has variance C/(C-1) sum_c ((y_c - r x_c)/x)² over C clusters (Taylor linearisation;
    Cochran 1977, ch. 9A), and likewise the covariances.

    Late posting adds to V = C/(C-1) sum_c (final_c - known_c - l known_c)², the variance of the
    previous window's late persons about their rate, twice: V/known² for the rate's estimation, and
    V (O/known)/O² for the late persons of this window, whose variance grows with O. Late payment has
    the first of its own and shares the second; what late persons owe above or below the mean is
    in dues and payments alike (``Rates.uneven``).

    Of the pairs of records, a are expected to be joined wrongly and b to be refused wrongly or never
    compared; P and O are already less c = b - a and what c takes off the active (``unmissed``). They
    err by variance a + b (Poisson) + (MODEL_ERROR c)², as the matching model's own estimates err,
    and likewise among the active, those being part of them. The rest of such a pair moves a
    person between duplicates and dormant; given duplicates leave dormant 1 - O/R less what is given.

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
    shared = np.zeros(len(NAMES))
    if records > 0:
        chance, model = _unsure(cell)
        for matrix in (process, register):
            _doubt(matrix, (chance + np.outer(model, model)) / records**2)
        shared[[DUPLICATES, DORMANT]] = _TO_RATES @ model / records
    uneven, excess = _late(cell, whole, value, (process, register), notes)
    value[GEOGRAPHY] = 1.0 if geography is None else geography[0]
    if geography is not None:
        process[GEOGRAPHY, GEOGRAPHY] = geography[1] + geography[2]
        register[GEOGRAPHY, GEOGRAPHY] = geography[2]
    for empty in np.flatnonzero(np.isnan(value)):
        for matrix in (process, register):
            matrix[empty, :] = matrix[:, empty] = 0.0
        notes[NAMES[empty]] = "the register does not tell, and nothing is given: taken as none"
    counted = geography[0] if inside and geography is not None else 1.0
    moved = 0.0 if geography is None else excess * geography[2] / geography[0] ** 2
    found = Rates(cell, value, process, register, {}, notes, counted, uneven, moved, shared)
    return _take(found, [item for item in given if item.fits(cell)])


def _unsure(cell: RegisterCell) -> tuple[Floats, Floats]:
    """Give what doubtful pairs leave open of persons and active ones.

    Returns:
        Their covariance by chance, shape (2, 2), and the standard error of both that the matching model
        adds, shape (2,): one error, since one model speaks of all schemes and domains.
    """
    wrong, missed = cell.total("expected_false_pairs"), cell.total("expected_missed_pairs")
    model = MODEL_ERROR * np.array([missed - wrong, cell.total("missed_active")])
    active = cell.total("doubted_active")
    # A domain's part of the misses is known from the matches made in it, which are a chance too
    # (for a whole scheme an upper limit).
    made = cell.total("records") - cell.total("persons") - (missed - wrong)
    shared = 1 + abs(missed - wrong) / made if made > 0.5 else 1.0
    chance = np.array([[wrong + missed, active], [active, active]]) * shared
    return chance, model


def _doubt(matrix: Floats, error: Floats) -> None:
    """Add errors of persons and of active ones, both over records, to duplicates and dormant.

    Duplicates are 1 - P/R and dormant (P - O)/R: what P errs by is between them, what O errs by
    stays.
    """
    at = np.ix_([DUPLICATES, DORMANT], [DUPLICATES, DORMANT])
    matrix[at] += _TO_RATES @ error @ _TO_RATES.T


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
) -> tuple[float, float]:
    """Estimate late posting and late payment with their estimation and prediction errors.

    Few employers tell little of how lateness clusters: a domain's own variance counts where it is
    larger than the scheme's for as many late persons.

    Returns:
        ``Rates.uneven``: how much larger the relative variance of late kip is than that of late
        persons, for this window; and by which part the first exceeds the second.
    """
    known = whole.total("previous_known")
    if known <= 0:
        return 0.0, 0.0
    expected = cell.total("previous_known") * (whole.total("previous_final") / known - 1)
    base = cell
    if cell.clusters < 2 or (expected < FEW and cell is not whole):
        base = whole
        notes["late_posting"] = "too few for a rate of its own: the scheme's"
        notes["late_payment"] = notes["late_posting"]
    rates, spread, then = _lateness(base)
    for i, rate in zip((LATE, LATE_PAID), rates.tolist(), strict=True):
        value[i] = rate
    if base is not whole:
        others, pooled, before = _lateness(whole)
        late, of_all = rates[0] * then[0], others[0] * before[0]
        if of_all > 0 and spread[0, 0] > 0:
            spread = spread * max(1.0, pooled[0, 0] * late / of_all / spread[0, 0])
    active = cell.total("active")
    ahead = base.total("previous_known") / active if active > 0 else 0.0
    relative = spread / np.outer(then, then)
    # What the late of this window owe above or below the mean is in dues and payments alike, so
    # it stands in ``uneven``; here their number alone, which both share.
    for matrix in covariances:
        matrix[LATE : LATE_PAID + 1, LATE : LATE_PAID + 1] += relative + ahead * relative[0, 0]
    excess = max(0.0, float(relative[1, 1] - relative[0, 0]))
    return excess * ahead, excess / float(relative[0, 0]) if relative[0, 0] > 0 else 0.0


def _lateness(cell: RegisterCell) -> tuple[Floats, Floats, Floats]:
    """Give the rates of late persons and kip, the covariance of their sums, and what they are of."""
    pairs = (
        ("previous_final", "previous_known"),
        ("previous_paid_final_lak", "previous_paid_known_lak"),
    )
    rates, z, then = np.full(2, np.nan), np.zeros((cell.clusters, 2)), np.ones(2)
    for j, (final, posted) in enumerate(pairs):
        if cell.total(posted) > 0:
            rates[j] = cell.total(final) / cell.total(posted) - 1
            z[:, j] = cell.sums[final] - (1 + rates[j]) * cell.sums[posted]
            then[j] = cell.total(posted)
    if cell.clusters > 1:
        return rates, _between(z), then
    # One cluster tells nothing of the variance: as if persons were late one by one.
    late = rates * then
    return rates, np.outer(late, late) / max(late[0], 1.0), then


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
            _doubt(matrix, np.diag([by_name["duplicates"].se ** 2, 0.0]))
        notes["dormant"] = "records without a payment less the duplicates given"
    shared = np.zeros(len(NAMES)) if "duplicates" in by_name else rates.shared
    return replace(
        rates, value=value, process=process, register=register, given=by_name, notes=notes,
        shared=shared,
    )  # fmt: skip
