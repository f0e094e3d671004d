"""`informality estimate` on small files: formats, exit codes, what is withheld, what is never said."""

import csv
import io
import json
import sys

import polars as pl
import pyreadstat
import pytest

from pipelines import cli

FRAME = pl.DataFrame(
    {
        "factor": [2.0, 3.0] * 20,
        "estrato": [1.0, 1.0, 2.0, 2.0] * 10,
        "upm": [float(i % 8) for i in range(40)],
        "Act": ([1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 2.0] * 6)[:40],
        "pay": [float(100 + 7 * i % 31) for i in range(40)],
        "area": [1.0] * 37 + [2.0] * 3,
    }
)
DESIGN = ["--weight", "FACTOR", "--strata", "estrato", "--psu", "upm"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    path = tmp_path / "wave.csv"
    FRAME.write_csv(path)

    def go(*options, file=path, design=DESIGN):
        monkeypatch.setattr(sys, "argv", ["informality", "estimate", str(file), *design, *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return go


RATE = ["--ratio", "act==2 / act in (1,2)"]


def test_json_holds_what_a_script_needs(run):
    code, out, _ = run(*RATE, "--by", "estrato", "--where", "pay>=100", "--format", "json")
    told = json.loads(out)
    assert code == 0
    assert told["design"] | {"weight": "FACTOR"} == told["design"]
    first = told["figures"][0]
    needed = (
        "estrato statistic estimate se ci cv deff df n n_psu n_strata flag note df_method lonely"
    )
    assert set(needed.split()) <= set(first)
    kept = FRAME.filter(pl.col("estrato") == 1, pl.col("Act") != 3)
    share = kept.filter(pl.col("Act") == 2)["factor"].sum() / kept["factor"].sum()
    assert first["estimate"] == pytest.approx(share)
    assert first["ci"][0] < share < first["ci"][1]
    assert first["n"] == kept.height


def test_csv_and_markdown(run):
    _, out, _ = run("--mean", "pay", "--quantile", "0.25,0.5", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [r["statistic"] for r in rows] == [
        "mean(pay)", "quantile(pay) 0.25", "quantile(pay) 0.5",
    ]  # fmt: skip
    _, out, _ = run("--mean", "pay", "--deff", "--reliability", "ilo")
    assert out.startswith("| statistic | estimate | se | ci_lower | ci_upper | cv | deff | df |")
    assert "S: n < 5. U: n < 15." in out
    assert "lonely fail, df_method r" in out


@pytest.mark.parametrize("kind", ["dta", "sav", "parquet"])
def test_every_format_gives_the_same_figure(run, tmp_path, kind):
    path = tmp_path / f"wave.{kind}"
    if kind == "parquet":
        FRAME.write_parquet(path)
    else:
        write = pyreadstat.write_dta if kind == "dta" else pyreadstat.write_sav
        write(FRAME, path)
    _, plain, _ = run(*RATE, "--format", "json")
    code, out, _ = run(*RATE, "--format", "json", file=path)
    assert code == 0
    pick = ("estimate", "se", "ci", "n", "df")
    one, other = (json.loads(text)["figures"][0] for text in (plain, out))
    assert [one[k] for k in pick] == [pytest.approx(other[k]) for k in pick]


def test_codes_that_the_file_declares_missing_are_no_answers(run, tmp_path):
    path = tmp_path / "wave.sav"
    pyreadstat.write_sav(FRAME, path, missing_ranges={"Act": [3]})
    _, out, err = run("--mean", "act", "--format", "json", file=path)
    assert json.loads(out)["figures"][0]["n_missing"] == (FRAME["Act"] == 3).sum()
    assert (
        f"Act: {(FRAME['Act'] == 3).sum()} answers are codes that the file declares missing" in err
    )
    _, out, _ = run("--mean", "act", "--format", "json", "--declared-missing", "keep", file=path)
    assert json.loads(out)["figures"][0]["n_missing"] == 0


def test_few_rows_are_withheld(run):
    _, out, _ = run("--mean", "pay", "--by", "area", "--format", "json")
    shown, hidden = json.loads(out)["figures"]
    # the 3 rows behind it are withheld with the figure: they are a count in another form
    assert (shown["flag"], hidden["flag"], hidden["n"]) == ("A", "S", None)
    assert hidden["estimate"] is hidden["se"] is None
    assert hidden["ci"] == [None, None]
    assert hidden["note"].startswith("withheld")
    assert shown["estimate"] is not None


def test_the_ilo_drops_a_table_of_which_a_third_is_suppressed(run):
    _, out, _ = run("--mean", "pay", "--by", "area", "--format", "json", "--reliability", "ilo")
    figures = json.loads(out)["figures"]
    assert [f["estimate"] for f in figures] == [None, None]
    assert figures[0]["note"].startswith("table dropped")


def test_weight_alone_is_marked(run):
    _, out, _ = run("--mean", "pay", "--format", "json", design=["--weight", "factor"])
    assert "design unknown" in json.loads(out)["figures"][0]["note"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no figure"),
        (["--mean", "pay ="], "equality is =="),
        (["--mean", "import os"], "cannot be read"),
        (["--ratio", "pay"], "one slash"),
        (["--mean", "nowhere"], "column is missing"),
        (["--mean", "pay", "--where", "pay * 1"], "is no condition"),
        (["--mean", "pay", "--ci", "x"], "no interval x"),
        (["--mean", "pay", "--lonely", "x"], "lonely-PSU rule does not exist"),
        (["--mean", "pay", "--reliability", "x"], "no reliability rule set"),
        (["--mean", "pay", "--declared-missing", "x"], "drop or keep"),
        (["--quantile", "0.5"], "needs an amount"),
        (["--quantile", "half", "--of", "pay"], "numbers between 0 and 1"),
        (["--quantile", "2", "--of", "pay"], "between 0 and 1"),
        (["--mean", "pay", "--format", "pdf"], "pdf"),
    ],
)
def test_a_wrong_request_ends_with_two_and_no_traceback(run, options, said):
    code, out, err = run(*options)
    assert code == 2
    assert out == ""
    assert said.lower() in err.lower()
    assert "What to do" in err
    assert "Traceback" not in err


def test_no_answer_of_a_person_is_told(run, tmp_path):
    path = tmp_path / "named.csv"
    FRAME.with_columns(pay=pl.lit("Khamla")).write_csv(path)
    code, _, err = run("--mean", "pay", file=path)
    assert code == 2
    assert "40 rows in all" in err
    assert "Khamla" not in err


def test_a_collapse_map_joins_strata_and_is_told(run, tmp_path):
    joined = tmp_path / "map.csv"
    joined.write_text("stratum,into_stratum\n2.0,1.0\n", encoding="utf-8")
    code, out, _ = run(
        "--mean", "pay", "--lonely", "collapse", "--collapse-map", str(joined), "--format", "json"
    )
    assert code == 0
    told = json.loads(out)
    assert told["design"]["collapse"] == {"2": "1"}  # 1 and 1.0 are one code
    (figure,) = told["figures"]
    assert figure["lonely"] == "collapse by map"
    assert figure["n_strata"] == 1
    assert "1 stratum joined" in figure["note"]


@pytest.mark.parametrize("text", ["a,b\n2,1\n", "stratum,into_stratum\n2.0,1.0\n2.0,3.0\n",
                                  "stratum,into_stratum\n9,1\n", "stratum,into_stratum\n"])  # fmt: skip
def test_a_collapse_map_that_is_none_is_refused(run, tmp_path, text):
    joined = tmp_path / "map.csv"
    joined.write_text(text, encoding="utf-8")
    assert run("--mean", "pay", "--lonely", "collapse", "--collapse-map", str(joined))[0] == 2
    assert run("--mean", "pay", "--collapse-map", str(joined))[0] == 2
    assert run("--mean", "pay", "--lonely", "collapse")[0] == 2


def rows_of(out):
    return list(csv.DictReader(io.StringIO(out)))


def test_a_condition_that_no_row_meets_is_refused_with_the_code_that_is_near(run):
    code, out, err = run("--prop", "Act == 11")
    assert (code, out) == (2, "")
    assert "no row of the file meets `Act == 11`" in err
    assert "its codes are 1, 2, 3" in err
    code, _, err = run("--mean", "pay", "--where", "pay > 99999")
    assert code == 2
    assert "its codes" not in err  # an amount is a person's own


def test_a_count_withheld_in_one_form_is_withheld_in_all(run):
    # by hand: of 40 rows 3 are in area 2, too few for a figure of their own
    code, out, err = run(
        "--total", "area == 2", "--prop", "area == 2", "--mean", "pay", "--total", "pay", "--by", "area",
        "--format", "csv",
    )  # fmt: skip
    assert code == 0, err
    small = [row for row in rows_of(out) if row["area"] == "2" and row["flag"] == "S"]
    assert small
    names = {row["statistic"].split("(")[1] for row in small}
    for row in rows_of(out):
        if row["area"] == "2" and row["statistic"].split("(")[1] in names:
            assert (row["estimate"], row["ci_lower"]) == ("", ""), row
            assert row["n"] in {"", "40"}, row


def test_a_division_by_zero_is_missing_in_comparisons_too(run, tmp_path):
    # by hand, of 40 rows: h / d is 4 or 10 where d is not 0; 20 rows have d = 0
    path = tmp_path / "zero.csv"
    frame = FRAME.with_columns(
        h=pl.Series([40.0, 50.0, 20.0, 9.0] * 10), d=pl.Series([10.0, 5.0, 0.0, 0.0] * 10)
    )
    frame.write_csv(path)
    design = ["--strata", "estrato", "--psu", "upm"]
    code, out, err = run(
        "--prop", "h / d > 8", "--format", "csv", "--weight", "area", file=path, design=design
    )
    assert code == 0, err
    (row,) = rows_of(out)
    assert (row["n"], row["n_missing"]) == ("20", "20")


def test_codes_that_the_file_labels_as_no_answer_are_missing_and_can_be_kept(run, tmp_path):
    path = tmp_path / "labelled.dta"
    frame = FRAME.with_columns(pay=pl.Series([-1.0, 200.0, 300.0, 400.0] * 10))
    pyreadstat.write_dta(frame, path, variable_value_labels={"pay": {-1: "Don't know"}})
    code, out, err = run(
        "--mean", "pay", "--weight", "area", "--format", "csv", file=path, design=DESIGN[2:]
    )
    assert code == 0, err
    assert "10 answers are codes that the file labels as no answer" in err
    assert rows_of(out)[0]["n"] == "30"
    _, out, _ = run("--mean", "pay", "--declared-missing", "keep", "--format", "csv", file=path)
    assert rows_of(out)[0]["n"] == "40"


def test_text_that_may_be_thousands_is_refused_unless_the_option_says(run, tmp_path):
    # by hand: 1.500 with a comma for decimals is one thousand five hundred
    path = tmp_path / "dots.csv"
    FRAME.with_columns(pay=pl.Series(["1.500"] * 40)).write_csv(path)
    code, _, err = run("--mean", "pay", file=path)
    assert code == 2
    assert "--decimal" in err
    code, out, _ = run("--mean", "pay", "--decimal", ",", "--format", "csv", file=path)
    assert (code, float(rows_of(out)[0]["estimate"])) == (0, 1500.0)
