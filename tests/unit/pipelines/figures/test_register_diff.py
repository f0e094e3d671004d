"""Two extracts compared, small enough to count by hand."""

from datetime import date

import polars as pl

from pipelines.figures.register_diff import register_changes


def extract(members, payments, employers=("e1",)):
    return {
        "core.member": pl.DataFrame(
            members, schema=["member_key", "status", "admin1_code"], orient="row"
        ),
        "core.contribution": pl.DataFrame(
            payments,
            schema=["member_key", "period", "scheme", "contribution_base_lak",
                    "contribution_amount_lak", "paid_date"],
            orient="row",
        ),
        "core.employer": pl.DataFrame({"employer_key": list(employers)}),
    }  # fmt: skip


def paid(member, period, amount, day=date(2018, 1, 5)):
    return (member, period, "public", 10 * amount, amount, day)


OLD = extract(
    [("a", "active", "01"), ("b", "active", "02"), ("c", "active", "03")],
    [paid("a", "2017-11", 100), paid("a", "2017-12", 100), paid("b", "2017-11", 200),
     paid("c", "2017-11", 50)],
)  # fmt: skip
NEW = extract(
    # b retired, c is gone, d is new
    [("a", "active", "01"), ("b", "pensioner", "02"), ("d", "active", "04")],
    # b's December came late; a's November was corrected by 20; c's was taken back; January is new
    [paid("a", "2017-11", 120), paid("a", "2017-12", 100), paid("b", "2017-11", 200),
     paid("b", "2017-12", 210), paid("a", "2018-01", 100), paid("d", "2018-01", 70)],
    ("e1", "e2"),
)  # fmt: skip


def test_members_payments_late_postings_and_corrections_by_hand():
    found = {(one.table, one.what): (one.rows, one.kip) for one in register_changes(OLD, NEW)}
    assert found == {
        ("core.member", "in both"): (2, None),
        ("core.member", "new"): (1, None),
        ("core.member", "gone"): (1, None),
        ("core.member", "status changed"): (1, None),
        ("core.contribution", "in both, unchanged"): (2, None),
        ("core.contribution", "new, of months after 2017-12"): (2, 170),
        ("core.contribution", "late postings, of months to 2017-12"): (1, 210),
        ("core.contribution", "corrected"): (1, 20),
        ("core.contribution", "taken back"): (1, -50),
        ("core.contribution", "late postings of 2017-12"): (1, 210),
        ("core.employer", "in both"): (1, None),
        ("core.employer", "new"): (1, None),
        ("core.employer", "gone"): (0, None),
    }


def test_an_extract_beside_itself_has_not_changed():
    rows = {one.what: one.rows for one in register_changes(OLD, OLD) if one.rows}
    assert rows == {"in both": 1, "in both, unchanged": 4}
