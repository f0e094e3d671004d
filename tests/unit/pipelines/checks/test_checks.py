"""Every kind of check that a contract uses is computed by the engine and counts as plain SQL does."""

from dataclasses import replace

import duckdb
import pytest

from data_contracts.contract import expectations
from data_contracts.contract.find import all_names, load
from data_contracts.contract.odcs import load_file
from pipelines.checks.checks import Failure, outcomes, quiet_context, verify
from pipelines.checks.duckdb_dialect import FetchedCursor
from pipelines.checks.engine_errors import EngineError
from pipelines.checks.suite import Suite
from pipelines.checks.uniqueness import repeated_rows

TRIAL = """
apiVersion: v3.2.0
kind: DataContract
id: t
version: 1.0.0
status: active
description: {purpose: A trial of every kind of check.}
customProperties: [{property: sensitivity, value: internal}]
schema:
  - name: core.trial
    quality:
      - {name: many, metric: rowCount, mustBeGreaterOrEqualTo: 50}
      - {name: not_big, type: sql, query: "SELECT COUNT(*) FROM ${object} WHERE low > 30", mustBe: 0}
      - {name: soft, type: sql, severity: warning, query: "SELECT COUNT(*) FROM ${object} WHERE low > 38", mustBe: 0}
      - name: in_order
        type: custom
        engine: greatExpectations
        implementation:
          type: expect_column_pair_values_a_to_be_greater_than_b
          kwargs: {column_A: high, column_B: low, or_equal: true, ignore_row_if: either_value_is_missing}
    properties:
      - {name: a, physicalType: BIGINT, description: x, primaryKey: true, primaryKeyPosition: 1}
      - {name: b, physicalType: BIGINT, description: x, primaryKey: true, primaryKeyPosition: 2}
      - {name: code, physicalType: VARCHAR, description: x, required: true, enum: [{value: "c0"}, {value: "c1"}], logicalTypeOptions: {pattern: '^c[0-1]$'}}
      - {name: once, physicalType: BIGINT, description: x, unique: true}
      - {name: low, physicalType: DOUBLE, description: x, logicalTypeOptions: {exclusiveMinimum: 0, maximum: 35}}
      - {name: high, physicalType: DOUBLE, description: x}
"""
# 40 rows: codes c2 and missing, keys twice, numbers out of bounds, limits out of order.
ROWS = """
    SELECT (i // 3)::BIGINT AS a, (i % 2)::BIGINT AS b,
           CASE WHEN i % 10 = 0 THEN NULL ELSE 'c' || (i % 3) END AS code,
           (i % 30)::BIGINT AS once, i::DOUBLE AS low,
           CASE WHEN i % 7 = 0 THEN NULL WHEN i % 5 = 0 THEN i - 1.0 ELSE i + 1.0 END AS high
    FROM range(40) AS r(i)
"""


@pytest.fixture
def trial(tmp_path):
    path = tmp_path / "core.trial.yaml"
    path.write_text(TRIAL, encoding="utf-8")
    return load_file(path)


@pytest.fixture
def connection():
    made = duckdb.connect()
    made.execute("CREATE SCHEMA core")
    made.begin()
    made.execute(f"CREATE TABLE core.trial AS {ROWS}")
    yield made
    made.close()


def wanted(contract):
    quiet_context()
    from data_contracts.contract.expectations import checks as contract_checks

    return contract_checks(contract)


def test_the_trial_has_every_kind_of_check_that_any_contract_has(trial):
    used = {check.type for name in all_names() for check in wanted(load(name))}
    assert used <= {check.type for check in wanted(trial)}


def test_every_kind_is_computed_and_counts_as_plain_sql_does(trial, connection):
    seen = set()
    for outcome in outcomes(connection, "memory.core.trial", trial):
        check = outcome.check
        if check.type == "expect_table_columns_to_match_ordered_list":
            assert outcome.passed
        elif check.type == "expect_table_row_count_to_be_between":
            assert (outcome.passed, outcome.unexpected) == (False, 10)  # 40 rows of 50
        else:
            plain = connection.execute(
                f"SELECT count(*) FROM (SELECT ({check.failing}) AS fails FROM core.trial) WHERE fails"
            ).fetchone()[0]
            assert (check.column, outcome.unexpected) == (check.column, plain)
            assert outcome.passed == (plain == 0)
            if plain > 0:
                seen.add(check.type)
    # Every kind but the two about the table itself was seen to fail for some rows.
    assert len(seen) == len({check.type for check in wanted(trial)}) - 2


