"""The true cascade of the twin: it adds up, and agrees with the law's own evaluator and with hand counts."""

from collections import Counter
from datetime import date

import numpy as np
import polars as pl
import pytest

from transforms.law.liability import liability
from transforms.twin.errors import NO_ERRORS
from transforms.twin.register import register
from transforms.twin.truth import truth
from transforms.twin.truth_coverage import MEASURES, earnings, truth_coverage

C = pl.col
# The same codes as in data_contracts/sources/LAO_2017_LFS.yaml, written out once more.
UNIT = {1: "government", 2: "soe", 3: "private_business", 4: "npi", 5: "international",
        6: "own_household"}  # fmt: skip
STATUS = {1: "1", 2: "1", 3: "2", 4: "3", 5: "5"}


@pytest.fixture(scope="module")
def table(people, book):
    return truth_coverage(people, book)


@pytest.fixture(scope="module")
def honest(people):
    drawn = register(people, 5, NO_ERRORS)
    return drawn, truth_coverage(people, drawn, NO_ERRORS)


def value(table, measure, branch, breakdown="total", category="TOTAL"):
    return table.filter(
        measure=measure, branch=branch, breakdown=breakdown, category=category
    )["value"].item()  # fmt: skip


def test_every_measure_stands_once_in_every_cell(table):
    assert set(MEASURES) < set(table["measure"])
    assert not table.select("measure", "branch", "breakdown", "category").is_duplicated().any()
    cells = table.filter(C("measure").is_in(MEASURES)).group_by("measure", "branch").len()
    assert cells["len"].unique().to_list() == [1 + 2 + 18]


def test_sexes_and_provinces_add_up_and_compulsory_is_public_and_enterprise(table):
    known = table.filter(C("measure").is_in(MEASURES), C("measure") != "paid")
    sums = known.group_by("measure", "branch", "breakdown").agg(C("value").sum())
    assert sums.group_by("measure", "branch").agg(C("value").n_unique())["value"].max() == 1
    both = known.filter(C("branch").is_in(["public", "enterprise"]))
    key = ["measure", "breakdown", "category"]
    added = both.group_by(key).agg(C("value").sum().alias("sum"))
    compulsory = known.filter(C("branch") == "compulsory", C("measure") != "employed")
    together = compulsory.join(added, on=key, how="left")
    assert (together["value"] == together["sum"]).all()


@pytest.mark.parametrize("branch", ["public", "enterprise", "compulsory"])
def test_the_gaps_between_the_stages_add_up_to_the_whole(table, branch):
    persons = ["legally_covered", "registered_unit", "affiliated", "active_contributor"]
    money = ["due_legal", "due_registered", "due_affiliated", "due_active", "due_declared", "paid"]
    for stages in (persons, money):
        found = [value(table, stage, branch) for stage in stages]
        gaps = -np.diff(found)
        assert gaps.sum() == pytest.approx(found[0] - found[-1], rel=1e-12)
        assert (gaps[-2:] >= 0).all()


def test_legal_stages_agree_with_the_evaluator_of_the_law(people, table):
    q = people.person
    rows = np.flatnonzero(q["status"] == 1)
    ac03, ac11a, ac13 = (q[k][rows] for k in ("ac03", "ac11a", "ac13"))
    homes = ac11a == 2
    judged = liability(
        pl.DataFrame(
            {
                "status_icse93": [
                    "STE_ICSE93_" + ("1" if s == 6 and h else STATUS.get(int(s), "6"))
                    for s, h in zip(ac03, homes, strict=True)
                ],
                "institutional_unit": [
                    "household_employer" if h else UNIT[int(u)]
                    for u, h in zip(ac13, homes, strict=True)
                ],
                "age": q["hl05"][rows],
                "earnings_monthly": earnings(q)[rows],
            }
        ),
        date(2017, 10, 1),
    )
    found = judged.group_by("scheme").agg(pl.len(), C("due_total_lak").sum())
    for scheme, persons, due in found.drop_nulls("scheme").iter_rows():
        assert value(table, "legally_covered", scheme) == persons
        if scheme != "voluntary":
            assert value(table, "due_legal", scheme) == due


