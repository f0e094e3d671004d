"""What rows settle for a draft: lengths of codes and strata with one unit; codes of the real classifications."""

import polars as pl

from data_contracts.code_lists import isic4_divisions
from transforms.draft.facts import (
    asked_from,
    blank_is_young,
    digits_of,
    lonely_strata,
    words_as_labels,
)
from transforms.draft.labels import Candidate
from transforms.read.table import Variable

DIVISIONS = [one.lstrip("0") for one in sorted(isic4_divisions()) if one != "99"]
CLASSES = pl.Series("code", [f"{one}10" for one in DIVISIONS] * 10)


def chosen(**raws):
    return {role: Candidate(raw, 0.9, ()) for role, raw in raws.items()}


def test_lost_zeros_are_counted_among_the_digits():
    found = digits_of("industry_isic4_2d", CLASSES)
    assert (found.digits, found.sure) == (4, True)
    short = digits_of("industry_isic4_2d", pl.Series(DIVISIONS * 10))
    assert (short.digits, short.sure) == (2, True)


def test_codes_for_no_answer_are_told_from_codes():
    found = digits_of("industry_isic4_2d", pl.concat([CLASSES, pl.Series(["9999"] * 5)]))
    assert (found.digits, found.missing) == (4, ("9999",))


def test_a_few_strange_codes_are_asked_about_and_many_are_another_column():
    few = digits_of("industry_isic4_2d", pl.concat([CLASSES, pl.Series(["3412"] * 5)]))
    assert (few.digits, few.sure) == (4, False)  # division 34 is none of ISIC Rev. 4
    many = pl.concat([CLASSES, pl.Series(["3412"] * 300)])
    assert digits_of("industry_isic4_2d", many) is None


def test_strata_with_one_unit_are_named():
    frame = pl.DataFrame({"s": ["a", "a", "b", "b"], "u": ["1", "2", "3", "3"]})
    assert lonely_strata(chosen(strata="s", psu="u"), frame) == ("b",)
    assert lonely_strata(chosen(strata="s"), frame) == ()


def test_blanks_below_the_age_that_answers_are_told():
    frame = pl.DataFrame({"age": ["5", "9", "14", "15", "40"], "act": [None, None, None, "1", "2"]})
    columns = {"act": Variable("act", "", "number", {"1": "Employed"}, ())}
    roles = chosen(age="age", lfs_status_given="act")
    lowest = asked_from(roles, columns, frame)
    assert lowest == 15
    assert blank_is_young(roles, frame, lowest)
    assert not blank_is_young(roles, frame, 10)


def test_only_words_of_the_lexicon_become_labels():
    told = words_as_labels("sex", pl.Series(["Male", "Female", "Somebody's own words"]))
    assert told == {"Female": "Female", "Male": "Male"}
