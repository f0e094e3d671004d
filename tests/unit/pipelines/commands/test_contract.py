"""`informality contract`: a bare file is judged by counts alone, and a script can read the answer."""

import json

import duckdb
import polars as pl
import pytest

from data_contracts.contract.document import TABLES
from data_contracts.contract.find import load
from data_contracts.profile.profile import load_profile
from pipelines import bare_file
from pipelines.checks.engine_errors import EngineError
from pipelines.commands.start import start
from tests.unit.data_contracts.contract.synthetic import rows

pytestmark = pytest.mark.slow  # each runs a command whole, with its imports

SURVEY = "CRI_2020_ENAHO"


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("INFORMALITY_WORKSPACE", str(tmp_path / "workspace"))


def run(capsys, *arguments):
    code = start("contract", [str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def checked(capsys, path, against):
    code, out, _ = run(capsys, "check", path, "--against", against, "--json")
    return code, json.loads(out)


def made(survey, n=30):
    """Rows that keep a survey's contract, with two PSUs in the one stratum."""
    profile = load_profile(survey)
    strata, psu = (profile.resolve(names[0]) for names in (profile.strata, profile.psu))
    return rows(load(survey), n, seed=5).with_columns(
        pl.lit("1").alias(strata), (pl.int_range(pl.len()) % 2).cast(pl.String).alias(psu)
    )


@pytest.fixture
def survey():
    return made(SURVEY)


def test_a_good_survey_passes_whatever_the_order_and_case_of_its_columns(tmp_path, capsys, survey):
    path = tmp_path / "file.csv"
    frame = survey.select(reversed(survey.columns)).rename(str.upper)
    frame.with_columns(pl.lit("x").alias("Extra")).write_csv(path)
    code, told = checked(capsys, path, SURVEY)
    assert (code, told["failures"], told["rows"]) == (0, [], 30)
    assert told["not_read"] == ["extra"]


def test_codes_compare_as_the_harmoniser_compares_them(tmp_path, capsys, survey):
    path = tmp_path / "file.csv"
    forms = ["1", "1.0", "01", " 1", None, ""] * 5
    survey.with_columns(pl.Series("a4", forms)).write_csv(path)
    assert checked(capsys, path, SURVEY)[0] == 0


def test_a_blank_person_number_is_numbered_within_its_household(tmp_path, capsys, survey):
    path = tmp_path / "file.parquet"
    blank = survey.with_columns(pl.lit("h").alias("id_hogar"), pl.lit(None).alias("linea"))
    blank.write_parquet(path)
    assert checked(capsys, path, SURVEY)[0] == 0


def test_what_only_the_harmoniser_sees_is_a_failure_too(tmp_path, capsys, survey):
    path = tmp_path / "file.csv"
    survey.with_columns(pl.lit("1").alias("upm")).write_csv(path)
    code, told = checked(capsys, path, SURVEY)
    assert code == 2
    assert [one["column"] for one in told["failures"]] == ["diseno_muestra"]
    assert told["failures"][0]["check"].startswith("1 strata have one PSU")


def test_provinces_may_be_names_in_lao_or_english_and_an_unknown_one_fails(tmp_path, capsys):
    path = tmp_path / "file.csv"
    names = ["Phongsaly", "ຜົ້ງສາລີ", "02", "2", "LA-PH", None]
    frame = made("LAO_2022_LFS").with_columns(pl.Series("prov", names * 5))
    frame.write_csv(path)
    assert checked(capsys, path, "LAO_2022_LFS")[0] == 0
    frame.with_columns(pl.Series("prov", ["PLANTED", *names[1:]] * 5)).write_csv(path)
    code, told = checked(capsys, path, "LAO_2022_LFS")
    assert code == 2
    assert [(one["column"], one["failing rows"]) for one in told["failures"]] == [("prov", 5)]
    assert "PLANTED" not in json.dumps(told)


def test_a_missing_code_is_no_fault_and_an_impossible_number_is(tmp_path, capsys):
    path = tmp_path / "file.csv"
    frame = made("LAO_2022_LFS").with_columns(pl.lit("997").alias("wkt_mj_ushrs"))
    frame.write_csv(path)
    assert checked(capsys, path, "LAO_2022_LFS")[0] == 0
    frame.with_columns(pl.lit("169").alias("wkt_mj_ushrs")).write_csv(path)  # a week has 168 hours
    code, told = checked(capsys, path, "LAO_2022_LFS")
    assert code == 2
    assert [one["column"] for one in told["failures"]] == ["wkt_mj_ushrs_within_bounds"]


def test_a_contract_exported_to_a_file_says_to_name_the_profile(tmp_path, capsys):
    _, out, _ = run(capsys, "show", SURVEY, "--format", "yaml")
    path = tmp_path / "survey.yaml"
    path.write_text(out, encoding="utf-8")
    assert run(capsys, "diff", path, SURVEY)[0] == 0
    code, _, err = run(capsys, "check", path, "--against", path)
    assert code == 2
    assert "by its survey or register layout" in err


def test_each_fault_is_counted_and_no_value_is_told(tmp_path, capsys, survey):
    path = tmp_path / "file.csv"
    broken = survey.with_columns(
        pl.Series("a4", ["PLANTED"] * 4 + ["1"] * 26),
        pl.Series("factor", ["0"] * 3 + ["-1"] * 2 + ["2.5"] * 25),
        pl.Series("a5", ["PLANTED"] * 6 + ["30"] * 24),
        pl.Series("upm", [None] * 7 + ["u"] * 23, pl.String),
        pl.Series("id_hogar", ["h"] * 30),
        pl.Series("linea", [str(i // 2) for i in range(30)]),
    )
    broken.write_csv(path)
    code, told = checked(capsys, path, SURVEY)
    found = {(one["column"], one["failing rows"]) for one in told["failures"]}
    assert code == 2
    assert found == {("a4", 4), ("factor", 5), ("a5", 6), ("upm", 7), ("id_hogar, linea", 30)}
    assert {one["first"] for one in told["failures"]} == {"row 1"}
    permitted = {one["column"]: one.get("permitted") for one in told["failures"]}
    assert permitted["a4"] == ["1", "2"]  # a closed set is listed with its failure
    assert "a4 permits 1, 2." in run(capsys, "check", path, "--against", SURVEY)[1]
    survey.with_columns(pl.Series("a4", ["1"] * 20 + ["PLANTED"] * 10)).write_csv(path)
    (late,) = checked(capsys, path, SURVEY)[1]["failures"]
    assert (late["column"], late["failing rows"], late["first"]) == ("a4", 10, "row 21")
    _, out, err = run(capsys, "check", path, "--against", SURVEY)
    assert "PLANTED" not in json.dumps(told) + out + err


def test_an_engines_message_is_withheld(tmp_path, capsys, survey, monkeypatch):
    def broken(*_args, **_named):
        raise duckdb.Error("PLANTED")

    monkeypatch.setattr(bare_file, "verify", broken)
    path = tmp_path / "file.csv"
    survey.write_csv(path)
    with pytest.raises(EngineError) as caught:
        run(capsys, "check", path, "--against", SURVEY)
    error = caught.value
    assert "PLANTED" not in repr((error, error.__cause__, error.__context__))


def test_missing_columns_are_all_named(tmp_path, capsys, survey):
    path = tmp_path / "file.csv"
    survey.drop("a4", "upm").write_csv(path)
    code, _, err = run(capsys, "check", path, "--against", SURVEY)
    assert code == 2
    assert "upm, a4" in err


def test_a_table_saved_as_text_is_checked_as_the_warehouse_would(tmp_path, capsys):
    path = tmp_path / "member.csv"
    frame = rows(load("core.member"), 20, seed=2)
    frame.write_csv(path)
    assert checked(capsys, path, "core.member")[0] == 0
    frame.with_columns(pl.lit(1.5).alias("birth_year"), pl.lit("none").alias("scheme")).write_csv(
        path
    )
    code, told = checked(capsys, path, "core.member")
    assert code == 2
    assert {(f["column"], f["failing rows"]) for f in told["failures"]} == {
        ("birth_year", 20),
        ("scheme", 20),
    }


def test_a_warehouse_table_has_no_further_columns(tmp_path, capsys):
    path = tmp_path / "member.csv"
    rows(load("core.member"), 5).with_columns(pl.lit(1).alias("extra")).write_csv(path)
    code, _, err = run(capsys, "check", path, "--against", "core.member")
    assert code == 2
    assert "extra" in err


def test_a_file_of_the_register_is_read_by_its_layout(tmp_path, capsys):
    members = pl.DataFrame(
        {
            "Member number | ເລກສະມາຊິກ": ["0001", "0002"],
            "Full name": ["PLANTED", "PLANTED"],
            "Scheme": ["ພາກລັດ", "voluntary"],
            "status": ["active", "lapsed"],
            "ເພດ": ["ຊາຍ", "F"],
            "birth_date": ["1970-01-31", "1980-12-01"],
            "province": ["01", "18"],
            "registration_date": ["2001-01-31", "2009-02-01"],
            "exit_date": ["", "2008-02-01"],
            "employer_id": ["77", ""],
            "declared_income": ["1500000", "2000000"],
            "n_dependants": ["0", "2"],
            "remarks": ["", ""],
        }
    )
    path = tmp_path / "members.csv"
    members.write_csv(path)
    code, told = checked(capsys, path, "LSSO_EXTRACT.members")
    assert code == 2
    # The second member leaves a year before registering; nothing else is wrong.
    assert told["failures"] == [
        {
            "check": "column pair values a to be greater than b",
            "column": "exit_not_before_entry",
            "severity": "error",
            "failing rows": 1,
            "first": "row 2",
        }
    ]
    assert told["not_read"] == ["remarks"]
    members.with_columns(pl.lit("").alias("exit_date")).write_csv(path)
    assert checked(capsys, path, "LSSO_EXTRACT.members")[0] == 0


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("md", "# core.member"),
        ("ddl", 'CREATE TABLE core.member (\n  "member_key" VARCHAR NOT NULL'),
        ("yaml", "apiVersion: v3.2.0"),
        ("json", '"sensitivity": "restricted"'),
        ("polars", '"birth_year": "Int16"'),
    ],
)
def test_a_contract_is_shown_in_each_form(capsys, form, shown):
    code, out, _ = run(capsys, "show", "core.member", "--format", form)
    assert code == 0
    assert shown in out


def test_the_list_holds_tables_and_surveys(capsys):
    code, out, _ = run(capsys, "list", "--json")
    names = [row["name"] for row in json.loads(out)]
    assert code == 0
    assert {"core.person", "pub.estimate", SURVEY} <= set(names)


def older(tmp_path, name, *changes):
    text = (TABLES / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_breaking_change_without_a_new_first_number_ends_with_2(tmp_path, capsys):
    old = older(tmp_path, "core.member", ("name: scheme", "name: plan"))
    code, out, _ = run(capsys, "diff", old, "core.member", "--json")
    told = json.loads(out)
    assert code == 2
    assert (told["needed"], told["given"], told["fits"]) == ("major", "none", False)
    assert {(c["place"], c["what"]) for c in told["changes"]} >= {
        ("plan", "column gone"),
        ("scheme", "column added, required"),
    }


def test_a_breaking_change_with_a_new_first_number_fits(tmp_path, capsys):
    old = older(
        tmp_path,
        "core.member",
        ("name: scheme", "name: plan"),
        ("version: 1.1.0", "version: 0.9.0"),
    )
    code, out, _ = run(capsys, "diff", old, "core.member")
    assert code == 0
    assert "it fits" in out


def test_a_contract_does_not_differ_from_itself(capsys):
    code, out, _ = run(capsys, "diff", SURVEY, f"raw.{SURVEY.lower()}")
    assert code == 0
    assert out.startswith("0 changes")


def test_a_setting_of_the_workspace_renames_the_column(tmp_path, capsys):
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "informality.toml").write_text('[profiles.LAO_2017_LFS]\nprovince = "PROVX"\n')
    _, out, _ = run(capsys, "show", "LAO_2017_LFS", "--format", "polars")
    assert "provx" in json.loads(out)


def test_an_unknown_name_is_refused_plainly(capsys):
    code, _, err = run(capsys, "show", "core.nothing")
    assert code == 2
    assert "There is no contract core.nothing" in err
