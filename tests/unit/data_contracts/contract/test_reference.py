"""The reference pages say what the contracts say, and those in the repository are up to date."""

from data_contracts.contract.find import all_names, load
from data_contracts.contract.incoming import incoming_names
from data_contracts.contract.reference import page, pages, write
from tests.places import ROOT

FOLDER = ROOT / "docs" / "reference"


def contracts():
    return [load(name) for name in (*all_names(), *incoming_names())]


def test_a_page_names_every_column_and_rule():
    contract = load("pub.estimate")
    shown = page(contract)
    assert all(f"| {name} |" in shown for name in contract.column_names)
    assert all(f"(`{rule.name}`)" in shown for rule in contract.rules)
    assert "[est.estimate](est.estimate.md)" in shown
    assert f"- Version: {contract.version}" in shown


def test_a_bar_in_a_pattern_does_not_end_a_cell():
    rows = [
        row for row in page(load("core.member")).splitlines() if row.startswith("| admin1_code")
    ]
    assert [row.replace("\\|", "").count("|") for row in rows] == [5]


def test_the_index_links_every_page():
    made = pages(contracts())
    index = made.pop("README.md")
    assert all(f"]({name})" in index for name in made)


def test_writing_drops_the_page_of_a_table_that_is_gone(tmp_path):
    (tmp_path / "core.gone.md").write_text("old")
    (tmp_path / "notes.md").write_text("a person's own")
    write([load("core.member")], tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"README.md", "core.member.md", "notes.md"}


def test_the_pages_in_the_repository_are_up_to_date():
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    made = pages(contracts())
    stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    assert stale == [], "run: informality contract docs docs/reference"
