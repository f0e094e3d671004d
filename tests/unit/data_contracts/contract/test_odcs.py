"""A contract file is read as the standard says, and a mistake in it is named by file and line."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files

import duckdb
import polars as pl
import pytest
import yaml
from jsonschema import Draft201909Validator

from data_contracts.contract.document import TABLES
from data_contracts.contract.find import all_names, load
from data_contracts.contract.incoming import incoming_names
from data_contracts.contract.odcs import load_file
from data_contracts.contract.odcs_yaml import as_yaml
from data_contracts.errors import InputError

EVIDENCE = {"yes", "no", "dont_know", "no_answer", "not_applicable", "not_asked"}
VERSION = re.compile(r"\d+\.\d+\.\d+")


@pytest.mark.parametrize("name", all_names())
def test_a_contract_loads_under_its_files_name_with_a_version(name):
    contract = load(name)
    assert contract.name == name
    assert VERSION.fullmatch(contract.version)


def test_every_published_table_comes_from_an_estimate_of_its_name():
    published = [name for name in all_names() if name.startswith("pub.")]
    assert [load(name).published_from for name in published] == [
        name.replace("pub.", "est.") for name in published
    ]


@pytest.mark.parametrize("name", [*all_names(), *incoming_names()])
def test_a_contract_written_in_the_standard_reads_back_as_itself(name, tmp_path):
    contract = load(name)
    path = tmp_path / "core.copy.yaml"
    path.write_text(as_yaml(contract), encoding="utf-8")
    assert load_file(path) == replace(contract, published_from=None)
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [e.message for e in Draft201909Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize("name", [*all_names(), "columns"])
def test_a_file_obeys_the_published_json_schema_of_the_standard(name):
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    data = yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert [e.message for e in Draft201909Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize("name", all_names())
def test_ddl_and_polars_schema_say_the_same(name):
    contract = load(name)
    connection = duckdb.connect()
    connection.execute(contract.ddl("made"))
    assert dict(connection.table("made").pl().schema) == contract.polars_schema()


@pytest.mark.parametrize("name", all_names())
def test_every_column_gives_its_unit_and_its_source(name):
    lacking = [
        c.name
        for c in load(name).columns
        if "Unit: " not in c.description or "Source: " not in c.description
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("prefix", "sensitivity"), [("core", "restricted"), ("est", "internal"), ("pub", "public")]
)
def test_sensitivity_follows_the_schema(prefix, sensitivity):
    # Sums of a PSU's finest cells, often of one person, are as protected as the persons.
    contracts = [load(n) for n in all_names() if n.startswith(prefix) and n != "est.psu_total"]
    assert load("est.psu_total").sensitivity == "restricted"
    assert {c.sensitivity for c in contracts} == {sensitivity}
    assert {c.classification for k in contracts for c in k.columns} == {sensitivity}


def test_evidence_columns_tell_no_from_not_asked():
    columns = {c.name: c for c in load("core.job").columns}
    assert set(columns["social_security"].valid) == EVIDENCE
    assert columns["social_security"].required


def test_a_published_table_has_its_sources_columns_and_the_reason():
    est, pub = load("est.estimate"), load("pub.estimate")
    assert pub.column_names == [*est.column_names, "suppression_reason"]
    assert pub.primary_key == est.primary_key
    units = {c.name: c.valid for c in pub.columns}["unit_measure"]
    assert set(units) == {"PS", "PT"}


def test_polars_types_are_those_of_the_sheet():
    schema = load("core.person").polars_schema()
    assert schema["weight_micro"] == pl.Int64
    assert schema["age"] == pl.Int16
    assert schema["lfs_status_step"] == pl.Int8
    assert schema["working_age"] == pl.Boolean


def _changed(tmp_path, old, new):
    text = (TABLES / "core.employer.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "core.employer.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = (
        path.read_text()
        .splitlines()
        .index(next(x for x in path.read_text().splitlines() if new.strip() in x))
    )
    return path, line + 1


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("        primaryKey: true", "        primarKey: true", "no field primarKey"),
        ("[{type: definition,", "[{typ: definition,", "no field typ"),
        ("kind: DataContract", "kindness: DataContract", "Extra inputs"),
        ("logicalTypeOptions: {pattern", "logicalTypeOptions: {patern", "patern is not checked"),
        ("sensitivity, value: restricted", "sensitivity, value: secret", "sensitivity"),
        ("version: 1.0.0", "version: 1.0.0-beta", "three numbers"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, old, new, rule):
    path, line = _changed(tmp_path, old, new)
    with pytest.raises(InputError, match=rule) as caught:
        load_file(path)
    assert caught.value.file.startswith("core.employer.yaml, line ")
    assert abs(int(caught.value.file.split()[-1]) - line) <= 1


@pytest.mark.parametrize(
    ("name", "code"), [("columns", '"yes"'), ("core.job", '"not_asked"'), ("est.group", "employed")]
)
def test_a_bare_yes_is_refused_because_yaml_reads_true(tmp_path, name, code):
    for file in {"columns", "core.job", "est.group", name}:
        text = (TABLES / f"{file}.yaml").read_text(encoding="utf-8")
        assert file != name or f"value: {code}" in text
        changed = text.replace(f"value: {code}", "value: yes", 1) if file == name else text
        changed = changed.replace("../catalogue", str(TABLES.parent / "catalogue"))
        (tmp_path / f"{file}.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(InputError, match="quotation marks") as caught:
        load_file(tmp_path / ("est.group.yaml" if name == "est.group" else "core.job.yaml"))
    assert caught.value.file.startswith(f"{name}.yaml, line ")


def test_a_rule_of_one_column_is_refused_because_nothing_would_check_it(tmp_path):
    text = (TABLES / "core.employer.yaml").read_text(encoding="utf-8")
    rule = "        quality: [{name: seen, metric: nullValues, mustBe: 0}]\n      - name: size_employees"
    path = tmp_path / "core.employer.yaml"
    path.write_text(text.replace("      - name: size_employees", rule), encoding="utf-8")
    with pytest.raises(InputError, match="a rule stands with its table, not with a column"):
        load_file(path)


def test_an_unknown_table_is_refused():
    with pytest.raises(InputError, match=r"There is no contract core\.nothing"):
        load("core.nothing")


def test_loading_a_contract_imports_neither_polars_nor_great_expectations():
    code = (
        "import sys; from data_contracts.contract.find import load; load('pub.estimate');"
        "print([m for m in ('polars', 'great_expectations', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
