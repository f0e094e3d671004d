"""What several folders of unit tests share: a local Spark, or the reason why there is none."""

import importlib.util
import os
import shutil

import pytest


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """Give an Ibis connection to Spark on this machine alone."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: it comes with the extra `spark`")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17 or newer, and no java is on the path")
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("spark")))
        .getOrCreate()
    )
    yield ibis.pyspark.connect(session)
    session.stop()
