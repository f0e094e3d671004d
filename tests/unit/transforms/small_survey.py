"""A survey of our own: two strata, two PSUs each, and a profile of ten lines for it."""

PROFILE = """\
survey_id: TST_2020_LFS
title: A survey of our own
status: sourced
ref_area: TST
source_type: LFS
time_period: "2020"
reference_year: 2020
currency: XTS
min_age_labour: 15
standards: {icls: ICLS19}
citation: none
keys: {household: [hh], person: pn}
design: {strata: [st], psu: [ea], weight: wt}
columns:
  sex: {from: SEX, codes: {1: SEX_M, 2: SEX_F}}
  age: {from: AGE, number: true, missing: [99]}
  registration: {from: reg, codes: {1: "yes", 2: "no", 8: dont_know}, blank: no_answer}
  bookkeeping: {not_asked: never asked}
  enterprise_size: {from: size, counts: [1, 9], brackets: {10: [10, 19], 11: [20, null], 99: [null, null]}}
  industry_isic4_2d: {from: isic, digits: 4, take: 2}
  earnings_monthly: {from: pay, number: true, factors_from: per, factors: {1: 1, 2: 30}}
corrections:
  - {id: no_age, drop: {age: [blank]}, at_most: 1, reason: one record has none}
"""
ROWS = {
    "HH": ["1", "1", "2", "2", "3", "3", "4", "4"],
    "pn": ["1", "2", "1", None, "1", "2", "1", "2"],
    "st": ["a", "a", "a", "a", "b", "b", "b", "b"],
    "ea": ["1", "1", "2", "2", "1", "1", "2", "2"],
    "wt": ["10", "10.5", "9", "9", "8", "8", "7", "7"],
    "Sex": ["1", "2", "1", "2", " 1", "2.0", "1", "2"],
    "age": ["40", "38", "99", "20", "33", "70", "14", "15"],
    "reg": ["1", "2", "8", "", "1", "2", "8", None],
    "size": ["1", "9", "10", "11", "99", "", "5", "6"],
    "isic": ["111", "0111", "4711", "8411", "111", "", "4711", "4711"],
    "pay": ["100", "10", "", "5", "1", "2", "3", "4"],
    "per": ["1", "2", "1", "2", "1", "1", "1", "1"],
}