def test_the_first_failing_row_is_named_where_rows_are_a_files(trial, connection):
    report = verify(connection, "memory.core.trial", trial, rows_named=True)
    found = {(f.expectation, f.column): f.place for f in report.failures}
    assert found["expect_column_values_to_not_be_null", "code"] == "row 1"
    assert found["expect_column_values_to_be_in_set", "code"] == "row 3"
    assert found["expect_column_values_to_be_between", "low"] == "row 1"
    assert found["expect_column_values_to_match_regex", "code"] == "row 3"
    assert found["expect_column_values_to_be_unique", "once"] == "row 1"
    # a is i // 3 and b is i % 2: of each three rows the first and the last agree.
    assert found["expect_compound_columns_to_be_unique", "a, b"] == "row 1"
    assert found["expect_column_pair_values_a_to_be_greater_than_b", "in_order"] == "row 6"
    assert found["unexpected_rows_expectation", "not_big"] == "row 32"
    assert found["expect_table_row_count_to_be_between", "*"] == ""
    unnamed = verify(connection, "memory.core.trial", trial)
    assert {f.place for f in unnamed.failures} == {""}


def test_a_suite_is_made_once_and_judges_each_table_anew(trial, connection, monkeypatch):
    first = verify(connection, "memory.core.trial", trial)
    monkeypatch.setattr(expectations, "checks", None)  # a second making would fail
    assert verify(connection, "memory.core.trial", trial) == first
    connection.execute("CREATE TABLE core.other AS FROM core.trial WHERE low BETWEEN 1 AND 2")
    other = {(f.expectation, f.column): f.unexpected
             for f in verify(connection, "memory.core.other", trial).failures}  # fmt: skip
    assert other == {
        ("expect_table_row_count_to_be_between", "*"): 48,
        ("expect_column_values_to_be_in_set", "code"): 1,
        ("expect_column_values_to_match_regex", "code"): 1,
    }
    assert verify(connection, "memory.core.trial", trial) == first


def test_another_contract_of_the_same_name_has_a_suite_of_its_own(trial, connection):
    verify(connection, "memory.core.trial", trial)
    looser = replace(trial, least_rows=0, rules=())
    found = {f.column for f in verify(connection, "memory.core.trial", looser).failures}
    assert found == {"code", "once", "low", "a, b"}


def test_no_row_is_fetched_whatever_fails(trial, connection, monkeypatch):
    connection.execute("UPDATE core.trial SET code = 'PLANTED', high = 4711.25")
    fetched = []
    whole = FetchedCursor.execute

    def execute(self, *arguments):
        whole(self, *arguments)
        fetched.append(list(self._rows))

    monkeypatch.setattr(FetchedCursor, "execute", execute)
    found = outcomes(connection, "memory.core.trial", trial)
    assert sum(not outcome.passed for outcome in found) > 3
    assert len(fetched) > 3
    assert "PLANTED" not in repr((fetched, found))
    assert "4711.25" not in repr((fetched, found))


def test_failures_carry_counts_worked_out_by_hand(trial, connection):
    report = verify(connection, "memory.core.trial", trial)
    found = {(f.expectation, f.column): f.unexpected for f in report.failures}
    assert report.evaluated == len(wanted(trial))
    # i = 0, 10, 20, 30 have no code.
    assert found["expect_column_values_to_not_be_null", "code"] == 4
    # 13 numbers below 40 leave 2 when divided by 3; of them only 20 has no code.
    assert found["expect_column_values_to_be_in_set", "code"] == 12
    # low = 0, and 36 to 39.
    assert found["expect_column_values_to_be_between", "low"] == 5
    # 0 to 9 come again as 30 to 39.
    assert found["expect_column_values_to_be_unique", "once"] == 20
    # 5, 10, 15, 20, 25, 30: the multiples of 5 that are not multiples of 7.
    assert found["expect_column_pair_values_a_to_be_greater_than_b", "in_order"] == 6
    assert found["unexpected_rows_expectation", "not_big"] == 9