def test_the_registers_stages_by_hand(people, book, table):
    """Count persons one by one, from the raw files and the population."""
    raw = {row["member_id"]: row for row in book.members.iter_rows(named=True)}
    seen, affiliated, active, due = set(), Counter(), Counter(), Counter()
    for fact in book.facts.filter(C("row").is_not_null()).iter_rows(named=True):
        assert raw[fact["member_id"]]["exit_date"] is None
        if fact["row"] in seen:
            continue
        seen.add(fact["row"])
        affiliated[fact["scheme"]] += 1
        if people.person["covered"][fact["row"]] == 1:
            active[fact["scheme"]] += 1
            income = raw[fact["member_id"]]["declared_income"]
            if fact["scheme"] == "enterprise":  # 6.0 + 5.5 %, Decision 1740
                due["enterprise"] += min(max(income, 450_000), 4_500_000) * 115 // 1000
            elif fact["scheme"] == "public":  # 8.5 + 8.0 %, no floor and no ceiling
                due["public"] += income * 165 // 1000
    for scheme in ("public", "enterprise", "voluntary"):
        assert value(table, "affiliated", scheme) == affiliated[scheme]
        assert value(table, "active_contributor", scheme) == active[scheme]
    for scheme in ("public", "enterprise"):
        assert value(table, "due_declared", scheme) == pytest.approx(due[scheme], rel=1e-9)
    # 15 % of the insurable earnings, cut off at floor and ceiling, is not declared.
    ratio = value(table, "due_declared", "enterprise") / value(table, "due_active", "enterprise")
    assert ratio == pytest.approx(0.85, abs=1e-4)


def test_without_errors_what_the_register_says_is_what_is_so(people, honest):
    drawn, table = honest
    says = truth(people, drawn, NO_ERRORS).filter(C("indicator") == "affiliated")
    pays = truth(people, drawn, NO_ERRORS).filter(C("indicator") == "active_contributor")
    for said, measure in ((says, "affiliated"), (pays, "active_contributor")):
        by_scheme = dict(said.filter(breakdown="scheme").select("category", "value").iter_rows())
        assert by_scheme == {s: value(table, measure, s) for s in by_scheme}
        for by in ("sex", "admin1_code"):
            for category, n in said.filter(breakdown=by).select("category", "value").iter_rows():
                branches = ("public", "enterprise", "voluntary")
                assert n == sum(value(table, measure, s, by, category) for s in branches)
    for scheme in ("public", "enterprise"):
        assert value(table, "affiliated", scheme) == value(table, "active_contributor", scheme)
        stages = {value(table, k, scheme) for k in ("due_affiliated", "due_active", "due_declared")}
        assert len(stages) == 1
        # What was paid in 2017 over what was due, read off the posted rows.
        held = drawn.members.filter(C("scheme") == scheme, C("exit_date").is_null())
        posted = drawn.contributions.filter(C("period") >= "2017").join(
            held.select("member_id", "registration_date"), on="member_id"
        )
        months = held.select(
            "member_id", (13 - C("registration_date").dt.month().cast(int)).alias("of_joiners"),
            (C("registration_date").dt.year() < 2017).alias("old"),
        ).select("member_id", pl.when("old").then(12).otherwise("of_joiners").alias("months"))  # fmt: skip
        due = drawn.facts.join(months, on="member_id").select((C("due") * C("months")).sum()).item()
        paid = posted["contribution_amount"].sum()
        share = value(table, "paid", scheme) / value(table, "due_declared", scheme)
        assert share == pytest.approx(paid / due, rel=1e-6)


def test_as_answered_and_self_reported_are_the_same_people(people, table):
    answered = truth(people).filter(C("indicator") == "social_security_covered")
    for by, category, n in answered.select("breakdown", "category", "value").iter_rows():
        if by != "area_type":
            assert value(table, "self_reported", "total", by, category) == n
