"""Redraws of the twin's survey: the interval of each headline figure holds the known truth.

The full run (100 redraws at scale 1) is `make bench`; here 40 redraws of a smaller country.
Under right 95 % intervals, fewer than 33 of 40 has a probability of 0.3 % for one figure.
"""

import pytest


@pytest.fixture(scope="module")
def people():
    from transforms.twin.population import population

    return population(0.2, 1)


@pytest.mark.agreement
@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say(people):
    from benchmarks.intervals import FIGURES, held

    table = held(people, range(1, 41))
    assert sorted(table["indicator"]) == sorted(FIGURES)
    short = table.filter(table["held"] < 33)
    assert short.is_empty(), short


@pytest.mark.agreement
@pytest.mark.slow
def test_intervals_of_rare_and_common_outcomes_and_of_totals(people):
    # The full run (1,000 redraws at scale 1) is benchmarks/simulation.py. Under right intervals,
    # fewer than 88 of 100 in the nation has a probability of 0.2 % for one figure.
    from benchmarks.simulation import OUTCOMES, TOTALS, coverage, simulate

    table = simulate(people, 100, 1, "domain")
    nation = coverage(table.filter(breakdown="total"), "package", ["indicator"])
    expected = {score for _, score, _ in OUTCOMES} | {f"total {name}" for name in TOTALS}
    assert set(nation["indicator"]) == expected
    assert nation["held %"].min() >= 88, nation
    # In the provinces the rarest outcome has a handful of effective cases: beta's field.
    rare = table.filter(breakdown="province", indicator="apprentice")
    assert rare["cases"].median() < 10
    found = {m: coverage(rare, m, ["indicator"])["held %"][0] for m in ("wald", "package")}
    assert found["wald"] < 90, found
    assert found["package"] > 93, found
