"""SPSS and Stata files: what the file says of its columns, its encoding, its size, its end."""

import io
import struct
from datetime import date, datetime

import polars as pl
import pyreadstat
import pytest

from data_contracts.errors import InputError
from tests.places import MICRODATA
from transforms.read import statdata, statfile
from transforms.read.files import describe, read_table
from transforms.twin import labels
from transforms.twin.write import write_spss, write_stata

CODES = {"sex": {1: "Male", 2: "Female"}}
NAMES = {"sex": "Sex of the person", "pay": "Pay"}


def survey(rows=40):
    return pl.DataFrame(
        {
            "sex": [float(1 + row % 2) for row in range(rows)],
            "pay": [None if row % 5 == 0 else row * 1.5 for row in range(rows)],
            "name": [f"n{row}" for row in range(rows)],
        }
    )


def write(path, frame=None, version=15, compressed=False, **more):
    frame = survey() if frame is None else frame
    if path.suffix == ".dta":
        pyreadstat.write_dta(frame, str(path), version=version, **more)
    else:
        pyreadstat.write_sav(frame, str(path), row_compress=compressed, **more)
    return path


def refused(path, **more):
    with pytest.raises(InputError) as caught:
        read_table(path, **more)
    return str(caught.value)


@pytest.fixture(autouse=True)
def in_one_process(monkeypatch):
    """Do the child's work here, which is faster; test_files.py starts it."""
    monkeypatch.setattr(statdata, "_asked", in_this_process)


def in_this_process(request):
    memory = io.BytesIO()
    code = statfile.answer(request, memory)
    memory.seek(0)
    return code, *statdata._pieces(memory)


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_labels_are_kept(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", column_labels=NAMES, variable_value_labels=CODES)
    sex = read_table(path, ["pay"]).variables["sex"]
    assert (sex.name, sex.label, sex.kind) == ("sex", "Sex of the person", "number")
    assert sex.value_labels == {"1": "Male", "2": "Female"}
    assert sex.user_missing == ()
    rows, variables = describe(path)
    assert rows == 40
    assert variables["sex"] == sex
    assert variables["name"].kind == "text"


def test_codes_that_spss_declares_missing_stay_values(tmp_path):
    ranges = {"sex": [{"lo": 97, "hi": 99}, 2], "name": ["n1"]}
    ranges["pay"] = [{"lo": -1.7e308, "hi": 0}]  # SPSS's LOWEST
    path = write(tmp_path / "a.sav", missing_ranges=ranges)
    table = read_table(path)
    assert table.frame["sex"].to_list()[:2] == [1, 2]
    assert table.frame["name"][1] == "n1"
    assert table.variables["sex"].user_missing == ("97:99", "2")
    assert table.variables["name"].user_missing == ("n1",)
    assert table.variables["pay"].user_missing == ("-inf:0",)


def test_extended_missing_of_stata_is_blank_and_told(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"x": pd.Series([1, "a", "b"], dtype=object), "y": [1.0, 2.0, 3.0]})
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(frame, str(path), missing_user_values={"x": ["a", "b"]})
    table = read_table(path)
    assert table.frame["x"].to_list() == [1, None, None]
    assert table.frame["x"].dtype.is_numeric()
    assert table.variables["x"].user_missing == (".a", ".b")
    assert table.notes == ("1 columns use Stata's extended missing (.a to .z), read as blank",)


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_dates_arrive_as_iso_text(tmp_path, suffix):
    frame = pl.DataFrame(
        {  # survey files know no time zone
            "day": [date(1958, 2, 28), None, date(2022, 12, 31)],
            "moment": [datetime(2022, 1, 2, 3, 4, 5), None, datetime(2022, 1, 2)],  # noqa: DTZ001
        }
    )
    table = read_table(write(tmp_path / f"a.{suffix}", frame))
    assert table.frame["day"].to_list() == ["1958-02-28", None, "2022-12-31"]
    assert table.frame["moment"].to_list() == ["2022-01-02 03:04:05", None, "2022-01-02"]
    assert {one.kind for one in table.variables.values()} == {"date"}


