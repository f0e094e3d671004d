"""A column takes from the definition it names what it does not state itself, as the standard's own tools do.

The rules are those of the resolver of datacontract-cli 1.2.8 (``lint/resolve.py``), written down by hand.
"""

from collections import Counter

import pytest
import yaml

from data_contracts.catalogue.breakdowns import breakdown_entries, breakdowns
from data_contracts.contract.document import TABLES
from data_contracts.contract.find import all_names, load
from data_contracts.contract.odcs import load_file, load_table
from data_contracts.contract.shapes import ContractColumn
from data_contracts.errors import InputError

CATALOGUE = TABLES.parent / "catalogue"
HEAD = """apiVersion: v3.2.0
kind: DataContract
id: made
version: 1.0.0
description: {purpose: "Made for a test."}
customProperties: [{property: sensitivity, value: SENSITIVITY}MORE]
schema:
  - name: NAME
    properties:
"""
SHARED = """
      - name: scheme
        logicalType: string
        physicalType: VARCHAR
        required: true
        classification: restricted
        description: "Scheme."
        enum: [{value: public, description: civil servants}, {value: all, description: everyone}]
      - id: percent
        name: share
        logicalType: number
        physicalType: DOUBLE
        description: "Share in percent."
        logicalTypeOptions: {minimum: 0, maximum: 100}
"""
KEY = '- {name: id, physicalType: VARCHAR, primaryKey: true, description: "Which."}'


def link(name, file="shared.yaml"):
    return f"authoritativeDefinitions: [{{type: definition, url: {file}#schema/shared/properties/{name}}}]"


def write(folder, name, columns, sensitivity="internal", more=""):
    head = HEAD.replace("NAME", name).replace("SENSITIVITY", sensitivity).replace("MORE", more)
    path = folder / f"{name}.yaml"
    path.write_text(head + columns, encoding="utf-8")
    return path


def table(folder, columns, name="est.made", **more):
    write(folder, "shared", SHARED)
    lines = "".join(f"      - {column}\n" for column in columns)
    return write(folder, name, f"      {KEY}\n{lines}", **more)


def loaded(folder, columns, **more):
    return {c.name: c for c in load_file(table(folder, columns, **more)).columns}


def test_a_column_takes_all_that_it_does_not_state(tmp_path):
    columns = loaded(tmp_path, [f"{{name: plan, {link('scheme')}}}"])
    assert columns["plan"] == ContractColumn(
        name="plan",
        type="VARCHAR",
        description="Scheme.",
        classification="restricted",
        required=True,
        valid={"public": "civil servants", "all": "everyone"},
    )


def test_what_a_column_states_wins_field_by_field_and_whole(tmp_path):
    stated = 'required: false, description: "Own.", enum: [{value: one, description: alone}]'
    columns = loaded(tmp_path, [f"{{name: scheme, {stated}, {link('scheme')}}}"])
    scheme = columns["scheme"]
    assert (scheme.required, scheme.description, scheme.valid) == (False, "Own.", {"one": "alone"})
    assert (scheme.type, scheme.classification) == ("VARCHAR", "restricted")


def test_a_definition_is_found_by_its_id_and_options_are_replaced_whole(tmp_path):
    stated = "logicalType: number, logicalTypeOptions: {minimum: -100}"
    columns = loaded(tmp_path, [f"{{name: change, {stated}, {link('percent')}}}"])
    assert columns["change"].bounds == {"minimum": -100}
    with pytest.raises(InputError, match=r"shared\.yaml has no definition share"):
        loaded(tmp_path / "x", [f"{{name: change, {link('share')}}}"])


@pytest.fixture(autouse=True)
def second_folder(tmp_path):
    (tmp_path / "x").mkdir()


def test_codes_that_are_only_listed_narrow_and_keep_their_meaning(tmp_path):
    columns = loaded(tmp_path, [f"{{name: scheme, enum: [{{value: public}}], {link('scheme')}}}"])
    assert columns["scheme"].valid == {"public": "civil servants"}


