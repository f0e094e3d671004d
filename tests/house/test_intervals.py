"""Critical values are multiplied with errors in one place: engine/intervals.py."""

import ast
from functools import cache

import pytest

from tests.places import ROOT

ROOMS = ("data_contracts", "transforms", "analyses", "reports", "pipelines")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
# Who may ask for a critical value itself: what is no interval of value and error.
CRITICAL = {"intervals.py", "proportions.py", "quantiles.py"}


@cache
def names(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("name", ["stdtrit", "t_quantile", "critical", "NormalDist"])
def test_nobody_makes_an_interval_by_hand(name):
    users = {path.name for path in MODULES if name in names(path)}
    assert users <= CRITICAL
