"""The engine's collapse gives what numpy's gives, to the last bit, from rows and from the store."""

import ibis
import numpy as np
import polars as pl
import pytest

from analyses.engine.collapse import collapse
from analyses.engine.psu_figures import covariance
from analyses.wave.collapse_ibis import BLANK, PARTS, as_stored, finest_totals, with_main_job
from analyses.wave.estimates import estimate
from analyses.wave.indicators import score_of, scores
from analyses.wave.psu_totals import differences, totals_of
from data_contracts.conditions import expression, expression_on
from data_contracts.errors import InputError
from tests.unit.analyses.engine.collapse_rows import BY, DESIGN, INDICATORS, job, person, rows

SCORES = [score_of(item) for item in INDICATORS]


@pytest.fixture(scope="module")
def stored():
    """The table as the pipeline makes it, by an engine in memory."""
    joined = with_main_job(ibis.memtable(person()), ibis.memtable(job()))
    wide = finest_totals(joined, DESIGN, INDICATORS, BY).to_polars()
    return as_stored(wide, INDICATORS, BY)


def by_numpy(frame, breakdowns=BY):
    return collapse(scores(frame, INDICATORS), DESIGN, SCORES, breakdowns)


def same(one, other):
    assert one.cells == other.cells
    assert (one.psus.strata, one.psus.labels) == (other.psus.strata, other.psus.labels)
    assert one.psus.stratum.tobytes() == other.psus.stratum.tobytes()
    assert one.binary == other.binary
    for mine, its in ((one.sums, other.sums), (one.counts, other.counts)):
        assert mine.keys() == its.keys()
        for key, table in mine.items():
            assert np.issubdtype(its[key].dtype, np.integer)
            assert np.array_equal(table, its[key]), key


