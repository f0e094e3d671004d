"""No class that holds rows prints a person's value: each is found, filled and printed."""

import ast
import dataclasses
import importlib
import re

import numpy as np
import polars as pl
import pytest

from analyses.engine.calibration import poststratify
from analyses.engine.design import Design
from analyses.engine.sample import sample
from analyses.models.fit import fit
from data_contracts.discreet import Discreet
from pipelines.commands.printout import Printout
from tests.places import ROOT

# reports hold published tables alone.
ROOMS = ("data_contracts", "transforms", "analyses", "pipelines")
HELD = (
    "DataFrame",
    "Series",
    "Floats",
    "Ints",
    "Truths",
    "NDArray",
    "ndarray",
    "Table",
    "ScoreColumn",
)
ROWS = re.compile(rf"\b({'|'.join(HELD)})\b")
SECRET = 98765.4321
NAME = "Nobody Inparticular"


def holders():
    """Every class with a field of rows, by module, as written: strings of annotations alone."""
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            said = [ast.unparse(b.annotation) for b in node.body if isinstance(b, ast.AnnAssign)]
            if any(ROWS.search(text) and "Callable" not in text for text in said):
                module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
                yield pytest.param(module, node.name, id=f"{module}.{node.name}")


def filled(cls):
    """An instance whose every field that can hold rows holds a secret."""
    made = object.__new__(cls)
    for field in dataclasses.fields(cls):
        said = str(field.type)
        array = np.full((3, 2), SECRET)
        frame = pl.DataFrame({"pay": [SECRET] * 3, "name": [NAME] * 3})
        if "apping" in said or "dict" in said:
            value = {"one": array, "two": frame}
        elif "DataFrame" in said:
            value = frame
        elif "Series" in said:
            value = frame["name"]
        elif "Sample" in said:
            value = sample(frame, Design("pay"))
        elif "tuple" in said or "list" in said:
            value = (NAME,) * 3
        else:
            value = array
        object.__setattr__(made, field.name, value)
    return made


@pytest.mark.parametrize(("module", "name"), list(holders()))
def test_a_class_that_holds_rows_prints_sizes_alone(module, name):
    cls = getattr(importlib.import_module(module), name)
    assert issubclass(cls, Discreet)
    for said in (repr(filled(cls)), str(filled(cls)), f"{[filled(cls)]}"):
        assert said.lstrip("[").startswith(f"{name}(")
        assert str(SECRET)[:6] not in said
        assert NAME.split(maxsplit=1)[0] not in said


def test_the_walk_finds_the_classes_that_everybody_meets():
    found = {parameter.values[1] for parameter in holders()}
    assert found >= {
        "Sample",
        "FittedModel",
        "Calibrated",
        "Replicates",
        "Stage",
        "PsuTotals",
        "Matrix",
    }
    assert len(found) > 30


def test_a_sample_and_a_fit_say_counts_and_design():
    rng = np.random.default_rng(1)
    rows = pl.DataFrame({"w": rng.uniform(1000, 2000, 40), "p": np.repeat(np.arange(10), 4)})
    held = sample(rows, Design("w", psu="p"))
    assert "frame=<40 rows of 2 columns>" in repr(held)
    assert "weight='w', strata=None, psu='p'" in repr(held)
    model = fit(held, np.ones((40, 1)), rng.normal(size=40))
    assert "n=40, n_psu=10, n_strata=1" in repr(model)
    assert "influence=<40 x 1 numbers>" in repr(model)
    whole = poststratify(held, np.zeros(40, dtype=np.int64), np.array([60_000.0]))
    for said in (repr(held), repr(model), repr(whole)):
        assert not any(f"{weight:.2f}" in said for weight in rows["w"].to_list())


def test_a_long_text_is_counted_and_a_name_is_shown():
    printed = Printout({}, [], told=NAME * 50, heading="coverage")
    assert NAME not in repr(printed)
    assert "heading='coverage'" in repr(printed)
