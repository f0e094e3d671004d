"""A change between two waves falls into parts that add up, with standard errors."""

import numpy as np
import polars as pl
import pytest

from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.wave.change import decompose
from data_contracts.errors import InputError

RATE, TOTAL = Score("rate", "y", "d"), Score("count", "y")
OTHER = Score("rate_other", "y2", "d2")
PARTS = ("definition", "composition", "rate", "total")
DESIGN = Design("weight", "strata", "psu", lonely="certainty")

# Das Gupta (1993), Standardization and Decomposition of Rates, Census P23-186, example 5.1:
# persons by age (percent) and household heads per 100 of them, United States, 1970 and 1985.
SIZE_1970 = [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9]
SIZE_1985 = [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5]
HEADS_1970 = [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]
HEADS_1985 = [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]


def table(sizes, rates):
    """One row a cell, its rate as the score."""
    frame = pl.DataFrame({"weight": sizes, "y": [rate / 100 for rate in rates]})
    cell = pl.Series("cell", [f"{i:02}" for i in range(len(sizes))])
    return frame.with_columns(cell, strata=pl.lit("1"), psu=pl.lit("1"), d=pl.lit(1.0))


def survey(seed, rows=240, cells=4, psus=12):
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "strata": [str(i % 3) for i in range(rows)],
            "psu": [str((i // 3) % (psus // 3)) for i in range(rows)],
            "weight": draw.uniform(1, 5, rows),
            "cell": [str(one) for one in draw.integers(0, cells, rows)],
            "d": (draw.random(rows) < 0.8).astype(float),
            "y": (draw.random(rows) < 0.4).astype(float),
        }
    ).with_columns(
        y=pl.col("y") * pl.col("d"), d2=pl.lit(1.0), y2=(pl.col("y") > 0).cast(pl.Float64) * 0.9
    )


def totals(frame, *scores):
    return collapse(frame, DESIGN, scores or (RATE,), ["cell"])


def parts(made):
    return [getattr(made, part).value for part in PARTS]


def test_household_headship_of_das_gupta():
    made = decompose(
        totals(table(SIZE_1970, HEADS_1970)), totals(table(SIZE_1985, HEADS_1985)), RATE
    )
    # His table: crude 44.727 and 47.694, difference 2.967; age 1.227 (41.35 %), rate 1.740.
    assert 100 * made.old.value == pytest.approx(44.7268, abs=5e-5)
    assert 100 * made.new.value == pytest.approx(47.6940, abs=5e-5)
    assert 100 * made.composition.value == pytest.approx(1.2269, abs=5e-5)
    assert 100 * made.rate.value == pytest.approx(1.7403, abs=5e-5)
    assert made.definition.value == 0


@pytest.mark.parametrize("under", ["old", "new"])
def test_parts_add_up_to_the_change(under):
    both = (RATE, OTHER)
    old, new = totals(survey(1), *both), totals(survey(2), *both)
    definition, composition, rate, total = parts(decompose(old, new, RATE, OTHER, under=under))
    assert abs(definition + composition + rate - total) < 1e-12
    assert min(abs(definition), abs(composition), abs(rate)) > 1e-6


def test_definition_by_hand():
    # Two cells of one person each. Old: a 0/1, b 1/1, so 0.5. New, weights 1 and 3: a 1, b 1
    # by its own rules, so 1; by the old rules b is 0: 1/4. Shares move by -1/4 and +1/4.
    old = table([1, 1], [0, 100])
    new = table([1, 3], [100, 100]).with_columns(y2=pl.Series([1.0, 0.0]), d2=pl.lit(1.0))
    made = decompose(totals(old), totals(new, RATE, OTHER), RATE, OTHER)
    assert made.definition.value == pytest.approx(3 / 4, abs=1e-15)
    # Composition: cell a falls by 1/4 at mean rate 1/2, cell b grows by as much at the same.
    assert made.composition.value == pytest.approx(0, abs=1e-15)
    # Rate: a rises by 1 at mean share 3/8, b falls by 1 at mean share 5/8.
    assert made.rate.value == pytest.approx(-1 / 4, abs=1e-15)
    assert made.total.value == pytest.approx(1 / 2, abs=1e-15)


def test_a_total_counts_growth_as_composition():
    # 10 persons at 0.5, then 30 at 0.6: (30 - 10) * 0.55 = 11 by size, 0.1 * 20 = 2 by rate.
    old, new = table([10], [50]), table([30], [60])
    made = decompose(totals(old, TOTAL), totals(new, TOTAL), TOTAL)
    assert parts(made) == pytest.approx([0, 11, 2, 13], abs=1e-12)


def test_a_cell_that_one_wave_lacks_is_composition():
    old, new = table([1], [40]), table([1, 1], [40, 80])
    made = decompose(totals(old), totals(new), RATE)
    assert parts(made) == pytest.approx([0, 0.2, 0, 0.2], abs=1e-15)


@pytest.mark.parametrize(("score", "under"), [(RATE, "old"), (RATE, "new"), (TOTAL, "old")])
def test_standard_errors_follow_from_the_weights_of_each_psu(score, under):
    """The linearised value of a PSU is the slope of the part when all its weights grow."""
    old, new = survey(3), survey(4).filter(pl.col("cell") != "3")  # one cell in one wave alone
    other = OTHER if score is RATE else Score("count_other", "y2")
    scores = (score, other)
    made = decompose(totals(old, *scores), totals(new, *scores), score, other, under=under)
    step, variance = 1e-5, np.zeros(5)
    for wave in (0, 1):
        slopes = {}
        for strata, psu in [old, new][wave].select("strata", "psu").unique().rows():
            values = []
            for factor in (1 + step, 1 - step):
                here = (pl.col("strata") == strata) & (pl.col("psu") == psu)
                heavier = pl.when(here).then(pl.col("weight") * factor).otherwise("weight")
                frames = [old, new]
                frames[wave] = frames[wave].with_columns(weight=heavier)
                moved = [totals(frame, *scores) for frame in frames]
                again = decompose(*moved, score, other, under=under)
                values.append([*parts(again), again.rest.value])
            slope = (np.array(values[0]) - np.array(values[1])) / (2 * step)
            slopes.setdefault(strata, []).append(slope)
        for found in slopes.values():  # sum over strata of n/(n-1) times squares about the mean
            z = np.array(found)
            variance += len(z) / (len(z) - 1) * ((z - z.mean(axis=0)) ** 2).sum(axis=0)
    errors = [getattr(made, part).se for part in (*PARTS, "rest")]
    assert errors == pytest.approx(np.sqrt(variance), rel=1e-5)


def test_nobody_in_the_denominator_is_refused():
    empty = table([1, 1], [40, 80]).with_columns(d=pl.lit(0.0))
    with pytest.raises(InputError, match="nobody"):
        decompose(totals(table([1, 1], [40, 80])), totals(empty), RATE)
