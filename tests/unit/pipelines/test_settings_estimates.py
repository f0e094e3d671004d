"""[estimates] in informality.toml: what it may say, and that figures follow it and print it."""

import polars as pl
import pytest

from analyses.disclosure.estimates import publish
from analyses.engine.reliability import RULE_SETS
from data_contracts.contract.find import load
from data_contracts.errors import InputError
from data_contracts.profile.profile import DESIGN_UNKNOWN, Profile
from pipelines.commands.table import _rules
from pipelines.figures.estimates import estimates_of, survey_design
from pipelines.settings import DEFAULTS, Conventions, load_settings

PROFILE = {
    "survey_id": "TST_2020_LFS",
    "ref_area": "TST",
    "time_period": "2020",
    "standards": {"icls": "ICLS19"},
    "design": {"strata": ["st"], "psu": ["ea"], "weight": "wt"},
    "columns": {name: {"from": name} for name in ("sex", "age", "lfs_status_given")},
}


def rows(n=240):
    ages = [15 + i % 50 for i in range(n)]
    return pl.DataFrame(
        {
            "survey_id": ["TST_2020_LFS"] * n,
            "strata": [f"{i % 2}" for i in range(n)],
            "psu": [f"{i // 2 % 10}" for i in range(n)],
            "weight_micro": [2_000_000] * n,
            "age": pl.Series(ages, dtype=pl.Int16),
            "working_age": [True] * n,
            "sex": ["SEX_F" if i % 3 else "SEX_M" for i in range(n)],
            "lfs_status": ["employed" if i % 5 else "unemployed" for i in range(n)],
        }
    )


def settings(tmp_path, text):
    (tmp_path / "informality.toml").write_text(f"[estimates]\n{text}\n", encoding="utf-8")
    return load_settings(tmp_path)


def test_the_settings_are_read_and_have_defaults(tmp_path):
    assert load_settings(tmp_path).conventions == DEFAULTS
    text = 'reliability = "ilo"\ndf_method = "domain"\nlevel = 0.9'
    assert settings(tmp_path, text).conventions == Conventions("ilo", "domain", 0.9)


@pytest.mark.parametrize(
    "text", ['reliability = "best"', 'df_method = "r"', "level = 95", 'level = "0.9"', 'rules = "ilo"']
)  # fmt: skip
def test_a_setting_that_does_not_exist_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        settings(tmp_path, text)


def test_the_contract_names_every_rule_set():
    (column,) = (c for c in load("est.estimate").columns if c.name == "reliability")
    assert set(column.valid) == set(RULE_SETS)


@pytest.fixture
def chosen(monkeypatch):
    """Only the figures that the small rows can give."""
    from analyses.wave.indicators import catalogue

    kept = [catalogue()[name] for name in ("employed", "employment_to_population_ratio")]
    monkeypatch.setattr("pipelines.figures.estimates.computable", lambda _: kept)
    monkeypatch.setattr("pipelines.figures.estimates.breakdowns_of", lambda *_: ["sex"])


def estimated(design=None, conventions=DEFAULTS):
    profile = Profile("TST_2020_LFS", PROFILE | {"design": design or PROFILE["design"]})
    return estimates_of(profile, rows(), conventions=conventions)


@pytest.mark.usefixtures("chosen")
def test_figures_follow_and_name_the_conventions():
    table = estimated(conventions=Conventions("statcan", "domain", 0.9))
    for name, wanted in (
        ("reliability", "statcan"), ("df_method", "domain"), ("ci_level", 0.9),
        ("lonely_psu", "fail"),
    ):  # fmt: skip
        assert table[name].unique().item() == wanted
    assert _rules(table) == f"Reliability, statcan: {RULE_SETS['statcan'].said}"
    wide = estimated()
    assert (wide["ci_upper"] > table["ci_upper"]).all()


@pytest.mark.usefixtures("chosen")
def test_without_sampling_units_no_figure_is_reliable():
    assert "A" in set(estimated()["obs_status"])
    table = estimated({"weight": "wt"})
    assert set(table["obs_status"]) == {"U"}
    assert table["note"].str.starts_with(DESIGN_UNKNOWN).all()
    fit = publish(table)
    assert fit["note"].str.starts_with(DESIGN_UNKNOWN).all()


@pytest.mark.usefixtures("chosen")
def test_joined_strata_are_footnoted():
    joined = {**PROFILE["design"], "collapse": {"7": "1"}}
    table = estimated(joined)
    assert table["lonely_psu"].unique().item() == "collapse by map"
    assert table["note"].str.starts_with("1 stratum was joined").all()
    assert survey_design(Profile("TST_2020_LFS", PROFILE | {"design": joined})).collapsed == 1
