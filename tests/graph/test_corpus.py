"""At least forty awkward files: each reads as the clean one or is refused for its reason."""

import pytest

from tests.graph.corpus import cases, ended, held

pytestmark = pytest.mark.graph


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.road}-{case.name}")
def test_nothing_is_silent(case, twin, tmp_path):
    end, notes = ended(case, twin, tmp_path / "delivery")
    assert held(case, end, notes), f"ended: {end}; told: {notes}; must: {case.ends} {case.told}"


def test_the_corpus_is_as_large_as_promised():
    assert len({case.name for case in cases()}) == len(cases()) >= 40


def test_a_file_read_otherwise_would_be_called_silent(twin, tmp_path):
    """The table can tell: one age changed is neither the same nor refused."""
    from tests.graph.corpus import Case
    from tests.graph.corpus_survey import csv, first

    changed = Case("one_age_changed", "survey 2017", csv(first("hl05", 41)))
    assert ended(changed, twin, tmp_path / "delivery")[0] == "SILENT"
