"""Redraws of the twin's survey: the interval of each headline figure holds the known truth.

The full run (100 redraws at scale 1) is `make bench`; here 40 redraws of a smaller country.
Under right 95 % intervals, fewer than 33 of 40 has a probability of 0.3 % for one figure.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))


@pytest.mark.agreement
@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say():
    from intervals import HEADLINES, held

    from transforms.twin.population import population

    table = held(population(0.2, 1), range(1, 41))
    assert sorted(table["indicator"]) == sorted(HEADLINES)
    short = table.filter(table["held"] < 33)
    assert short.is_empty(), short
