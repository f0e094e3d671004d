import gzip
import os
import tempfile
import zipfile
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from data_contracts.errors import InputError
from transforms.read import statdata
from transforms.read.files import describe, read_table

FRAME = pl.DataFrame({"Area": [1, 2, 2], "hl05": [30.0, None, 41.0], "name": ["ກ", "b", None]})


def refused(path, columns=None, encoding=None):
    with pytest.raises(InputError) as caught:
        read_table(path, columns, encoding)
    return str(caught.value)


def stata(path):
    pyreadstat.write_dta(FRAME.to_pandas(), str(path))
    return path


def spss(path):
    pyreadstat.write_sav(FRAME.to_pandas(), str(path))
    return path


@pytest.mark.parametrize(("write", "suffix"), [(stata, "dta"), (spss, "sav")])
def test_statistical_files_give_the_mapped_columns_whatever_their_case(tmp_path, write, suffix):
    path = write(tmp_path / f"wave.{suffix}")
    table = read_table(path, ["hl05", "area"])
    assert table.frame.columns == ["hl05", "Area"]
    assert table.frame["Area"].to_list() == [1, 2, 2]
    assert table.frame["hl05"].to_list() == [30, None, 41]


@pytest.mark.parametrize("pack", ["zip", "gz"])
def test_archives_are_opened(tmp_path, pack):
    path = stata(tmp_path / "wave.dta")
    packed = tmp_path / f"wave.dta.{pack}"
    if pack == "zip":
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(path, "deep/folder/other name.dta")
    else:
        packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_table(packed, ["area"]).frame["Area"].to_list() == [1, 2, 2]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_files_of_every_common_kind(tmp_path, separator, encoding):
    path = tmp_path / "members.csv"
    path.write_bytes(FRAME.write_csv(separator=separator).encode(encoding))
    frame = read_table(path).frame
    assert frame["Area"].to_list() == ["1", "2", "2"]
    assert frame["name"].to_list() == ["ກ", "b", None]


def test_parquet_and_workbook(tmp_path):
    FRAME.write_parquet(tmp_path / "a.parquet")
    FRAME.write_excel(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.parquet").frame.equals(FRAME)
    assert read_table(tmp_path / "a.xlsx").frame["Area"].to_list() == ["1", "2", "2"]


def test_leading_zeros_of_a_number_survive(tmp_path):
    path = tmp_path / "members.csv"
    path.write_text("member_id\n000123\n")
    assert read_table(path).frame["member_id"].to_list() == ["000123"]


def test_a_missing_column_is_named(tmp_path):
    message = refused(stata(tmp_path / "wave.dta"), ["area", "hl04"])
    assert message.startswith("wave.dta, column hl04: the column is missing")


@pytest.mark.parametrize(("write", "suffix"), [(stata, "dta"), (spss, "sav")])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_a_file_cut_short_is_refused(tmp_path, write, suffix, share):
    path = write(tmp_path / f"wave.{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert "damaged or cut short" in refused(path, ["area"])


def test_an_empty_file_is_refused(tmp_path):
    for name in ("wave.dta", "wave.sav", "members.csv", "x.parquet"):
        path = tmp_path / name
        path.touch()
        assert refused(path) == (
            f"{name}: the file is empty. What to do: fetch it again from its source."
        )


def test_a_header_alone_is_no_data(tmp_path):
    path = tmp_path / "members.csv"
    path.write_text("a,b\n")
    assert "holds no rows" in refused(path)


def test_a_wrong_declared_encoding_names_the_row_and_no_value(tmp_path):
    path = tmp_path / "members.csv"
    path.write_bytes(b"name\nplain\ncaf\xe9 MARKER\n")
    message = refused(path, encoding="utf-8")
    assert "row 2: the text is not in the encoding utf-8" in message
    assert "MARKER" not in message
    assert read_table(path, encoding="latin-1").frame["name"].to_list()[1] == "café MARKER"


def test_a_missing_file_and_an_unknown_kind(tmp_path):
    assert "no such file" in refused(tmp_path / "nothing.dta")
    (tmp_path / "notes.doc").write_text("x")
    assert "cannot be read" in refused(tmp_path / "notes.doc")


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no files in memory")
def test_an_archive_is_never_unpacked_onto_the_disk(tmp_path, monkeypatch):
    path = stata(tmp_path / "wave.dta")
    packed = tmp_path / "wave.dta.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda *_, **__: pytest.fail("on disk"))
    assert read_table(packed, ["area"]).frame.height == 3


@pytest.mark.parametrize("suffix", ["csv", "parquet", "dta"])
def test_names_keep_their_letters_and_match_whatever_their_case(tmp_path, suffix):
    frame = pl.DataFrame({"TAMAÑO": [1.0], "_upm": [2.0], "Peso": [3.0]})
    path = tmp_path / f"odd.{suffix}"
    if suffix == "dta":
        pyreadstat.write_dta(frame.to_pandas(), str(path), version=15)
    else:
        getattr(frame, f"write_{suffix}")(path)
    table = read_table(path, ["peso", "_upm", "tamaño"])
    assert table.frame.columns == ["Peso", "_upm", "TAMAÑO"]


def test_names_that_differ_in_case_alone_are_refused_when_asked_for(tmp_path):
    path = tmp_path / "twice.parquet"
    pl.DataFrame({"w": [1.0], "W": [2.0], "age": [3.0]}).write_parquet(path)
    assert read_table(path, ["age"]).frame["age"].to_list() == [3]
    assert "column w: 2 columns have this name" in refused(path, ["age", "w"])


def test_a_description_gives_rows_and_columns(tmp_path):
    rows, variables = describe(stata(tmp_path / "wave.dta"))
    assert rows == 3
    assert {name: one.kind for name, one in variables.items()} == {
        "area": "number",
        "hl05": "number",
        "name": "text",
    }
    (tmp_path / "a.csv").write_text("A;b\n1;2\n")
    rows, variables = describe(tmp_path / "a.csv")
    assert (rows, list(variables)) == (1, ["a", "b"])


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_a_large_file_comes_through_the_child_in_pieces(tmp_path, monkeypatch, suffix):
    rows = pl.DataFrame({"x": [float(row) for row in range(5_000)], "t": ["a", "ກ"] * 2_500})
    path = tmp_path / f"large.{suffix}"
    {"dta": pyreadstat.write_dta, "sav": pyreadstat.write_sav}[suffix](rows, str(path))
    monkeypatch.setattr(statdata, "LARGE", 0)
    monkeypatch.setattr(statdata, "CELLS_AT_ONCE", 2_000)  # five pieces of 1,000 rows
    frame = read_table(path).frame
    assert frame.n_chunks() == 5
    assert frame.equals(rows)


def test_a_path_may_be_relative(tmp_path, monkeypatch):
    stata(tmp_path / "wave.dta")
    monkeypatch.chdir(tmp_path)
    assert read_table(Path("wave.dta"), ["area"]).frame.height == 3
