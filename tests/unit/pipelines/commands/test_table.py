"""`informality table`: what is refused, what a filter changes, and the nearest name for a misspelt one."""

import json

import polars as pl
import pytest

from data_contracts.contract.find import load
from pipelines.commands.start import start
from tests.unit.pipelines.checks.stored_tables import Stored


def rows(name, *cells):
    kinds = {"VARCHAR": pl.String, "DOUBLE": pl.Float64}
    schema = {column.name: kinds.get(column.type, pl.Int64) for column in load(name).columns}
    return pl.DataFrame([dict.fromkeys(schema) | cell for cell in cells], schema=schema)


FIGURES = [
    {"survey_id": survey, "indicator": indicator, "breakdown": "total", "category": "TOTAL"}
    for survey in ("LAO_2017_LFS", "LAO_2010_LFS")
    for indicator in ("employed", "unemployed")
]


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(tmp_path / "workspace"))
    tables = {
        "pub.estimate": rows("pub.estimate", *FIGURES),
        "pub.adjustment": rows("pub.adjustment", {"register_id": "LSSO"}),
    }
    monkeypatch.setattr("pipelines.warehouse.warehouse.Warehouse", Stored(tables))

    def ask(*arguments):
        code = start("table", list(arguments))
        return code, *capsys.readouterr()

    return ask


def test_one_survey_and_one_indicator_are_picked(asked):
    code, out, err = asked(
        "pub.estimate", "--json", "--survey", "LAO_2010_LFS", "--indicator", "employed"
    )
    assert (code, err) == (0, "")
    (row,) = json.loads(out)
    assert (row["survey_id"], row["indicator"]) == ("LAO_2010_LFS", "employed")


def test_an_indicator_that_is_known_and_has_no_row_gives_none(asked):
    code, out, _ = asked("pub.estimate", "--json", "--indicator", "coverage_gap")
    assert (code, json.loads(out)) == (0, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pub.estimat"], "There is no table pub.estimat (did you mean pub.estimate?)"),
        (["estimate"], "not a table of figures (did you mean pub.estimate?)"),
        (["core.person"], "core.person: this is not a table of figures, and tables of persons stay"),
        (["est.psu_total"], "est.psu_total: this table holds cells of few persons"),
        (["pub.estimate", "--indicator", "employd"], "no indicator employd (did you mean employed?)"),
        (["pub.estimate", "--survey", "LAO_2017"], "no survey LAO_2017 (did you mean LAO_2017_LFS?)"),
        (["pub.estimate", "--formt", "csv"], "no option --formt (did you mean --format?)"),
        (["pub.estimate", "--json", "--format", "md"], "ask for two formats"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_with_the_nearest_name(asked, words, said):
    code, out, err = asked(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "What to do: " in err


def test_a_filter_on_a_column_that_is_not_there_is_told_and_changes_nothing(asked):
    code, out, err = asked("pub.adjustment", "--format", "csv", "--survey", "LAO_2017_LFS")
    assert code == 0
    assert len(out.splitlines()) == 2
    assert err == "pub.adjustment has no column survey_id: --survey changes nothing.\n"
