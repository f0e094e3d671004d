"""Every comparison of the parity table holds, or its difference of definition has a name."""

import pytest

from tests.agreement.parity import FAMILIES, missing_folder
from tests.agreement.parity_comparison import Family

pytestmark = pytest.mark.agreement


@pytest.mark.parametrize("name", FAMILIES)
def test_family_agrees_with_its_reference(name):
    absent = missing_folder(name)
    if absent:
        pytest.skip(f"the folder {absent} is not beside us")
    rows = FAMILIES[name]()
    assert rows
    unexplained = [
        f"{r.quantity}: {r.ours!r} against {r.reference!r}, relative difference {r.difference:.1e}"
        for r in rows
        if not r.explained
    ]
    assert not unexplained, "\n".join(unexplained)


def test_a_wrong_figure_is_a_miss_and_a_blank_is_never_equal_to_a_number():
    family = Family("made up", [])
    family.add("off by a millionth", 1.000001, 1.0)
    family.add("blank against a number", float("nan"), 1.0)
    family.add("number against R's NA", 1.0, [None])
    family.add("one of many off", [1.0, 2.0, 3.1], [1.0, 2.0, 3.0])
    family.add("not zero", 1e-3, 0.0, scale=1.0)
    assert not any(row.explained for row in family.rows)
    family.add("R's NaN against a blank", float("nan"), "NaN")
    family.add("a rounded zero", 1e-17, 0.0, scale=1.0)
    assert all(row.within for row in family.rows[-2:])
