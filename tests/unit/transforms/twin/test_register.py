"""The twin's register: sizes, law parameters, dormancy and its own truth."""

import polars as pl
import pytest

from transforms.twin.truth import truth

C = pl.col


def test_insured_members_are_the_published_number(book):
    insured = book.members.filter(C("exit_date").is_null())
    # ILO country profile: 353,962 insured, of whom 26,793 voluntary. The records follow from the
    # covered residents and the errors: within 1 % at scale 1 (353 thousand), here of few villages.
    assert insured.height == pytest.approx(353_962 * 0.02, rel=0.015)
    assert insured.filter(C("scheme") == "voluntary").height == pytest.approx(535.9, rel=0.01)


def test_identifiers_are_unique_text_with_leading_zeros(book):
    ids = book.members["member_id"]
    assert ids.is_unique().all()
    assert ids.str.contains(r"^0\d{9}$").all()
    # Made-up syllables: a given and a family part, so that a typing error is possible.
    assert book.members["name"].str.contains(r"^[A-Z][a-z]{3,5} [A-Z][a-z]{5,8}$").all()


def test_eight_in_a_hundred_are_dormant(book):
    insured = book.members.filter(C("exit_date").is_null())
    dormant = insured.filter(C("status").is_in(["suspended", "lapsed"]))
    assert dormant.height / insured.height == pytest.approx(0.08, abs=0.002)
    paying = book.contributions.filter(C("period") >= "2017-01")["member_id"].unique().implode()
    assert not dormant.select(C("member_id").is_in(paying).any()).item()


def test_the_exited_stop_paying_at_their_exit(book):
    left = book.members.filter(C("exit_date").is_not_null())
    assert set(left["status"]) == {"pensioner", "deceased"}
    late = book.contributions.join(left, on="member_id").filter(
        C("period") > C("exit_date").dt.strftime("%Y-%m")
    )
    assert late.is_empty()


def test_nobody_pays_before_registering(book):
    early = book.contributions.join(book.members, on="member_id").filter(
        C("period") < C("registration_date").dt.strftime("%Y-%m")
    )
    assert early.is_empty()


def test_amounts_follow_rate_floor_and_ceiling(book):
    rates = pl.DataFrame(
        {"scheme": ["public", "enterprise", "voluntary"], "rate": [0.165, 0.115, 0.09]}
    )
    paid = book.contributions.join(rates, on="scheme")
    expected = (C("contribution_base") * C("rate")).round()
    assert paid.select(((C("contribution_amount") - expected).abs() <= 1).all()).item()
    limited = paid.filter((C("period") >= "2017-01") & (C("scheme") != "public"))
    late = limited["contribution_base"]
    # Decision 1740: floor 450,000 and ceiling 4,500,000 kip from 1 January 2017, outside the
    # public scheme (data_contracts/law/contributions.yaml: public_floor, public_ceiling none).
    assert late.min() >= 450_000
    assert late.max() == 4_500_000
    early = paid.filter((C("period") < "2017-01") & (C("scheme") == "enterprise"))
    assert early["contribution_base"].max() == 2_000_000


def test_24_months_end_with_the_survey_year(book):
    periods = book.contributions["period"].unique().sort()
    assert (periods[0], periods[-1], len(periods)) == ("2016-01", "2017-12", 24)


def test_every_employer_is_listed(book):
    known = book.employers["employer_id"].implode()
    named = book.members.filter(C("employer_id").is_not_null())
    assert named.select(C("employer_id").is_in(known).all()).item()
    assert set(book.members.filter(C("employer_id").is_null())["scheme"]) == {"voluntary"}


def test_truth_of_the_register_adds_up(people, book):
    table = truth(people, book).filter(C("indicator").is_in(["affiliated", "active_contributor"]))
    sums = table.group_by("indicator", "breakdown").agg(C("value").sum())
    assert sums.group_by("indicator").agg(C("value").n_unique())["value"].to_list() == [1, 1]
    active = sums.filter(C("indicator") == "active_contributor")["value"].max()
    assert active < sums.filter(C("indicator") == "affiliated")["value"].max()