CONDITIONS = {
    f"{item.id} {part}": condition
    for item in INDICATORS
    for part in ("numerator", "denominator", "base")
    if (condition := getattr(item, part)) is not None
} | {
    "a range": {"weight_micro": {"min": 3 * 10**9, "max": 7 * 10**9}},
    "an open range with blanks": {"some": {"min": 4}},
    "either of two": [{"sex": ["SEX_F"], "working_age": [True]}, {"some": {"max": 2}}],
    "no": {"working_age": [False]},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_means_the_same_in_both_languages_also_where_cells_are_blank(name):
    some = pl.when(pl.int_range(pl.len()) % 3 > 0).then(pl.int_range(pl.len()) % 7)
    frame = rows().with_columns(some=some)
    in_polars = frame.select(expression(CONDITIONS[name]).alias("x"))["x"]
    table = ibis.memtable(frame.with_row_index("at"))
    found = table.select("at", x=expression_on(table, CONDITIONS[name])).to_polars().sort("at")
    assert found["x"].null_count() == 0
    assert found["x"].to_list() == in_polars.to_list()
    assert 0 < in_polars.sum() < frame.height


@pytest.mark.parametrize(
    "wrong", [{}, [], {"sex": "SEX_F"}, {"sex": [None]}, {"sex": {"least": 1}}, {"sex": []}]
)
def test_a_malformed_condition_is_refused_in_both_languages(wrong):
    for made in (expression, lambda c: expression_on(ibis.memtable(rows()), c)):
        with pytest.raises(InputError):
            made(wrong)


def test_stored_totals_rolled_up_are_those_of_the_rows_to_the_last_bit(stored):
    again = totals_of(stored, DESIGN, INDICATORS, BY)
    same(again, by_numpy(rows()))
    assert estimate(again).equals(estimate(by_numpy(rows())), null_equal=True)


def test_a_crossing_needs_no_second_pass(stored):
    crossed = pl.concat_str(["sex", "area_type"], separator="/")
    from_store = stored.filter(pl.col("sex") != BLANK).with_columns(crossed.alias("both"))
    rest = stored.filter(pl.col("sex") == BLANK).with_columns(both=pl.lit(BLANK))
    again = totals_of(pl.concat([from_store, rest]), DESIGN, INDICATORS, ["both"])
    same(again, by_numpy(rows().with_columns(both=crossed), ["both"]))


def test_a_contrast_needs_no_second_pass(stored):
    again = totals_of(stored, DESIGN, INDICATORS, ["sex"])
    names, matrix = covariance(again, "informal_employment_rate", "sex")
    expected = covariance(by_numpy(rows(), ["sex"]), "informal_employment_rate", "sex")
    assert names == expected[0] == ("SEX_F", "SEX_M")
    assert matrix.tobytes() == expected[1].tobytes()


def test_replicates_are_one_product_with_the_stored_totals(stored):
    """A bootstrap multiplies every weight of a PSU by how often it was drawn."""
    totals = totals_of(stored, DESIGN, INDICATORS, ["area_type"])
    psus = len(totals.psus.labels)
    drawn = np.random.default_rng(9).multinomial(psus, np.full(psus, 1 / psus), size=500)
    found = drawn @ totals.sums[("employed__num",)]
    assert found.shape == (500, 3)
    for replicate in (0, 499):
        times = pl.DataFrame(
            {
                "strata": totals.psus.strata,
                "psu": totals.psus.labels,
                "times": drawn[replicate],
            }
        )
        weighted = rows().join(times, on=["strata", "psu"]).filter(lfs_status="employed")
        expected = weighted.select((pl.col("weight_micro") * pl.col("times")).sum()).item()
        assert found[replicate, 0] == expected


def test_sums_are_exact_where_doubles_are_not():
    frame = person().with_columns(weight_micro=pl.lit(2**53 + 1), sex=pl.lit("SEX_F")).head(500)
    table = ibis.memtable(frame.join(job(), on=["survey_id", "hh_id", "person_id"], how="left"))
    wide = finest_totals(table, DESIGN, INDICATORS[:1], ["sex"]).to_polars()
    assert wide["persons__numerator_micro"].dtype == pl.Int64
    assert sum(wide["persons__numerator_micro"].to_list()) == 500 * (2**53 + 1)


def test_sums_too_large_for_the_table_stop_and_do_not_wrap():
    table = ibis.memtable(rows().with_columns(weight_micro=pl.lit(2**62)))
    with pytest.raises(Exception, match="out of bounds"):
        finest_totals(table, DESIGN, INDICATORS[:1], ["sex"]).to_polars()


def test_an_indicator_of_nobody_is_zero_and_one_not_stored_is_refused(stored):
    frame = rows().with_columns(nature_of_job=pl.lit(None, dtype=pl.String))
    wide = finest_totals(ibis.memtable(frame), DESIGN, INDICATORS, BY).to_polars()
    nobody = as_stored(wide, INDICATORS, BY)
    rate = nobody.filter(indicator="informal_employment_rate")
    assert rate.select(PARTS).rows() == [(0, 0, 0, 0)]
    same(totals_of(nobody, DESIGN, INDICATORS, BY), by_numpy(frame))
    without = stored.filter(pl.col("indicator") != "informal_employment_rate")
    with pytest.raises(InputError, match="informal_employment_rate"):
        totals_of(without, DESIGN, INDICATORS, BY)
    with pytest.raises(InputError, match="education_aggregate"):
        totals_of(stored, DESIGN, INDICATORS, ["education_aggregate"])


@pytest.mark.parametrize("measure", ["obs_value", "se"])
def test_a_difference_above_a_billionth_is_found_and_one_below_is_not(stored, measure):
    figures = estimate(totals_of(stored, DESIGN, INDICATORS, BY))
    target = (pl.col("indicator") == "employed") & (pl.col("breakdown") == "total")

    def off(by):
        return figures.with_columns(pl.when(target).then(pl.col(measure) * by).otherwise(measure))

    assert differences(figures, off(1 + 5e-10)).is_empty()
    (found,) = differences(figures, off(1 + 2e-9)).rows()
    assert found[:4] == ("employed", "total", "TOTAL", measure)
    assert found[4] == pytest.approx(2e-9, rel=1e-3)


def test_a_figure_that_only_one_road_has_is_a_difference(stored):
    figures = estimate(totals_of(stored, DESIGN, INDICATORS, BY))
    lacking = figures.filter(pl.col("category") != "SEX_F")
    assert set(differences(figures, lacking)["category"]) == {"SEX_F"}
    assert differences(figures, lacking)["difference"].is_infinite().all()
    assert differences(lacking, figures).is_empty()
