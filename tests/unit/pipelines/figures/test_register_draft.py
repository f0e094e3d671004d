"""A file's headers laid over the register's layout: found, near, missing, not known."""

import pytest
import yaml

from data_contracts.errors import InputError
from data_contracts.registers.layout import FOLDER, load_layout
from pipelines.figures.register_draft import register_draft, with_names

LAYOUT = load_layout("LSSO_EXTRACT")
PAYMENTS = ["member_id", "Mounth", "ລະບົບ", "contribution_base", "Amount", "paid_date", "Remark"]


def states(draft):
    return {guess.name: guess.state for guess in draft.guesses}


def test_headers_find_their_role_and_a_slip_of_the_pen_is_near():
    made = register_draft(PAYMENTS, LAYOUT, "f.csv")
    assert made.role == "contributions"
    assert states(made) == {
        "member_id": "found", "name": "absent", "period": "near", "scheme": "found",
        "contribution_base": "found", "contribution_amount": "found", "paid_date": "found",
    }  # fmt: skip
    assert next(g for g in made.guesses if g.name == "period").near == ("Mounth",)
    assert made.others == ("Remark",)
    assert not made.is_whole


def test_a_required_column_that_nothing_is_near_is_missing():
    made = register_draft([h for h in PAYMENTS if h != "paid_date"], LAYOUT, "f.csv")
    assert states(made)["paid_date"] == "missing"


@pytest.mark.parametrize("role", list(LAYOUT.tables))
def test_each_role_is_told_by_its_own_headers_and_is_whole(role):
    made = register_draft(list(LAYOUT.tables[role].columns), LAYOUT, "f.csv")
    assert (made.role, made.is_whole, made.others) == (role, True, ())


def test_a_drafted_layout_finds_the_near_header():
    data = yaml.safe_load((FOLDER / "LSSO_EXTRACT.yaml").read_text(encoding="utf-8"))
    written = with_names(data, register_draft(PAYMENTS, LAYOUT, "f.csv"))
    assert written["tables"]["contributions"]["columns"]["period"]["names"][-1] == "Mounth"


def test_headers_of_something_else_and_an_unknown_role_are_refused():
    with pytest.raises(InputError, match="no table of the register"):
        register_draft(["x", "y", "z"], LAYOUT, "f.csv")
    with pytest.raises(InputError, match="no table of pensions"):
        register_draft(PAYMENTS, LAYOUT, "f.csv", "pensions")
