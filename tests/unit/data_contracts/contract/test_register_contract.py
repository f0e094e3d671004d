"""A register file's contract follows its layout and the canonical table that it becomes."""

import pytest

from data_contracts.contract.find import load
from data_contracts.contract.incoming import contract_at, incoming_names
from data_contracts.errors import InputError
from data_contracts.registers.layout import FOLDER, load_layout


@pytest.fixture
def members():
    return {column.name: column for column in load("LSSO_EXTRACT.members").columns}


def test_every_table_of_every_layout_has_a_contract():
    assert {"LSSO_EXTRACT.members", "LSSO_EXTRACT.employers"} <= set(incoming_names())


def test_identifying_columns_are_restricted_and_say_what_becomes_of_them(members):
    table = load_layout("LSSO_EXTRACT").tables["members"]
    identifying = [members[name] for name in table.identifying]
    assert len(identifying) >= 5
    assert {column.classification for column in identifying} == {"restricted"}
    assert all(column.treatment for column in identifying)
    assert members["village"].treatment == "not read and not stored"
    assert members["name"].treatment == "becomes a keyed hash before storage"
    assert members["birth_date"].treatment == "the year and a keyed hash of the day are stored"


def test_a_kept_column_has_the_type_and_bounds_of_what_it_becomes(members):
    becomes = {column.name: column for column in load("core.member").columns}
    assert members["registration_date"].type == "DATE"
    assert members["birth_date"].bounds == becomes["birth_year"].bounds
    assert members["province_code"].pattern == becomes["admin1_code"].pattern


def test_codes_are_canonical_and_their_words_are_listed(members):
    becomes = {column.name: column for column in load("core.member").columns}
    assert set(members["scheme"].valid) == set(becomes["scheme"].valid)
    assert "ພາກລັດ" in members["scheme"].valid["public"].split("; ")


def test_an_identifier_that_becomes_a_hash_does_not_have_the_hashs_form(members):
    assert members["member_id"].pattern is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("LSSO_EXTRACT.members", ("member_id",)),
        ("LSSO_EXTRACT.contributions", ("member_id", "period", "scheme")),
        ("LSSO_EXTRACT.employers", ("employer_id",)),
        ("LSSO_WORKBOOK.aggregate", ("period", "scheme", "province", "age_aggregate")),
    ],
)
def test_the_key_is_that_of_the_table_it_becomes(name, key):
    assert load(name).primary_key == key


def test_a_layouts_file_is_not_the_contract_of_one_table():
    with pytest.raises(InputError, match="each of its tables"):
        contract_at(FOLDER / "LSSO_EXTRACT.yaml")
