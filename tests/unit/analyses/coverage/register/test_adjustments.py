"""Adjustments of a register from its tally: values by hand, errors by hand and by redrawing."""

import numpy as np
import polars as pl
import pytest

from analyses.coverage.register.adjustments import NAMES, Given
from analyses.coverage.register.cascade_terms import cascade_terms
from analyses.coverage.register.rate_estimates import MODEL_ERROR
from analyses.coverage.register.rates import adjustment_table, register_rates
from analyses.coverage.register.terms import TERMS, adjust, together
from data_contracts.errors import InputError
from tests.unit.analyses.coverage.register.tally_sample import (
    frame,
    row,
    seeded,
    simulated,
    three_employers,
)


def of(rates, scheme="enterprise", breakdown="total", category="TOTAL"):
    return next(
        r
        for r in rates
        if (r.cell.scheme, r.cell.breakdown, r.cell.category) == (scheme, breakdown, category)
    )


def value(rates, name):
    return rates.value[NAMES.index(name)]


def variance(matrix, name):
    return matrix[NAMES.index(name), NAMES.index(name)]


def test_rates_and_their_errors_between_clusters_by_hand():
    rates = of(register_rates(three_employers()))
    assert value(rates, "duplicates") == pytest.approx(3 / 200)
    assert value(rates, "dormant") == pytest.approx(22 / 200)
    assert value(rates, "late_posting") == pytest.approx(3 / 97)
    # By hand: residuals 0.5, -0.75, 0.25 about 0.015 R; 3/2 (0.25 + 0.5625 + 0.0625) / 200².
    assert variance(rates.process, "duplicates") == pytest.approx(3.28125e-5)
    # Counted here, and no doubtful pair: nothing is left open for this register.
    assert variance(rates.register, "duplicates") == 0
    assert variance(rates.register, "dormant") == 0


def test_late_posting_carries_the_error_of_both_windows():
    rates = of(register_rates(three_employers()))
    # By hand: residuals of F about (100/97) K are 0.515464, -0.927835, 0.412371; V = 3/2 times
    # their squares' sum 1.296631 = 1.944947; V/97² + V/(97 x 175). R: SE(svyratio(~F, ~K,
    # svydesign(ids = ~c, weights = ~1)))² is the first term, 2.067116e-04.
    assert variance(rates.register, "late_posting") == pytest.approx(
        2.067116e-04 + 1.145773e-04, rel=1e-5
    )


def test_adjusted_contributors_by_hand():
    terms = adjust(of(register_rates(three_employers())))
    active, se = terms.of("active_contributor")
    assert active == pytest.approx(200 * (1 - 0.015 - 0.11) * (1 + 3 / 97))  # 180.4124
    assert se == pytest.approx(175 * np.sqrt(3.212889e-04), rel=1e-5)
    assert terms.of("affiliated") == (pytest.approx(197), 0)
    assert terms.of("declared_due_lak")[0] == pytest.approx(197_000)
    assert terms.of("declared_due_active_lak")[0] == pytest.approx(180.4124 * 1100, rel=1e-6)
    # Payments come late as persons do here, so paid over due stays 12,000 / 13,200.
    assert terms.of("paid_window_lak")[0] / terms.of("due_window_lak")[0] == pytest.approx(10 / 11)


def test_doubtful_pairs_leave_duplicates_open_and_the_active_not():
    tally = three_employers().with_columns(expected_false_pairs=pl.lit(1.0))
    tally = tally.with_columns(expected_missed_pairs=pl.lit(2.0))
    rates = of(register_rates(tally))
    # By hand: 3 pairs joined wrongly and 6 missed: 3 more second numbers. Their variance is 3 + 6,
    # doubled as the 3 of them are known from 3 matches made, and that of the model, (0.075 x 3)².
    assert value(rates, "duplicates") == pytest.approx(6 / 200)
    assert variance(rates.register, "duplicates") == pytest.approx(18.050625 / 200**2)
    terms = adjust(rates)
    assert terms.of("affiliated") == (pytest.approx(194), pytest.approx(18.050625**0.5))
    assert terms.of("active_contributor")[1] == pytest.approx(
        adjust(of(register_rates(three_employers()))).of("active_contributor")[1]
    )


