"""A small made-up wave that keeps every rule, to be harmed one column at a time."""

import polars as pl

from analyses.quality.judge import judge
from analyses.quality.subject import KEY, Subject

HOUSEHOLDS = 250


def people() -> pl.DataFrame:
    """Give 250 households of four: father, mother, grown child, child under 15."""
    rows = []
    for home in range(HOUSEHOLDS):
        urban = home % 3 == 0
        for member in range(4):
            age = (30 + home % 30, 28 + (7 * home) % 30, 15 + home % 15, home % 15)[member]
            sex = "SEX_M" if member in (0, 2 + home % 2) else "SEX_F"
            widowed = member == 1 and home % 5 == 0
            works = (home % 20 != 0, home % 3 != 1, home % 2 == 0, False)[member]
            rows.append({
                "survey_id": "LAO_2017_LFS", "hh_id": f"h{home:03}", "person_id": str(member),
                "psu": f"p{home // 10:02}", "strata": f"s{home // 50}",
                "weight": 1000.5 + home % 7, "area_type": f"GEO_COV_{'URB' if urban else 'RUR'}",
                "admin1_code": f"{1 + home // 50:02}", "sex": sex, "age": age,
                "education_aggregate": "EDU_AGGREGATE_X" if age < 15
                else f"EDU_AGGREGATE_{'LTB' if home % 4 == 0 else 'BAS'}",
                "marital_status": "MTS_X" if age < 15
                else "MTS_SINGLE" if member == 2 else "MTS_WIDOWED" if widowed else "MTS_MARRIED",
                "working_age": age >= 15,
                "lfs_status": None if age < 15 else "employed" if works else "outside",
            })  # fmt: skip
    frame = pl.DataFrame(rows).with_columns(pl.col("age").cast(pl.Int16))
    return frame.with_columns((pl.col("weight") * 1e6).round().cast(pl.Int64).alias("weight_micro"))


def jobs(person: pl.DataFrame) -> pl.DataFrame:
    """Give one job an employed person: farmers in the country, offices and shops in town."""
    employed = person.filter(pl.col("lfs_status") == "employed").with_row_index("n")
    office = (pl.col("area_type") == "GEO_COV_URB") & (pl.col("n") % 2 == 0)
    farm = (pl.col("area_type") == "GEO_COV_RUR") & (pl.col("n") % 4 != 0)

    def pick(of_office: str, of_farm: str, otherwise: str) -> pl.Expr:
        return (
            pl.when(office)
            .then(pl.lit(of_office))
            .when(farm)
            .then(pl.lit(of_farm))
            .otherwise(pl.lit(otherwise))
        )

    return employed.select(
        *KEY,
        pl.lit(1, pl.Int8).alias("job_no"),
        pick("STE_ICSE93_1", "STE_ICSE93_3", "STE_ICSE93_1").alias("status_icse93"),
        pick("ECO_SECTOR_SER", "ECO_SECTOR_AGR", "ECO_SECTOR_IND").alias("economic_sector"),
        pick("84", "01", "10").alias("industry_isic4_2d"),
        pick("OCU_ISCO08_4", "OCU_ISCO08_6", "OCU_ISCO08_7").alias("occupation_major"),
        pick("government", "farm", "private_business").alias("institutional_unit"),
        pick("yes", "no", "no").alias("social_security"),
        pick("yes", "not_applicable", "no").alias("employer_social_contribution"),
        pick("formal", "informal", "informal").alias("unit_of_production"),
        pick("formal", "informal", "informal").alias("nature_of_job"),
        pl.when(office).then(1).otherwise(8).cast(pl.Int8).alias("sector_rule_step"),
        pl.when(office).then(2).otherwise(9).cast(pl.Int8).alias("nature_rule_step"),
        (30.0 + pl.col("n") % 23).alias("hours_usual_week"),
        (
            1_000_003.0
            + 1009 * (pl.col("n") % 97)
            + 100_000 * office
            + 50_000 * (pl.col("education_aggregate") == "EDU_AGGREGATE_BAS")
        ).alias("earnings_monthly"),
        pl.lit("no_answer").alias("workplace_type"),
    )


COLUMNS = (
    "hh_id",
    "sex", "age", "area_type", "admin1_code", "marital_status", "education_aggregate", "lfs_status",
    "status_icse93", "economic_sector", "industry_isic4_2d", "occupation_major",
    "institutional_unit", "social_security", "employer_social_contribution", "nature_of_job",
    "hours_usual_week", "earnings_monthly",
)  # fmt: skip


def subject(
    person: pl.DataFrame | None = None, job: pl.DataFrame | None = None, **known: object
) -> Subject:
    """Give the wave as the checks see it, with rows of one's own."""
    person = people() if person is None else person
    job = jobs(people()) if job is None else job
    asked = known.pop("asked", dict.fromkeys(COLUMNS, (True, "")))
    facts = {"ref_area": "LAO", "reference_year": 2017, **known.pop("facts", {})}
    return Subject("LAO_2017_LFS", person, job, asked, facts=facts, **known)


def found(wave: Subject, check: str, category: str = "all"):
    """Give the finding of one check."""
    (one,) = [
        outcome.finding
        for outcome in judge(wave)
        if (outcome.finding.check_id, outcome.finding.category) == (check, category)
    ]
    return one


def failed(wave: Subject) -> set[str]:
    """Give the names of the checks that fail."""
    return {o.finding.check_id for o in judge(wave) if o.finding.status == "failed"}
