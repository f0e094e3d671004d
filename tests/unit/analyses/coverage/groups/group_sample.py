"""72 made-up persons in 3 strata of 3 units, for the tests of groups, affordability and households.

R reads the same rows from ``people().select(...).write_csv``; the tests name the call beside the number.
"""

import polars as pl

from data_contracts.catalogue.indicators import Asked
from data_contracts.profile.plan import DEFAULTS, WavePlan
from tests.unit.profiles import profile_of

STATUS = ("STE_ICSE93_1", "STE_ICSE93_3", "STE_ICSE93_5", "STE_ICSE93_1", "STE_ICSE93_2")
UNITS = ("private_business", "private_business", "farm", "government", "household_employer")
PLACES = ("own_home", "fixed_premises", "farm", "own_home", "dont_know", "street", "own_home")
SIZES = ((1, 1), (2, 4), (5, 9), (10, 19), (20, None), (None, None))
ANSWER = ("no", "yes", "no", "no", "dont_know")
ASKED = (
    "lfs_status", "status_icse93", "industry_isic4_2d", "economic_sector", "institutional_unit",
    "workplace_type", "enterprise_size_lower", "social_security", "employer_social_contribution",
    "nature_of_job", "unit_of_production", "sex", "age", "area_type", "earnings_monthly",
    "bookkeeping", "registration", "paid_annual_leave", "paid_sick_leave",
    "destination_of_production", "employment_evidence", "absence_evidence", "jobless_evidence",
    "employee_evidence", "unit_evidence",
)  # fmt: skip


def wave(**changes):
    """A wave that asked everything but disability and the road."""
    sizes = tuple(size for size in SIZES if size[0] is not None)
    profile = profile_of(
        survey_id="LAO_2017_LFS",
        ref_area="LAO",
        time_period="2017",
        design=changes.pop("design", {"strata": ["st"], "psu": ["ea"], "weight": "wt"}),
    )
    asked = changes.get("asked", dict.fromkeys(ASKED, Asked(usable=True, reason="")))
    return WavePlan(profile, DEFAULTS, asked, (), sizes)


def people():
    """Rows whose answers follow from the row's number by remainders; three to a household."""
    rows = []
    for i in range(72):
        works = i % 6 != 5
        covered = ANSWER[(i * 3 + i // 7) % 5]
        rows.append({
            "survey_id": "LAO_2017_LFS", "hh_id": f"h{i // 3:02}", "person_id": str(i % 3),
            "strata": f"s{i // 24}", "psu": f"p{i // 8}", "weight": float(100 + 10 * (i % 4)),
            "sex": "SEX_F" if i % 5 < 2 else "SEX_M", "age": 8 + (i * 11) % 70,
            "area_type": "GEO_COV_URB" if i % 3 else "GEO_COV_RUR",
            "lfs_status": "employed" if works else None,
            "status_icse93": STATUS[i % 5] if works else None,
            "industry_isic4_2d": ("01", "47", "97", "84")[i % 4] if works else None,
            "economic_sector": ("ECO_SECTOR_AGR", "ECO_SECTOR_SER")[i % 4 > 0] if works else None,
            "institutional_unit": UNITS[i % 4] if works else None,
            "workplace_type": PLACES[i % 7] if works else None,
            "enterprise_size_lower": SIZES[i % 6][0] if works else None,
            "enterprise_size_upper": SIZES[i % 6][1] if works else None,
            "social_security": covered if works else None,
            "employer_social_contribution": covered if works and i % 5 in {0, 3} else "not_asked",
            "nature_of_job": ("formal" if covered == "yes" else "informal") if works else None,
            "unit_of_production": "informal" if works else None,
            "earnings_monthly": None if not works or i % 11 == 3 else float((i * 37) % 90 * 20),
        })  # fmt: skip
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns((pl.col("weight") * 1_000_000).cast(pl.Int64).alias("weight_micro"))
