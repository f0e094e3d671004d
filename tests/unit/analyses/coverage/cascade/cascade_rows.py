"""A population of eleven for the cascade, worked out by hand, and rows and register terms at random."""

import numpy as np
import polars as pl

from analyses.wave.core_design import core_design

DESIGN = core_design()
LABELS = {"survey_id": "LAO_2017_LFS", "register_id": "LSSO_EXTRACT", "ref_area": "LAO",
          "time_period": "2017", "register_date": "2017-12"}  # fmt: skip
# Each stands for 100 persons. Legally covered, compulsory: 1 to 6; registered among them: 1 to 4.
ELEVEN = """
 no stratum psu sex legal_status          registered reported due
 1  A       a   M   compulsory_public     yes        yes      120000
 2  A       a   F   compulsory_public     yes        yes      80000
 3  A       a   F   compulsory_enterprise yes        no       200000
 4  A       b   M   compulsory_enterprise yes        yes      300000
 5  A       b   F   compulsory_enterprise unknown    no       -
 6  B       c   M   compulsory_enterprise no         no       100000
 7  B       c   F   voluntary             no         no       -
 8  B       c   M   voluntary             yes        yes      -
 9  B       d   F   unknown               unknown    no       -
 10 B       d   M   none                  no         no       0
 11 B       d   F   -                     -          -        -
"""


def eleven():
    names, *lines = (line.split() for line in ELEVEN.strip().splitlines())
    frame = pl.DataFrame([dict(zip(names, line, strict=True)) for line in lines]).with_columns(
        pl.all().replace("-", None)
    )
    return frame.select(
        pl.col("stratum").alias("strata"),
        "psu",
        pl.lit(100_000_000, pl.Int64).alias("weight_micro"),
        pl.lit("SEX_").add(pl.col("sex")).alias("sex"),
        pl.lit("01").alias("admin1_code"),
        pl.col("legal_status").is_not_null().alias("is_employed"),
        "legal_status",
        pl.col("due").cast(pl.Int64).alias("due_total_lak"),
        pl.col("registered").alias("is_registered"),
        pl.col("reported").alias("reported_covered"),
    )


def terms(*rows, breakdown="total", category="TOTAL"):
    """Register terms: (branch, term, value, se)."""
    return pl.DataFrame(
        [(branch, breakdown, category, term, float(v), float(se)) for branch, term, v, se in rows],
        schema=["branch", "breakdown", "category", "term", "value", "se"],
        orient="row",
    )


# Exact, so that all error is the survey's.
REGISTER = terms(
    ("public", "affiliated", 180, 0),
    ("public", "active_contributor", 150, 0),
    ("public", "d_aff", 18e6, 0),
    ("public", "d_act", 15e6, 0),
    ("public", "paid_ratio", 0.9, 0),
    ("enterprise", "affiliated", 150, 0),
    ("enterprise", "active_contributor", 100, 0),
    ("enterprise", "d_aff", 40e6, 0),
    ("enterprise", "d_act", 25e6, 0),
    ("enterprise", "paid_ratio", 0.8, 0),
)


def one(table, stage, unit="PS", branch="compulsory", category="TOTAL"):
    found = table.filter(
        (pl.col("stage") == stage)
        & (pl.col("unit_measure") == unit)
        & (pl.col("branch") == branch)
        & (pl.col("category") == category)
    )
    assert found.height == 1
    return found.row(0, named=True)


def at_random(seed, n=400):
    """Rows and terms that hang together in no way: negative gaps, empty cells, missing dues."""
    rng = np.random.default_rng(seed)
    status = rng.choice(
        ["compulsory_public", "compulsory_enterprise", "voluntary", "none", "unknown"], n
    )
    due = np.where(rng.random(n) < 0.2, None, rng.integers(1, 500_000, n))
    rows = pl.DataFrame({
        "strata": [f"s{i % 4}" for i in range(n)],
        "psu": [f"p{i % 24}" for i in range(n)],
        "weight_micro": rng.integers(1, 10**10, n),
        "sex": rng.choice(["SEX_M", "SEX_F"], n),
        "admin1_code": rng.choice(["01", "02", "03", "04", "05"], n),
        "is_employed": rng.random(n) < 0.7,
        "legal_status": status,
        "due_total_lak": pl.Series(due.tolist(), dtype=pl.Int64),
        "is_registered": rng.choice(["yes", "no", "unknown"], n),
        "reported_covered": rng.choice(["yes", "no", "unknown"], n, p=[0.5, 0.45, 0.05]),
    })  # fmt: skip
    domains = [("total", "TOTAL"), ("sex", "SEX_M"), ("sex", "SEX_F")]
    domains += [("admin1_code", f"0{i}") for i in range(1, 5)]  # none of province 05
    register = pl.concat(
        terms(
            *((branch, term, rng.uniform(1, 1e6), rng.uniform(0, 1e4))
              for branch in ("public", "enterprise", "voluntary")
              for term in ("affiliated", "active_contributor", "d_aff", "d_act", "paid_ratio")),
            breakdown=breakdown, category=category,
        )
        for breakdown, category in domains
    )  # fmt: skip
    return rows, register
