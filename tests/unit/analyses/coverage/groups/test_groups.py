"""Groups: who belongs (counted by hand), which wave can tell, what is refused, and figures beside R.

R survey 4.1 on group_sample.people() as a data frame f, emp, cov, ans and no being 0/1 columns of
employed, social_security == "yes", in yes/no, == "no":
  d <- svydesign(ids = ~psu, strata = ~strata, weights = ~weight, data = f, nest = TRUE)
"""

import polars as pl
import pytest

from analyses.coverage.groups.groups import (
    Group,
    groups,
    headline,
    refuse_circles,
    verdict,
)
from analyses.coverage.groups.table import group_estimates
from analyses.wave.core_design import core_design
from data_contracts.catalogue.indicators import catalogue
from data_contracts.conditions import expression
from data_contracts.contract.find import load
from data_contracts.errors import InputError, Refused
from data_contracts.profile.plan import resolve
from data_contracts.profile.profile import load_profile, profile_names
from tests.unit.analyses.coverage.groups.group_sample import people, wave

PERSON = {
    "lfs_status": "employed", "status_icse93": "STE_ICSE93_1", "industry_isic4_2d": "47",
    "economic_sector": "ECO_SECTOR_SER", "institutional_unit": "private_business",
    "workplace_type": "fixed_premises", "enterprise_size_lower": 5, "enterprise_size_upper": 9,
    "sex": "SEX_M", "age": 40, "disability_status": "DSB_STATUS_NODIS",
}  # fmt: skip
ALL = {"all_employed", "men", "adults_25_54", "adults_25_64"}
SIZED = {"employees_5_9", "employees_under_20", "employees_under_50", "employees_under_100",
         "employees_under_250"}  # fmt: skip
