"""What the tests of the intake start from: the small survey's rows and its profile as a file."""

import polars as pl
import pytest

from tests.unit.transforms.small_survey import PROFILE, ROWS


@pytest.fixture
def rows():
    return pl.DataFrame(ROWS)


@pytest.fixture
def profile_file(tmp_path):
    path = tmp_path / "TST_2020_LFS.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    return path
