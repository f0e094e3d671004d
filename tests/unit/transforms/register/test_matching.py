"""Matching within the register: hand-made duplicates, planted rates of agreement, no names."""

import duckdb
import ibis
import numpy as np
import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.register.match_model import FIELDS, fit, is_compared
from transforms.register.matching import match_members

SCHEMA = {
    "member_key": pl.String,
    "sex": pl.String,
    "name_key": pl.String,
    "birth_key": pl.String,
    "birth_year": pl.Int16,
    "phone_key": pl.String,
    "admin1_code": pl.String,
    "district_code": pl.String,
    "employer_key": pl.String,
}
# key, sex, name, day of birth, year, telephone, province, district, employer
FEW = [
    ("k1", "SEX_F", "n1", "d1", 1980, "t1", "01", "0101", "e1"),
    ("k2", "SEX_F", "n1", "d1", 1980, "t1", "02", "0201", "e2"),  # k1 again: exact
    ("k3", "SEX_F", "n1x", "d1", 1980, "t1", "01", "0101", "e1"),  # k1 again, name mistyped
    ("k4", "SEX_M", "n2", "d2", 1981, "t2", "01", "0101", None),
    ("k5", "SEX_M", "n2", "d2x", 1981, "t2", "01", "0101", None),  # k4 again, day mistyped
    ("k6", "SEX_M", "n3", "d3", 1982, "t3", "01", "0102", "e1"),
    ("k7", "SEX_F", "n3", "d3", 1982, "t3", "01", "0102", "e1"),  # the other sex: another person
    ("k8", "SEX_M", "n4", "d4", 1983, None, "03", "0301", "e3"),
    ("k9", "SEX_M", None, None, None, None, None, None, None),  # nothing known
    ("ka", "SEX_M", None, None, None, None, None, None, None),  # nothing known either
    *((f"m{i}", "SEX_M", f"o{i}", f"b{i}", 1950 + i, f"p{i}", "04", f"04{i:02d}", f"f{i % 4}")
      for i in range(30)),
]  # fmt: skip


def member(rows):
    frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, SCHEMA, orient="row")
    plain = duckdb.connect()
    plain.register("rows", frame.to_arrow())
    plain.execute("CREATE TABLE member AS SELECT * FROM rows")
    return ibis.duckdb.from_connection(plain).table("member")


def test_duplicates_by_hand():
    found = match_members(member(FEW))
    persons = {r["member_key"]: r for r in found.persons.iter_rows(named=True)}
    assert {k: persons[k]["person_key"] for k in ("k1", "k2", "k3")} == dict.fromkeys(
        ("k1", "k2", "k3"), "k1"
    )
    assert {persons[k]["person_key"] for k in ("k4", "k5")} == {"k4"}
    assert [persons[k]["rule"] for k in ("k1", "k2", "k3", "k4", "k5")] == [
        "exact",
        "exact",
        *["probabilistic"] * 3,
    ]
    others = [k for k in persons if k not in ("k1", "k2", "k3", "k4", "k5")]
    assert all(persons[k]["person_key"] == k and persons[k]["rule"] == "single" for k in others)
    assert len(persons) == len(FEW)
    assert found.reason == ""


def test_two_runs_give_the_same_and_the_order_of_rows_does_not_matter():
    first = match_members(member(FEW))
    again = match_members(member(FEW[::-1]))
    assert first.persons.equals(again.persons)
    assert first.expected_false == pytest.approx(again.expected_false, abs=1e-12)


@pytest.mark.parametrize("column", ["name_key", "birth_key"])
def test_a_register_without_names_or_days_of_birth_is_not_computable(column):
    frame = pl.DataFrame(FEW, SCHEMA, orient="row").with_columns(
        pl.lit(None, pl.String).alias(column)
    )
    found = match_members(member(frame))
    assert found.reason == f"not computable: the register has no {column}"
    assert found.persons["rule"].unique().to_list() == ["single"]
    assert (found.persons["person_key"] == found.persons["member_key"]).all()
    assert found.model is None


@pytest.mark.parametrize("threshold", [0.4, 1.1])
def test_a_threshold_that_is_none_is_refused(threshold):
    with pytest.raises(InputError, match="threshold"):
        match_members(member(FEW), threshold=threshold)


def some_register(n, seed):
    """Draw records with few values and holes, so that every level occurs."""
    rng = np.random.default_rng(seed)

    def drawn(prefix, kinds, hole):
        values = [f"{prefix}{k}" for k in rng.integers(0, kinds, n)]
        return [None if rng.random() < hole else v for v in values]

    day = rng.integers(0, 60, n)
    province = rng.integers(0, 3, n)
    return pl.DataFrame(
        {
            "member_key": [f"{k:04x}" for k in range(n)],
            "sex": drawn("SEX_", 2, 0.1),
            "name_key": drawn("n", 30, 0.1),
            "birth_key": [None if k % 7 == 0 else f"d{k}" for k in day],
            "birth_year": [None if k % 11 == 0 else 1980 + k % 8 for k in day],
            "phone_key": drawn("t", 60, 0.3),
            "admin1_code": [
                None if k % 13 == 0 else f"{p:02d}" for k, p in zip(day, province, strict=True)
            ],
            "district_code": [
                f"{p}{k % 4}" if k % 5 else None for k, p in zip(day, province, strict=True)
            ],
            "employer_key": drawn("e", 12, 0.3),
        },
        schema=SCHEMA,
    )


