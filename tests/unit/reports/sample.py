"""Fabricated published tables for tests of the briefs; nothing in them describes a real country."""

import math
import random

import polars as pl

from reports.labels import lao_provinces

ID = "LAO_TEST"
SURVEY = {
    "survey_id": ID,
    "title": "Lao Labour Force Survey, fabricated for tests",
    "ref_area": "LAO",
    "time_period": "2022",
    "citation": "Fabricated figures made by the tests of this repository",
    "standard": "ICLS17_ILO@1",
    "status": "synthetic",
    "reliability": {"ours": "S: n < 5. U: n < 15. A table of too many S is dropped."},
    "design": "stratified two-stage sample, 36 strata, 510 villages, 10,200 households",
}
PROVENANCE = {
    "code_version": "0.1.0+test",
    "inputs": [{"name": "lao_test.parquet", "sha256": "4f1c" * 16, "rows": 24310}],
    "release_date": "2024-03-15",
}
CELLS = {
    "total": {"TOTAL": (1.0, 0.143)},
    "sex": {"SEX_F": (0.48, 0.121), "SEX_M": (0.52, 0.163)},
    "age_aggregate": {
        "AGE_AGGREGATE_Y15-24": (0.16, 0.072),
        "AGE_AGGREGATE_Y25-54": (0.66, 0.171),
        "AGE_AGGREGATE_Y55-64": (0.13, 0.118),
        "AGE_AGGREGATE_YGE65": (0.05, 0.021),
    },
    "area_type": {"GEO_COV_URB": (0.33, 0.262), "GEO_COV_RUR": (0.67, 0.084)},
    "status_icse93": {
        "STE_ICSE93_1": (0.22, 0.571),
        "STE_ICSE93_2": (0.02, 0.094),
        "STE_ICSE93_3": (0.46, 0.018),
        "STE_ICSE93_5": (0.30, 0.009),
    },
    "economic_sector": {
        "ECO_SECTOR_AGR": (0.57, 0.011),
        "ECO_SECTOR_IND": (0.12, 0.268),
        "ECO_SECTOR_SER": (0.31, 0.337),
    },
    "education_aggregate": {
        "EDU_AGGREGATE_LTB": (0.45, 0.032),
        "EDU_AGGREGATE_BAS": (0.27, 0.095),
        "EDU_AGGREGATE_INT": (0.17, 0.243),
        "EDU_AGGREGATE_ADV": (0.11, 0.552),
    },
}
EMPLOYED, N = 2_477_000, 24_310
UNRELIABLE = {"18", "15", "AGE_AGGREGATE_YGE65", "STE_ICSE93_2"}
WITHHELD = {"17", "11", "STE_ICSE93_5"}


def row(indicator, breakdown, category, rate, base, n, *, persons=False):
    """One published row: a rate in percent, or persons rounded to 100."""
    status = "S" if category in WITHHELD else "U" if category in UNRELIABLE else "A"
    se = math.sqrt(max(rate * (1 - rate), 0.001) * 2.1 / n)
    scale = base if persons else 100
    digits = -2 if persons else 1
    values = [round(max(rate + k * se, 0.0005) * scale, digits) for k in (0, -1.96, 1.96)]
    held = status == "S"
    return {
        "survey_id": ID,
        "ref_area": "LAO",
        "time_period": "2022",
        "indicator": indicator,
        "standard": "ICLS17_ILO@1",
        "breakdown": breakdown,
        "category": category,
        "unit_measure": "PS" if persons else "PT",
        "obs_value": None if held else values[0],
        "ci_lower": None if held else values[1],
        "ci_upper": None if held else values[2],
        "ci_level": 0.95,
        "ci_method": "wald" if persons else "logit",
        "n": None if held else n,
        "numerator_date": "2022",
        "denominator_date": "2022",
        "lonely_psu": "adjust",
        "df_method": "design",
        "reliability": "ours",
        "obs_status": status,
        "suppression_reason": "reliability" if held else "none",
    }


def provinces():
    """Shares and rates of 18 provinces, seeded."""
    draw = random.Random(7)  # noqa: S311  figures for a test, not secrets
    codes = list(lao_provinces())
    return {c: (1 / 18, 0.31 if c == "01" else draw.uniform(0.05, 0.22)) for c in codes}


def estimate():
    """pub.estimate with coverage, gap, informality and labour-force rates."""
    rows = []
    for breakdown, cells in (CELLS | {"admin1_code": provinces()}).items():
        for code, (share, rate) in cells.items():
            base, n = EMPLOYED * share, max(int(N * share), 20)
            where = (breakdown, code)
            rows += [
                row("social_security_coverage", *where, rate, base, n),
                row("coverage_gap_rate", *where, 1 - rate, base, n),
                row("coverage_gap", *where, 1 - rate, base, n, persons=True),
                row("informal_employment_rate", *where, 1 - rate * 0.95, base, n),
                row("informal_employment", *where, 1 - rate * 0.95, base, n, persons=True),
                row("unemployment_rate", *where, 0.01 + rate / 10, base * 1.02, n),
                row("unemployed", *where, 0.01 + rate / 10, base * 1.02, n, persons=True),
            ]
    total = ("total", "TOTAL")
    rows.append(row("social_security_coverage_employees", *total, 0.571, EMPLOYED, 5348))
    rows.append(row("employment_to_population_ratio", *total, 0.521, EMPLOYED, 46000))
    return pl.DataFrame(rows)


