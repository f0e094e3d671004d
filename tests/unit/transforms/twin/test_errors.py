"""The planted errors: each is found again in the raw files, and without them the files are the facts."""

import numpy as np
import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.twin.errors import ALLOWED, NO_ERRORS, VOLUNTARY_FOREIGNERS, Errors, errors_of
from transforms.twin.misreport import as_answered
from transforms.twin.register import register
from transforms.twin.survey import draw_survey
from transforms.twin.truth_coverage import errors_as_drawn

C = pl.col
PLANTED = Errors(0.05, 0.12, 0.1, 0.3, 0.25, 0.15, 0.2, 0.7, 0.95)


@pytest.fixture(scope="module")
def planted(people):
    return register(people, 5, PLANTED)


@pytest.fixture(scope="module")
def honest(people):
    return register(people, 5, NO_ERRORS)


def insured(book):
    return book.members.filter(C("exit_date").is_null())


def year(book, at):
    return book.contributions.filter(C("period").str.starts_with(at))


def with_facts(book):
    return insured(book).join(book.facts.drop("scheme", "sex"), on="member_id")


def test_second_numbers_and_their_typing_errors(planted):
    held = with_facts(planted)
    second = held.filter("is_second")
    assert second.height == pytest.approx(0.05 * held.height, abs=3)
    pairs = second.join(held.filter(~C("is_second")), on="person")
    wrong_name = pairs["name"] != pairs["name_right"]
    wrong_day = pairs["birth_date"] != pairs["birth_date_right"]
    assert wrong_name.sum() + wrong_day.sum() == round(second.height / 2)
    assert abs(wrong_name.sum() - wrong_day.sum()) <= 1
    assert not (wrong_name & wrong_day).any()
    assert (pairs["sex"] == pairs["sex_right"]).all()
    assert (pairs["birth_date"].dt.year() == pairs["birth_date_right"].dt.year()).all()
    letters = [sorted(name.lower()) for name in pairs["name"]]
    assert letters == [sorted(name.lower()) for name in pairs["name_right"]]
    assert (pairs["registration_date"] >= pairs["registration_date_right"]).all()
    # A person pays under one number at a time.
    paid = planted.contributions.join(held.select("member_id", "person"), on="member_id")
    assert paid.select("person", "period").is_duplicated().sum() == 0


def test_dormant_members_are_employed_residents_without_cover(planted, people):
    held = with_facts(planted)
    dormant = held.filter(C("kind") == "dormant")
    assert dormant.height == pytest.approx(0.12 * held.height, abs=3)
    rows = dormant["row"].to_numpy()
    assert len(set(rows)) == len(rows)
    assert (people.person["status"][rows] == 1).all()
    assert (people.person["covered"][rows] == 0).all()
    assert year(planted, "2017").join(dormant, on="member_id", how="semi").is_empty()


def test_a_year_posted_late_is_not_in_the_extract_of_january(planted):
    held = with_facts(planted)
    persons = held.filter(~C("is_second"))
    active = persons.filter(C("kind") != "dormant")
    paying = year(planted, "2017").join(held.select("member_id", "person"), on="member_id")
    missing = active.join(paying, on="person", how="anti")
    # Each person is late by chance: five standard deviations of a binomial count.
    assert missing.height == pytest.approx(
        0.1 * active.height, abs=5 * (0.09 * active.height) ** 0.5
    )
    of_2016 = year(planted, "2016").join(planted.facts, on="member_id")
    late = C("paid_date") > pl.date(2017, 1, 31)
    by_person = of_2016.group_by("person").agg(
        late.any().alias("any"), late.all().alias("all"), C("paid_date").filter(late).min()
    )
    assert (by_person["any"] == by_person["all"]).all()
    allowed = 5 * (0.09 * by_person.height) ** 0.5
    assert by_person["all"].sum() == pytest.approx(0.1 * by_person.height, abs=allowed)
    days = of_2016.filter(late)["paid_date"]
    assert (days.min().month, days.max().month, days.max().year) == (3, 6, 2017)
    assert year(planted, "2017")["paid_date"].max().isoformat() <= "2018-01-31"


def test_head_offices_take_members_to_the_capital(planted):
    outside = with_facts(planted).filter((C("lives") != 1) & (C("scheme") != "voluntary"))
    in_capital = outside["province_code"] == "01"
    assert in_capital.sum() == pytest.approx(0.3 * outside.height, abs=2)
    elsewhere = outside.filter(~in_capital)
    assert (elsewhere["province_code"].cast(int) == elsewhere["lives"]).all()


def test_residence_is_the_truth_where_it_is_known(planted):
    held = with_facts(planted)
    known = held.filter(C("residence_province").is_not_null())
    assert (known["residence_province"].cast(int) == known["lives"]).all()
    assert known.height / held.height == pytest.approx(0.8, abs=0.02)


def test_enterprises_declare_less_and_the_public_sector_declares_what_it_pays(planted, people):
    held = with_facts(planted).filter(~C("is_second"), C("kind") == "covered")
    pay = people.monthly_pay[held["row"].to_numpy()].astype(np.int64)
    held = held.with_columns(pl.Series("pay", pay))
    public = held.filter(C("scheme") == "public")
    assert (public["declared_income"] == public["pay"]).all()
    firm = held.filter(C("scheme") == "enterprise")
    # Decision 1740: floor 450,000 and ceiling 4,500,000 kip.
    declared, due = (firm[k].clip(450_000, 4_500_000).sum() for k in ("declared_income", "pay"))
    assert 1 - declared / due == pytest.approx(0.25, abs=1e-4)