# Each change to the shop assistant above, and the groups that the person is then in, by hand.
CASES = [
    ({}, ALL | SIZED),
    ({"enterprise_size_lower": 20, "enterprise_size_upper": None}, ALL),
    ({"enterprise_size_lower": None, "enterprise_size_upper": None}, ALL),
    ({"institutional_unit": "government"}, ALL),
    ({"institutional_unit": "household_employer"}, ALL | {"domestic_workers"}),
    ({"industry_isic4_2d": "97", "institutional_unit": "no_answer"}, ALL | {"domestic_workers"}),
    ({"workplace_type": "own_home"}, ALL | SIZED | {"home_based_with_employees"}),
    (
        {"workplace_type": "own_home", "status_icse93": "STE_ICSE93_3",
         "economic_sector": "ECO_SECTOR_AGR"},
        ALL | {"home_based_with_employees", "home_based_workers", "agriculture_own_account"},
    ),
    (
        {"status_icse93": "STE_ICSE93_5", "sex": "SEX_F", "age": 15},
        {"all_employed", "women", "youth_15_24", "contributing_family_workers"},
    ),
    (
        {"age": 65, "disability_status": "DSB_STATUS_DIS"},
        {"all_employed", "men", "older_55", "older_65", "disability"} | SIZED,
    ),
    ({"lfs_status": "outside", "age": 60}, {"men", "adults_25_64", "older_55"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_who_belongs(change, expected):
    person = pl.DataFrame({**PERSON, **change, "road_access": "yes", "area_type": "GEO_COV_RUR"},
                          schema_overrides={"enterprise_size_lower": pl.Int32,
                                            "enterprise_size_upper": pl.Int32})  # fmt: skip
    found = {
        g.id for g in groups().values() if person.select(expression(g.condition)).to_series()[0]
    }
    assert found == expected


N, C, P = "NOT COMPUTABLE", "COMPUTABLE", "PARTIAL"
# Read off the profiles by hand: LAO 2010, 2017, 2022, Costa Rica, Bolivia; of the group's numbers.
WAVES = ("LAO_2010_LFS", "LAO_2017_LFS", "LAO_2022_LFS", "CRI_2020_ENAHO", "BOL_2021_ECE")
VERDICTS = {
    "women": (C, C, C, C, N),
    "youth_15_24": (C, C, C, C, N),
    "older_65": (C, C, C, C, N),
    "disability": (N, C, N, N, N),
    "rural_without_road": (N, N, N, N, N),
    "home_based_workers": (N, P, P, N, N),
    "agriculture_own_account": (C, C, C, C, N),
    "domestic_workers": (P, C, C, P, N),
    "contributing_family_workers": (C, C, C, C, N),
    "employees_1_4": (N, P, P, C, N),
    "employees_under_20": (N, P, P, C, N),
    "employees_under_50": (N, N, P, N, N),
    "employees_under_100": (N, N, N, C, N),
    "employees_under_250": (N, N, N, N, N),
    "all_employed": (C, C, C, C, C),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_which_wave_can_tell_a_group(name):
    employed = catalogue()["employed"]
    found = []
    for survey in WAVES:
        status, reason = verdict(groups()[name], employed, resolve(load_profile(survey)))
        assert (reason == "") == (status == C)
        found.append(status)
    assert tuple(found) == VERDICTS[name]


def test_every_wave_says_why_it_cannot_tell_the_road():
    road = groups()["rural_without_road"]
    assert set(road.unavailable) >= set(profile_names())


def test_a_wave_without_informality_refuses_the_rate_and_not_the_number():
    told = resolve(load_profile("LAO_2010_LFS"))
    women = groups()["women"]
    assert verdict(women, catalogue()["employed"], told)[0] == C
    status, reason = verdict(women, catalogue()["informal_employment_rate"], told)
    assert status == N
    assert "2010 questionnaire did not ask for registration" in reason


def made(condition):
    return Group("chosen", "chosen", "a test", condition, (("sex",),))


def test_coverage_of_informal_employees_is_refused():
    informal = {"lfs_status": ["employed"], "nature_of_job": ["informal"]}
    coverage = [catalogue()["social_security_coverage"]]
    for condition in (
        informal,
        informal | {"status_icse93": ["STE_ICSE93_1"]},
        [informal | {"status_icse93": ["STE_ICSE93_3"]}, informal],
        {"employer_social_contribution": ["no"]},
        {"unit_of_production": ["informal"]},
    ):
        with pytest.raises(Refused, match="for employees the nature of the job"):
            group_estimates(
                people(), core_design(), wave(), chosen=[made(condition)], indicators=coverage
            )
    refuse_circles([made(informal | {"status_icse93": ["STE_ICSE93_3"]})], coverage)
    refuse_circles([made(informal)], [catalogue()["employed"]])
    with pytest.raises(Refused, match=r"(?i)within chosen, informal_employment_rate"):
        refuse_circles([made(informal)], [catalogue()["informal_employment_rate"]])
    with pytest.raises(Refused, match=r"(?i)within nature_of_job"):
        refuse_circles([groups()["women"]], coverage, ["nature_of_job"])


def test_no_group_of_the_file_is_circular():
    refuse_circles(groups().values(), headline())


@pytest.fixture(scope="module")
def table():
    return group_estimates(people(), core_design(), wave(), breakdowns=["area_type"])


def one(table, group, indicator, category="TOTAL"):
    return table.filter(group=group, indicator=indicator, category=category).row(0, named=True)


def test_figures_of_women_and_home_based_workers_are_those_of_r(table):
    women = one(table, "women", "employed")
    # R's `svytotal(~emp, subset(d, sex == "SEX_F"), deff = TRUE)`
    assert (women["obs_value"], women["n"]) == (2730.0, 24)
    assert women["se"] == pytest.approx(360.2776707, rel=1e-8)
    assert women["deff"] == pytest.approx(1.93184, rel=1e-5)
    rate = one(table, "women", "social_security_coverage")
    # R's `svymean(~cov, subset(d, sex == "SEX_F" & ans == 1), deff = TRUE)`
    assert rate["obs_value"] == pytest.approx(0.269076305221, rel=1e-10)
    assert rate["se"] == pytest.approx(0.104048214032, rel=1e-10)
    assert rate["deff"] == pytest.approx(1.166259649386, rel=1e-10)
    # R's `svyciprop(~cov, same, method = "beta", df = degf(d))`
    assert rate["ci_method"] == "beta"
    assert rate["ci_lower"] == pytest.approx(0.070204388, rel=1e-6)
    gap = one(table, "women", "coverage_gap")
    # R's `svytotal(~no, subset(d, sex == "SEX_F"))`
    assert gap["obs_value"] == 1820
    assert gap["se"] == pytest.approx(330.60551, rel=1e-7)
    home = one(table, "home_based_workers", "social_security_coverage")
    # R's `svymean(~cov, subset(d, emp == 1 & status in 2, 3, 5 & workplace_type == "own_home" & ans == 1))`
    assert home["obs_value"] == pytest.approx(0.3492063492, rel=1e-9)
    assert home["se"] == pytest.approx(0.1724146863, rel=1e-9)


def test_the_table_keeps_its_contract_and_says_that_groups_overlap(table):
    contract = load("est.group")
    assert dict(table.schema) == contract.polars_schema()
    assert not table.select(contract.primary_key).is_duplicated().any()
    assert table["note"].str.starts_with("Groups overlap").all()
    barred = table.filter(computability=N)
    assert set(barred["group"]) >= {"disability", "rural_without_road"}
    assert barred["obs_value"].null_count() == barred.height
    assert set(barred["obs_status"]) == {"M"}
    assert barred["reason"].null_count() == 0


def test_categories_within_a_group_add_up_to_the_group(table):
    parts = table.filter(
        group="women", indicator="employed", breakdown="area_type"
    )["obs_value"].sum()  # fmt: skip
    assert parts == one(table, "women", "employed")["obs_value"]


def test_who_does_not_tell_the_place_of_work_is_counted(table):
    # By hand: among persons 0 to 71 whose number leaves neither 5 over 6 (no job) nor 0 or 3 over 5
    # (employees), 36 work for themselves or their family; 5 of them leave 4 over 7 (do not know).
    note = one(table, "home_based_workers", "employed")["note"]
    assert "5 of 36 sample rows do not tell whether they belong" in note


def test_a_group_without_people_and_a_missing_column():
    nobody = made({"sex": ["SEX_X"]})
    women = catalogue()["employed"]
    found = group_estimates(people(), core_design(), wave(), chosen=[nobody], indicators=[women])
    assert found.select("obs_value", "n", "obs_status").rows() == [(None, 0, "S")]
    with pytest.raises(InputError, match="column sex"):
        group_estimates(
            people().drop("sex"), core_design(), wave(), chosen=[nobody], indicators=[women]
        )


def test_without_sampling_units_no_figure_is_graded_reliable():
    told = wave(design={"weight": "wt"})
    found = group_estimates(people(), core_design(), told, chosen=[groups()["women"]])
    assert "A" not in set(found["obs_status"])
    assert found["note"].str.contains("Design unknown: ", literal=True).all()
