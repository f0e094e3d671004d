"""The one pass over rows: exact, order-free, and no PSU lost."""

import numpy as np
import polars as pl
import pytest

from analyses.engine.collapse import Score, collapse
from analyses.wave.core_design import core_design
from data_contracts.errors import InputError

SCORES = [Score("rate", "y", "d"), Score("amount", "wage", "d"), Score("count", "y")]


def rows(n: int = 600) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    d = rng.random(n) < 0.7
    return pl.DataFrame(
        {
            "strata": (np.arange(n) * 3 // n).astype(str),
            "psu": ((np.arange(n) * 12 // n) % 4).astype(str),  # labels repeat between strata
            "weight_micro": rng.integers(1, 10**9, n),
            "d": d,
            "y": (d & (rng.random(n) < 0.3)).astype(np.int8),
            "wage": np.where(d, rng.lognormal(5, 1, n), 0.0),
            "sex": rng.choice(["SEX_M", "SEX_F"], n),
        },
        schema_overrides={"d": pl.Boolean},
    )


@pytest.mark.parametrize("size", [1, 7, 100, 599])
def test_every_cut_into_batches_gives_the_same_bits(size):
    frame = rows()
    whole = collapse(frame, core_design(), SCORES, ["sex"])
    cut = collapse(
        (frame.slice(i, size) for i in range(0, len(frame), size)), core_design(), SCORES, ["sex"]
    )
    assert whole.cells == cut.cells
    assert whole.psus.labels == cut.psus.labels
    for key, table in whole.sums.items():
        assert table.dtype == cut.sums[key].dtype
        assert table.tobytes() == cut.sums[key].tobytes()


def test_sums_of_01_scores_are_exact_integers():
    frame = rows()
    totals = collapse(frame, core_design(), SCORES)
    by_hand = sum(
        w * y for w, y in frame.select("weight_micro", "y").iter_rows()
    )  # Python integers
    assert totals.sums[("y",)].dtype == np.int64
    assert int(totals.sums[("y",)].sum()) == by_hand


def test_psus_are_nested_in_strata_and_all_stay():
    frame = rows().with_columns(y=pl.when(pl.col("strata") == "1").then("y").otherwise(0))
    totals = collapse(frame.with_columns(pl.col("y").cast(pl.Int8)), core_design(), SCORES)
    assert len(totals.psus.labels) == 12
    assert totals.psus.df == 9


def test_a_blank_category_counts_in_the_total_only():
    frame = rows().with_columns(sex=pl.when(pl.col("sex") == "SEX_M").then("sex"))
    totals = collapse(frame, core_design(), SCORES, ["sex"])
    assert totals.cells == (("total", "TOTAL"), ("sex", "SEX_M"))
    n = totals.counts[""].sum(axis=0)
    assert n[0] == 600
    assert n[1] == frame["sex"].count() < 600


@pytest.mark.parametrize("bad", [None, 0, -1])
def test_a_weight_not_above_zero_is_refused_with_its_row(bad):
    frame = rows(12).with_columns(
        weight_micro=pl.when(pl.int_range(12) == 4).then(bad).otherwise("weight_micro")
    )
    with pytest.raises(InputError, match="weight_micro, row 5"):
        collapse(frame, core_design(), SCORES)


def test_a_01_score_that_is_not_01_is_refused():
    with pytest.raises(InputError, match="0/1"):
        collapse(rows().with_columns(y=pl.lit(2, dtype=pl.Int8)), core_design(), SCORES)


def test_the_frame_of_totals_adds_up():
    frame = rows()
    totals = collapse(frame, core_design(), SCORES, ["sex"])
    table = totals.to_frame().filter(indicator="rate", breakdown="sex")
    expected = (frame["weight_micro"] * frame["d"]).sum()
    assert table["denominator"].sum() == expected


def by_hand(frame, product, key=("strata", "psu", "sex")):
    """Sum whole numbers row by row, in Python's integers."""
    found = {}
    for row in frame.iter_rows(named=True):
        place = tuple(row[name] for name in key)
        found[place] = found.get(place, 0) + product(row)
    return found


def cells(totals, table):
    return {
        (s, p, totals.cells[c][1]): int(table[i, c])
        for i, (s, p) in enumerate(zip(totals.psus.strata, totals.psus.labels, strict=True))
        for c in totals.cells_of("sex")
        if table[i, c]
    }


@pytest.mark.parametrize("scattered", [False, True])
@pytest.mark.parametrize("largest", [10**9, 10**13])  # counted in one pass with the sums, or apart
def test_sums_and_counts_by_cell_in_any_order_of_rows(scattered, largest):
    rng = np.random.default_rng(7)
    frame = rows().with_columns(weight_micro=pl.Series(rng.integers(1, largest, 600)))
    if scattered:
        frame = frame.sample(fraction=1, shuffle=True, seed=3)
    totals = collapse(frame, core_design(), SCORES, ["sex"])
    wanted = {k: v for k, v in by_hand(frame, lambda r: r["weight_micro"] * r["y"]).items() if v}
    assert cells(totals, totals.sums[("y",)]) == wanted
    wanted = {k: v for k, v in by_hand(frame, lambda r: int(r["y"])).items() if v}
    assert cells(totals, totals.counts["y"]) == wanted
    assert cells(totals, totals.sums[()]) == by_hand(frame, lambda r: r["weight_micro"])
    assert np.array_equal(totals.sums[()][:, 0], totals.sums[()][:, 1:].sum(axis=1))


def test_products_that_differ_only_in_a_later_batch_part_there():
    # In the first batch everybody is in the base, so (y, d), (y,) and the weight and (d,) agree.
    frame = rows().with_columns(y=pl.lit(1, dtype=pl.Int8), d=pl.int_range(pl.len()) < 300)
    parts = [frame.head(300), frame.slice(300)]
    totals = collapse(parts, core_design(), [Score("rate", "y", "d")], ["sex"])
    for key, product in {
        ("d",): lambda r: r["weight_micro"] * r["d"],
        ("y", "d"): lambda r: r["weight_micro"] * r["d"],
        ("y",): lambda r: r["weight_micro"],
    }.items():
        wanted = {k: v for k, v in by_hand(frame, product).items() if v}
        assert cells(totals, totals.sums[key]) == wanted
    assert totals.counts["d"][:, 0].sum() == 300


def test_categories_that_are_numbers_are_sorted_by_their_labels():
    codes = pl.Series("code", np.random.default_rng(2).integers(-3, 12, 600), dtype=pl.Int16)
    totals = collapse(
        [rows().with_columns(codes).head(250), rows().with_columns(codes).slice(250)],
        core_design(), SCORES, ["code"],
    )  # fmt: skip
    counted = dict(codes.value_counts().with_columns(pl.col("code").cast(pl.String)).iter_rows())
    found = [name for breakdown, name in totals.cells if breakdown == "code"]
    assert found == sorted(counted)
    assert totals.counts[""][:, 1:].sum(axis=0).tolist() == [counted[name] for name in found]
