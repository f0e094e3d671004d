"""Make the sample importable and render it once for all tests of the briefs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import sample

from reports.brief import build_brief
from reports.publish import write_brief


@pytest.fixture(scope="session")
def brief():
    return build_brief(sample.pub(), sample.SURVEY, sample.PROVENANCE)


@pytest.fixture(scope="session")
def files(brief, tmp_path_factory):
    return write_brief(brief, tmp_path_factory.mktemp("brief"))
