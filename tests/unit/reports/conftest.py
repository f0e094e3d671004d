"""Make the sample importable and render it once for all tests of the briefs."""

import pytest

from reports.brief.brief import build_brief
from reports.writers.files import write_brief
from tests.unit.reports import sample


@pytest.fixture(scope="session")
def brief():
    return build_brief(sample.pub(), sample.SURVEY, sample.PROVENANCE)


@pytest.fixture(scope="session")
def files(brief, tmp_path_factory):
    return write_brief(brief, tmp_path_factory.mktemp("brief"))
