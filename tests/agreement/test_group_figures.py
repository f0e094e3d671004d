"""Groups, coverage by status and region and households on real files, beside R survey.

Regions, employees and Bolivia: shared/vectors/microdata_expected.json (CR8, CR9, BO2). The rest, R
survey 4.1.1 on the harmonised rows f of CRI_2020_ENAHO (cov, no: employed who say yes, no):
  d <- svydesign(ids = ~psu, strata = ~strata, weights = ~weight, data = f, nest = TRUE)
  a <- subset(d, cov + no == 1)
  svyby(~cov, ~status_icse93, a, svymean, deff = TRUE)
  svyciprop(~cov, subset(a, status_icse93 == s), method = "logit", df = degf(d))
  svymean(~cov, subset(a, status_icse93 == "STE_ICSE93_3" & economic_sector == "ECO_SECTOR_AGR"))
  ind <- ave(cov, hh_id, FUN = max) == 1 & cov == 0; svytotal(~ind, d); svymean(~ind, d, deff = TRUE)
"""

import json

import numpy as np
import pytest

from analyses.coverage.groups.affordability import affordability
from analyses.coverage.groups.indirect import indirect
from analyses.coverage.groups.table import group_estimates
from data_contracts.profile.plan import resolve
from data_contracts.profile.profile import load_profile
from pipelines.figures.core import KEY, derive
from pipelines.figures.estimates import design_of
from tests.places import SHARED
from transforms.read.files import read_table
from transforms.survey.harmonise import harmonise

MICRODATA = SHARED / "microdata"
pytestmark = [
    pytest.mark.agreement,
    pytest.mark.skipif(
        not MICRODATA.is_dir(), reason="the folder shared/microdata is not beside us"
    ),
]


def harmonised(survey, file):
    profile = load_profile(survey)
    raw = read_table(MICRODATA / file, profile.raw_names(), profile.encoding).frame
    person, job = derive(profile, harmonise(profile, raw, file))
    rows = person.join(job, on=KEY, how="left", maintain_order="left")
    plan = resolve(profile)
    return rows, design_of(plan), plan


@pytest.fixture(scope="module")
def costa_rica():
    return harmonised("CRI_2020_ENAHO", "cri20n1.dta.zip")


@pytest.fixture(scope="module")
def table(costa_rica):
    return group_estimates(*costa_rica, breakdowns=["admin1_code", "status_icse93"])


def expected(name):
    entries = json.loads((SHARED / "vectors/microdata_expected.json").read_text("utf-8"))
    return next(entry for entry in entries if entry["id"] == name)


def same(found, r, rel=1e-9):
    np.testing.assert_allclose(found, r, rtol=rel)


def test_coverage_of_employees_and_by_region(table):
    own = table.filter(group="all_employed", indicator="social_security_coverage_employees")
    whole, r = own.filter(breakdown="total").row(0, named=True), expected("CR8")
    same([whole[c] for c in ("obs_value", "se", "deff")], [r["est"]["ss"], r["se"][0], r["deff"]])
    assert whole["n"] == r["n"]
    regions, r = own.filter(breakdown="admin1_code"), expected("CR9")
    assert regions["category"].to_list() == list(r["est"])
    same(regions["obs_value"], list(r["est"].values()))
    same(regions["se"], r["se"])


def test_coverage_by_status_with_intervals(table):
    own = table.filter(
        group="all_employed", indicator="social_security_coverage", breakdown="status_icse93"
    )
    assert own["category"].to_list() == [f"STE_ICSE93_{k}" for k in (1, 2, 3, 5)]
    same(
        own.select("obs_value", "se", "deff"),
        [
            [0.82663718479488, 0.0054517942282174, 1.3793875025622],
            [0.75439508998232, 0.0276189837937204, 1.1999804241534],
            [0.42315251740037, 0.0129959565714868, 1.2371971786563],
            [0.19368494101319, 0.0459952137937664, 1.0898399967382],
        ],
    )
    employees, _, own_account, _ = own.select("ci_method", "ci_lower", "ci_upper").rows()
    assert employees[0] == own_account[0] == "logit"
    same(employees[1:], [0.81567780960275, 0.83707509622447])
    same(own_account[1:], [0.39787834999821, 0.44883540148037])


def test_own_account_workers_in_agriculture(table):
    row = table.filter(
        group="agriculture_own_account", indicator="social_security_coverage", breakdown="total"
    ).row(0, named=True)
    assert row["n"] == 305
    found = [row[c] for c in ("obs_value", "se", "deff")]
    same(found, [0.613518268483286, 0.032511360586788, 1.363658677951449])


def test_who_lives_with_a_covered_worker(costa_rica):
    found = indirect(*costa_rica)
    number, share = (
        found.filter(universe="all_persons", unit_measure=unit).row(0, named=True)
        for unit in ("PS", "RATIO")
    )
    same([number["obs_value"], number["se"]], [2082752, 38794.2414977])
    found = [share[c] for c in ("obs_value", "se", "deff")]
    same(found, [0.4074715269089419, 0.0045535697892597, 2.2034637882953865])


def test_a_wave_without_earnings_has_no_affordability(costa_rica):
    rows, design, wave = costa_rica
    found = affordability(
        rows.with_columns(due_flat_lak=0.09), design, wave, "9 % of 1", "due_flat_lak"
    )
    assert set(found["obs_status"]) == {"M"}


def test_bolivia_gives_employment_by_area_and_says_why_nothing_else():
    table = group_estimates(
        *harmonised("BOL_2021_ECE", "ece_t4_2021.sav"), breakdowns=["area_type", "admin1_code"]
    )
    r = expected("BO2")
    urban = table.filter(indicator="employed", category="GEO_COV_URB").row(0, named=True)
    same([urban["obs_value"], urban["se"]], [r["est"]["emp"], r["se"][0]], rel=1e-6)
    barred = table.filter(computability="NOT COMPUTABLE")
    assert barred["reason"].null_count() == 0
    assert set(table.filter(obs_status="A")["indicator"]) == {"employed"}
