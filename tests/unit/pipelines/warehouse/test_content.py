"""The hash of a table's content sees every change of a cell and none of the order of rows."""

import hashlib
import json
import math

import duckdb
import pytest

from pipelines.warehouse.content import content

ROWS = [("a", 1, 0.5), ("b", 2, None), (None, 2, 0.1), ("", 3, -2.0)]
TYPES = "(text VARCHAR, whole BIGINT, number DOUBLE)"


@pytest.fixture
def connection():
    with duckdb.connect() as made:
        yield made


def digest(connection, rows, types=TYPES):
    connection.execute(f"CREATE OR REPLACE TABLE t {types}")
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO t VALUES ({marks})", rows)
    counted, found = content(connection, "t")
    assert counted == len(rows)
    assert len(found) == 64
    return found


def changed(at, column, value):
    return [
        tuple(value if (at, column) == (i, j) else cell for j, cell in enumerate(row))
        for i, row in enumerate(ROWS)
    ]


def test_the_order_of_rows_changes_nothing(connection):
    assert digest(connection, ROWS[::-1]) == digest(connection, ROWS)


@pytest.mark.parametrize(
    "rows",
    [
        changed(0, 0, "A"),
        changed(1, 1, 4),
        changed(2, 2, math.nextafter(0.1, 1)),
        changed(2, 0, ""),  # an empty text for a missing one
        changed(3, 0, None),
        changed(1, 2, 0.0),
        changed(1, 0, "null"),
        [("b", 1, 0.5), ("a", 2, None), *ROWS[2:]],  # two cells have changed rows
        [("a", 2, 0.5), ("b", 1, None), *ROWS[2:]],
        [*ROWS, ROWS[0]],
        [*ROWS, ROWS[0], ROWS[0]],
        ROWS[1:],
        [],
    ],
)
def test_any_other_change_is_seen(connection, rows):
    assert digest(connection, rows) != digest(connection, ROWS)


def test_a_row_that_stands_twice_and_one_that_stands_thrice_differ(connection):
    found = {digest(connection, [ROWS[0]] * times + ROWS[1:]) for times in range(5)}
    assert len(found) == 5


def test_cells_of_a_row_do_not_run_together(connection):
    rows = [("x,1", "y"), ("x", "1,y"), ('x","1', "y"), ("x", None), ("x", "null"), ("x\n", ""),
            ("x\\n", ""), ("", "x\n")]  # fmt: skip
    found = {digest(connection, [row], "(a VARCHAR, b VARCHAR)") for row in rows}
    assert len(found) == len(rows)


def test_zero_is_one_number_whatever_its_sign(connection):
    plus = digest(connection, [("a", 1, 0.0), ("b", 1, -0.0)])
    assert digest(connection, [("a", 1, -0.0), ("b", 1, 0.0)]) == plus


def test_columns_and_their_types_are_part_of_the_content(connection):
    types = ["(a BIGINT)", "(b BIGINT)", "(a INTEGER)", "(a VARCHAR)", "(a DOUBLE)"]
    full = {digest(connection, [(1,)], kind) for kind in types}
    empty = {digest(connection, [], kind) for kind in types}
    assert len(full | empty) == 2 * len(types)


def test_raw_tables_may_hold_what_json_has_no_word_for(connection):
    rows = ["'nan'::DOUBLE", "'inf'::DOUBLE", "'-inf'::DOUBLE", "NULL::DOUBLE", "'\\x00'::BLOB", "'x00'::BLOB",
            "TIMESTAMP '2017-01-01 00:00:00.000001'", "TIMESTAMP '2017-01-01 00:00:00'", "1.50::DECIMAL(4, 2)",
            "[1, NULL]", "[NULL, 1]", "{'a': 'x, b: y'}", "170141183460469231731687303715884105727::HUGEINT"]  # fmt: skip
    found = set()
    for row in rows:
        connection.execute(f"CREATE OR REPLACE TABLE t AS SELECT {row} AS a")
        found.add(content(connection, "t")[1])
    assert len(found) == len(rows)


def test_the_hash_is_that_of_the_standard_library(connection):
    """Worked out beside the engine: the text of each row, its MD5, the sums of the halves."""
    rows = [["a", 1], [None, 2], ['"ລາວ"\n', -3]]
    low = high = 0
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        number = int.from_bytes(
            hashlib.md5(text.encode(), usedforsecurity=False).digest(), "little"
        )
        low, high = low + number % 2**64, high + number // 2**64
    columns = [("text", "VARCHAR"), ("whole", "BIGINT")]
    whole = hashlib.sha256(repr((columns, 3, low, high)).encode()).hexdigest()
    assert digest(connection, rows, "(text VARCHAR, whole BIGINT)") == whole


def test_sums_of_many_rows_are_exact(connection):
    connection.execute("CREATE TABLE t AS SELECT i, 'r' || (i % 7) AS b FROM range(300000) AS r(i)")
    first = content(connection, "t")
    connection.execute("CREATE OR REPLACE TABLE t AS FROM t ORDER BY hash(i)")
    assert content(connection, "t") == first
    connection.execute("UPDATE t SET b = 'r8' WHERE i = 299999")
    assert content(connection, "t")[1] != first[1]
