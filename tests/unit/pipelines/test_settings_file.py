"""[law] and [coverage] in informality.toml: what they may say, and what a wrong entry is told."""

from pathlib import Path
from typing import get_args

import pytest

from analyses.coverage.register.adjustments import NAMES
from data_contracts.errors import InputError
from pipelines.settings import load_settings
from pipelines.settings_file import Adjustment


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
        ("[coverage]\nburden = 3", r"line 2: coverage\.burden: a number up to 1 belongs here"),
        ("[coverage]\nknown_days = -1", r"coverage\.known_days: a number from 0 up"),
        ("[coverage]\nsensitivity = 0.9", r"coverage\.sensitivity: a mapping belongs here"),
        (
            "[coverage]\ncolour = 1",
            r"coverage\.colour: there is no such key here \(permitted: sens",
        ),
        (
            '[coverage.given.luck]\nvalue = 0.1\nse = 0\nsource = "x"',
            r"coverage\.given\.luck: permitted: foreigners, armed_forces",
        ),
        (
            "[coverage.given.dormant]\nvalue = 0.1\nse = 0",
            r"given\.dormant\.source: this key is missing",
        ),
    ],
)
def test_a_wrong_entry_says_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        settings(tmp_path, text)


def test_what_may_be_given_are_the_adjustments_that_there_are() -> None:
    assert get_args(Adjustment) == NAMES
