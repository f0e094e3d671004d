"""Text tables: separators, encodings, and lines that do not fit."""

import pytest

from data_contracts.errors import InputError
from transforms.read.encodings import TextEvidence, is_mojibake
from transforms.read.textfile import read_text


def read(data, encoding=None):
    frame, notes = read_text(data if isinstance(data, bytes) else data.encode(), "a.csv", encoding)
    return frame, notes


def refused(data, encoding=None):
    with pytest.raises(InputError) as caught:
        read(data, encoding)
    return str(caught.value)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_lines_agree_on(separator):
    """The header's own commas and semicolons, and decimal commas, mislead a count of the header."""
    lines = [
        separator.join(('"age, in, full; years"', "income")),
        separator.join(('"4,0"', "1.5")),
        separator.join(("41", '"2|,;\t\n"')),
    ]
    frame, _ = read("\n".join(lines))
    assert frame.columns == ["age, in, full; years", "income"]
    assert frame.rows() == [("4,0", "1.5"), ("41", "2|,;\t\n")]


def test_a_decimal_comma_stays_text_beside_semicolons():
    frame, _ = read("id;weight\n1;1,5\n2;2,25\n")
    assert frame.rows() == [("1", "1,5"), ("2", "2,25")]


def test_one_column_and_the_line_that_names_the_separator():
    assert read("member_id\n000123\n")[0].rows() == [("000123",)]
    assert read("sep=|\r\na|b\r\n1|2\r\n")[0].rows() == [("1", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_are_no_rows(end):
    text = end.join(["", "a,b", "1,2", "", ",", "3,4", "", ""])
    assert read(text)[0].rows() == [("1", "2"), (None, None), ("3", "4")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_recognised_without_being_declared(encoding):
    text = "id,name\n1,ກຂຄ ສົມສັກ\n2,Ñandú\n"
    frame, notes = read(text.encode(encoding))
    assert frame.columns == ["id", "name"]
    assert frame["name"].to_list() == ["ກຂຄ ສົມສັກ", "Ñandú"]
    assert notes == []


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp874", "สมชาย ใจดี"),
        ("cp1252", "Peña “Muñoz”"),
        ("latin-1", "Pe\xf1a \x81"),
    ],
)
def test_a_fallback_is_told_with_its_columns(encoding, text):
    frame, notes = read(f"id,name\n1,{text}\n2,b\n3,{text}\n".encode(encoding))
    assert frame["name"].to_list() == [text, "b", text]
    strange = len([c for c in text if not c.isascii()]) * 2
    first, second = notes
    assert first == (
        f"text read as {encoding}: {strange} bytes in 2 lines are not UTF-8; name it (--encoding for "
        "profile draft and estimate, `encoding:` in the profile for the rest) if this is wrong"
    )
    assert second == "characters outside ASCII stand in: name"


def test_thai_words_that_look_like_utf8_by_chance_do_not_mislead():
    """The two cp874 bytes of the word for car are also the UTF-8 of an o with two dots."""
    assert "รถ".encode("cp874").decode("utf-8") == "ö"
    frame, notes = read("name\n" + "รถ\n" + "สมชาย\n" * 20, "utf-8")
    data = frame.write_csv().encode("cp874")
    again, notes = read(data)
    assert again.equals(frame)
    assert notes[0].startswith("text read as cp874")


def test_of_two_encodings_in_one_file_each_cell_is_read_by_itself():
    """A file whose numbers are whole is not shut over its words."""
    data = "name,place\nniño,plain\nplain,Perú\n".encode() + "café MARKER,".encode("latin-1")
    data += "Perú\n".encode()
    frame, notes = read(data)
    assert frame["name"].to_list() == ["niño", "plain", "café MARKER"]
    assert frame["place"].to_list() == ["plain", "Perú", "Perú"]
    assert "as cp1252 in 1 lines" in notes[0]
    assert "as UTF-8 in 2" in notes[0]
    assert "MARKER" not in notes[0]
    data = "name\nniño\nplain\n".encode() + "café MARKER\n".encode("latin-1")
    assert read(data, "latin-1")[0]["name"].to_list() == ["niÃ±o", "plain", "café MARKER"]


def test_a_declared_encoding_must_fit():
    assert "row 2: the text is not in the encoding cp874" in refused(b"a\nx\n\xfe\n", "cp874")
    unknown = refused(b"a\nx\n", "latin_11")
    assert "no encoding is called latin_11" in unknown
    assert "latin-1" in unknown  # a near name, as far as there is one
    assert "cp874" in refused(b"a\nx\n", "klingon")  # usual names


@pytest.mark.parametrize(
    ("text", "place", "rule"),
    [
        ("a,b\n1,2\n3\n", "row 2", "the lines do not all have the columns"),
        ("a,b\n1,2\n3,4,5\n", "row 2", "the lines do not all have the columns"),
        ('a,b\n"1\n1",2\n3,4\n5,\n6\n', "row 4", "the lines do not all have the columns"),
        ("a,b\n1,2\n3,\x004\n", "row 2", "a zero byte"),
        ('a,b\n1,2\n3,"4\n', "a.csv", "a quotation mark is opened and never closed"),
        ("Age,b,AGE\n1,2,3\n", "column age", "two columns have this name"),
        ("a,,b\n1,2,3\n", "a.csv", "gives no name to column 2"),
    ],
)
def test_a_line_or_header_that_does_not_fit_is_refused(text, place, rule):
    message = refused(text)
    assert place in message
    assert rule in message


@pytest.mark.parametrize("text", ["", "\n\n", "  \n", "\ufeff\n"])
def test_a_text_of_blanks_holds_no_rows(text):
    assert read(text)[0].height == 0


def test_ragged_lines_are_found_beyond_the_first_block(monkeypatch):
    monkeypatch.setattr("transforms.read.textfile.BLOCK", 7)
    text = "a,b\n" + '1,"x\n,y"\n' * 9
    assert read(text)[0].rows() == [("1", "x\n,y")] * 9
    assert "row 10" in refused(text + "1\n")


def test_a_nameless_column_without_values_goes():
    assert read("a;b;\n1;2;\n3;4; \n")[0].columns == ["a", "b"]


@pytest.mark.parametrize(
    ("texts", "encoding"),
    [
        ([b"plain"], "utf-8"),
        (["niño".encode()], "utf-8"),
        (["ÑANDÚ".encode("cp1252"), b"x"], "cp1252"),
        (["ñ".encode(), "ñ".encode("cp1252")], "utf-8+cp1252"),
        (["ภาษาไทย".encode("cp874")], "cp874"),
        (["ภาษาไทย".encode("cp874"), "ພາສາ".encode()], "utf-8+cp874"),
        ([b"caf\xe9 \x81"], "latin-1"),
    ],
)
def test_the_rule_of_encodings(texts, encoding):
    evidence = TextEvidence()
    evidence.add(texts)
    assert evidence.encoding() == encoding


def test_mojibake_is_told_from_genuine_text():
    assert is_mojibake("factor de expansiÃ³n")
    assert is_mojibake("ພາສາ".encode().decode("latin-1"))
    assert not any(is_mojibake(text) for text in ("expansión", "plain", "ພາສາ", "ÃO", "Ñ"))
