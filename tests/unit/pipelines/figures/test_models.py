"""A model that cannot be fitted stops nothing: no rows of it, and the reason."""

import numpy as np
import polars as pl
import pytest

from data_contracts.catalogue.models import models
from data_contracts.contract.find import load
from data_contracts.profile.plan import resolve
from pipelines.figures.models import drivers_of
from tests.unit.profiles import profile_of

YES_NO = {"from": "q", "codes": {"1": "yes", "2": "no"}}
PLAN = resolve(profile_of(columns={"social_security": YES_NO}))


def people(n=800):
    rng = np.random.default_rng(3)
    covered = rng.random(n) < 0.4
    return pl.DataFrame(
        {
            "survey_id": ["TST_2020_LFS"] * n,
            "strata": (np.arange(n) * 4 // n).astype(str),
            "psu": (np.arange(n) * 80 // n).astype(str),
            "weight_micro": rng.integers(10**6, 10**8, n),
            "lfs_status": ["employed"] * n,
            "status_icse93": rng.choice(["STE_ICSE93_1", "STE_ICSE93_3"], n),
            "social_security": np.where(covered, "yes", "no"),
            "nature_of_job": np.where(covered, "formal", "informal"),
            "sex": rng.choice(["SEX_F", "SEX_M"], n),
            "age_aggregate": rng.choice(["AGE_AGGREGATE_Y15-24", "AGE_AGGREGATE_Y25-54"], n),
            "area_type": rng.choice(["GEO_COV_URB", "GEO_COV_RUR"], n),
            "education_aggregate": rng.choice(["EDU_AGGREGATE_BAS", "EDU_AGGREGATE_X"], n, p=[0.3, 0.7]),
            "economic_sector": rng.choice(["ECO_SECTOR_AGR", "ECO_SECTOR_SER"], n),
            "marital_status": ["MTS_X"] * n,
        }
    )  # fmt: skip


def test_both_models_are_fitted_and_an_unknown_category_compares_with_nobody():
    made = drivers_of(PLAN, people())
    assert made.refused == {}
    assert set(made.table["population"]) == {m.population for m in models().values()}
    education = made.table.filter(covariate="education_aggregate")
    # EDU_AGGREGATE_X has 70 % of the rows and is still not what the others are compared with.
    assert set(education["reference_category"]) == {"EDU_AGGREGATE_BAS"}
    assert set(education["category"]) == {"EDU_AGGREGATE_X"}


BROKEN = {
    "everyone says yes": ({"social_security": "yes"}, "Everyone in the model has the same outcome"),
    "all employees informal": ({"nature_of_job": "informal"}, "nature of job"),
    "one answers for another": ({"area_type": pl.col("sex")}, "determine each other"),
    "too few units": ({"psu": pl.col("strata")}, "too few PSUs"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_fitted_has_no_rows_and_its_reason(change, said):
    made = drivers_of(PLAN, people().with_columns(**{
        name: value if isinstance(value, pl.Expr) else pl.lit(value) for name, value in change.items()
    }))  # fmt: skip
    assert said in " ".join(made.refused.values())
    fitted = {m.population for name, m in models().items() if name not in made.refused}
    assert set(made.table["population"]) == fitted
    assert made.table.columns == list(load("est.driver").polars_schema())


def test_a_wave_that_did_not_ask_has_no_models_and_says_so():
    plan = resolve(profile_of(columns={"social_security": {"not_asked": "not in the form"}}))
    made = drivers_of(plan, people())
    assert made.table.is_empty()
    assert set(made.refused.values()) == {"Not in the form."}
