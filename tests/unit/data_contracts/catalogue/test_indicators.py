"""Indicator entries: what is refused, and what a wave that asked this and not that can give."""

from pathlib import Path

import pytest

from data_contracts.catalogue.indicators import Asked, catalogue, computability, indicators_of
from data_contracts.errors import InputError

ALL = {
    name: Asked(usable=True, reason="")
    for i in catalogue().values()
    for name in (*(n for g in i.requires for n in g), *i.improves)
}


def test_computability():
    rate = catalogue()["informal_employment_rate"]
    assert computability(rate, ALL) == ("COMPUTABLE", "")
    status, reason = computability(
        rate, {**ALL, "registration": Asked(usable=False, reason="asked of firms only")}
    )
    assert status == "PARTIAL"
    assert "registration (asked of firms only)" in reason
    gone = dict.fromkeys(
        ("nature_of_job", "institutional_unit"), Asked(usable=False, reason="not in the form")
    )
    status, reason = computability(rate, {**ALL, **gone})
    assert status == "NOT COMPUTABLE"
    assert "not in the form" in reason
    assert computability(rate, {})[0] == "NOT COMPUTABLE"


ENTRY = {
    "title": "Employed", "kind": "total", "unit": "PS", "standard": "labour_force",
    "universe": "persons", "numerator": {"lfs_status": ["employed"]}, "requires": ["lfs_status"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "ratio"}, "a ratio needs a denominator"),
        ({"denominator": {"lfs_status": ["employed"]}}, "a total has none"),
        ({"requires": []}, r"e\.requires: at least 1 belong here"),
        ({"numerater": {}}, "did you mean numerator"),
        ({"numerator": "all"}, "neither a mapping nor a list"),
        ({"unit": "PC"}, "permitted: PS, RATIO"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        indicators_of({"e": ENTRY | change}, Path("entries.yaml"))