def test_a_warning_does_not_block(trial, connection):
    connection.execute("CREATE TABLE core.good AS SELECT 39.0::DOUBLE AS low")
    report = verify(connection, "memory.core.trial", trial)
    soft = [f for f in report.failures if f.column == "soft"]
    assert soft == [Failure("unexpected_rows_expectation", "soft", 1, "warning")]
    assert soft[0] not in report.blocking


def test_the_transaction_of_the_caller_stays_open(trial, connection):
    verify(connection, "memory.core.trial", trial)
    connection.rollback()  # would fail if the check had committed or rolled back
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()[0] == 0


def test_a_check_that_cannot_be_computed_is_an_engine_error(trial, connection):
    connection.execute("ALTER TABLE core.trial DROP COLUMN high")
    with pytest.raises(EngineError, match="could not be computed"):
        verify(connection, "memory.core.trial", trial)


def test_a_check_that_did_not_run_is_an_engine_error(trial, connection, monkeypatch):
    whole = Suite.run
    monkeypatch.setattr(Suite, "run", lambda *a: whole(*a)[1:])
    with pytest.raises(EngineError, match="did not run"):
        verify(connection, "memory.core.trial", trial)


def test_a_check_that_fails_for_no_row_is_an_engine_error(trial, connection, monkeypatch):
    whole = Suite.run

    def disagree(*arguments):
        return [found | {"success": False} for found in whole(*arguments)]

    connection.execute("DELETE FROM core.trial")
    monkeypatch.setattr(Suite, "run", disagree)
    with pytest.raises(EngineError, match="fails for no row"):
        verify(connection, "memory.core.trial", trial)


def test_no_value_reaches_a_report(trial, connection):
    connection.execute("UPDATE core.trial SET code = 'PLANTED'")
    report = verify(connection, "memory.core.trial", trial)
    assert "PLANTED" not in repr(report)
    assert any(f.column == "code" for f in report.failures)


def test_analytics_and_progress_bars_are_off():
    import os

    context = quiet_context()
    assert os.environ["GX_ANALYTICS_ENABLED"] == "False"
    assert context.config.analytics_enabled is False
    assert context.variables.progress_bars.globally is False
    assert context.variables.progress_bars.metric_calculations is False


def test_verifying_opens_no_socket(trial, connection, monkeypatch):
    import socket

    def refuse(*_args, **_kwargs):
        raise AssertionError("a check went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert verify(connection, "memory.core.trial", trial).evaluated > 0


@pytest.mark.parametrize(
    "columns",
    [["who", "month", "kind"], ["month", "who"], ["who", "day"], ["who", "other"], ["who"]],
)
def test_repeated_keys_are_counted_as_a_plain_group_by_counts_them(columns):
    # Wide and narrow columns, more values than a number has bits, missing values, two wide columns.
    made = duckdb.connect()
    made.execute("""
        CREATE TABLE t AS SELECT CASE WHEN i % 501 = 0 THEN NULL ELSE 'w' || (i // 6) END AS who,
            CASE WHEN i % 97 = 0 THEN NULL ELSE 'm' || (i % 5) END AS month, i % 2 AS kind,
            i % 90 AS day, i // 2 AS other FROM range(9000) AS r(i)
    """)
    made.execute("INSERT INTO t FROM t WHERE other % 700 = 3")
    known = " AND ".join(f"{c} IS NOT NULL" for c in columns) if len(columns) == 1 else "true"
    plain = made.execute(
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM t WHERE {known} "
        f"GROUP BY {', '.join(columns)} HAVING count(*) > 1)"
    ).fetchone()[0]
    assert plain > 0
    assert repeated_rows(made, "t", columns, large=0) == plain
    assert repeated_rows(made, "t", columns) == plain
