"""The expression language: what it answers, what it refuses and where it points."""

import ibis
import polars as pl
import pytest

from analyses.ask.columns import as_number, find_column
from analyses.ask.expressions import evaluate, names, split_ratio
from analyses.ask.reading import Reading
from analyses.ask.syntax import ParsedText
from data_contracts.conditions import in_ibis
from data_contracts.errors import InputError

FRAME = pl.DataFrame(
    {
        "Condact": [1.0, 2.0, None, float("nan")],
        "ເພດ": ["1", "2", " ", "x"],
        "ອຳເພີ": [1, 2, 3, 4],
        "my var": [1, 2, 3, 4],
        "digits": ["01", "2", "", "NA"],
        "_flag": [True, False, None, True],
    }
)


def answers(text):
    return evaluate(text, FRAME).series.to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("condact == 2", [False, True, None, None]),
        ("CONDACT != 2", [True, False, None, None]),
        ("condact in (1, 2)", [True, True, None, None]),
        ("condact not in (1,)", [False, True, None, None]),
        ("missing(condact)", [False, False, True, True]),
        ("not missing(condact) and condact > 1", [False, True, False, False]),
        ("_flag or condact == 2", [True, True, None, True]),
        ("ເພດ == '1'", [True, False, None, False]),
        ("missing(ເພດ)", [False, False, True, False]),
        ("ອຳເພີ >= 3", [False, False, True, True]),
        ("2 <= `my var` < 4", [False, True, True, False]),
        ("(`my var` + 1) * 2 - 1", [3.0, 5.0, 7.0, 9.0]),
        ("-`my var` / 2", [-0.5, -1.0, -1.5, -2.0]),
        ("`my var` / 0", [None] * 4),
        ("digits >= 2", [False, True, None, None]),
        ("digits == '01'", [True, False, None, False]),
        ("1", [1.0] * 4),
    ],
)
def test_answers(text, expected):
    assert answers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "condact == 2 and not missing(_flag)",
        "condact not in (1,)",
        "digits >= 2 or _flag",
        "-`my var` + 1 < 0 and ເພດ != 'x'",
        "_flag + 1 > 1",
    ],
)
def test_a_text_means_the_same_in_ibis(text):
    """The tree that the text is read into is written by different code for each engine."""
    parsed = ParsedText(text)
    reading = Reading(parsed, FRAME)
    tree, _ = reading.value(parsed.tree)
    table = ibis.memtable(pl.DataFrame(reading.columns).with_row_index("at"))
    found = table.select("at", x=in_ibis(tree, table)).to_polars().sort("at")["x"]
    assert found.to_list() == answers(text)
    assert len(set(found)) > 1


def test_kleene_logic_keeps_what_is_certain():
    assert answers("condact == 1 and `my var` > 9") == [False, False, False, False]
    assert answers("condact == 9 or `my var` > 0") == [True, True, True, True]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("condact = 2", 9, "equality is =="),
        ("condact == 1 & _flag", 12, "and / or"),
        ("__import__('os')", 1, "only function is missing"),
        ("condact.real", 1, "not part of the language"),
        ("1 if _flag else 2", 1, "not part of the language"),
        ("[c for c in condact]", 1, "not part of the language"),
        ("lambda: 1", 1, "not part of the language"),
        ("f'{condact}'", 1, "not part of the language"),
        ("condact ** 2", 1, "not part of the language"),
        ("True", 1, "not part of the language"),
        ("condact[0]", 1, "not part of the language"),
        ("_flag and condact", 11, "a condition is wanted"),
        ("condact == '1'", 1, "leave the quotes off"),
        ("ເພດ == '1' and nowhere > 2", 16, "nowhere: the column is missing"),
        ("condact in ()", 12, "empty"),
        ("condact in (_flag, 1)", 13, "numbers or quoted text"),
        ("condact == 1e999", 12, "too large"),
        ("(condact", 1, "cannot be read"),
    ],
)
def test_refusals_point_at_the_place(text, place, said):
    with pytest.raises(InputError, match="What to do: write names, numbers") as refused:
        evaluate(text, FRAME)
    assert said in refused.value.rule
    assert f"at character {place}:" in refused.value.rule


@pytest.mark.parametrize("text", ["", "  ", "1\n2", "1+" * 600 + "1"])
def test_not_one_short_line(text):
    with pytest.raises(InputError, match="one line"):
        evaluate(text, FRAME)


def test_text_that_is_no_number_is_counted_and_never_shown():
    frame = pl.DataFrame({"pay": ["1", "secret", "hidden"]})
    with pytest.raises(InputError, match="text where a number is wanted") as refused:
        evaluate("pay > 1", frame)
    assert (refused.value.row, refused.value.rows) == (2, 2)
    assert "secret" not in str(refused.value)


def test_reading_text_as_numbers_is_told():
    assert evaluate("digits > 1", FRAME).notes == ("digits is text and was read as numbers",)
    assert as_number(FRAME["my var"])[1] is None


def test_names_as_written_in_lower_case():
    assert names("Condact == 1 and missing(`my var`) or ອຳເພີ in (1,2)") == [
        "condact", "my var", "ອຳເພີ",
    ]  # fmt: skip


def test_columns_that_differ_in_case_alone():
    frame = pl.DataFrame({"a": [1], "A": [2]})
    assert evaluate("A", frame).series.to_list() == [2.0]
    with pytest.raises(InputError, match="2 columns"):
        find_column(frame.rename({"a": "aB", "A": "Ab"}), "ab")


def test_a_ratio_is_split_at_its_one_free_slash():
    assert split_ratio("a==2 / a in (1,2)") == ("a==2", "a in (1,2)")
    assert split_ratio("(a/b) / `c/d`") == ("(a/b)", "`c/d`")
    for text in ("a", "a/b/c"):
        with pytest.raises(InputError, match="one slash"):
            split_ratio(text)