EFFECTS = {
    "sex": ("SEX_M", {"SEX_F": 0.4}),
    "age_aggregate": (
        "AGE_AGGREGATE_Y25-54",
        {"AGE_AGGREGATE_Y15-24": -1.9, "AGE_AGGREGATE_Y55-64": 0.7, "AGE_AGGREGATE_YGE65": -0.6},
    ),
    "area_type": ("GEO_COV_RUR", {"GEO_COV_URB": 1.4}),
    "education_aggregate": (
        "EDU_AGGREGATE_LTB",
        {"EDU_AGGREGATE_BAS": 0.8, "EDU_AGGREGATE_INT": 1.7, "EDU_AGGREGATE_ADV": 4.3},
    ),
    "economic_sector": ("ECO_SECTOR_AGR", {"ECO_SECTOR_IND": 0.9, "ECO_SECTOR_SER": 1.6}),
    "marital_status": ("MTS_SINGLE", {"MTS_MARRIED": 0.5}),
}


def driver():
    """pub.driver: effects in percentage points for two populations."""
    rows = []
    for population, n, factor in (("non_employees", 18_900, 1.0), ("all_employed", N, 3.0)):
        for covariate, (reference, found) in EFFECTS.items():
            for code, ame in found.items():
                value = round(ame * factor, 1)
                rows.append(
                    {
                        "survey_id": ID,
                        "outcome": "social_security_covered",
                        "population": population,
                        "covariate": covariate,
                        "category": code,
                        "reference_category": reference,
                        "ame": value,
                        "ame_ci_lower": round(value - 0.7, 1),
                        "ame_ci_upper": round(value + 0.7, 1),
                        "n": n,
                    }
                )
    return pl.DataFrame(rows)


def register_coverage():
    """pub.register_coverage: two concepts, four schemes, and two provinces."""
    rows = []
    for concept, rule, factor in (
        ("affiliated", "", 1.0),
        ("active_contributor", ">=1 month in 12", 0.86),
    ):
        parts = {"total": 353_900, "public": 190_100, "enterprise": 137_000, "voluntary": 26_800}
        for scheme, persons in parts.items():
            count = round(persons * factor, -2)
            rows.append(register_row(concept, rule, scheme, "total", "TOTAL", count, EMPLOYED))
        for code in ("01", "17"):
            share = EMPLOYED / 18
            rows.append(register_row(concept, rule, "total", "admin1_code", code, 9_700, share))
    return pl.DataFrame(rows, infer_schema_length=None)


def register_row(concept, rule, scheme, breakdown, category, persons, base):
    """One row; its ratio in percent, withheld where the province is."""
    held = category in WITHHELD
    ratio = None if held else round(100 * persons / base, 1)
    return {
        "survey_id": ID,
        "register_id": "LAO_REGISTER_TEST",
        "register_date": "2023-06",
        "survey_date": "2022",
        "concept": concept,
        "rule": rule,
        "scheme": scheme,
        "breakdown": breakdown,
        "category": category,
        "suppression_reason": "reliability" if held else "none",
        "persons": None if held else int(persons),
        "denominator": None if held else round(base, -2),
        "coverage": ratio,
        "ci_lower": None if ratio is None else round(ratio * 0.97, 1),
        "ci_upper": None if ratio is None else round(ratio * 1.03, 1),
    }


def computability():
    """est.computability: one indicator not computable, one partly."""
    found = [
        ("social_security_coverage", "COMPUTABLE", ""),
        ("outside_formal_sector_rate", "NOT COMPUTABLE", "the file does not ask for bookkeeping"),
        ("informal_employment_rate", "PARTIAL", "paid leave was asked of employees only"),
    ]
    return pl.DataFrame(
        [{"survey_id": ID, "indicator": i, "status": s, "reason": r} for i, s, r in found]
    )


def pub():
    """Give the four published tables."""
    return {
        "estimate": estimate(),
        "driver": driver(),
        "register_coverage": register_coverage(),
        "computability": computability(),
    }


def only_unemployment():
    """Give what a file with labour-force status alone would publish: no provinces, no coverage."""
    kept = estimate().filter(
        pl.col("indicator").is_in(["unemployment_rate", "unemployed"])
        & pl.col("breakdown").is_in(["total", "sex", "age_aggregate", "area_type"])
    )
    reason = "no question on jobs is in the file"
    unable = [
        {"survey_id": ID, "indicator": i, "status": "NOT COMPUTABLE", "reason": reason}
        for i in ("social_security_coverage", "informal_employment_rate")
    ]
    return {"estimate": kept, "computability": pl.DataFrame(unable)}
