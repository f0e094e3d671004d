"""Lao text brought to one spelling for matching; what is shown to a reader stays as it was given."""

import re
import unicodedata
from typing import Final

# Lao digits U+0ED0 to U+0ED9 and Thai digits U+0E50 to U+0E59, both seen in Lao offices.
DIGITS: Final = {chr(zero + digit): str(digit) for zero in (0x0ED0, 0x0E50) for digit in range(10)}
_DIGIT: Final = re.compile(f"[{''.join(DIGITS)}]")

# Characters without width that word processors leave behind: soft hyphen, zero-width space,
# non-joiner, joiner, word joiner, byte order mark.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")

# In this order. Unicode's NFC leaves all of these apart: AM (U+0EB3) has a compatibility
# decomposition alone, and the upper vowels and NIGGAHITA (U+0ECD) are starters, so a tone mark
# (U+0EC8 to U+0ECB) typed before or after them is never moved.
_SPELLINGS: Final = (
    ("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2", "\\1\u0eb3"),  # NIGGAHITA, tone, AA: tone, AM
    ("\u0eb3([\u0ec8-\u0ecb])", "\\1\u0eb3"),  # AM, tone: tone, AM
    ("([\u0ec8-\u0ecc])([\u0eb1\u0eb4-\u0ebc\u0ecd])", "\\2\\1"),  # tone, mark: mark, tone
    ("\u0eab\u0ea5", "\u0eab\u0ebc"),  # HO SUNG, LO: HO SUNG with the subscript LO
    ("\u0eab\u0e99", "\u0edc"),  # HO SUNG, NO: HO NO
    ("\u0eab\u0ea1", "\u0edd"),  # HO SUNG, MO: HO MO
    ("\u0ec0\u0ec0", "\u0ec1"),  # E typed twice for EI
)


def digits(text: str) -> str:
    """Write Lao and Thai digits as 0 to 9; everything else stays."""
    return _DIGIT.sub(lambda found: DIGITS[found[0]], text)


def fold(text: str) -> str:
    """Give the one spelling under which two ways of writing the same words are equal.

    For matching alone. Unicode NFC; the order of tone marks; AM written as one or two
    characters; HO with LO, NO or MO as one letter or two; Lao digits; letter case; accents of
    Latin letters; kinds and runs of spaces, and characters without width.
    """
    if text.isascii():  # of all these only letter case and spaces are in ASCII
        return " ".join(text.lower().split())
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", digits(text)))
    for written, meant in _SPELLINGS:
        plain = re.sub(written, meant, plain)
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", plain))
    return " ".join(unicodedata.normalize("NFC", bare).casefold().split())