def test_a_missed_match_of_two_numbers_that_both_paid_counts_one_contributor_too_many():
    once = of(register_rates(three_employers()))
    tally = three_employers().with_columns(
        expected_missed_pairs=pl.lit(2.0),
        split_active=pl.Series([1, 0, 0]),
        split_due_window_lak=pl.Series([3960, 0, 0]),
    )
    rates = of(register_rates(tally))
    # By hand: of 3 matches 1 joined two numbers that were both paid for, so of 6 missed 2 are
    # such: 173 active of 175. Dues: 3,960 a match are owed twice over a group, 7,920 over the missed.
    assert rates.cell.total("active") == pytest.approx(175 - 6 * 1 / 3)
    assert rates.cell.total("due_window_lak") == pytest.approx(175 * 13200 - 6 * 3960 / 3)
    active, se = adjust(rates).of("active_contributor")
    assert active == pytest.approx((175 - 2) * 100 / 97)
    # The error of the late ones falls with the active; that of the doubtful is 2 x (1 + 6 / 3)
    # by chance and (0.075 x 2)² by the model, over (100 / 97)².
    late, of_once = (
        adjust(once).of("active_contributor")[1] ** 2,
        adjust(once).of("active_contributor")[0],
    )
    assert se**2 > late * (active / of_once) ** 2
    doubt = rates.register - once.register
    there = [NAMES.index("duplicates"), NAMES.index("dormant")]
    assert doubt[np.ix_(there, there)].sum() * 200**2 == pytest.approx(2 * (1 + 2) + 0.15**2)


def test_missed_matches_are_spread_as_the_matches_made():
    tally = three_employers().with_columns(expected_missed_pairs=pl.Series([0.0, 0.0, 3.0]))
    tally = tally.with_columns(admin1_code=pl.Series(["01", "02", "03"]))
    rates = register_rates(tally)
    # By hand: 2, 0 and 1 of the 3 matches were made there, so 2, 0 and 1 of the 3 missed.
    missed = {
        code: of(rates, breakdown="registration_admin1_code", category=code).cell.total("persons")
        for code in ("01", "02", "03")
    }
    assert missed == pytest.approx({"01": 98 - 2, "02": 50, "03": 49 - 1})


def test_late_persons_who_owe_unlike_amounts_widen_the_kip():
    even = adjust(of(register_rates(three_employers())))
    kip = pl.Series([500, 300, 200]) + pl.Series([400, -90, 20])
    uneven = three_employers().with_columns(previous_paid_final_lak=kip)
    rates = of(register_rates(uneven))
    # By hand: relative variance of late kip less that of late persons, over the 175 of 97 now.
    known = np.array([480, 300, 190])
    z = kip.to_numpy() - kip.sum() / 970 * known
    by_hand = (1.5 * (z @ z) / 970**2 - 2.067116e-04) * 97 / 175
    assert rates.uneven == pytest.approx(by_hand, rel=1e-4)
    active, kip_due = adjust(rates).of("active_contributor"), adjust(rates).of("due_window_lak")
    assert active == even.of("active_contributor")
    assert (kip_due[1] / kip_due[0]) ** 2 == pytest.approx(
        (active[1] / active[0]) ** 2 + by_hand, rel=1e-4
    )


def test_foreigners_and_armed_forces_are_out_of_scope_and_the_unknown_shared():
    tally = frame(
        row("a", 60, persons=60, active=60),
        row("b", 20, persons=20, active=20, nationality="foreign"),
        row("c", 8, persons=8, active=8, nationality="unknown"),
        row("d", 12, persons=12, active=12, member_category="armed_forces"),
    )
    rates = of(register_rates(tally))
    # By hand: of 80 with a nationality 20 are foreign, so 2 of the 8 without; 22 of 100.
    assert value(rates, "foreigners") == pytest.approx(0.22)
    assert value(rates, "armed_forces") == pytest.approx(0.12)
    assert rates.cell.total("records") == pytest.approx(66)
    assert adjust(rates).of("affiliated")[0] == pytest.approx(66)
    assert variance(rates.register, "foreigners") > 0


