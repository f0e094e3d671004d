"""Archives: what is inside, and what is not opened."""

import gzip
import zipfile

import pytest

from data_contracts.errors import InputError
from transforms.read import archives
from transforms.read.files import read_table

TEXT = b"id,name\n1,b\n"


def packed(path, *names, flag=0):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, TEXT)
    if flag:
        data = bytearray(path.read_bytes())
        data[6] |= flag  # in the member's own head
        data[data.index(b"PK\x01\x02") + 8] |= flag  # and in the directory
        path.write_bytes(data)
    return path


def refused(path):
    with pytest.raises(InputError) as caught:
        read_table(path)
    return str(caught.value)


def test_a_member_deep_down_with_another_name_and_company(tmp_path):
    names = ("a/b/c/Other Name.CSV", "a/readme.pdf", "__MACOSX/a/b/c/._Other Name.CSV")
    assert read_table(packed(tmp_path / "a.zip", *names)).frame.rows() == [("1", "b")]


def test_a_gzipped_text(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT))
    assert read_table(tmp_path / "a.csv.gz").frame.rows() == [("1", "b")]


@pytest.mark.parametrize("names", [(), ("a.pdf",), ("a.csv", "b/c.dta")])
def test_one_data_file_is_expected(tmp_path, names):
    count = sum(not name.endswith("pdf") for name in names)
    assert f"the archive holds {count} data files" in refused(packed(tmp_path / "a.zip", *names))


def test_an_encrypted_archive_is_refused_by_name(tmp_path):
    message = refused(packed(tmp_path / "a.zip", "a.csv", flag=1))
    assert message.startswith("a.zip: the archive is encrypted with a password")


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_an_archive_that_fills_the_memory_is_refused(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(archives, "MOST_BYTES", len(TEXT) - 1)
    path = tmp_path / f"a.csv.{kind}"
    if kind == "zip":
        packed(path, "a.csv")
    else:
        path.write_bytes(gzip.compress(TEXT))
    assert "the archive unpacks to more than" in refused(path)


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_a_damaged_archive_is_refused(tmp_path, kind):
    path = packed(tmp_path / "a.zip", "a.csv")
    data = path.read_bytes() if kind == "zip" else gzip.compress(TEXT)
    bad = tmp_path / f"b.csv.{kind}"
    bad.write_bytes(data[:-12])
    assert "the archive is damaged" in refused(bad)
    at = data.index(b"a.csv") + 8 if kind == "zip" else 14
    bad.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    assert "the archive is damaged" in refused(bad)
