"""Dual-system estimates by hand, and linkage by splink where it is installed."""

from importlib.util import find_spec

import numpy as np
import polars as pl
import pytest

from analyses.coverage import linkage
from analyses.coverage.dual_system import LinkageErrors, dual_system
from data_contracts.errors import InputError


def test_lincoln_petersen_and_chapman_by_hand():
    # 346 marked, 184 caught, 49 of them marked (the example of R's FSA::mrClosed).
    petersen = dual_system(346, 184, 49, chapman=False)
    assert petersen.persons == pytest.approx(346 * 184 / 49)  # 1,299.27
    # Seber (1982): n1 n2 (n1-m)(n2-m)/m³ = 346 x 184 x 297 x 135 / 49³.
    assert petersen.se**2 == pytest.approx(346 * 184 * 297 * 135 / 49**3)
    chapman = dual_system(346, 184, 49)
    assert chapman.persons == pytest.approx(347 * 185 / 50 - 1)  # 1,282.9
    # Seber (1970): (n1+1)(n2+1)(n1-m)(n2-m)/((m+1)²(m+2)).
    assert chapman.se**2 == pytest.approx(347 * 185 * 297 * 135 / (50**2 * 51))
    assert chapman.lower > 346 + 184 - 49


def test_ding_and_fienberg_take_linkage_errors_off_by_hand():
    # 90 of 100 matches found, 2 of 100 others linked falsely: 92 links are 100 matches.
    errors = LinkageErrors(found=0.9, false=0.02)
    found = dual_system(400, 200, 92, errors, chapman=False)
    assert found.matches == pytest.approx(100)
    assert found.persons == pytest.approx(800)
    # Var links: 0.88² x 200/4 x (1 - 200/800) + 100 x 0.09 + 100 x 0.0196 over 0.88²; p = 1/2.
    by_hand = (0.88**2 * 37.5 + 9 + 1.96) / 0.88**2
    assert found.matches_se == pytest.approx(np.sqrt(by_hand))
    assert found.se == pytest.approx(8 * np.sqrt(by_hand))
    # Ignoring them: 400 x 200 / 92 = 869.6, too many.
    assert dual_system(400, 200, 92, chapman=False).persons == pytest.approx(869.565, abs=1e-3)


def test_uncertain_linkage_errors_widen_the_estimate():
    sure = dual_system(400, 200, 92, LinkageErrors(0.9, 0.02), chapman=False)
    unsure = dual_system(400, 200, 92, LinkageErrors(0.9, 0.02, 0.01, 0.005), chapman=False)
    # By hand: m changes by 100/0.88 a unit of either rate; N by 8 a match.
    added = (800 / 0.88) ** 2 * (0.01**2 + 0.005**2)
    assert unsure.se**2 - sure.se**2 == pytest.approx(added)


def test_over_redraws_the_corrected_estimate_is_right_and_its_error_too():
    rng = np.random.default_rng(4)
    errors, found = LinkageErrors(0.92, 0.01), []
    for _ in range(400):
        in_both = rng.binomial(20_000, 0.6 * 0.4)
        first = in_both + rng.binomial(20_000 - in_both, 0.36 / 0.76)
        alone = rng.binomial(20_000 - first, 0.4)
        linked = rng.binomial(in_both, 0.92) + rng.binomial(alone, 0.01)
        found.append(dual_system(first, in_both + alone, linked, errors))
    errors_in_se = [(one.persons - 20_000) / one.se for one in found]
    assert abs(np.mean(errors_in_se)) < 0.2
    assert np.std(errors_in_se) == pytest.approx(1, abs=0.12)
    assert np.mean([one.lower <= 20_000 <= one.upper for one in found]) > 0.92


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((10, 10, 11, None), "than a list holds"),
        ((100, 100, 1, LinkageErrors(0.9, 0.02)), "[Nn]o match is left"),
    ],
)
def test_counts_that_cannot_be_are_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        dual_system(*arguments)
    with pytest.raises(InputError, match="no likelier"):
        LinkageErrors(0.1, 0.2)


def test_without_the_extra_the_refusal_says_what_to_install(monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(linkage, "import_module", absent)
    empty = pl.DataFrame(schema=dict.fromkeys(linkage.COLUMNS, pl.String))
    with pytest.raises(InputError, match=r"informality\[linkage\]"):
        linkage.link(empty, empty)


def two_lists(rng, persons):
    population = pl.DataFrame(
        {
            "name_key": [f"n{i}" for i in rng.integers(0, persons // 2, persons)],
            "birth_key": [f"b{i}" for i in rng.integers(0, 9000, persons)],
            "phone_key": [f"p{i}" for i in range(persons)],
            "sex": rng.choice(["SEX_F", "SEX_M"], persons),
            "birth_year": rng.integers(1950, 2000, persons),
            "admin1_code": [f"{i:02d}" for i in rng.integers(1, 19, persons)],
        }
    ).with_row_index("who")

    def draw(share, tag):
        drawn = population.filter(pl.Series(rng.random(persons) < share))
        n = drawn.height
        typed = [
            pl.when(pl.Series(rng.random(n) < 0.08))
            .then(pl.lit(tag) + pl.col("who").cast(pl.String))
            .otherwise(pl.col(column))
            .alias(column)
            for column in ("name_key", "birth_key")
        ]
        told = pl.when(pl.Series(rng.random(n) < 0.7)).then(pl.col("phone_key"))
        return drawn.with_columns(*typed, told.alias("phone_key"))

    return draw(0.6, "x"), draw(0.4, "y")


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("splink") is None, reason="the extra linkage (splink) is not installed"
)
def test_two_lists_are_linked_and_the_population_found():
    first, second = two_lists(np.random.default_rng(3), 3000)
    linked = linkage.link(first, second)
    right = first["who"][linked.links["left"]] == second["who"][linked.links["right"]]
    matches = len(set(first["who"]) & set(second["who"]))
    assert right.mean() > 0.99
    assert linked.errors.found == pytest.approx(right.sum() / matches, abs=0.02)
    population = linked.population()
    assert population.lower <= 3000 <= population.upper
    again = linkage.link(first, second)
    assert again.links.equals(linked.links)


@pytest.mark.skipif(
    find_spec("splink") is None, reason="the extra linkage (splink) is not installed"
)
def test_lists_without_names_cannot_be_linked():
    first, second = two_lists(np.random.default_rng(3), 100)
    bare = first.with_columns(
        pl.lit(None, pl.String).alias(c) for c in ("name_key", "birth_key", "phone_key")
    )
    with pytest.raises(InputError, match="candidates"):
        linkage.link(bare, second)
