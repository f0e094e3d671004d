"""Waves pooled, strata joined, domains compared: by arithmetic on PSU totals."""

import numpy as np
import polars as pl
import pytest

from analyses.ask.face import (
    Design,
    concentration,
    contrast,
    estimate,
    mean,
    pool,
    prop,
    standardised,
    total,
)  # fmt: skip
from data_contracts.errors import InputError

RNG = np.random.default_rng(11)
N = 96


def wave():
    return pl.DataFrame(
        {
            "W": RNG.integers(1, 9, N).astype(float),
            "st": [i % 3 for i in range(N)],
            "ea": [i // 3 % 4 for i in range(N)],
            "x": RNG.integers(0, 2, N),
            "pay": RNG.lognormal(3, 1, N),
            "sex": ["f" if i % 5 > 1 else "m" for i in range(N)],
            "age": ["old" if i % 7 > 3 else "young" for i in range(N)],
        }
    )


ONE, TWO = wave(), wave()
DESIGN = Design("w", "st", "ea")


def value(table, name="estimate"):
    return table[name].item()


def test_waves_apart_add_their_variances():
    rows, design = pool([("1", ONE), ("2", TWO)], DESIGN)
    whole = estimate(rows, total("x == 1"), design=design)
    each = [estimate(frame, total("x == 1"), design=DESIGN) for frame in (ONE, TWO)]
    assert value(whole) == sum(value(t) for t in each)
    assert value(whole, "se") == pytest.approx(np.hypot(*(value(t, "se") for t in each)), rel=1e-12)
    assert value(whole, "n_strata") == 6
    assert value(whole, "df") == 2 * (12 - 3)
    assert value(whole, "note").startswith("2 waves pooled, units apart, weights given")


def test_averaged_weights_give_the_waves_average():
    rows, design = pool([("1", ONE), ("2", TWO)], DESIGN, weights="averaged")
    each = [value(estimate(frame, total("1"), design=DESIGN)) for frame in (ONE, TWO)]
    assert value(estimate(rows, total("1"), design=design)) == pytest.approx(np.mean(each))
    bare, none = pool([("1", ONE), ("2", TWO)], Design(), weights="averaged")
    assert value(estimate(bare, total("1"), design=none)) == N


def test_the_same_wave_twice_has_no_change_and_no_error_when_units_are_shared():
    for units, se in (("shared", 0.0), ("apart", None)):
        rows, design = pool([("1", ONE), ("2", ONE)], DESIGN, units=units)
        change = contrast(rows, mean("x"), by="wave", one="2", other="1", design=design)
        own = value(estimate(ONE, mean("x"), design=DESIGN), "se")
        assert value(change) == 0
        assert value(change, "se") == pytest.approx(
            own * 2**0.5 if se is None else 0, rel=1e-9, abs=1e-9
        )
        assert value(change, "covariance") == pytest.approx(own**2 if se == 0 else 0, abs=1e-15)


@pytest.mark.parametrize(
    ("waves", "options"),
    [([("1", ONE)], {}), ([("1", ONE), ("1", TWO)], {}), ([("1", ONE), ("2", TWO)], {"units": "x"}),
     ([("1", ONE), ("2", TWO)], {"wave": "sex"})],
)  # fmt: skip
def test_pools_that_make_no_sense_are_refused(waves, options):
    with pytest.raises(InputError):
        pool(waves, DESIGN, **options)
    with pytest.raises(InputError, match="no PSUs"):
        pool([("1", ONE), ("2", TWO)], Design("w"), units="shared")


def test_a_contrast_is_the_total_of_signed_scores():
    signed = ONE.with_columns(
        s=pl.when(pl.col("sex") == "f").then(pl.col("x")).otherwise(-pl.col("x"))
    )
    whole = estimate(signed, total("s"), design=DESIGN)
    found = contrast(ONE, total("x"), by="sex", one="f", other="m", design=DESIGN)
    assert value(found) == pytest.approx(value(whole), rel=1e-12)
    assert value(found, "se") == pytest.approx(value(whole, "se"), rel=1e-12)
    assert found["contrast"].item() == "difference"
    assert 0 < value(found, "p_value") <= 1
    turned = contrast(ONE, total("x"), by="sex", one="m", other="f", design=DESIGN, kind="ratio")
    assert turned["p_value"].item() is None


def test_a_standard_population_of_the_samples_own_shares_gives_the_crude_rate():
    cells = estimate(ONE, total("1"), design=DESIGN, by=["sex", "age"])
    population = {(s, a): n for s, a, n in cells.select("sex", "age", "estimate").iter_rows()}
    crude = value(estimate(ONE, prop("x == 1"), design=DESIGN))
    options = {"by": ["sex", "age"], "design": DESIGN}
    found = standardised(ONE, prop("x == 1"), population=population, **options)
    assert value(found) == pytest.approx(crude, rel=1e-12)
    population.popitem()
    with pytest.raises(InputError, match="leaves out 1 cells"):
        standardised(ONE, prop("x == 1"), population=population, **options)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(InputError, match="no domain x in sex"):
        contrast(ONE, mean("x"), by="sex", one="f", other="x", design=DESIGN)
    with pytest.raises(InputError, match="gives 2 shares"):
        contrast(ONE, prop("age"), by="sex", one="f", other="m", design=DESIGN)
    with pytest.raises(InputError, match="cannot be standardised"):
        standardised(ONE, total("x"), by="sex", population={"f": 1, "m": 1}, design=DESIGN)


def test_a_concentration_index_is_a_figure_like_another():
    table = estimate(
        ONE, concentration("x == 1", "pay", correction="erreygers"), design=DESIGN, by="sex"
    )
    assert table["statistic"].unique().item() == "erreygers concentration(x == 1 / pay)"
    inside = ONE.filter(pl.col("sex") == "m")
    order = inside.sort("pay")
    w = order["W"].to_numpy()
    rank, good = (np.cumsum(w) - w / 2) / w.sum(), order["x"].to_numpy()
    share = (w @ good) / w.sum()
    by_hand = 4 * share * (2 * (w * good) @ rank / (w @ good) - 1)
    assert table.filter(pl.col("sex") == "m")["estimate"].item() == pytest.approx(by_hand)
    assert (table["se"] > 0).all()
    with pytest.raises(InputError, match="No answer is no rank"):
        estimate(ONE, concentration("x", "pay"), design=DESIGN, missing="zero")


LONELY = ONE.with_columns(ea=pl.when(pl.col("st") == 2).then(0).otherwise("ea"))


def test_a_collapse_map_is_the_same_as_strata_recoded_by_hand():
    mapped = Design("w", "st", "ea", joins={"2": "0"})
    by_hand = LONELY.with_columns(
        new=pl.when(pl.col("st") == 2).then(0).otherwise("st"),
        unit=pl.struct("st", "ea").rank("dense"),
    )
    found = estimate(LONELY, mean("pay"), design=mapped, by="st")
    wanted = estimate(by_hand, mean("pay"), design=Design("w", "new", "unit"), by="st")
    assert found["se"].to_list() == pytest.approx(wanted["se"].to_list(), rel=1e-12)
    assert found["lonely"].unique().item() == "collapse by map"
    assert found["st"].to_list() == [0, 1, 2]
    assert "1 stratum joined with another by the map" in found["note"][0]


def test_without_the_map_the_lonely_strata_are_listed_on_both_roads():
    for road in ("psus", "rows"):
        with pytest.raises(InputError, match=r"1 strata have one PSU.*: 2"):
            estimate(LONELY, mean("pay"), design=DESIGN, road=road)
    with pytest.raises(InputError, match=r"1 strata have one PSU.*: 2"):
        estimate(LONELY, mean("pay"), design=Design("w", "st", "ea", joins={"1": "0"}))
    with pytest.raises(InputError, match="both given"):
        estimate(
            LONELY,
            mean("pay"),
            design=Design("w", "st", "ea", lonely="adjust", joins={"2": "0"}),
        )
