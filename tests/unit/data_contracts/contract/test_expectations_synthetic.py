"""Synthetic rows keep the whole contract, as the warehouse's own checks see it."""

import duckdb
import polars as pl
import pytest

from data_contracts.contract.find import all_names, load
from data_contracts.contract.incoming import incoming_names
from data_contracts.contract.shapes import Contract, ContractColumn, RowRule
from data_contracts.errors import InputError
from pipelines.checks.checks import verify
from pipelines.warehouse.conform import conformed
from tests.unit.data_contracts.contract.synthetic import rows

pytestmark = pytest.mark.slow  # Great Expectations runs for every table


def contract(*columns, rules=(), key=("a",)):
    return Contract("core.small", "1.0.0", "t", "g", "internal", columns, key, tuple(rules))


def column(name, kind="VARCHAR", **promise):
    return ContractColumn(name, kind, "d", "internal", **promise)


@pytest.mark.parametrize("name", [*all_names(), *incoming_names()])
def test_fifty_rows_pass_every_check_of_the_contract(name):
    promised = load(name)
    frame = rows(promised, 50, seed=7)
    assert frame.height == 50
    assert dict(frame.schema) == promised.polars_schema()
    with duckdb.connect() as connection:
        connection.register("delivered", frame.to_arrow())
        connection.execute(f"CREATE TABLE made AS {conformed(connection, 'delivered', promised)}")
        report = verify(connection, "memory.main.made", promised)
    assert [str(failure) for failure in report.failures] == []


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    promised = load("est.estimate")
    assert rows(promised, 20, seed=1).equals(rows(promised, 20, seed=1))
    assert not rows(promised, 20, seed=1).equals(rows(promised, 20, seed=2))


def test_optional_values_are_sometimes_blank_and_required_ones_never():
    frame = rows(load("core.member"), 200, seed=3)
    assert 0 < frame["sex"].null_count() < 100
    assert frame["status"].null_count() == 0


def test_every_permitted_code_comes_up():
    promised = load("core.member")
    schemes = next(c.valid for c in promised.columns if c.name == "scheme")
    assert set(rows(promised, 200, seed=3)["scheme"]) == set(schemes)


@pytest.mark.parametrize(
    ("kind", "bounds", "low", "high"),
    [
        ("DOUBLE", {"exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.001, 0.999),
        ("DOUBLE", {"minimum": -1, "maximum": 1}, -1.0, 1.0),
        ("DOUBLE", {"maximum": -5}, float("-inf"), -5.0),
        ("SMALLINT", {"minimum": 1900, "maximum": 2100}, 1900, 2100),
        ("TINYINT", {"minimum": 1}, 1, 127),
    ],
)
def test_numbers_lie_within_their_bounds(kind, bounds, low, high):
    promised = contract(column("a"), column("x", kind, required=True, bounds=bounds))
    drawn = rows(promised, 100)["x"]
    assert low <= drawn.min() <= drawn.max() <= high
    assert drawn.n_unique() > 5


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{4}-(0[1-9]|1[0-2])$", r"^\d{2}$", "^(ab|c+)x?$", "^[A-F0-9_]{1,3}$"]
)
def test_texts_match_their_pattern(pattern):
    drawn = rows(contract(column("a"), column("x", required=True, pattern=pattern)), 40)["x"]
    assert drawn.str.contains(pattern).all()
    assert drawn.n_unique() > 1


@pytest.mark.parametrize("pattern", ["^[^a]$", r"^(a)\1$", "^a(?=b)b$", r"^\w$", "^.$"])
def test_a_pattern_of_another_kind_is_refused(pattern):
    with pytest.raises(InputError, match="pattern"):
        rows(contract(column("a"), column("x", required=True, pattern=pattern)), 4)


def test_rows_that_break_a_rule_are_not_among_them():
    rule = RowRule("odd", "d", "error", condition="x % 2 = 0")
    drawn = rows(contract(column("a"), column("x", "INTEGER", required=True), rules=[rule]), 30)
    assert (drawn["x"] % 2 == 1).all()


def test_a_derived_column_is_derived_and_not_drawn():
    x, y = column("x", "DOUBLE", required=True), column("y", "BIGINT", derived="floor(x * 7)")
    drawn = rows(contract(column("a"), x, y), 30)
    assert drawn["y"].equals((drawn["x"] * 7).floor().cast(pl.Int64).rename("y"))


def test_a_contract_without_room_says_so():
    codes = column("a", required=True, valid={"1": "", "2": ""})
    with pytest.raises(InputError, match="only 2 of 3"):
        rows(contract(codes), 3)
