"""The twin's files: the same bytes twice, and what a reader finds in them."""

import time

import polars as pl
import pyreadstat
import pytest

from transforms.twin.write import SURVEY_FILE, write_twin


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_twin(tmp_path_factory.mktemp("twin"), 0.005, 8)


def test_same_scale_and_seed_give_the_same_bytes(written, tmp_path, monkeypatch):
    # The C library behind .dta and .sav stamps local time: another zone is another minute.
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    again = write_twin(tmp_path, 0.005, 8)
    monkeypatch.undo()
    time.tzset()
    assert again.sha256 == written.sha256
    assert len(written.sha256) == 8


def test_another_seed_gives_other_bytes(written, tmp_path):
    other = write_twin(tmp_path, 0.005, 9)
    assert not set(other.sha256.values()) & set(written.sha256.values())


def test_both_survey_formats_hold_the_same_labelled_table(written):
    folder = written.folder
    stata, about = pyreadstat.read_dta(
        folder / f"LAO_2017_LFS/{SURVEY_FILE}.dta", output_format="polars"
    )
    spss, said = pyreadstat.read_sav(
        folder / f"LAO_2017_LFS_sav/{SURVEY_FILE}.sav", output_format="polars"
    )
    assert stata.columns == spss.columns
    assert stata["v"].equals(spss["v"])
    assert stata["hl05"].null_count() == spss["hl05"].null_count() == 1
    assert stata["ac17"].dtype == pl.String
    assert about.creation_time.year == said.creation_time.year == 2018
    assert about.variable_value_labels["hl04"] == said.variable_value_labels["hl04"]
    assert all(about.column_labels)


def test_register_files_keep_leading_zeros(written):
    members = pl.read_csv(written.folder / "LSSO/members.csv", infer_schema=False)
    assert members["province_code"].str.len_chars().unique().to_list() == [2]
    assert members["member_id"].str.len_chars().unique().to_list() == [10]
    employers = pl.read_excel(written.folder / "LSSO/employers.xlsx")
    assert employers.height == written.rows["LSSO/employers.xlsx"]


def test_progress_is_told_in_order(tmp_path):
    said = []
    write_twin(tmp_path, 0.005, 8, said.append)
    assert said[0] == "drawing the population"
    assert said[-1] == "writing the register and the truth"
