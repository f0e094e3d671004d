"""Which encoding a text without a declared one is in; opening the files lives elsewhere."""

import codecs
import re
from collections.abc import Iterable
from difflib import get_close_matches
from encodings.aliases import aliases
from typing import Final

from data_contracts.errors import InputError

UTF8: Final = "utf-8"
JOINT: Final = "+"  # between two encodings of one file
USUAL: Final = ("utf_8", "cp1252", "latin_1", "cp850", "cp874", "utf_16")
# What to do about an encoding, whichever command reads the file.
TO_SAY: Final = (
    "name it (--encoding for profile draft and estimate, `encoding:` in the profile for the rest)"
)
THAI_SHARE: Final = 0.8  # of the bytes outside ASCII stand beside another one
CHANCE_SHARE: Final = 0.1  # of Thai lines in cp874 may be valid UTF-8 by chance
_RUNS = re.compile(rb"[\x80-\xff]{2,}")
_ASCII = bytes(range(128))


class TextEvidence:
    """What the bytes of many short texts (lines, cells, labels) say of their common encoding.

    The rule, in this order:

    1. every text is valid UTF-8: ``utf-8``;
    2. all bytes of the others are characters of cp874, four in five of those outside ASCII stand
       beside another one as they do in Thai words, and at most one text in ten is valid UTF-8
       (two Thai letters can be so by chance): ``cp874``;
    3. all bytes of the others are characters of cp1252: ``cp1252``;
    4. otherwise ``latin-1``, which has a character for every byte.

    Where some texts hold genuine UTF-8 and some do not, no one encoding fits them all: each text
    is then read by itself, as UTF-8 where it is that (``utf-8+cp1252``). A file whose numbers are
    whole is not shut over its words.

    Attributes:
        genuine: texts outside ASCII that are valid UTF-8.
        others: texts that are not.
        bytes: bytes outside ASCII in those others.
        first: place of the first of those others among all texts, from 0.
    """

    def __init__(self) -> None:
        self.genuine = self.others = self.bytes = 0
        self.first = -1
        self._in_runs = 0
        self._fits = {"cp874": True, "cp1252": True}

    def add(self, texts: Iterable[bytes], start: int = 0) -> None:
        """Weigh more texts, of which the first stands at place ``start``."""
        for place, text in enumerate(texts, start):
            if text.isascii():
                continue
            try:
                text.decode("utf-8")
            except UnicodeDecodeError:
                self._add_other(text, place)
            else:
                self.genuine += 1

    def _add_other(self, text: bytes, place: int) -> None:
        if self.others == 0:
            self.first = place
        self.others += 1
        self.bytes += len(text.translate(None, _ASCII))
        self._in_runs += sum(len(run) for run in _RUNS.findall(text))
        for encoding, fits in self._fits.items():
            if fits:
                try:
                    text.decode(encoding)
                except UnicodeDecodeError:
                    self._fits[encoding] = False

    def encoding(self) -> str:
        """Give the encoding by the rule above; two joined by + where each text has its own."""
        if self.others == 0:
            return "utf-8"
        thai = self._fits["cp874"] and self._in_runs >= THAI_SHARE * self.bytes
        other = "cp874" if thai else "cp1252" if self._fits["cp1252"] else "latin-1"
        by_chance = thai and self.genuine <= CHANCE_SHARE * (self.genuine + self.others)
        return f"{UTF8}{JOINT}{other}" if self.genuine and not by_chance else other


def fallback_note(evidence_of: str, wrong_bytes: int, texts: int, genuine: int, unit: str) -> str:
    """Say that a fallback was used; ``unit`` names the texts in the plural."""
    first, _, second = evidence_of.rpartition(JOINT)
    if not first:
        return (
            f"text read as {second}: {wrong_bytes:,} bytes in {texts:,} {unit} are not UTF-8; "
            f"{TO_SAY} if this is wrong"
        )
    return (
        f"text read as {second} in {texts:,} {unit} ({wrong_bytes:,} bytes) and as UTF-8 in "
        f"{genuine:,}: the file holds both, so each was read by itself; {TO_SAY} if this is wrong"
    )


def decoded(text: bytes, encoding: str) -> str:
    """Give one text in an encoding as ``TextEvidence.encoding`` names it.

    Raises:
        UnicodeError: the text is not in it.
    """
    first, _, second = encoding.rpartition(JOINT)
    if not first:
        return text.decode(second)
    try:
        return text.decode(first)
    except UnicodeDecodeError:
        return text.decode(second)


def refuse_unknown(encoding: str, file: str) -> None:
    """Refuse a name that no encoding has.

    Raises:
        InputError: with the name, the names that are spelt near it, and usual ones.
    """
    try:
        codecs.lookup(encoding)
    except LookupError:
        known = sorted({*aliases, *aliases.values()})
        close = get_close_matches(encoding.lower().replace("-", "_"), known, 3)
        names = [name.replace("_", "-") for name in dict.fromkeys((*close, *USUAL))]
        raise InputError(
            f"no encoding is called {encoding}",
            f"write {', '.join(names[:-1])} or {names[-1]}, or leave it out: the text is then weighed",
            file=file,
        ) from None


def is_mojibake(text: str) -> bool:
    """Tell whether a text is UTF-8 that somebody read as Latin-1 or cp1252 and saved again."""
    if text.isascii():
        return False
    for encoding in ("latin-1", "cp1252"):
        try:
            text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False