@pytest.mark.parametrize(
    ("column", "rule", "remedy"),
    [
        (f"name: s, {link('schem')}", "has no definition schem", "did you mean scheme?"),
        (f"name: s, {link('rate')}", "has no definition rate", "name one of percent, scheme"),
        (f"name: s, enum: [{{value: publc}}], {link('scheme')}", "the code publc", "describe it"),
        (
            "name: s, authoritativeDefinitions: [{type: definition, url: scheme}]",
            "a definition is named as FILE",
            "columns.yaml#schema/columns/properties/",
        ),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_file_and_line(tmp_path, column, rule, remedy):
    with pytest.raises(InputError, match=rule) as caught:
        loaded(tmp_path, [f"{{{column}}}"])
    assert remedy in caught.value.remedy
    assert caught.value.file == "est.made.yaml, line 11"  # after nine lines of head, and the key


def test_a_definition_names_no_other_and_is_checked_where_it_stands(tmp_path):
    path = table(tmp_path, [f"{{name: s, {link('scheme')}}}"])
    chained = SHARED + f"      - {{name: again, {link('scheme')}}}\n"
    write(tmp_path, "shared", chained)
    with pytest.raises(InputError, match="names no other") as caught:
        load_file(path)
    assert caught.value.file.startswith("shared.yaml, line ")
    other = table(tmp_path / "x", [f"{{name: s, {link('scheme')}}}"])
    write(tmp_path / "x", "shared", SHARED.replace("DOUBLE", "FLOAT"))
    with pytest.raises(InputError, match="physicalType is one of") as caught:
        load_file(other)
    assert caught.value.file.startswith("shared.yaml, line ")


def test_codes_come_from_a_catalogue_which_says_what_each_is(tmp_path):
    (tmp_path / "list.yaml").write_text("rate: {title: The rate}\ngap: {title: The gap}\n")
    taxonomy = "authoritativeDefinitions: [{type: taxonomy, url: list.yaml}]"
    words = 'physicalType: VARCHAR, description: "What."'
    columns = loaded(tmp_path, [f"{{name: what, {words}, {taxonomy}}}"])
    assert columns["what"].valid == {"rate": "The rate", "gap": "The gap"}
    (tmp_path / "x" / "list.yaml").write_text("rate: {unit: percent}\n")
    with pytest.raises(InputError, match="rate has no title") as caught:
        loaded(tmp_path / "x", [f"{{name: what, {words}, {taxonomy}}}"])
    assert caught.value.file == "list.yaml"


def test_a_published_column_takes_what_it_does_not_state_from_the_table_behind(tmp_path):
    table(tmp_path, [f"{{name: scheme, primaryKey: true, {link('scheme')}}}"])
    more = ", {property: published_from, value: est.made}"
    path = write(
        tmp_path, "pub.made", '      - {name: scheme, description: "Of print."}\n', "public", more
    )
    contract = load_file(path)
    scheme = contract.columns[1]
    assert (scheme.description, scheme.type, scheme.required) == ("Of print.", "VARCHAR", True)
    assert scheme.valid == {"public": "civil servants", "all": "everyone"}
    assert {c.classification for c in contract.columns} == {"public"}
    assert contract.primary_key == ("id", "scheme")


def test_a_copy_elsewhere_takes_the_projects_definitions_unless_its_own_lie_beside_it(tmp_path):
    text = (TABLES / "core.contribution.yaml").read_text(encoding="utf-8")
    (tmp_path / "core.contribution.yaml").write_text(text, encoding="utf-8")
    assert load_file(tmp_path / "core.contribution.yaml") == load("core.contribution")
    shared = (TABLES / "columns.yaml").read_text(encoding="utf-8")
    shared = shared.replace("../catalogue", str(CATALOGUE)).replace('"Scheme. ', '"Old scheme. ')
    (tmp_path / "x" / "columns.yaml").write_text(shared, encoding="utf-8")
    (tmp_path / "x" / "core.contribution.yaml").write_text(text, encoding="utf-8")
    older = {c.name: c for c in load_file(tmp_path / "x" / "core.contribution.yaml").columns}
    assert older["scheme"].description.startswith("Old scheme. ")


# -- The project's own files: one thing once


def written(name):
    """The columns of a file as they are written, nothing filled in."""
    data = yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    return data["schema"][0].get("properties") or []


def named(column):
    links = column.get("authoritativeDefinitions", [])
    return [one["url"].rsplit("/", 1)[1] for one in links if one["type"] == "definition"]


def test_each_shared_column_is_shared():
    uses = Counter(one for name in all_names() for column in written(name) for one in named(column))
    assert {one.get("id", one["name"]): 2 for one in written("columns")}.keys() == uses.keys()
    assert min(uses.values()) >= 2


def test_no_column_is_written_out_twice():
    own = [
        (column["name"], column["description"])
        for name in [*all_names(), "columns"]
        for column in written(name)
        if not named(column) and "description" in column and not name.startswith("pub.")
    ]
    assert [one for one, times in Counter(own).items() if times > 1] == []


@pytest.mark.parametrize(
    ("column", "catalogue", "tables"),
    [
        ("indicator", "indicators", ("est.estimate", "pub.estimate")),
        ("breakdown", "breakdowns", ("est.estimate", "pub.estimate")),
    ],
)
def test_ids_and_meanings_are_the_catalogues(column, catalogue, tables):
    entries = yaml.safe_load((CATALOGUE / f"{catalogue}.yaml").read_text(encoding="utf-8"))
    for name in tables:
        valid = {c.name: c.valid for c in load(name).columns}[column]
        assert valid == {key: entry["title"] for key, entry in entries.items()}


def test_computability_is_told_of_indicators_and_of_models():
    entries = {
        key: entry["title"]
        for name in ("indicators", "models")
        for key, entry in yaml.safe_load((CATALOGUE / f"{name}.yaml").read_text("utf-8")).items()
    }
    for name in ("est.computability", "pub.computability"):
        assert {c.name: c.valid for c in load(name).columns}["indicator"] == entries


def test_every_breakdown_of_the_catalogue_is_a_column_of_the_finest_cells():
    entries = yaml.safe_load((CATALOGUE / "breakdowns.yaml").read_text(encoding="utf-8"))
    assert set(entries) - {"total"} <= set(load("est.psu_total").column_names)


def test_one_column_stands_for_every_breakdown_and_the_key_keeps_its_order(tmp_path):
    table = load_table("est.psu_total")
    names = breakdowns()
    assert table.primary_key == ("survey_id", "strata", "psu", *names, "indicator")
    described = {column.name: column.description for column in table.columns}
    assert all(
        described[name].startswith(breakdown_entries()[name].title + "; _X") for name in names
    )
    text = (TABLES / "est.psu_total.yaml").read_text(encoding="utf-8")
    path = tmp_path / "est.psu_total.yaml"
    path.write_text(text.replace("value: breakdowns", "value: indicators"), encoding="utf-8")
    (tmp_path / "columns.yaml").write_bytes((TABLES / "columns.yaml").read_bytes())
    with pytest.raises(InputError, match="each of the breakdowns alone"):
        load_file(path)
