"""Which layout and which files of the register a workspace uses."""

import pytest

from data_contracts.errors import InputError
from data_contracts.registers.layout import FOLDER, load_layout
from pipelines.settings import load_settings, record_source


def test_a_workspace_that_says_nothing_has_our_layouts(tmp_path):
    settings = load_settings(tmp_path)
    assert load_layout(settings.register_layout).tables.keys() == {
        "members", "contributions", "employers",
    }  # fmt: skip
    assert load_layout(settings.aggregate_layout).tables.keys() == {"aggregate"}


def test_a_layout_of_the_workspace_comes_before_ours(tmp_path):
    own = tmp_path / "registers" / "LSSO_EXTRACT.yaml"
    own.parent.mkdir()
    text = (FOLDER / own.name).read_text(encoding="utf-8")
    own.write_text(text.replace("title: Lao", "title: Our own, Lao"), encoding="utf-8")
    assert load_layout(load_settings(tmp_path).register_layout).title.startswith("Our own")


def test_a_layout_may_be_named_by_its_path_within_the_workspace(tmp_path):
    (tmp_path / "new.yaml").write_bytes((FOLDER / "LSSO_EXTRACT.yaml").read_bytes())
    (tmp_path / "informality.toml").write_text('[register]\nlayout = "new.yaml"\n')
    settings = load_settings(tmp_path)
    assert load_layout(settings.register_layout).name == "new"
    (tmp_path / "informality.toml").write_text('[register]\nlayout = "gone.yaml"\n')
    with pytest.raises(InputError, match=r"no register layout gone\.yaml"):
        load_layout(load_settings(tmp_path).register_layout)


def test_a_mistyped_setting_is_refused(tmp_path):
    (tmp_path / "informality.toml").write_text('[register]\nlayot = "X"\n')
    with pytest.raises(
        InputError,
        match=r"line 2: register\.layot: there is no such key here .*did you mean layout",
    ):
        load_settings(tmp_path)


def test_the_workbook_of_counts_is_no_fourth_file_of_the_extract(tmp_path):
    landing = tmp_path / "landing" / "LSSO"
    landing.mkdir(parents=True)
    assert load_settings(tmp_path).aggregate_file() is None
    for name in ("members.csv", "aggregate.xlsx"):
        (landing / name).touch()
    assert load_settings(tmp_path).aggregate_file() == landing / "aggregate.xlsx"
    assert load_settings(tmp_path).register_files() == {"members": landing / "members.csv"}
    named = tmp_path / "counts.xlsx"
    record_source(tmp_path, "LSSO", {"aggregate": named})
    assert load_settings(tmp_path).aggregate_file() == named
