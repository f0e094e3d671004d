"""Small register tallies for the tests of adjustments and bridge."""

import numpy as np
import polars as pl

from transforms.register.tally import MEASURES, SPLIT

FIELDS = (
    *MEASURES[1:],
    *(f"split_{name}" for name in SPLIT),
    "expected_false_pairs",
    "expected_missed_pairs",
)  # all but the records


def row(cluster, records, **others):
    """Give one row of linked.register_tally; measures that are not named are zero."""
    kinds = {
        "scheme": "enterprise",
        "sex": "SEX_F",
        "admin1_code": "01",
        "residence_admin1_code": "01",
        "nationality": "national",
        "member_category": "employee",
        "membership": "affiliated",
    }
    return {"cluster": cluster, **kinds, "records": records} | dict.fromkeys(FIELDS, 0) | others


def frame(*rows):
    wide = pl.DataFrame(list(rows), infer_schema_length=None)
    return wide.with_columns(pl.col("expected_false_pairs", "expected_missed_pairs").cast(float))


def three_employers():
    """200 records of three employers; the sums are R 200, P 197, O 175, F 100, K 97."""
    numbers = ((100, 98, 90, 50, 48), (50, 50, 45, 30, 30), (50, 49, 40, 20, 19))
    return frame(
        *(
            row(
                f"employer {i}",
                records,
                persons=persons,
                active=active,
                previous_final=final,
                previous_known=known,
                declared_due_lak=persons * 1000,
                declared_due_active_lak=active * 1100,
                due_window_lak=active * 13200,
                paid_window_lak=active * 12000,
                previous_paid_final_lak=final * 10,
                previous_paid_known_lak=known * 10,
            )
            for i, (records, persons, active, final, known) in enumerate(numbers)
        )
    )


def simulated(rng, clusters=150, late=0.03, unknown=0.2):
    """Draw a tally of two schemes and provinces.

    Returns:
        The tally, the persons truly active, and the affiliated persons living in province 01.
    """
    rows, truly, at_home = [], 0, 0
    for c in range(clusters):
        scheme = "public" if c % 2 else "enterprise"
        size = 40 + 20 * (c % 3)
        at_01 = 0.7 if c % 4 else 0.4
        lives = rng.random(size) < at_01
        told = rng.random(size) >= unknown
        fact = rng.random(size) < 0.92
        posted = fact & (rng.random(size) >= late)
        before = fact & (rng.random(size) >= late)
        truly += int(fact.sum())
        at_home += int(lives.sum())
        for home, here in (("01", told & lives), ("02", told & ~lives), ("X", ~told)):
            if here.any():
                rows.append(
                    row(
                        f"c{c}",
                        int(here.sum()),
                        scheme=scheme,
                        residence_admin1_code=home,
                        persons=int(here.sum()),
                        active=int((posted & here).sum()),
                        previous_final=int((fact & here).sum()),
                        previous_known=int((before & here).sum()),
                    )
                )
    return frame(*rows), truly, at_home


def seeded(seed):
    return np.random.default_rng(seed)
