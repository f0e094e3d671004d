"""The words of shared options: one name for a survey, the old one taken with a word, what the shell is offered."""

import pytest
import typer

from data_contracts.errors import InputError
from pipelines.commands import options
from pipelines.commands.options import asked_survey, not_stored
from pipelines.commands.start import start
from pipelines.settings import load_settings

ID = "LAO_2017_LFS"


@pytest.mark.parametrize(
    ("survey", "profile", "given"), [(ID, None, ID), (None, "own/mine.yaml", "own/mine.yaml")]
)
def test_a_survey_is_named_by_its_id_or_by_a_profile_s_path(capsys, survey, profile, given):
    assert asked_survey(survey, profile) == given
    assert capsys.readouterr().err == ""


def test_an_id_under_its_old_name_is_taken_with_one_line_about_the_new_one(capsys):
    assert asked_survey(None, ID) == ID
    said = capsys.readouterr()
    assert said.out == ""
    assert (
        said.err == f"--profile is for the path of a profile file: write --survey {ID} for an id.\n"
    )


@pytest.mark.parametrize(
    ("survey", "profile", "said"),
    [
        (None, None, "No survey is named. What to do: give --survey ID"),
        (ID, "mine.yaml", "name the survey twice"),
        ("mine.yaml", None, "--survey takes an id. What to do: give the path with --profile mine"),
    ],
)
def test_other_names_are_refused_with_the_right_ones(survey, profile, said):
    with pytest.raises(InputError) as refused:
        asked_survey(survey, profile)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("command", "words"), [("run", ["--lfs", "nosuch.dta"]), ("profile", ["check", "nosuch.dta"])]
)
def test_scripts_that_say_profile_for_an_id_go_on_working(tmp_path, capsys, command, words):
    words = [*words, "--profile", ID, "--workspace", str(tmp_path)]
    assert start(command, words) == 2  # for the file alone
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("--profile is for the path")
    assert "nosuch.dta" in second
    assert list(tmp_path.iterdir()) == []


def test_a_survey_without_figures_is_told_how_to_get_them(tmp_path):
    settings = load_settings(tmp_path)
    known = not_stored("no figures of {} are stored", ID, settings)
    assert str(known) == (
        f"No figures of {ID} are stored. What to do: run `informality run --survey {ID}` first."
    )
    misspelt = not_stored("no figures of {} are stored", "lao_2017_lf", settings)
    assert misspelt.rule == f"no figures of lao_2017_lf are stored (did you mean {ID}?)"
    assert ID in misspelt.remedy


def test_the_shell_is_offered_surveys_tables_contracts_and_indicators(tmp_path):
    own = tmp_path / "profiles"
    own.mkdir()
    (own / "TLS_2021_LFS.yaml").write_text("", encoding="utf-8")
    context = typer.Context(typer.main.get_command(_app()))
    context.params["workspace"] = tmp_path
    assert options._survey_ids(context, "LAO_2017") == [ID]
    assert options._survey_ids(context, "TLS") == ["TLS_2021_LFS"]
    assert options._table_names("pub.est") == ["pub.estimate"]
    assert options._table_names("core.") == []
    assert options._contract_names("core.m") == ["core.member"]
    assert options._contract_names("LSSO_EXTRACT.m") == ["LSSO_EXTRACT.members"]
    assert options._indicator_ids("unemployment") == ["unemployment_rate"]


def test_broken_settings_are_no_reason_to_offer_nothing(tmp_path):
    (tmp_path / "informality.toml").write_text("[", encoding="utf-8")
    context = typer.Context(typer.main.get_command(_app()))
    context.params["workspace"] = tmp_path
    assert options._survey_ids(context, "LAO_2017") == [ID]


def _app():
    app = typer.Typer()
    app.command()(lambda: None)
    return app
