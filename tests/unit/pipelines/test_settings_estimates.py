"""[estimates] in informality.toml: what it may say, and that figures follow it and print it."""

from dataclasses import replace

import polars as pl
import pytest

from analyses.disclosure.estimates import publish
from analyses.engine.reliability import RULE_SETS
from data_contracts.contract.find import load
from data_contracts.errors import InputError
from data_contracts.profile.plan import DEFAULTS, Conventions, resolve
from data_contracts.profile.profile import DESIGN_UNKNOWN
from pipelines.commands.table import _rules
from pipelines.figures.estimates import design_of, estimates_of
from pipelines.settings import load_settings
from tests.unit.profiles import profile_of

DESIGN = {"strata": ["st"], "psu": ["ea"], "weight": "wt"}
COLUMNS = {name: {"from": name} for name in ("sex", "age", "lfs_status_given")}
KEPT = ("employed", "employment_to_population_ratio")


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
    assert settings(tmp_path, text).conventions == Conventions(
        reliability="ilo", df_method="domain", level=0.9
    )


@pytest.mark.parametrize(
    "text", ['reliability = "best"', 'df_method = "r"', "level = 95", 'level = "0.9"', 'rules = "ilo"']
)  # fmt: skip
def test_a_setting_that_does_not_exist_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        settings(tmp_path, text)


def test_the_contract_names_every_rule_set():
    (column,) = (c for c in load("est.estimate").columns if c.name == "reliability")
    assert set(column.valid) == set(RULE_SETS)


def plan_of(design=None, conventions=DEFAULTS):
    return resolve(profile_of(design=design or DESIGN, columns=COLUMNS), conventions)


def estimated(design=None, conventions=DEFAULTS):
    """Estimate only the figures that the small rows can give."""
    plan = plan_of(design, conventions)
    kept = tuple(one for one in plan.verdicts if one.indicator.id in KEPT)
    return estimates_of(replace(plan, verdicts=kept), rows(), ["sex"])


def test_figures_follow_and_name_the_conventions():
    table = estimated(conventions=Conventions(reliability="statcan", df_method="domain", level=0.9))
    for name, wanted in (
        ("reliability", "statcan"), ("df_method", "domain"), ("ci_level", 0.9),
        ("lonely_psu", "fail"),
    ):  # fmt: skip
        assert table[name].unique().item() == wanted
    assert _rules(table) == f"Reliability, statcan: {RULE_SETS['statcan'].said}"
    wide = estimated()
    assert (wide["ci_upper"] > table["ci_upper"]).all()


def test_without_sampling_units_no_figure_is_reliable():
    assert "A" in set(estimated()["obs_status"])
    table = estimated({"weight": "wt"})
    assert set(table["obs_status"]) == {"U"}
    assert table["note"].str.starts_with(DESIGN_UNKNOWN).all()
    fit = publish(table)
    assert fit["note"].str.starts_with(DESIGN_UNKNOWN).all()


def test_joined_strata_are_footnoted():
    joined = {**DESIGN, "collapse": {"7": "1"}}
    table = estimated(joined)
    assert table["lonely_psu"].unique().item() == "collapse by map"
    assert table["note"].str.starts_with("1 stratum was joined").all()
    assert design_of(plan_of(joined)).joined == 1