@pytest.mark.parametrize("suffix", ["dta", "sav"])
@pytest.mark.parametrize("columns", [None, ["name", "pay"]])
def test_a_large_file_read_in_pieces_is_the_same(tmp_path, monkeypatch, suffix, columns):
    frame = survey(7_000).with_columns(late=pl.Series([None] * 6_999 + [1.5]))
    path = write(tmp_path / f"a.{suffix}", frame)
    whole = read_table(path, columns)
    monkeypatch.setattr(statdata, "LARGE", 0)
    monkeypatch.setattr(statdata, "CELLS_AT_ONCE", 4_000)  # pieces of 1,000 or 2,000 rows
    pieces = read_table(path, columns)
    assert pieces.frame.equals(whole.frame)
    assert pieces.frame.schema == whole.frame.schema
    assert pieces.variables == whole.variables


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("dta", {"version": 8}),
        ("dta", {"version": 10}),
        ("dta", {"version": 12}),
        ("dta", {"version": 13}),
        ("dta", {"version": 15}),
        ("sav", {}),
        ("sav", {"compressed": True}),
        ("zsav", {"compress": True}),
    ],
)
def test_a_cut_file_is_refused_or_whole(tmp_path, suffix, options):
    """Twenty lengths, some near the end, where labels and last rows are lost in silence."""
    path = write(
        tmp_path / f"a.{suffix}",
        column_labels=NAMES,
        variable_value_labels=CODES,
        **options,
    )
    whole = read_table(path)
    assert whole.frame.height == 40
    data = path.read_bytes()
    near = [1, 2, 4, 8, 9, 16, 30, 60]
    cuts = [len(data) - step for step in near] + [len(data) * part // 13 for part in range(1, 13)]
    silent = []
    for cut in cuts:
        path.write_bytes(data[:cut])
        try:
            table = read_table(path)
        except InputError:
            continue
        if not (table.frame.equals(whole.frame) and table.variables == whole.variables):
            silent.append(len(data) - cut)
    assert silent == []


@pytest.mark.parametrize("compressed", [False, True])
def test_a_cut_spss_file_that_states_no_rows_is_refused(tmp_path, compressed):
    path = write(tmp_path / "a.sav", compressed=compressed)
    data = bytearray(path.read_bytes())
    assert struct.unpack_from("<i", data, 80) == (40,)
    struct.pack_into("<i", data, 80, -1)  # as SPSS itself writes when it streams
    path.write_bytes(data)
    table = read_table(path)
    assert table.frame.equals(survey())
    assert bool(table.notes) == (not compressed)
    path.write_bytes(data[:-20])
    assert "damaged or cut short" in refused(path)


def swap(path, old, new):
    data = path.read_bytes()
    assert data.count(old) >= 1
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new))


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_an_undeclared_other_encoding_is_reported(tmp_path, suffix):
    frame = pl.DataFrame({"x": [1.0, 2.0], "t": ["caf##", "plain"]})
    path = write(tmp_path / f"a.{suffix}", frame, column_labels={"x": "A#o"})
    swap(path, b"caf##", "café!".encode("cp1252"))
    swap(path, b"A#o", "Año".encode("cp1252"))
    table = read_table(path)
    assert table.frame["t"].to_list() == ["café!", "plain"]
    assert table.variables["x"].label == "Año"
    assert table.notes[0].startswith("text read as cp1252: 2 bytes in 2 texts")
    assert "is not in the encoding utf-8" in refused(path, encoding="utf-8")


def test_genuine_utf8_beside_another_encoding_is_read_text_by_text(tmp_path):
    frame = pl.DataFrame({"x": [1.0, 2.0], "t": ["caf#", "niño"]})
    path = write(tmp_path / "a.dta", frame)
    swap(path, b"caf#", "café".encode("cp1252"))
    table = read_table(path)
    assert table.frame["t"].to_list() == ["café", "niño"]
    assert "as cp1252 in 1 texts (labels and cells) (1 bytes) and as UTF-8 in 1" in table.notes[0]
    assert read_table(path, encoding="latin1").frame["t"][0] == "café"


