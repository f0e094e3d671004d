"""Each rule has its finding in the negative; counts by hand."""

import pytest

from data_contracts.quality.rules import QualityRule, load_rules


def test_every_rule_says_what_was_found_in_the_negative_with_its_weight():
    for name in ("survey", "register"):
        for rule in load_rules(name).values():
            assert rule.found, rule.id
            said = rule.said(2704, 8495, 2704 / 8495, "sex")
            assert said[-1] != "."
            assert "{" not in said
    rules = load_rules("survey")
    # by hand: 506 of 695 is 72.8 %
    assert rules["professionals_educated"].said(506, 695, 0.728, "all") == (
        "72.8 % of professionals lack advanced education"
    )
    assert rules["keys_unique"].said(1, 10, None, "all").startswith("1 row ")
    assert rules["keys_unique"].said(2704, 8495, None, "all").startswith("2,704 rows ")
    assert rules["weights_design_effect"].said(0, 100, 2.261, "all").endswith("by 2.26")


def test_a_placeholder_that_does_not_exist_is_refused():
    words = dict.fromkeys(("id", "block", "statement", "source", "remedy"), "x")
    with pytest.raises(ValueError, match="no placeholder weight"):
        QualityRule(**words, severity="error", found="{weight} of them")
