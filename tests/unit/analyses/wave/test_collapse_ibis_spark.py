"""The same Ibis expression on DuckDB and on local Spark: equal totals, equal standard errors."""

import ibis
import polars as pl
import pytest

from analyses.wave.collapse_ibis import as_stored, finest_totals, with_main_job
from analyses.wave.estimates import estimate
from analyses.wave.psu_totals import totals_of
from tests.unit.analyses.engine.collapse_rows import BY, DESIGN, INDICATORS, job, person

pytestmark = pytest.mark.spark


def collapsed(person_table, job_table):
    expression = finest_totals(with_main_job(person_table, job_table), DESIGN, INDICATORS, BY)
    return as_stored(expression.to_polars(), INDICATORS, BY)


@pytest.fixture(scope="module")
def both(spark):
    session = spark._session
    for name, frame in (("person", person()), ("job", job())):
        session.createDataFrame(frame.to_arrow()).createOrReplaceTempView(name)
    return (
        collapsed(ibis.memtable(person()), ibis.memtable(job())),
        collapsed(spark.table("person"), spark.table("job")),
    )


def test_totals_are_equal_to_the_last_digit(both):
    duckdb, spark = both
    assert duckdb.height > 1000
    assert spark.schema == duckdb.schema
    assert spark.equals(duckdb, null_equal=True)


def test_standard_errors_are_equal(both):
    one, other = (estimate(totals_of(stored, DESIGN, INDICATORS, BY)) for stored in both)
    relative = (one["se"] - other["se"]).abs() / one["se"]
    assert one["se"].null_count() == other["se"].null_count()
    assert relative.drop_nulls().len() > 50
    assert relative.fill_nan(None).max() <= 1e-12
    assert one.select(pl.selectors.by_name("obs_value", "n", "df")).equals(
        other.select("obs_value", "n", "df")
    )
