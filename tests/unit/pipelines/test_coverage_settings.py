"""[law] and [coverage] in informality.toml: what they may say, and what a wrong entry is told."""

from pathlib import Path

import pytest

from data_contracts.errors import InputError
from pipelines.settings import load_settings


def settings(folder: Path, text: str):
    (folder / "informality.toml").write_text(f"{text}\n", encoding="utf-8")
    return load_settings(folder).coverage


def test_nothing_set_is_said_to_be_an_assumption(tmp_path: Path) -> None:
    held = settings(tmp_path, "")
    assert (held.sensitivity.value, held.specificity.value, held.burden) == (0.85, 0.99, 0.10)
    assert held.sensitivity.source.startswith("assumption")
    assert held.law == {}


def test_a_choice_of_the_law_and_a_validation_study_are_taken(tmp_path: Path) -> None:
    held = settings(
        tmp_path,
        '[law]\nundated_changes = "earliest"\n'
        '[coverage]\nburden = 0.05\nsensitivity = {value = 0.9, se = 0.03, source = "study"}\n'
        '[coverage.given.dormant]\nvalue = 0.1\nse = 0.02\nsource = "audit"',
    )
    assert held.law == {"undated_changes": "earliest"}
    assert (held.sensitivity.value, held.sensitivity.source, held.burden) == (0.9, "study", 0.05)
    assert held.given["dormant"].value == 0.1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[law]\nno_such = "x"', "no choice no_such"),
        ('[law]\nvoluntary_floor = "x"', "cannot be"),
        ("[coverage]\nburden = 3", "burden of coverage is no share"),
        ("[coverage]\nknown_days = -1", "known_days"),
        ("[coverage]\nsensitivity = 0.9", "needs value, se and source"),
        ("[coverage]\ncolour = 1", "no setting colour"),
        ('[coverage.given.luck]\nvalue = 0.1\nse = 0\nsource = "x"', "no setting luck"),
        ("[coverage.given.dormant]\nvalue = 0.1\nse = 0", "needs value, se and source"),
    ],
)
def test_a_wrong_entry_says_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        settings(tmp_path, text)