def test_foreigners_and_the_armed_forces_are_marked(planted):
    def share(scheme, column, word):
        held = insured(planted).filter(C("scheme") == scheme)
        return (held[column] == word).sum(), held.height

    for scheme, part in (("enterprise", 0.15), ("voluntary", 0.15 * VOLUNTARY_FOREIGNERS)):
        found, records = share(scheme, "nationality", "Foreign")
        assert found == pytest.approx(part * records, abs=1.5)
    found, records = share("public", "category", "Armed forces")
    assert found == pytest.approx(0.2 * records, abs=1.5)
    assert share("public", "nationality", "Foreign")[0] == 0


def test_misreport_is_exact_in_the_population_and_even_in_its_parts(people):
    employed = people.person["status"] == 1
    covered, places = people.person["covered"][employed], people.recall[employed]
    yes = as_answered(np.ones_like(covered), covered, places, PLANTED) == 1
    insured_n, others = int((covered == 1).sum()), int((covered == 0).sum())
    assert yes[covered == 1].sum() == round(0.7 * insured_n)
    assert yes[covered == 0].sum() == round(0.05 * others)
    sex = people.person["hl04"][employed]
    for code in (1, 2):
        assert yes[(covered == 1) & (sex == code)].mean() == pytest.approx(0.7, abs=0.01)
        assert yes[(covered == 0) & (sex == code)].mean() == pytest.approx(0.05, abs=0.001)


def test_errors_as_drawn_are_those_planted(people, planted):
    drawn = errors_as_drawn(people, planted, PLANTED)
    assert {name for name, _ in drawn} == set(ALLOWED)
    whole = {n: v for (n, branch), v in drawn.items() if branch == "total"}
    whole |= {
        n: v for (n, branch), v in drawn.items() if branch in {"enterprise", "public"}
    } | whole
    for name in ALLOWED:
        assert whole[name] == pytest.approx(getattr(PLANTED, name), abs=1e-3)


def test_without_errors_register_and_survey_are_the_facts(people, honest):
    q = people.person
    held = with_facts(honest)
    rows = held["row"].to_numpy()
    assert set(rows) == set(np.flatnonzero(q["covered"] == 1))
    assert len(set(rows)) == held.height == (q["covered"] == 1).sum()
    paying = year(honest, "2017")["member_id"].unique()
    assert set(paying) == set(held["member_id"])
    assert (held["province_code"].cast(int) == held["lives"]).all()
    firm = held.filter(C("scheme") == "enterprise")
    pay = people.monthly_pay[firm["row"].to_numpy()].astype(np.int64)
    assert (firm["declared_income"].to_numpy() == pay).all()
    days = honest.contributions.select((C("paid_date") - C("period").str.to_date("%Y-%m")).max())
    assert days.item().days <= 31 + 25
    answer = as_answered(q["sp01"], q["covered"], people.recall, NO_ERRORS)
    assert np.array_equal(answer, q["sp01"])
    said = np.isin(answer, (1, 2))
    assert np.array_equal(answer[said] == 1, q["covered"][said] == 1)


def test_another_seed_redraws_who_is_affected_and_not_who_is_covered(people, planted):
    other = register(people, 6, PLANTED)
    assert other.contributions.height != planted.contributions.height
    rows = [
        set(b.facts.filter(C("kind") == kind)["row"]) for b in (planted, other) for kind in ("covered", "dormant")
    ]  # fmt: skip
    assert rows[0] == rows[2]
    assert rows[1] != rows[3]
    assert register(people, 5, PLANTED).members.equals(planted.members)


def test_answers_stay_the_same_over_redraws(people):
    drawn = [draw_survey(people, seed, PLANTED) for seed in (1, 2)]
    both = drawn[0].join(drawn[1], on=["ea", "hhid", "pid"])
    assert both.height > 100
    assert both["sp01"].equals(both["sp01_right"], null_equal=True)


@pytest.mark.parametrize(
    ("setting", "rule", "remedy"),
    [
        ("dormnt=0.1", "no error called dormnt", "choose among duplicates, dormant, late_posting"),
        ("dormant=0.31", "dormant is outside", "from 0 to 0.3"),
        ("dormant=-0.01", "dormant is outside", "from 0 to 0.3"),
        ("specificity=nan", "specificity is outside", "from 0.5 to 1"),
        ("sensitivity", "sensitivity is no number", "sensitivity=VALUE with a value from 0.5 to 1"),
        ("dormant=8%", "dormant is no number", "a value from 0 to 0.3"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_is_allowed(setting, rule, remedy):
    with pytest.raises(InputError, match=rule) as refused:
        errors_of([setting])
    assert remedy in str(refused.value)


def test_settings_change_what_they_name_alone():
    assert errors_of([]) == Errors()
    assert errors_of(["head_office = 0.5", "duplicates=0"]) == Errors(duplicates=0, head_office=0.5)
    with pytest.raises(InputError, match="given twice"):
        errors_of(["dormant=0.1", "dormant=0.2"])


@pytest.mark.parametrize("name", ALLOWED)
def test_the_ends_of_every_range_can_be_drawn(people, name):
    for value in ALLOWED[name]:
        drawn = errors_as_drawn(
            people, register(people, 1, Errors(**{name: value})), Errors(**{name: value})
        )
        found = next(v for (error, _), v in drawn.items() if error == name)
        # Late posting is drawn person by person, the others are shares to rounding.
        chance = 5 * (value * (1 - value) / 2_000) ** 0.5 if name == "late_posting" else 2e-3
        assert found == pytest.approx(value, abs=chance)
