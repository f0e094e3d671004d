"""What a run refuses, a check refuses, in the same words; what a run takes, a check takes."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.profile.plan import resolve
from pipelines.figures.profile_report import report_of
from pipelines.figures.survey_checks import tried
from tests.unit.profiles import profile_of
from transforms.read.files import read_table

CODES = {
    "sex": {"from": "sex", "codes": {"1": "SEX_M", "2": "SEX_F"}},
    "age": {"from": "age", "number": True},
    "lfs_status_given": {"from": "act", "codes": {"1": "employed", "2": "outside"}},
}
PLAN = resolve(profile_of(columns=CODES))
N = 80
ROWS = {
    "hh": [i // 2 for i in range(N)],
    "pn": [i % 2 + 1 for i in range(N)],
    "st": [i // 40 for i in range(N)],
    "ea": [i // 10 for i in range(N)],
    "wt": [100.0 + i % 7 for i in range(N)],
    "sex": [i // 3 % 2 + 1 for i in range(N)],
    "age": [15 + i % 50 for i in range(N)],
    "act": [i // 4 % 2 + 1 for i in range(N)],
}
BROKEN = {
    "a column is not there": {"age": None},
    "an unknown code": {"sex": [3, *ROWS["sex"][1:]]},
    "text for a number": {"age": ["old", *map(str, ROWS["age"][1:])]},
    "a weight of zero": {"wt": [0.0, *ROWS["wt"][1:]]},
    "a repeated person": {"pn": [1] * N},
    "a stratum with one unit": {"st": [9] * 10 + ROWS["st"][10:]},
    "everybody of one sex (a check of severity error)": {"sex": [1] * N},
}


def file_of(tmp_path, changes):
    path = tmp_path / "wave.csv"
    columns = {name: values for name, values in (ROWS | changes).items() if values is not None}
    pl.DataFrame(columns).write_csv(path)
    return path


def refusal_of_a_run(path):
    """As the asset survey_file does it."""
    profile = PLAN.profile
    try:
        tried(PLAN, read_table(path, profile.raw_names(), profile.encoding))
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("change", BROKEN)
def test_a_check_refuses_in_the_words_of_a_run(tmp_path, change):
    path = file_of(tmp_path, BROKEN[change])
    report = report_of(PLAN, path, None)
    assert report.wrong
    assert report.refused == refusal_of_a_run(path) != ""


def test_what_a_run_takes_a_check_takes(tmp_path):
    path = file_of(tmp_path, {})
    assert refusal_of_a_run(path) == ""
    assert not report_of(PLAN, path, None).wrong
