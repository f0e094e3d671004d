"""Drivers: refusals, what is left out, marginal effects."""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from analyses.disclosure.estimates import publish
from analyses.engine.sample import sample
from analyses.models.drivers import drivers, notes
from analyses.models.fit import fit, spread_out
from analyses.models.model_matrix import Covariate
from analyses.wave.core_design import core_design
from data_contracts.errors import InputError, Refused

COLUMNS = [
    "survey_id", "ref_area", "time_period", "outcome", "population", "covariate", "category",
    "reference_category", "coefficient", "coefficient_se", "odds_ratio", "ame", "ame_se",
    "ame_ci_lower", "ame_ci_upper", "p_value", "df", "n", "n_psu", "n_strata",
    "df_method", "information",
]  # fmt: skip


def people(n: int = 3000) -> pl.DataFrame:
    rng = np.random.default_rng(11)
    age = rng.integers(15, 65, n)
    sex = rng.choice(["SEX_F", "SEX_M"], n)
    status = rng.choice([f"STE_ICSE93_{i}" for i in (1, 2, 3, 5, 6)], n)
    chance = expit(-1 + 0.03 * (age - 40) + 0.5 * (sex == "SEX_M"))
    return pl.DataFrame(
        {
            "survey_id": ["TWIN"] * n,
            "strata": (np.arange(n) * 5 // n).astype(str),
            "psu": (np.arange(n) * 100 // n).astype(str),
            "weight_micro": rng.integers(10**6, 10**9, n),
            "lfs_status": np.where(rng.random(n) < 0.8, "employed", "outside"),
            "status_icse93": status,
            "nature_of_job": np.where(rng.random(n) < 0.8, "informal", "formal"),
            "social_security": np.where(rng.random(n) < chance, "yes", "no"),
            "age": age.astype(float),
            "sex": sex,
            "admin1_code": rng.choice(["01", "02", "03"], n, p=[0.2, 0.5, 0.3]),
        }
    )


def ask(frame, population="all_employed", covariates=("age", "sex"), **kw):
    return drivers(frame, core_design(), "social_security", population, covariates, **kw)


def test_the_table_has_the_agreed_columns():
    table = ask(people())
    assert table.columns == COLUMNS
    assert table["covariate"].to_list() == ["(intercept)", "age", "sex"]
    assert table["survey_id"][0] == "TWIN"
    assert publish(table).columns == [*COLUMNS, "suppression_reason"]


@pytest.mark.parametrize("population", ["informal_employees", "formal_employees", "informal"])
def test_populations_chosen_by_nature_of_job_are_refused(population):
    with pytest.raises(Refused, match="by construction"):
        ask(people(), population)


def test_rows_already_cut_to_informal_employees_are_refused():
    with pytest.raises(Refused, match="by construction"):
        ask(people().filter(nature_of_job="informal"))


def test_a_covariate_that_defines_the_outcome_is_refused():
    with pytest.raises(Refused, match="defines the outcome"):
        ask(people(), covariates=["age", "nature_of_job"])


def test_an_unknown_population_is_an_input_error():
    with pytest.raises(InputError, match="not known"):
        ask(people(), "everybody")


def test_non_employees_are_status_2_to_5():
    frame = people()
    inside = (pl.col("lfs_status") == "employed") & pl.col("status_icse93").is_in(
        ["STE_ICSE93_2", "STE_ICSE93_3", "STE_ICSE93_5"]
    )
    assert ask(frame, "non_employees")["n"][0] == frame.filter(inside).height


def test_psus_without_members_stay_in_the_design():
    # By R's rule the df fall with the PSUs that hold members; all PSUs still carry the variance.
    frame = people().with_columns(
        lfs_status=pl.when(pl.col("psu").cast(int) % 20 < 2).then("lfs_status")
    )
    table = ask(frame)
    assert (table["n_psu"][0], table["n_strata"][0], table["df"][0]) == (10, 5, 10 - 5 - 3 + 1)
    by_design = ask(frame, df_rule="design")
    assert by_design["df"][0] == 95
    assert by_design["coefficient_se"].to_list() == table["coefficient_se"].to_list()


def test_marginal_effects_are_the_mean_changes_in_probability():
    frame = people()
    table = ask(frame, covariates=["age", Covariate("sex", reference="SEX_F")])
    a, b_age, b_sex = table["coefficient"]
    used = frame.filter(lfs_status="employed")
    w, age = used["weight_micro"].to_numpy(), used["age"].to_numpy()
    male = (used["sex"] == "SEX_M").to_numpy()
    difference = expit(a + b_age * age + b_sex) - expit(a + b_age * age)
    p = expit(a + b_age * age + b_sex * male)
    assert table["ame"][2] == pytest.approx(np.average(difference, weights=w), rel=1e-12)
    assert table["ame"][1] == pytest.approx(np.average(p * (1 - p) * b_age, weights=w), rel=1e-12)
    assert table["ame"][0] is None


def test_the_delta_method_equals_a_numerical_gradient():
    frame = people()
    table = ask(frame, covariates=[Covariate("age", squared=True), "sex"], margins="conditional")
    used = (frame["lfs_status"] == "employed").to_numpy()
    age, male = frame["age"].to_numpy(), (frame["sex"] == "SEX_M").to_numpy()
    reference = table["reference_category"][3]
    dummy = (frame["sex"] != reference).to_numpy().astype(float)
    x = np.column_stack([np.ones(len(age)), age, age**2, dummy])[used]
    y = (frame["social_security"] == "yes").to_numpy().astype(float)
    everybody = spread_out(x, np.flatnonzero(used), len(used), np.nan)
    model = fit(sample(frame, core_design()), everybody, y, family="logit")
    w = frame["weight_micro"].to_numpy()[used]
    assert male.any()

    def slope(beta):
        p = expit(x @ beta)
        return np.average(p * (1 - p) * (beta[1] + 2 * beta[2] * x[:, 1]), weights=w)

    b = model.coefficients
    steps = np.diag(np.abs(b) * 1e-6)
    gradient = np.array([(slope(b + s) - slope(b - s)) / (2 * s.sum()) for s in steps])
    expected = np.sqrt(gradient @ model.covariance @ gradient)
    assert table["ame"][1] == pytest.approx(slope(b), rel=1e-12)
    assert table["ame_se"][1] == pytest.approx(expected, rel=1e-6)
    assert ask(frame)["ame_se"][1] != ask(frame, margins="conditional")["ame_se"][1]


def test_a_category_with_one_outcome_leaves_with_its_people_and_says_so():
    frame = people().with_columns(
        social_security=pl.when(pl.col("admin1_code") == "03")
        .then(pl.lit("no"))
        .otherwise("social_security")
    )
    table = ask(frame, covariates=["age", "admin1_code"])
    left = table.filter(category="03").row(0, named=True)
    assert left["coefficient"] is None
    assert left["ame"] is None
    inside = frame.filter(lfs_status="employed")
    assert table["n"][0] == inside.filter(pl.col("admin1_code") != "03").height
    assert len(notes(table)) == 1
    assert notes(table)[0].startswith("admin1_code 03: everyone has the same outcome")


def test_a_covariate_that_does_not_vary_is_left_out_and_named():
    table = ask(
        people().with_columns(area_type=pl.lit("GEO_COV_X")), covariates=["age", "area_type"]
    )
    assert notes(table) == ["area_type: does not vary in the model's population; left out."]


def test_collinear_covariates_and_perfect_prediction_are_put_in_plain_words():
    frame = people().with_columns(twice=2 * pl.col("age"))
    with pytest.raises(InputError, match="determine each other"):
        ask(frame, covariates=["age", "twice"])
    known = frame.with_columns(
        social_security=pl.when(pl.col("age") > 40).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    with pytest.raises(InputError, match="perfectly"):
        ask(known, covariates=["age"])
    with pytest.raises(InputError, match="same outcome"):
        ask(frame.with_columns(social_security=pl.lit("no")), covariates=["age"])
