"""The fabricated tables of the briefs, completed with what only an export reads."""

import polars as pl

from tests.unit.reports import sample

FACTS = {
    "survey_id": sample.ID,
    "ref_area": "LAO",
    "time_period": "2022",
    "icls": "ICLS19",
    "source": "BA:6651",
    "min_age": 15,
    "status": "sourced",
}


def tables():
    """The fabricated tables of the briefs, with the columns only an export reads, and both sexes."""
    pub = sample.pub()
    share = pl.col("obs_value") / 100
    rate = pl.col("unit_measure") == "PT"
    whole = pl.lit(1_000_000.0)
    pub["estimate"] = pub["estimate"].with_columns(
        pl.when(rate).then((share * 10_000).round() * 100).alias("numerator"),
        pl.when(rate).then(whole).alias("denominator"),
    )
    by_sex = [
        sample.register_row(concept, rule, "total", "sex", sex, 150_000, 1_200_000)
        for concept, rule in (
            ("affiliated", "registered"),
            ("active_contributor", ">=1 month in 12"),
        )
        for sex in ("SEX_F", "SEX_M")
    ]
    register = pl.concat(
        [pub["register_coverage"], pl.DataFrame(by_sex, schema=pub["register_coverage"].schema)]
    )
    pub["register_coverage"] = register.with_columns(
        pl.lit("employed 15+").alias("denominator_universe")
    )
    return pub
