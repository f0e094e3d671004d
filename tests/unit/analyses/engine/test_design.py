"""Strata with one PSU: what each rule adds to the variance, worked by hand."""

import numpy as np
import pytest

from analyses.engine.design import between_psus, number_psus
from data_contracts.errors import InputError

# Weighted PSU totals: two strata of two, and one that stands alone.
TOTALS = {("A", "1"): 1.0, ("A", "2"): 3.0, ("B", "1"): 2.0, ("B", "2"): 4.0, ("C", "1"): 7.0}
# Rule, variance of the total, how it comes about. A: 2/(2-1) x ((1-2)² + (3-2)²) = 4, B likewise.
RULES = [
    ("fail", None, "refused, and the stratum is named: its variance is unknown"),
    ("certainty", 8.0, "4 + 4; the lone PSU was in the sample for certain and adds nothing"),
    ("remove", 8.0, "4 + 4; the lone stratum is left out of the variance"),
    ("average", 12.0, "(4 + 4) x 3/2: the lone stratum gets the mean of the others"),
    ("adjust", 20.96, "4 + 4 + (7 - 3.4)²: measured from the mean of all PSUs, 17/5 = 3.4"),
]


def variance(rule):
    psus, order = number_psus(list(TOTALS))
    z = np.array(list(TOTALS.values()))[order][:, None]
    centred, factor = between_psus(z, psus, rule)
    return float((centred.T @ centred * factor)[0, 0])


@pytest.mark.parametrize(("rule", "expected", "_"), RULES, ids=[row[0] for row in RULES])
def test_a_lonely_psu_adds_what_its_rule_says(rule, expected, _):
    if expected is None:
        with pytest.raises(InputError, match=r"1 strata have one PSU.*: C"):
            variance(rule)
    else:
        assert variance(rule) == pytest.approx(expected)