@pytest.mark.parametrize("word", ["ພາສາ", "niño"])
def test_old_stata_text_in_utf8_is_not_read_as_cp1252(tmp_path, word):
    """Formats before 118 state no encoding, and the library takes cp1252 without a word."""
    mark = "#" * len(word.encode())
    path = write(tmp_path / "a.dta", pl.DataFrame({"t": [mark, "b"]}), version=12)
    swap(path, mark.encode(), word.encode())
    table = read_table(path)
    assert table.frame["t"][0] == word
    assert table.notes == ("text read as utf-8: a file of this format does not state its encoding",)


def test_text_under_a_wrongly_declared_encoding_is_noted(tmp_path):
    """A .sav whose header says code page 1252 (record 7, subtype 3) and whose text is UTF-8."""
    path = write(tmp_path / "a.sav", pl.DataFrame({"x": [1.0], "t": ["niño"]}))
    data = bytearray(path.read_bytes())
    codes = data.index(struct.pack("<iiii", 7, 3, 4, 8)) + 16
    assert struct.unpack_from("<i", data, codes + 28) == (65001,)  # UTF-8
    struct.pack_into("<i", data, codes + 28, 1252)
    stated = data.index(struct.pack("<iiii", 7, 20, 1, 5))
    struct.pack_into("<i", data, stated + 4, 99)  # no reader knows this subtype
    path.write_bytes(data)
    table = read_table(path)
    assert table.notes == ("text is mojibake, as if UTF-8 had been read as Latin-1: t",)
    assert read_table(path, encoding="utf-8").frame["t"][0] == "niño"


@pytest.mark.skipif(not MICRODATA.exists(), reason="the real survey files are not on this machine")
def test_a_real_file_with_a_spoilt_label_is_noted():
    table = read_table(MICRODATA / "eh2021_uml.sav", ["factor"])
    assert table.frame.height == 42_090
    assert table.notes == (
        "the labels of 1 variables are mojibake (UTF-8 read as Latin-1 before it reached us)",
    )


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_a_synthetic_file_says_so_wherever_it_lies(tmp_path, suffix):
    write = {"dta": pyreadstat.write_dta, "sav": pyreadstat.write_sav}[suffix]
    write(survey(), str(tmp_path / f"t.{suffix}"), file_label="SYNTHETIC twin")
    write(survey(), str(tmp_path / f"r.{suffix}"), file_label="A survey")
    assert read_table(tmp_path / f"t.{suffix}", ["pay"]).synthetic
    assert not read_table(tmp_path / f"r.{suffix}", ["pay"]).synthetic


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_the_twin_says_its_scale(tmp_path, suffix):
    write = {"dta": write_stata, "sav": write_spss}[suffix]
    write(survey(), tmp_path / f"t.{suffix}", {}, {}, f"{labels.NOTE}; scale=0.02")
    table = read_table(tmp_path / f"t.{suffix}", ["pay"])
    assert (table.synthetic, table.scale) == (True, 0.02)


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_names_that_differ_in_case_alone_are_refused_when_asked_for(tmp_path, suffix):
    frame = pl.DataFrame({"w": [1.0], "W": [2.0], "age": [3.0]})
    path = write(tmp_path / f"twice.{suffix}", frame)
    assert read_table(path, ["age"]).frame["age"].to_list() == [3]
    assert "column w: 2 columns have this name" in refused(path, columns=["age", "w"])


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_an_encoding_that_there_is_not_is_called_that(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", pl.DataFrame({"t": ["a", "b"]}))
    message = refused(path, encoding="cp125")
    assert "no encoding is called cp125" in message
    assert "cp1252" in message


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_labels_that_are_other_numbers_than_their_codes_are_told(tmp_path, suffix):
    """R's haven saves a factor with the levels 0 and 1 as the codes 1 and 2 labelled "0" and "1"."""
    frame = pl.DataFrame({"neet": [1.0, 2.0], "sex": [1.0, 2.0], "year": [10.0, 20.0]})
    labels = {"neet": {1: "0", 2: "1"}, "sex": {1: "Male", 2: "Female"}, "year": {10: "10"}}
    path = write(tmp_path / f"a.{suffix}", frame, variable_value_labels=labels)
    (note,) = read_table(path).notes
    assert note.startswith("the value labels of neet are numbers other than their codes")
    assert read_table(path, ["sex"]).notes == ()
