"""The tree keeps its promises: tests mirror modules, every module says what it is."""

import ast

import pytest

from tests.places import ROOT

ROOMS = ("data_contracts", "transforms", "analyses", "reports", "pipelines")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
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
