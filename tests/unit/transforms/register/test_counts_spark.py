"""The register's expressions on DuckDB and on local Spark: the same tally, counts and pairs."""

import polars as pl
import pytest

from tests.unit.transforms.register.test_tally import AS_OF, TERMS, tables
from transforms.register.counts import register_counts
from transforms.register.tally import register_tally

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def both(spark):
    here = tables()
    for name, table in zip(("member", "contribution", "person"), here, strict=True):
        spark._session.createDataFrame(table.to_pyarrow()).createOrReplaceTempView(name)
    return here, [spark.table(name) for name in ("member", "contribution", "person")]


def test_the_tally_is_the_same(both):
    there, here = (register_tally(*t, TERMS, AS_OF).to_polars() for t in both)
    assert here.select(pl.exclude(pl.Float64)).equals(there.select(pl.exclude(pl.Float64)))
    assert here["expected_false_pairs"].to_list() == pytest.approx(
        there["expected_false_pairs"].to_list()
    )


def test_the_counts_are_the_same(both):
    there, here = (register_counts(*t[:2], AS_OF).to_polars() for t in both)
    assert here.sort(here.columns).equals(there.sort(there.columns))
