"""Each kind of change is named, and breaks for those whom it can surprise or refuse."""

from dataclasses import replace

import pytest

from data_contracts.contract import diff
from data_contracts.contract.diff import CHANGES, compare
from data_contracts.contract.shapes import Contract, ContractColumn, RowRule
from data_contracts.tree_diff import table_of

A = ContractColumn("a", "VARCHAR", "d", "internal", required=True)
X = ContractColumn("x", "INTEGER", "d", "internal", bounds={"minimum": 0}, valid={}, pattern=None)
S = ContractColumn("s", "VARCHAR", "d", "internal", valid={"1": "man", "2": "woman"})
RULE = RowRule("odd", "x is odd", "error", condition="x % 2 = 0")
OLD = Contract("core.small", "1.2.3", "t", "g", "internal", (A, X, S), ("a",), (RULE,), 1)


def changed(column, **to):
    return replace(OLD, columns=tuple(replace(c, **to) if c is column else c for c in OLD.columns))


def found(new, old=OLD):
    return [(c.place, c.what, c.breaks) for c in compare(old, new).changes]


R, W, RW = ("readers",), ("writers",), ("readers", "writers")


CASES = [
        (replace(OLD, columns=(A, X)), "s", "column gone", RW),
        (replace(OLD, columns=(*OLD.columns, replace(X, name="y"))), "y", "column added, may be blank", ()),
        (replace(OLD, columns=(*OLD.columns, replace(A, name="y"))), "y", "column added, required", W),
        (replace(OLD, columns=(A, S, X)), "the table", "columns in another order", R),
        (changed(X, type="BIGINT"), "x", "type widened, INTEGER to BIGINT", R),
        (changed(X, type="SMALLINT"), "x", "type narrowed, INTEGER to SMALLINT", W),
        (changed(X, type="DATE"), "x", "type changed, INTEGER to DATE", RW),
        (changed(X, required=True), "x", "now required", W),
        (changed(A, required=False), "a", "may now be blank", R),
        (changed(X, unique=True), "x", "now unique", W),
        (changed(X, bounds={"minimum": 1}), "x", "lower bound tightened", W),
        (changed(X, bounds={"exclusiveMinimum": 0}), "x", "lower bound tightened", W),
        (changed(X, bounds={"minimum": -1}), "x", "lower bound loosened", R),
        (changed(X, bounds={}), "x", "lower bound loosened", R),
        (changed(X, bounds={"minimum": 0, "maximum": 9}), "x", "upper bound tightened", W),
        (changed(X, pattern="^1$"), "x", "pattern added", W),
        (changed(S, valid={"1": "man"}), "s", "codes removed: 2", W),
        (changed(S, valid={**S.valid, "3": "other"}), "s", "codes added: 3", R),
        (changed(S, valid={}), "s", "any code may now stand", R),
        (changed(A, valid={"1": "one"}), "a", "codes now fixed", W),
        (changed(S, valid={"1": "male", "2": "woman"}), "s", "codes described in other words: 1", ()),
        (changed(S, classification="public"), "s", "sensitivity lowered from internal to public", W),
        (replace(OLD, sensitivity="restricted"), "the table", "sensitivity raised from internal to restricted", R),
        (replace(OLD, primary_key=("a", "s")), "the table", "key changed from a to a, s", RW),
        (replace(OLD, rules=()), "rule odd", "rule gone", R),
        (replace(OLD, rules=(RULE, replace(RULE, name="b"))), "rule b", "rule added", W),
        (replace(OLD, rules=(RULE, replace(RULE, name="b", severity="warning"))), "rule b", "rule added", ()),
        (replace(OLD, rules=(replace(RULE, severity="warning"),)), "rule odd", "error is now warning", R),
        (replace(OLD, rules=(replace(RULE, condition="x > 3"),)), "rule odd", "rule changed", RW),
        (replace(OLD, least_rows=5), "the table", "at least 5 rows, was 1", W),
]  # fmt: skip


@pytest.mark.parametrize(("new", "place", "what", "breaks"), CASES)
def test_a_change_is_named_and_breaks_for(new, place, what, breaks):
    assert found(new) == [(place, what, breaks)]


def test_the_same_contract_has_no_changes_whatever_its_words():
    said = replace(OLD, title="other", rules=(replace(RULE, description="other"),))
    assert found(said) == []
    assert found(changed(X, description="other")) == []