def test_em_recovers_planted_agreement():
    """Planted m and u; the compared patterns get their expected counts, the rest only a number."""
    m = {
        "name": [0.0, 0.25, 0.75],
        "birth": [0.0, 0.02, 0.23, 0.75],
        "phone": [0.1, 0.27, 0.63],
        "place": [0.0, 0.2, 0.3, 0.3, 0.2],
    }
    u = {
        "name": [0.0, 1 - 1e-5, 1e-5],
        "birth": [0.0, 0.98 - 7e-5, 0.02, 7e-5],
        "phone": [0.1, 0.9 - 1e-8, 1e-8],
        "place": [0.0, 0.9, 0.07, 0.02, 0.01],
    }
    matches, pairs = 6000.0, 3e10
    counts, kept = {}, 0.0
    grid = np.stack(np.meshgrid(*(np.arange(len(v)) for v in m.values()), indexing="ij"), -1)
    for pattern in map(tuple, grid.reshape(-1, 4).tolist()):
        one = matches * np.prod([m[f][k] for f, k in zip(FIELDS, pattern, strict=True)])
        two = (pairs - matches) * np.prod([u[f][k] for f, k in zip(FIELDS, pattern, strict=True)])
        if is_compared(*pattern):
            counts[pattern] = round(one + two)
            kept += one
    levels = {f: matches * np.asarray(m[f]) + (pairs - matches) * np.asarray(u[f]) for f in FIELDS}
    got = fit(counts, levels, pairs)
    assert got.matches == pytest.approx(matches, rel=0.02)
    assert got.unseen == pytest.approx(matches - kept, rel=0.1)
    for field in FIELDS:
        assert got.m[field] == pytest.approx(m[field], abs=0.01)
        assert got.u[field] == pytest.approx(u[field], rel=0.02, abs=1e-9)
    # Bayes' rule on the planted values, for name and day of birth agreeing, nothing else known or equal
    one = matches * 0.75 * 0.75 * 0.1 * 0.2
    two = (pairs - matches) * 1e-5 * 7e-5 * 0.1 * 0.9
    assert got.probability[2, 3, 0, 1] == pytest.approx(one / (one + two), abs=0.02)


def planted(errors, moved=0.0, n=3000, second=300):
    """Some persons twice, second numbers mistyped, with another telephone, or moved."""
    rng = np.random.default_rng(11)
    who = np.concatenate([np.arange(n), rng.choice(n, second, replace=False)])
    again = np.arange(n + second) >= n
    wrong = again & (rng.random(n + second) < errors)
    other = again & (rng.random(n + second) < errors)
    day, name = rng.integers(0, 15000, n)[who], rng.integers(0, 2000, n)[who]
    sex = rng.integers(0, 2, n)[who]
    place = rng.integers(0, 100, n)[who]
    away = again & (rng.random(n + second) < moved)
    place = np.where(away, rng.integers(0, 100, n + second), place)
    frame = pl.DataFrame(
        {
            "member_key": [f"{k:04x}" for k in range(n + second)],
            "sex": [f"SEX_{k}" for k in sex],
            "name_key": [f"n{k}x{w:d}" for k, w in zip(name, wrong, strict=True)],
            "birth_key": [f"d{k}" for k in day],
            "birth_year": 1950 + day // 365,
            "phone_key": [f"t{k}x{o:d}" for k, o in zip(who, other, strict=True)],
            "admin1_code": [f"{k // 10:02d}" for k in place],
            "district_code": [f"{k:04d}" for k in place],
            "employer_key": [f"e{k}" for k in place],
        },
        schema=SCHEMA,
    )
    return frame, who, again, wrong, other


def test_planted_duplicates_are_found_and_the_expected_errors_are_right():
    """3,000 persons, 300 of them twice; a third of the second numbers mistyped or moved."""
    frame, who, again, wrong, other = planted(0.3)
    n = 3000
    found = match_members(member(frame))
    truth = frame.select("member_key", who=pl.Series(who)).join(found.persons, on="member_key")
    joined = truth.group_by("person_key").agg(pl.col("who").n_unique() - 1)["who"].sum()
    missed = truth.group_by("who").agg(pl.col("person_key").n_unique() - 1)["person_key"].sum()
    assert joined <= 3
    assert missed <= 3
    assert found.model.m["phone"][2] == pytest.approx(1 - other[again].mean(), abs=0.03)
    assert found.model.m["name"][2] == pytest.approx(1 - wrong[again].mean(), abs=0.03)
    assert n == pytest.approx(found.persons["person_key"].n_unique(), abs=3)


def test_what_was_refused_and_what_nobody_compared_is_with_the_records_once():
    found = match_members(member(planted(0.4, moved=0.3)[0]))
    assert found.expected_unseen > 10
    # Half of each pair at either record: the tally adds up the halves. A probability ends at 1, so
    # where few pairs are refused a part of those that nobody compared finds no place.
    alone = found.persons.filter(rule="single")["match_probability"].sum() / 2
    assert 0.7 < alone / (found.expected_missed + found.expected_unseen) <= 1
