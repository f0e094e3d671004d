"""Codes of ISIC Rev. 4 and ISCO-08: lengths, lists and distributions (United Nations 2008; ILO 2012)."""

import re

import numpy as np
import polars as pl
import pytest

from data_contracts.code_lists import schemes
from tests.places import ROOT
from transforms.survey.classified import misfits

ISIC, ISCO = (schemes()[name] for name in ("industry_isic4_2d", "occupation_major"))


def told(scheme, codes, digits, typed=None):
    text = pl.Series("code", [None if c is None else str(c).lstrip("0") or "0" for c in codes])
    delivered = pl.Series("code", codes) if typed is None else typed
    return [one.rule for one in misfits(scheme, text, delivered, digits)]


def test_the_sub_major_groups_of_isco_are_43_and_the_divisions_of_isic_88():
    assert (len(ISCO.divisions), len(ISIC.divisions)) == (43, 88)
    assert {d for d in ISIC.divisions if d not in ISIC.in_older} >= {"47", "84", "86"}
    assert {
        "52",
        "75",
        "80",
        "85",
    } <= ISIC.in_older  # retail, government, education, health in Rev. 3.1


@pytest.mark.parametrize(
    ("scheme", "codes", "digits"),
    [
        (ISCO, [5223, 9211, 110, 6130], 4),  # 0110 lost its zero: officers of the armed forces
        (ISCO, [522, 921], 3),
        (ISCO, [52, 92, 1], 2),
        (ISCO, [5, 9, 0], 1),
        (ISIC, [4711, 111, 8411, 9900], 4),
        (ISIC, ["0111", "4711"], 4),
        (ISIC, [471, 11], 3),
        (ISIC, [47, 1, 84], 2),
    ],
)
def test_codes_of_the_right_length_are_taken(scheme, codes, digits):
    assert told(scheme, codes, digits) == []


@pytest.mark.parametrize(
    ("scheme", "codes", "digits", "said"),
    [
        (ISCO, [522, 921], 4, "no code has the 4 digits"),  # became armed forces for everybody
        (ISCO, [52, 92], 4, "no code has the 4 digits"),
        (ISCO, [5, 9], 4, "no code has the 4 digits"),
        (ISCO, [5223, 522], 4, "no division"),
        (ISCO, [5223, 111], 4, "none of ISCO-08 with the 0"),
        (ISCO, [5223, 9999], 4, "no division"),
        (ISCO, [522, 5223], 3, "more than the 3 digits"),
        (ISIC, [2, 3], 2, "no code has the 2 digits"),  # sectors became forestry and fishing
        (ISIC, [1, 10, 4], 2, "no division"),
        (ISIC, [471, 841], 4, "no code has the 4 digits"),
        (ISIC, [4711, 471], 4, "no division"),
        (ISIC, [4711, 104], 4, "none of ISIC Rev. 4 with the 0"),
        (ISIC, [4711, 9999], 4, "no division"),  # 99 has the one class 9900
        (ISIC, [4711, 0], 4, "no division"),
        (ISIC, [47111, 4711], 4, "more than the 4 digits"),
        (ISIC, ["0111", "471"], 4, "no division"),
    ],
)
def test_codes_of_another_length_or_list_are_refused(scheme, codes, digits, said):
    assert said in told(scheme, codes, digits)[0]


def test_codes_of_several_lengths_need_to_be_told_their_digits():
    assert "2 lengths" in told(ISCO, [5223, 52], None)[0]
    assert told(ISCO, [5223, 9211], None) == []
    assert told(ISCO, [None, None], 4) == []


def test_a_list_of_ten_sectors_is_no_list_of_divisions():
    sectors = [*([1, 2, 3, 5, 6, 7, 8, 9, 10] * 30)]
    assert "only 9 of the 88" in told(ISIC, sectors, 2)[0]
    assert told(ISIC, sectors[:100], 2) == []  # too few rows to say so
    real = np.random.default_rng(1).choice(sorted(map(int, ISIC.divisions)), 300).tolist()
    assert told(ISIC, real, 2) == []


@pytest.mark.parametrize("scheme", [ISIC, ISCO])
@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_a_pattern_takes_what_the_harmoniser_takes(scheme, digits):
    """Every number of so many digits at once: the column has codes of full length, as real ones do."""
    codes = [str(number) for number in range(10**digits)]
    text = pl.Series("code", codes)
    refused = pl.repeat(value=False, n=len(codes), eager=True)
    for one in misfits(scheme, text, text.cast(pl.Int64), digits):
        refused |= one.rows
    fits = re.compile(scheme.pattern(digits)).fullmatch
    taken = [code for code, bad in zip(codes, refused, strict=True) if not bad]
    assert [code for code in codes if fits(code)] == taken
    assert (len(taken) == len(codes)) == (digits == 1)  # each digit begins a division


def test_occupations_cut_to_minor_groups_are_refused_by_the_contract_too():
    from data_contracts.contract.find import load

    frame = pl.read_csv(ROOT / "tests" / "unseen" / "02-isco-three-digits.csv", infer_schema=False)
    pattern = {c.name: c.pattern for c in load("LAO_2017_LFS").columns}["lsco4"]
    codes = frame["lsco4"].drop_nulls().str.strip_chars_start("0")
    assert codes.len() > 0
    assert not codes.str.contains(pattern).any()