def test_geography_moves_records_of_unknown_residence_as_the_known_ones():
    tally = frame(
        row("a", 60, persons=60, active=60, previous_final=60, previous_known=60),
        row("a", 20, persons=20, active=20, residence_admin1_code="02"),
        row("b", 20, persons=20, active=20, residence_admin1_code="X"),
        row("c", 10, persons=10, active=10, admin1_code="02", residence_admin1_code="02"),
    )
    rates = register_rates(tally)
    home = of(rates, breakdown="admin1_code", category="01")
    away = of(rates, breakdown="admin1_code", category="02")
    # By hand: 3 in 4 of those registered in 01 live there: 60 + 15 of 100; 20 + 5 + 10 over 10.
    assert value(home, "geography") == pytest.approx(0.75)
    assert value(away, "geography") == pytest.approx(3.5)
    assert adjust(home).of("active_contributor")[0] == pytest.approx(75)
    assert adjust(away).of("active_contributor")[0] == pytest.approx(35)
    # By hand: u (u + k) / k m (1 - m) = 20 x 100 / 80 x 3/16 = 4.6875 persons²; the design effect
    # of the unknown: residuals -14.545, 16.364, -1.818 of 80, 20, 10 records about 2/11, so
    # 3/2 x 482.645 = 723.967 over 110 x 2/11 x 9/11 = 16.3636: 44.2424.
    assert variance(home.register, "geography") == pytest.approx(
        4.6875 * 44.2424 / 100**2, rel=1e-5
    )


def test_given_adjustments_take_the_place_of_estimates():
    given = [
        Given("duplicates", 0.03, 0.004, "audit 2016"),
        Given("late_posting", 0.05, 0.01, "expert", scheme="public"),
    ]
    rates = of(register_rates(three_employers(), given))
    assert value(rates, "duplicates") == 0.03
    assert value(rates, "late_posting") == pytest.approx(3 / 97)  # given for another scheme
    # Second numbers are as a rule not paid for: dormant gives back what duplicates take.
    assert value(rates, "dormant") == pytest.approx(1 - 175 / 200 - 0.03)
    table = adjustment_table([rates], "LSSO", "2017-12")
    told = table.filter(pl.col("adjustment") == "duplicates").row(0, named=True)
    assert (told["origin"], told["source"], told["se"]) == ("given", "audit 2016", 0.004)
    assert told["ci_upper"] == pytest.approx(0.03 + 1.959964 * 0.004)


def test_what_the_register_does_not_tell_is_null_with_the_reason():
    tally = frame(
        row("a", 10, persons=10, active=9, nationality="unknown", member_category="unknown")
    )
    table = adjustment_table(register_rates(tally), "LSSO", "2017-12")
    told = table.filter(pl.col("adjustment").is_in(["foreigners", "armed_forces", "late_posting"]))
    assert told["value"].null_count() == told.height
    assert told["note"].str.contains("does not tell").all()
    assert adjust(register_rates(tally)[0]).of("active_contributor")[0] == pytest.approx(9)


def test_dormant_net_gives_late_posting_back():
    table = adjustment_table([of(register_rates(three_employers()))], "LSSO", "2017-12")
    net = table.filter(pl.col("adjustment") == "dormant_net")["value"].item()
    # 197 persons less 180.4124 contributors, of 200 records.
    assert net == pytest.approx((197 - 175 * 100 / 97) / 200)


def test_delta_and_monte_carlo_standard_errors_differ_by_under_three_per_cent():
    tally, *_ = simulated(seeded(5), clusters=60)
    tally = tally.with_columns(pl.lit(0.1).alias("expected_missed_pairs"))
    given = [
        Given("duplicates", 0.02, 0.005, "audit"),
        Given("foreigners", 0.07, 0.01, "ministry"),
        Given("late_posting", 0.03, 0.008, "expert"),
    ]
    apart = []
    several = (*register_rates(tally)[:6], *register_rates(tally, given)[-4:])
    for rates in several:
        for basis in ("register", "process"):
            terms = adjust(rates, basis=basis, draws=20_000, seed=7)
            for name in TERMS[:2]:
                se = terms.of(name)[1]
                if se > 0:
                    apart.append(terms.drawn[:, TERMS.index(name)].std(ddof=1) / se - 1)
    assert len(apart) >= 30
    assert max(abs(x) for x in apart) < 0.03


