"""Two ways of typing the same Lao word are one word; expected spellings are written as code points.

The equalities are those of the Unicode Standard's Lao block (U+0EB3 is U+0ECD U+0EB2, U+0EDC is
U+0EAB U+0E99, U+0EDD is U+0EAB U+0EA1) and of Lao spelling before and after 1975 (HO LO).
"""

import unicodedata

import pytest

from transforms.read import lao

NO, HO, LO, MO, TONE = "\u0e99", "\u0eab", "\u0ea5", "\u0ea1", "\u0ec9"
AM, RING, AA, UNDER_LO = "\u0eb3", "\u0ecd", "\u0eb2", "\u0ebc"
WATER = NO + TONE + AM


@pytest.mark.parametrize(
    "typed",
    [
        NO + TONE + AM,
        NO + RING + TONE + AA,
        NO + TONE + RING + AA,
        NO + AM + TONE,
        unicodedata.normalize("NFKC", NO + TONE + AM),
        unicodedata.normalize("NFD", NO + TONE + AM),
        NO + "\u200b" + TONE + AM + "\ufeff",
    ],
)
def test_water_is_one_word_however_it_is_typed(typed):
    assert lao.fold(typed) == WATER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HO + UNDER_LO + "\u0ea7\u0e87", HO + LO + "\u0ea7\u0e87"),  # luang: subscript or full LO
        ("\u0edc" + AA, HO + NO + AA),  # HO NO as one letter or two
        ("\u0edd" + AA, HO + MO + AA),  # HO MO as one letter or two
        ("\u0e81" + RING + AA, "\u0e81" + AM),  # AM without a tone
        ("\u0e8a\u0eb7\u0ec8", "\u0e8a\u0ec8\u0eb7"),  # tone after or before the upper vowel
        ("\u0e81" + RING + "\u0ec8", "\u0e81\u0ec8" + RING),  # tone and ring without AA
        ("\u0e97\u0eb8\u0ec8", "\u0e97\u0ec8\u0eb8"),  # tone and lower vowel (NFC does this one)
        ("\u0ec1\u0e82\u0ea7\u0e87", "\u0ec0\u0ec0\u0e82\u0ea7\u0e87"),  # EI or E twice
        ("\u0ed2\u0ed5\u0ed6\u0ed6", "2566"),
        ("\u0e52\u0e55", "25"),
        ("Phôngsali", "PHONGSALI"),
        ("Bokèo", "bokeo"),
        ("Bok\u0065\u0300o", "Bok\u00e8o"),
        ("Luang\u00a0 Prabang ", "luang prabang"),
        ("mem\u00adber\u200c id", "Member ID"),
    ],
)
def test_two_spellings_of_one_word(one, other):
    assert lao.fold(one) == lao.fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NO + AA, NO + AM),
        (NO + TONE + AM, NO + "\u0ec8" + AM),  # another tone is another word
        (LO + AA, HO + LO + AA),
        ("Vientiane", "Vientiane Capital"),
    ],
)
def test_different_words_stay_different(one, other):
    assert lao.fold(one) != lao.fold(other)


def test_folding_twice_changes_nothing():
    for text in (NO + RING + TONE + AA, HO + LO + AA, "Xaisômboun \u0ed1\u0ed8"):
        assert lao.fold(lao.fold(text)) == lao.fold(text)


def test_digits_leave_everything_else_as_it_is():
    assert lao.digits("\u0ed0\u0ed1\u0ed9 / \u0e50\u0e59 \u00a0AB") == "019 / 09 \u00a0AB"
    assert lao.digits(NO + RING + TONE + AA) == NO + RING + TONE + AA