def test_columns_that_follow_their_tables_sensitivity_are_told_once():
    public = tuple(replace(c, classification="public") for c in OLD.columns)
    new = replace(OLD, sensitivity="public", columns=public)
    assert found(new) == [("the table", "sensitivity lowered from internal to public", W)]


def test_a_renamed_column_is_one_gone_and_one_added():
    assert found(changed(A, name="b"))[:2] == [
        ("a", "column gone", RW),
        ("b", "column added, required", W),
    ]


@pytest.mark.parametrize(
    ("meaning", "what", "breaks"),
    [
        ("woman", "code with another meaning: 1", RW),
        ("man; male", "code with further meanings or words: 1", ()),
    ],
)
def test_in_an_incoming_file_the_meaning_of_a_code_is_a_promise(meaning, what, breaks):
    old = replace(OLD, further_columns=True)
    new = replace(old, columns=(A, X, replace(S, valid={"1": meaning, "2": "woman"})))
    assert found(new, old) == [("s", what, breaks)]
    if not breaks:
        assert compare(new, old).changes[0].breaks == ("writers",)


def test_an_incoming_file_may_still_hold_a_column_that_is_no_longer_read():
    old = replace(OLD, further_columns=True)
    assert found(replace(old, columns=(A, X)), old) == [("s", "column gone", R)]


# Semantic Versioning 2.0.0: what breaks raises the first number, what adds raises the second.
@pytest.mark.parametrize(
    ("new", "version", "needed", "given", "fits"),
    [
        (OLD, "1.2.3", "none", "none", True),
        (OLD, "1.2.4", "none", "patch", True),
        (OLD, "1.2.2", "none", "back", False),
        (replace(OLD, columns=(*OLD.columns, replace(X, name="y"))), "1.2.4", "minor", "patch", False),
        (replace(OLD, columns=(*OLD.columns, replace(X, name="y"))), "1.3.0", "minor", "minor", True),
        (changed(X, required=True), "1.9.0", "major", "minor", False),
        (changed(X, required=True), "1.10.0", "major", "minor", False),
        (changed(X, required=True), "2.0.0", "major", "major", True),
    ],
)  # fmt: skip
def test_the_version_rises_as_far_as_the_changes_need(new, version, needed, given, fits):
    comparison = compare(OLD, replace(new, version=version))
    assert (comparison.needed, comparison.given, comparison.fits) == (needed, given, fits)


def test_every_kind_of_change_in_the_table_can_occur(monkeypatch):
    told, met = diff.told, set()

    def spied(*arguments):
        for one in told(*arguments):
            met.add((one.at, one.kind))
            yield one

    monkeypatch.setattr(diff, "told", spied)
    file = replace(OLD, further_columns=True)
    means = [
        replace(file, columns=(A, X, replace(S, valid={"1": meaning, "2": "woman"})))
        for meaning in ("man", "man; male", "woman")
    ]
    bare = replace(X, bounds={})
    further = [
        *[(OLD, changed(X, **one)) for one in ({"derived": "a"}, {"derived": "b"})],
        (changed(X, derived="a"), changed(X, derived="b")),
        (changed(X, pattern="^1$"), changed(X, pattern="^2$")),
        (changed(X, bounds={"maximum": 9}), changed(X, bounds={"maximum": 8})),
        (OLD, replace(OLD, columns=(A, replace(bare, bounds={"maximum": 3}), S))),
        (OLD, replace(OLD, columns=(A, bare, S))),
        (changed(X, bounds={"minimum": 1}), OLD),
        *zip(means, [means[1], means[2], means[0]], strict=True),
        (means[1], means[0]),
        (file, replace(file, columns=(A, X))),
        (OLD, file),
    ]
    warning = replace(RULE, severity="warning")
    softer = replace(OLD, rules=(warning,))
    further += [
        (softer, replace(OLD, rules=())),
        (softer, replace(softer, rules=(replace(warning, condition="1"),))),
    ]
    for one, other in [*((OLD, new) for new, *_ in CASES), *further]:
        compare(one, other)
        compare(other, one)
    table = {(at, kind) for at, kinds in table_of(CHANGES).items() for kind in kinds}
    assert met == table
