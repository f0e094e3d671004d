"""A codebook written by hand in both versions; counts are those of the rows written beside it."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.read.ddi import read_codebook
from transforms.survey.profile_check import against_codebook

OLD = 'xmlns="http://www.icpsr.umich.edu/DDI" version="1.2.2"'
NEW = 'xmlns="ddi:codebook:2_5" version="2.5"'
BODY = """\
<codeBook {head}><dataDscr>
 <var ID="V1" name="SEX" files="F1" intrvl="discrete">
  <labl>Sex of person</labl>
  <qstn><qstnLit>Is (NAME) male or female?</qstnLit></qstn>
  <universe clusion="I">All persons</universe>
  <invalrng><item VALUE="9"/></invalrng>
  <catgry><catValu>01</catValu><labl>Male</labl><catStat type="freq">3</catStat>
   <catStat type="freq" wgtd="wgtd">310</catStat></catgry>
  <catgry><catValu>2</catValu><labl>Female</labl><catStat type="freq">2</catStat></catgry>
  <catgry missing="Y"><catValu>8</catValu><labl>Refused</labl><catStat type="freq">0</catStat></catgry>
  <varFormat type="numeric"/>
 </var>
 <var name="AGE" files="F1" intrvl="contin"><qstn><qstnLit>How old is (NAME)?</qstnLit></qstn>
  <valrng><range min="0" max="98"/></valrng><varFormat type="numeric"/></var>
 <var name="w" wgt="wgt" files="F1"><labl>Weight</labl></var>
 <var name="village" files="F1"><labl>Village</labl><varFormat type="character"/></var>
</dataDscr></codeBook>"""


def written(tmp_path, text):
    path = tmp_path / "study.xml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("head", [OLD, NEW])
def test_both_versions_give_the_same_variables(tmp_path, head):
    book = read_codebook(written(tmp_path, BODY.format(head=head)))
    assert list(book) == ["sex", "age", "w", "village"]
    sex = book["sex"]
    assert sex.variable.label == "Sex of person"
    assert sex.variable.value_labels == {"1": "Male", "2": "Female", "8": "Refused"}
    assert sex.variable.user_missing == ("8", "9")
    assert (sex.question, sex.universe) == ("Is (NAME) male or female?", "All persons")
    assert sex.frequencies == {"1": 3, "2": 2, "8": 0}  # the weighted count is no row count
    assert book["age"].variable.label == "How old is (NAME)?"
    assert (book["age"].low, book["age"].high) == (0, 98)
    assert [name for name, one in book.items() if one.is_weight] == ["w"]
    assert book["village"].variable.kind == "text"


def test_rows_of_each_code_must_equal_the_codebooks_counts(tmp_path):
    book = read_codebook(written(tmp_path, BODY.format(head=NEW)))
    right = pl.DataFrame({"sex": [1, 1, 2, 2, 1], "age": [1, 2, 3, 4, 5]})
    assert [one.status for one in against_codebook(book, right)] == ["maps"]
    (found,) = against_codebook(book, right.head(4))  # one row of code 1 was lost
    assert (found.status, found.raw, found.rows) == ("does not fit", ("sex",), 1)
    # A value that the codebook does not count is no fault: ages and sums list their sentinels alone.
    assert not against_codebook(book, pl.DataFrame({"age": [7]}))


def test_a_name_in_two_files_keeps_no_counts(tmp_path):
    twice = BODY.replace("</dataDscr>", '<var name="sex" files="F2"/></dataDscr>')
    book = read_codebook(written(tmp_path, twice.format(head=NEW)))
    assert book["sex"].frequencies == {}
    assert book["sex"].variable.label == "Sex of person"


BOMB = """<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">\
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><codeBook>&b;</codeBook>"""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (BOMB, "declares a document type"),
        (BODY.format(head=NEW)[:400], "not XML, or is cut short"),
        ("<html/>", "not a DDI codebook"),
        ("<codeBook/>", "describes no variable"),
    ],
)
def test_what_is_no_codebook_is_refused(tmp_path, text, rule):
    with pytest.raises(InputError, match=rule):
        read_codebook(written(tmp_path, text))