def test_draws_depend_on_the_seed_and_the_cell_alone():
    rates = register_rates(three_employers())
    one, two = (adjust(of(r), draws=50, seed=3).drawn for r in (rates, list(reversed(rates))))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, adjust(of(rates), draws=50, seed=4).drawn)


def test_over_redraws_the_interval_holds_the_truth_as_often_as_it_says():
    rng, held, moved = seeded(11), 0, []
    for _ in range(16):
        tally, truly, at_home = simulated(rng, clusters=40)
        rates = register_rates(tally)
        active, se = adjust(of(rates, "total")).of("active_contributor")
        held += abs(active - truly) <= 1.96 * se
        living, living_se = adjust(of(rates, "total", "admin1_code", "01")).of("affiliated")
        moved.append((living - at_home) / living_se)
    # 95 % of 16 redraws is 15; three binomial standard errors below is 13. Errors of persons by
    # residence are in units of their standard error, an upper limit: their spread is at most 1
    # but for the error of 16 redraws.
    assert held >= 13
    assert abs(np.mean(moved)) < 0.5
    assert 0.5 < np.std(moved) < 1.3


def test_terms_for_the_cascade_share_their_errors():
    values, pairs = cascade_terms([adjust(of(register_rates(three_employers())))])
    ratio = values.filter(pl.col("term") == "paid_ratio").row(0, named=True)
    assert ratio["value"] == pytest.approx(10 / 11)
    both = pairs.filter(pl.col("term") == "active_contributor", pl.col("other_term") == "d_act")
    se = dict(values.select("term", "se").iter_rows())
    # D_act is the active times a fixed mean: perfectly correlated.
    assert both["covariance"].item() == pytest.approx(se["active_contributor"] * se["d_act"])
    assert ratio["se"] == pytest.approx(0, abs=1e-9)  # persons and kip are late alike here


def test_the_one_error_of_the_matching_model_adds_up_over_schemes():
    tally = three_employers().with_columns(
        expected_false_pairs=pl.lit(1.0), expected_missed_pairs=pl.lit(2.0)
    )
    other = tally.with_columns(scheme=pl.lit("public"))
    parts = [
        adjust(of(register_rates(pl.concat([tally, other])), s)) for s in ("enterprise", "public")
    ]
    # By hand: 3 second numbers more than were found in each scheme, of which the model's error is a part:
    # the same part in both, so its persons add up and not their squares.
    for part in parts:
        assert abs(part.shared[TERMS.index("affiliated")]) == pytest.approx(MODEL_ERROR * 3)
    whole = together(parts[0].rates, parts)
    apart = sum(part.of("affiliated")[1] ** 2 for part in parts)
    assert whole.of("affiliated")[1] ** 2 == pytest.approx(apart + 2 * (MODEL_ERROR * 3) ** 2)
    _, pairs = cascade_terms(parts)
    between = pairs.filter(pl.col("branch") != pl.col("other_branch"))
    both = between.filter(pl.col("term") == "affiliated", pl.col("other_term") == "affiliated")
    assert both["covariance"].item() == pytest.approx((MODEL_ERROR * 3) ** 2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("ghosts", 0.1, 0.1, "x"), "no such adjustment"),
        (("dormant", 0.1, -1.0, "x"), "standard error"),
        (("dormant", 0.1, 0.1, ""), "source"),
    ],
)
def test_a_given_adjustment_must_say_what_it_is(wrong, said):
    with pytest.raises(InputError, match=said):
        Given(*wrong)


def test_a_tally_without_a_column_is_refused():
    with pytest.raises(InputError, match="previous_final"):
        register_rates(three_employers().drop("previous_final"))
