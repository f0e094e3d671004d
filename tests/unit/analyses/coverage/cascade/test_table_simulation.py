"""A small country whose cascade is known: do the intervals hold the truth as often as they should?

Each draw is a survey of its own with strata of its own, so that one call with draws as domains
estimates several.
"""

import numpy as np
import polars as pl

from analyses.coverage.cascade.table import cascade
from analyses.wave.core_design import core_design
from tests.unit.analyses.coverage.cascade.cascade_rows import LABELS, terms

DRAWS, BATCH, VILLAGES, STRATA, TAKEN, SIZE = 60, 10, 240, 4, 12, 16
SENSITIVITY, SPECIFICITY = 0.85, 0.99
SE_AFFILIATED, SE_GAP = 60.0, 40.0


def country(rng):
    """15,360 persons in 960 villages: who is covered, what is due, who contributes in truth."""
    n = STRATA * VILLAGES * SIZE
    village = np.repeat(np.arange(STRATA * VILLAGES), SIZE)
    near = rng.normal(0, 0.5, STRATA * VILLAGES)[village]  # villages differ
    employed = rng.random(n) < 0.65
    legal = employed & (rng.random(n) < 1 / (1 + np.exp(0.5 - near)))
    registered = rng.random(n) < 0.7
    due = np.round(np.exp(12 + 0.3 * near + 0.4 * rng.normal(size=n)))
    active = legal & registered & (rng.random(n) < 1 / (1 + np.exp(13 - due / 15000)))
    affiliated = active | (legal & registered & (rng.random(n) < 0.2))
    said = np.where(active, rng.random(n) < SENSITIVITY, rng.random(n) < 1 - SPECIFICITY)
    frame = pl.DataFrame({
        "is_employed": employed,
        "legal_status": pl.Series(np.where(legal, "compulsory_enterprise", "none")),
        "due_total_lak": np.where(legal, due, 0).astype(np.int64),
        "is_registered": np.where(registered, "yes", "no"),
        "reported_covered": np.where(said, "yes", "no"),
    })  # fmt: skip
    return frame, legal, registered & legal, affiliated, active, due


def surveys(frame, rng):
    """Some draws: villages with replacement in each stratum, everybody of a village."""
    stratum = np.arange(STRATA)[:, None]
    taken = rng.integers(0, VILLAGES, (BATCH, STRATA, TAKEN)) + stratum * VILLAGES
    at = (taken[..., None] * SIZE + np.arange(SIZE)).ravel()
    psu = np.repeat(np.arange(taken.size), SIZE)
    return frame[at].with_columns(
        psu=psu,
        strata=psu // TAKEN,
        admin1_code=pl.Series((psu // (TAKEN * STRATA)).astype(str)),
        weight_micro=pl.lit(VILLAGES * 1_000_000 // TAKEN, pl.Int64),
    )


def estimated(frame, affiliated, active, owed, rng):
    """The compulsory cascade of some draws, with a register that errs as it says."""
    register = pl.concat(
        terms(
            ("enterprise", "affiliated", affiliated.sum() + rng.normal(0, SE_AFFILIATED),
             SE_AFFILIATED),
            ("enterprise", "payment_gap", (affiliated & ~active).sum() + rng.normal(0, SE_GAP),
             SE_GAP),
            ("enterprise", "d_aff", 1.25 * 0.85 * owed, 0),
            ("enterprise", "d_act", 0.85 * owed, 0),
            *(("public", term, 0, 0)
              for term in ("affiliated", "active_contributor", "d_aff", "d_act")),
            breakdown="admin1_code", category=str(draw),
        )
        for draw in range(BATCH)
    )  # fmt: skip
    table = cascade(
        surveys(frame, rng), core_design(df_method="domain"), register, LABELS,
        specificity=(SPECIFICITY, 0.0), breakdowns=["admin1_code"],
    )  # fmt: skip
    return table.filter(branch="compulsory", breakdown="admin1_code")


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    frame, legal, registered, affiliated, active, due = country(rng)
    owed = due[active].sum()
    table = pl.concat(
        estimated(frame, affiliated, active, owed, rng) for _ in range(DRAWS // BATCH)
    )
    truth = {
        ("PS", "legal"): frame["is_employed"].sum() - legal.sum(),
        ("PS", "registration"): legal.sum() - registered.sum(),
        ("PS", "affiliation"): registered.sum() - affiliated.sum(),
        ("PS", "payment"): (affiliated & ~active).sum(),
        ("LAK_MONTH", "registration"): due[legal & ~registered].sum(),
        ("LAK_MONTH", "affiliation"): due[registered].sum() - 1.25 * owed,
        ("LAK_MONTH", "payment"): 0.25 * owed,
        ("LAK_MONTH", "under_declaration"): 0.15 * owed,
    }
    for (unit, component), value in truth.items():
        found = table.filter(unit_measure=unit, component=component)
        assert found.height == DRAWS
        held = found.filter(pl.lit(float(value)).is_between("ci_lower", "ci_upper")).height
        # 60 draws of 0.95: 57, standard deviation 1.7; three of these below.
        assert held >= 52, (unit, component)
        # The mean of the draws is the truth within three of its standard errors.
        spread = found["gap"].std() / np.sqrt(DRAWS)
        assert abs(found["gap"].mean() - value) < 3 * spread + 0.01 * abs(value), component
        # The standard error that is said is the one that the draws show (its own error: 9 %).
        assert 0.75 < found["gap_se"].mean() / found["gap"].std() < 1.33, component
