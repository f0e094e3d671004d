"""The register is made again for any change of what it is made from, and for no other."""

import pytest

from data_contracts.registers.layout import FOLDER
from pipelines import unchanged
from pipelines.provenance import record_input
from pipelines.settings import REGISTER, REGISTER_FILES, load_settings
from pipelines.unchanged import COUNTS, TABLES, mark_register, register_digest, register_stands
from pipelines.warehouse.names import place_of
from pipelines.warehouse.warehouse import Warehouse

pytestmark = pytest.mark.slow  # a warehouse is opened and written for each


@pytest.fixture
def workspace(tmp_path):
    landing = tmp_path / "landing" / REGISTER
    landing.mkdir(parents=True)
    for role in REGISTER_FILES:
        (landing / f"{role}.csv").write_text(f"{role}\n1\n", encoding="utf-8")
        record_input(tmp_path, REGISTER, role, name=f"{role}.csv", sha256="ab", rows=1)
    page = load_settings(tmp_path).quality_page(REGISTER)
    page.parent.mkdir(parents=True)
    page.touch()
    return tmp_path


def made(workspace, names=TABLES):
    with Warehouse(workspace) as warehouse:
        for name in names:
            place = place_of(name)
            warehouse.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {place.rpartition('.')[0]}")
            warehouse.connection.execute(f"CREATE OR REPLACE TABLE {place} (a BIGINT)")


def stands(workspace):
    settings = load_settings(workspace)
    digest = register_digest(settings)
    return digest is not None and register_stands(settings, digest)


def mark(workspace):
    settings = load_settings(workspace)
    mark_register(settings, register_digest(settings))


def test_a_register_that_was_made_from_the_same_stands(workspace):
    assert not stands(workspace)
    assert not (workspace / "vault").exists()  # asking makes no vault
    made(workspace)
    assert not stands(workspace)
    mark(workspace)
    assert stands(workspace)
    (workspace / "informality.toml").write_text('[sources.LAO_2010_LFS]\nlfs = "x.dta"\n')
    (workspace / "landing" / "LAO_2017_LFS").mkdir()
    assert stands(workspace)  # what concerns waves alone


@pytest.mark.parametrize(
    "change",
    [
        lambda w, _: (w / "landing" / REGISTER / "members.csv").write_text("members\n2\n"),
        lambda w, _: (w / "landing" / REGISTER / "members.csv").rename(
            w / "landing" / REGISTER / "members.txt"
        ),
        lambda w, _: (w / "landing" / REGISTER / "employers.csv").unlink(),
        lambda w, _: (w / "landing" / REGISTER / "aggregate.xlsx").touch(),
        lambda w, _: (w / "informality.toml").write_text("[register]\nactive_months = 3\n"),
        lambda w, _: (w / "informality.toml").write_text("[coverage]\nknown_days = 60\n"),
        lambda w, _: (w / "informality.toml").write_text("[estimates]\nlevel = 0.9\n"),
        lambda _, patch: patch.setattr(unchanged, "code_version", lambda: "0.1.0+other"),
        lambda w, _: load_settings(w).quality_page(REGISTER).unlink(),
        lambda w, _: (w / "provenance.json").unlink(),
        lambda w, _: made(w, ["linked.register_tally"]),  # written anew by somebody else
    ],
    ids=["bytes", "name", "gone", "counts", "months", "coverage", "level", "code", "page",
         "inputs", "table"],
)  # fmt: skip
def test_any_change_makes_it_again(workspace, monkeypatch, change):
    made(workspace)
    mark(workspace)
    assert stands(workspace)
    change(workspace, monkeypatch)
    assert not stands(workspace)


def test_a_layout_of_the_workspace_counts_by_its_content(workspace):
    own = workspace / "registers" / "LSSO_EXTRACT.yaml"
    own.parent.mkdir()
    text = (FOLDER / own.name).read_text(encoding="utf-8")
    own.write_text(text, encoding="utf-8")
    first = register_digest(load_settings(workspace))
    own.write_text(text.replace("title: Lao", "title: Our own, Lao"), encoding="utf-8")
    assert register_digest(load_settings(workspace)) != first


def test_where_counts_are_delivered_their_table_must_stand_too(workspace):
    (workspace / "landing" / REGISTER / "aggregate.xlsx").touch()
    made(workspace, (*TABLES, COUNTS))
    mark(workspace)
    assert stands(workspace)
    made(workspace, [COUNTS])
    assert not stands(workspace)
