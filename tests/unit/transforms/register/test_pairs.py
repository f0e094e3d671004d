"""Pairs and their levels against a comparison of every two records, written apart."""

from itertools import combinations

import numpy as np
import polars as pl

from tests.unit.transforms.register.test_matching import member, some_register
from transforms.register.match_model import FIELDS, is_compared
from transforms.register.pairs import all_pairs, compared_pairs


def level(a, b):
    """Compare two records the slow way: the levels as the model's FIELDS name them."""
    no = any(x is None for x in (a["birth_key"], b["birth_key"]))
    birth = 0 if no else 3 if a["birth_key"] == b["birth_key"] else 1
    if birth == 1 and a["birth_year"] is not None and a["birth_year"] == b["birth_year"]:
        birth = 2
    two = [
        0 if None in (a[k], b[k]) else 2 if a[k] == b[k] else 1 for k in ("name_key", "phone_key")
    ]
    if a["employer_key"] is not None and a["employer_key"] == b["employer_key"]:
        place = 4
    elif None in (a["admin1_code"], b["admin1_code"]):
        place = 0
    elif a["admin1_code"] != b["admin1_code"]:
        place = 1
    else:
        d = a["district_code"]
        place = 3 if d is not None and d == b["district_code"] else 2
    return two[0], birth, two[1], place


def test_pairs_and_levels_equal_a_comparison_of_every_two_records():
    frame = some_register(120, 2)
    table = member(frame)
    rows = frame.with_columns(pl.col("sex").fill_null("X")).to_dicts()
    every = {
        (a["member_key"], b["member_key"]): level(a, b)
        for a, b in combinations(rows, 2)
        if a["sex"] == b["sex"]
    }
    got = {
        (r["left_key"], r["right_key"]): (r["name"], r["birth"], r["phone"], r["place"])
        for r in compared_pairs(table).to_polars().iter_rows(named=True)
    }
    assert got == {pair: levels for pair, levels in every.items() if is_compared(*levels)}
    counts, total = all_pairs(table)
    assert total == len(every)
    for i, (field, names) in enumerate(FIELDS.items()):
        seen = np.bincount([levels[i] for levels in every.values()], minlength=len(names))
        assert counts[field].tolist() == seen.tolist()
