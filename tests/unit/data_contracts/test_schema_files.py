"""The committed schemas are those of the models, and an outside validator agrees with them."""

import json

import pytest
from jsonschema import Draft202012Validator

from data_contracts.profile.profile import FOLDER as PROFILES
from data_contracts.profile.profile import profile_names
from data_contracts.registers.layout import FOLDER as LAYOUTS
from data_contracts.registers.layout import layout_names
from data_contracts.schema_files import FOLDER, schema_files
from data_contracts.yaml_lines import load_yaml
from pipelines.settings_file import SETTINGS

MADE = schema_files(SETTINGS)


@pytest.mark.parametrize("name", MADE)
def test_a_schema_in_the_repository_is_that_of_its_model(name):
    """If not: informality contract schemas data_contracts/schemas."""
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name]
    Draft202012Validator.check_schema(json.loads(MADE[name]))


def test_no_schema_is_left_over():
    assert {path.name for path in FOLDER.glob("*.*")} == set(MADE)


def as_json(path):
    """The file as JSON has it: every key is text."""
    return json.loads(json.dumps(load_yaml(path), default=str))


@pytest.mark.parametrize("survey", profile_names())
def test_a_shipped_profile_meets_its_schema(survey):
    validator = Draft202012Validator(json.loads(MADE["profile.json"]))
    assert list(validator.iter_errors(as_json(PROFILES / f"{survey}.yaml"))) == []


@pytest.mark.parametrize("layout", layout_names())
def test_a_shipped_layout_meets_its_schema(layout):
    validator = Draft202012Validator(json.loads(MADE["register.json"]))
    assert list(validator.iter_errors(as_json(LAYOUTS / f"{layout}.yaml"))) == []
