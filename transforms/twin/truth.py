"""The true value of every indicator in the twin, by simple code of its own; no sampling here.

The rules are the ILO's for LFS 2017 (lao_lfs_variables, section 3), written apart from the
package's decision tables on purpose: each can convict the other.
"""

from typing import Final

import numpy as np
import polars as pl

from transforms.twin.draws import Array
from transforms.twin.errors import Errors
from transforms.twin.misreport import as_answered
from transforms.twin.population import Population
from transforms.twin.register import Register

RATIOS: Final = {
    "labour_force_participation_rate": ("labour_force", "working_age_population"),
    "employment_to_population_ratio": ("employed", "working_age_population"),
    "unemployment_rate": ("unemployed", "labour_force"),
    "informal_employment_rate": ("informal_employment", "employed"),
    "outside_formal_sector_rate": ("outside_formal_sector", "employed"),
    "social_security_coverage": ("social_security_covered", "answered_cover"),
    "social_security_coverage_employees": ("covered_employees", "employees"),
    "coverage_gap_rate": ("coverage_gap", "answered_cover"),
}
PERSONS: Final = (
    *("working_age_population", "labour_force", "employed", "unemployed"),
    *("informal_employment", "social_security_covered", "coverage_gap"),
)
LAST_YEAR: Final = "2017"


def labour_status(person: dict[str, Array]) -> tuple[Array, Array]:
    """Apply the 2017 questions: boolean employed and unemployed, shape (persons,)."""
    q = person
    adult = q["hl05"] >= 15
    business = (q["ep02"] == 1) | (q["ep03"] == 1)
    market = business & ((q["ep04"] == 2) | ((q["ep04"] == 1) & np.isin(q["ep05"], (1, 2))))
    leave = np.isin(q["ep07"], (1, 2, 3, 4))
    other = np.isin(q["ep07"], (5, 6, 7, 8, 9, 10, 11, 13))
    back = (q["ep08"] == 1) | (np.isin(q["ep08"], (2, 3)) & (q["ep09"] == 1))
    absent = (q["ep06"] == 1) & (leave | (other & back))
    employed = adult & ((q["ep01"] == 1) | market | absent)
    available = np.isin(q["ue09"], (1, 2))
    seeks = (q["ue01"] == 1) & (q["ue03"] != 14)
    unemployed = adult & ~employed & (seeks | (q["ue02"] == 1)) & available
    return employed, unemployed


