"""Small files that nobody has seen, each with one fault of its profile: check and run say the same.

The files and profiles in tests/unseen are made up. What is right is said beside each case; figures are
counted by hand: 12 persons work (weight 100 each), 3 seek work, 6 of 12 are employees, 2 own-account.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.graph.road import in_a_process
from tests.places import ROOT

pytestmark = pytest.mark.graph
UNSEEN = ROOT / "tests" / "unseen"
FILES = {"isic": "persons2.csv", "zero": "zero.csv"}
SETTLED = (("currency: XXX", "currency: XTS"), ("FILL", "made up"))


def profile_at(tmp_path, name, *changes):
    """Give a case's profile with its marks settled, and more changes of its text."""
    text = (UNSEEN / "profiles" / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in (*SETTLED, *changes):
        text = text.replace(old, new)
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def checked(profile, name):
    file = UNSEEN / "profiles" / FILES.get(name, "persons.csv")
    ended = in_a_process("profile", "check", file, "--profile", profile, "--json")
    return ended.code, json.loads(ended.out)


def ran(profile, name, workspace):
    file = UNSEEN / "profiles" / FILES.get(name, "persons.csv")
    return in_a_process(
        "run", "--profile", profile, "--lfs", file, "--workspace", workspace, "--json"
    )


REFUSED = {
    # kind of fault: case, what the message must name (the place, and every permitted code)
    "a blank in a closed set without a meaning": (
        "blank", ["column act", "12 rows", "add blank:", "employed, unemployed, outside, below_working_age"],
    ),
    "a code outside its closed set": (
        "code", ["line 20", "STE_ICSE93_SELF", "STE_ICSE93_1, STE_ICSE93_2, STE_ICSE93_3, STE_ICSE93_4"],
    ),
    "a misspelt code": ("typo", ["line 19", "did you mean employed?", "below_working_age"]),
    "sectors that pass for divisions": ("isic", ["column rama", "the longest has 1"]),
    "a reason that the draft made up": ("sector", ["line 22", "economic_sector"]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "words"), REFUSED.values(), ids=REFUSED)
def test_check_says_what_run_says(tmp_path, name, words):
    profile = profile_at(tmp_path, name)
    code, told = checked(profile, name)
    ended = ran(profile, name, tmp_path / "work")
    assert (code, ended.code) == (2, 2)
    assert not told["ok"]
    assert " ".join(ended.err.split()) == " ".join(told["refused"].split())
    for word in words:
        assert word in told["refused"]
    assert not (tmp_path / "work" / "briefs").exists()


def test_a_draft_is_refused_by_check_and_by_run_with_every_open_line(tmp_path):
    """`FILL` in two values and the currency XXX: a brief headed "FILL" came out."""
    profile = UNSEEN / "profiles" / "fill.yaml"
    code, told = checked(profile, "fill")
    ended = ran(profile, "fill", tmp_path / "work")
    assert (code, ended.code) == (2, 2)
    assert " ".join(ended.err.split()) == " ".join(told["refused"].split())
    for word in ("line 2, title", "line 9, currency", "line 12, citation"):
        assert word in told["refused"]
    open_lines = [one for one in told["columns"] if one["status"] == "not finished"]
    assert len(open_lines) == 3
    assert not (tmp_path / "work" / "profiles").exists()  # a draft is not kept


def test_every_sign_absent_is_no_informality(tmp_path):
    """Nobody was asked anything of an employee's job or of the unit: 100.0 %, reliable, came out.

    Right: not computable, with what lacks. Covered: 4 of the 12 say yes (33.3 %), by hand.
    """
    ended = ran(profile_at(tmp_path, "ss"), "ss", tmp_path / "work")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    figures = {one["indicator"]: one["obs_value"] for one in told["figures"]}
    assert figures["employed"] == 1200
    assert figures["social_security_coverage"] == pytest.approx(33.3, abs=0.05)
    assert "informal_employment_rate" not in figures
    reasons = {one["indicator"]: one["reason"] for one in told["not_computable"]}
    assert "no question speaks for an employee's job" in reasons["informal_employment_rate"].lower()
    assert "employee_contribution: own" in reasons["informal_employment_rate"]
    # A model that cannot be fitted stops nothing, and the brief says why.
    assert "same outcome" in reasons["coverage_model_all_employed"]
    (page,) = (one for one in told["briefs"] if one.endswith("en_v1.html"))
    brief = Path(page).read_text(encoding="utf-8")
    assert "Everyone in the model has the same outcome" in brief
    assert told["warnings"] > 0
    text = in_a_process(
        "run", "--survey", "XXA_2020_TEST", "--workspace", tmp_path / "work"
    ).out.splitlines()
    assert text[-1].startswith(f"{told['warnings']} warnings: ")


def test_a_correction_is_applied_before_a_file_is_judged(tmp_path):
    """One row of weight 0 is dropped by the profile's correction; check called it a problem."""
    code, told = checked(profile_at(tmp_path, "zero"), "zero")
    assert (code, told["ok"], told["refused"]) == (0, True, "")
    (said,) = (one for one in told["columns"] if one["column"] == "(correction zero)")
    assert said["rows"] == 1
    _, none = checked(profile_at(tmp_path, "zero", ("w: [0]", "w: [-1]")), "fill")
    (said,) = (one for one in none["columns"] if one["column"] == "(correction zero)")
    assert said["detail"].startswith("drops no row")


@pytest.mark.parametrize(
    "reason",
    ["", '  economic_sector: {not_asked: "asked in another round"}\n'],
    ids=["left out", "said not to be asked"],
)
def test_the_sector_follows_from_the_industry_where_it_is_not_mapped(tmp_path, reason):
    """8411 public administration, 4711 retail: services; 4100 construction: industry (ISIC Rev. 4)."""
    profile = profile_at(tmp_path, "sector2", ("columns:\n", f"columns:\n{reason}"))
    assert ran(profile, "sector2", tmp_path / "work").code == 0
    table = in_a_process(
        "table", "pub.estimate", "--indicator", "employed", "--workspace", tmp_path / "work",
        "--format", "csv",
    )  # fmt: skip
    rows = pl.read_csv(table.out.encode()).filter(pl.col("breakdown") == "economic_sector")
    assert rows["category"].to_list() == ["ECO_SECTOR_IND", "ECO_SECTOR_SER"]


def test_a_file_without_household_numbers_is_read_by_its_sampling_units(tmp_path):
    """persons.csv numbered 1 to 27 within nothing but the unit: figures as with households."""
    frame = pl.read_csv(UNSEEN / "profiles" / "persons.csv")
    frame = frame.drop("hh").with_columns(pl.int_range(1, pl.len() + 1).alias("p"))
    frame.write_csv(tmp_path / "bare.csv")
    profile = profile_at(tmp_path, "ss", ("household: [hh], ", ""))
    ended = in_a_process(
        "run", "--profile", profile, "--lfs", tmp_path / "bare.csv",
        "--workspace", tmp_path / "work", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    figures = {one["indicator"]: one["obs_value"] for one in json.loads(ended.out)["figures"]}
    assert figures["employed"] == 1200
    quality = (tmp_path / "work" / "quality" / "XXA_2020_TEST" / "quality.html").read_text("utf-8")
    assert "the file names no households" in quality
    no_unit = profile_at(tmp_path, "ss", ("household: [hh], ", ""), ("psu: [ea], ", ""))
    ended = in_a_process("profile", "check", no_unit)
    assert ended.code == 2
    assert "design.psu" in ended.err
