"""The tree keeps its promises: tests mirror modules, every module says what it is."""

import ast
from collections import defaultdict

import pytest

from tests.places import ROOT

ROOMS = ("data_contracts", "transforms", "analyses", "reports", "pipelines")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
UNIT = ROOT / "tests" / "unit"
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def place(path):
    return path.relative_to(ROOT).as_posix()


def mirrored(test):
    """The module that a unit test is about: test_NAME.py or test_NAME_ASPECT.py in its folder."""
    folder = ROOT / test.parent.relative_to(UNIT)
    name = test.stem.removeprefix("test_")
    return any(
        name == path.stem or name.startswith(f"{path.stem}_") for path in folder.glob("*.py")
    )


@pytest.mark.parametrize("test", sorted(UNIT.rglob("test_*.py")), ids=place)
def test_a_unit_test_lies_where_its_module_lies(test):
    assert mirrored(test)


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_module_opens_with_what_lives_in_it(path):
    assert path.name == "__init__.py" or ast.get_docstring(TREES[path])


def assets_of(path):
    """The functions of a module that Dagster calls, with the lines of their bodies."""
    for node in TREES[path].body:
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(one).startswith("dg.multi_asset") for one in node.decorator_list
        ):
            first, last = node.body[1], node.body[-1]  # what it says of itself is left out
            yield node.name, last.end_lineno - first.lineno + 1


def test_an_asset_declares_loads_calls_and_stores_in_fifteen_lines():
    bodies = {
        f"{place(path)}:{name}": lines
        for path in MODULES
        if path.parent.name == "assets"
        for name, lines in assets_of(path)
    }
    assert len(bodies) >= 12
    assert {name: lines for name, lines in bodies.items() if lines > 15} == {}


def test_benchmarks_and_tests_call_figures_and_never_an_assets_module():
    """But for the tests of the graph itself, which run it."""
    files = [*(ROOT / "benchmarks").glob("*.py"), *UNIT.rglob("*.py")]
    files += (ROOT / "tests" / "agreement").glob("*.py")
    wrong = "pipelines" + ".assets"
    assert [place(path) for path in files if wrong in path.read_text(encoding="utf-8")] == []


def test_a_class_name_stands_once_in_the_tree():
    places = defaultdict(set)
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(place(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def length(node):
    """Lines of a function without its docstring."""
    first = node.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return node.end_lineno - node.lineno + 1 - said * (first.end_lineno - first.lineno + 1)


@pytest.mark.parametrize("path", [*MODULES, *BENCHMARKS], ids=place)
def test_files_stay_under_300_lines_and_functions_under_60(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef))
    assert [f.name for f in functions if length(f) > 60] == []