def job_formality(person: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Apply the sector and nature rules: boolean employee, formal unit, formal job.

    Shapes (persons,); meaningful for the employed. "No" and don't know to registration do not
    stop the tree; size bands 2 to 5 count as large enough.
    """
    q = person
    employee = np.isin(q["ac03"], (1, 2)) | ((q["ac03"] == 6) & (q["ac11a"] == 2))
    unclear = (q["ac03"] == 6) & (q["ac11a"] != 2)
    household = (q["ac11a"] == 2) | ((q["ac13"] == 6) & ((q["opw04"] == 1) | (q["opw05"] == 1)))
    proven = np.isin(q["ac13"], (1, 2, 4, 5)) | (q["ac16"] == 1) | (q["ac15"] == 1)
    insured = employee & (q["ac08"] == 1)
    premises = (q["ac18"] == 4) & np.isin(q["ac17"], (2, 3, 4, 5))
    unit = ~household & (proven | insured | premises)
    leaves = ~np.isin(q["ac08"], (1, 2)) & (q["ac09"] == 1) & (q["ac10"] == 1)
    own = np.isin(q["ac03"], (3, 4))
    formal = ((employee | unclear) & ((q["ac08"] == 1) | leaves)) | (own & unit)
    return employee, unit, formal


def indicator_flags(population: Population, errors: Errors | None = None) -> dict[str, Array]:
    """Give one boolean array (persons,) for every count that an indicator is made of.

    Self-reported cover is as everybody would answer, with the planted misreport; employees whose
    employer pays for them are the facts.
    """
    employed, unemployed = labour_status(population.person)
    employee, unit, formal = job_formality(population.person)
    covered = employed & (population.person["covered"] == 1)
    planted = errors if errors is not None else Errors()
    answer = as_answered(
        population.person["sp01"], population.person["covered"], population.recall, planted
    )
    return {
        "working_age_population": population.person["hl05"] >= 15,
        "labour_force": employed | unemployed,
        "employed": employed,
        "unemployed": unemployed,
        "informal_employment": employed & ~formal,
        "outside_formal_sector": employed & ~unit,
        "social_security_covered": employed & (answer == 1),
        "coverage_gap": employed & (answer == 2),
        "answered_cover": employed & ((answer == 1) | (answer == 2)),
        "employees": employed & employee,
        "covered_employees": covered & employee,
    }


def truth(
    population: Population, register: Register | None = None, errors: Errors | None = None
) -> pl.DataFrame:
    """Compute the true value of every indicator.

    Args:
        population: the twin.
        register: adds ``affiliated`` (numbers that have not exited) and ``active_contributor``
            (a contribution posted for at least one month of 2017) by scheme, sex and province of
            registration: what the register says, not what is so (see ``truth_coverage``).
        errors: the planted errors; the defaults where not given.

    Returns:
        Columns indicator, breakdown (total, sex, area_type, admin1_code; scheme), category,
        value: persons for counts, fractions for rates (null when the base is empty).
        Coverage is as answered: what would be found if everybody were asked, with the planted
        misreport; who does not know is in neither group. The facts are in ``truth_coverage``.
    """
    flags = indicator_flags(population, errors)
    person = population.person
    province = population.villages["prov"].to_numpy()[person["village"]]
    groups = {
        "total": (np.zeros(len(province), dtype=np.int8), ["TOTAL"]),
        "sex": (person["hl04"] - 1, ["SEX_M", "SEX_F"]),
        "area_type": (person["vtype1"] - 1, ["GEO_COV_URB", "GEO_COV_RUR"]),
        "admin1_code": (province - 1, [f"{i:02d}" for i in range(1, 19)]),
    }
    rows: list[tuple[str, str, str, float | None]] = []
    for breakdown, (code, names) in groups.items():
        count = {k: np.bincount(code[f], minlength=len(names)) for k, f in flags.items()}
        for at, category in enumerate(names):
            rows += [(k, breakdown, category, float(count[k][at])) for k in PERSONS]
            for ratio, (top, base) in RATIOS.items():
                below = int(count[base][at])
                value = float(count[top][at]) / below if below else None
                rows.append((ratio, breakdown, category, value))
    schema = {"indicator": pl.String, "breakdown": pl.String, "category": pl.String}
    table = pl.DataFrame(rows, schema=schema | {"value": pl.Float64}, orient="row")
    return table if register is None else pl.concat([table, register_truth(register)])


def register_truth(register: Register) -> pl.DataFrame:
    """Count affiliated members and active contributors of 2017; columns as ``truth``."""
    paying = (
        register.contributions.filter(pl.col("period").str.starts_with(LAST_YEAR))
        .select("member_id")
        .unique()
    )
    affiliated = register.members.filter(pl.col("exit_date").is_null()).select(
        "member_id",
        pl.lit("TOTAL").alias("total"),
        "scheme",
        pl.lit("SEX_").add(pl.col("sex")).alias("sex"),
        pl.col("province_code").alias("admin1_code"),
    )
    active = affiliated.join(paying, on="member_id", how="semi")
    return pl.concat(
        people.group_by(pl.col(by).alias("category"))
        .agg(pl.len().cast(pl.Float64).alias("value"))
        .sort("category")
        .select(pl.lit(name).alias("indicator"), pl.lit(by).alias("breakdown"), "category", "value")
        for name, people in (("affiliated", affiliated), ("active_contributor", active))
        for by in ("total", "scheme", "sex", "admin1_code")
    )
