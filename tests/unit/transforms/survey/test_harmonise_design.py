"""Strata joined by a map, and files without strata or sampling units: nothing happens in silence."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile
from data_contracts.profile.stratum_joins import resolve
from tests.unit.transforms.small_survey import PROFILE
from transforms.survey.harmonise import harmonise
from transforms.survey.profile_check import check

DESIGN = "design: {strata: [st], psu: [ea], weight: wt}"


def profile(tmp_path, design):
    path = tmp_path / "TST_2020_LFS.yaml"
    path.write_text(PROFILE.replace(DESIGN, f"design: {{{design}}}"), encoding="utf-8")
    return load_profile(str(path))


def lonely(rows):
    """A third stratum with one unit, whose number a unit of stratum a has too."""
    return rows.with_columns(
        pl.Series("st", ["a", "a", "a", "a", "b", "b", "c", "c"]),
        pl.Series("ea", ["1", "1", "2", "2", "1", "1", "1", "1"]),
    )


def test_strata_are_joined_and_units_stay_apart(tmp_path, rows):
    own = profile(tmp_path, "strata: [st], psu: [ea], weight: wt, collapse: {b: c, c: a}")
    made = harmonise(own, lonely(rows), "survey.csv")
    assert made.person["strata"].unique().to_list() == ["a"]
    assert made.person["psu"].to_list() == [
        "a:1", "a:1", "a:2", "a:2", "b:1", "b:1", "c:1", "c:1",
    ]  # fmt: skip
    assert made.collapsed == {"b": 2, "c": 2}
    assert own.design_notes == [
        "2 strata were joined with another by the profile's map, before any estimate."
    ]


def test_a_map_that_leaves_a_lonely_stratum_is_refused(tmp_path, rows):
    own = profile(tmp_path, "strata: [st], psu: [ea], weight: wt, collapse: {c: a}")
    with pytest.raises(InputError, match=r"1 strata have one PSU after the collapse map.*: b"):
        harmonise(own, lonely(rows), "survey.csv")


@pytest.mark.parametrize(
    ("collapse", "said"),
    [({"z": "a"}, "file has not: z"), ({"a": "z"}, "file has not: z"), ({"a": "b", "b": "a"}, "circle"),
     ({"a": "a"}, "circle")],
)  # fmt: skip
def test_a_map_that_does_not_fit_is_refused(collapse, said):
    with pytest.raises(InputError, match=said):
        resolve(collapse, ["a", "b", "c"])


@pytest.mark.parametrize(
    "design",
    ["strata: [st], psu: [ea], weight: wt, lonely: adjust, collapse: {b: a}",
     "psu: [ea], weight: wt, collapse: {b: a}", "strata: [st], psu: [ea]"],
)  # fmt: skip
def test_a_design_that_contradicts_itself_is_refused(tmp_path, design):
    with pytest.raises(InputError):
        profile(tmp_path, design)


def test_a_file_of_weights_alone_counts_households_as_units_and_says_so(tmp_path, rows):
    own = profile(tmp_path, "weight: wt")
    person = harmonise(own, rows, "survey.csv").person
    assert person["psu"].to_list() == person["hh_id"].to_list()
    assert person["strata"].unique().to_list() == ["all"]
    unknown, one = own.design_notes
    assert unknown.startswith("Design unknown")
    assert one.startswith("The file names no strata")
    assert "st" not in own.raw_names()
    told = {f.column: f.detail for f in check(own, {}, rows.rename(str.lower))}
    assert told["psu"] == "each household counts as a sampling unit"
    assert told["strata"] == "one stratum"


def test_units_without_strata_are_known_units(tmp_path, rows):
    own = profile(tmp_path, "psu: [st, ea], weight: wt")
    assert harmonise(own, rows, "survey.csv").person["psu"].to_list()[::2] == [
        "a-1", "a-2", "b-1", "b-2",
    ]  # fmt: skip
    assert len(own.design_notes) == 1
