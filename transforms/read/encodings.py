"""Which encoding a text without a declared one is in; opening the files lives elsewhere."""

import re
from collections.abc import Iterable
from typing import Final

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
    3. some texts hold genuine UTF-8 and some do not: no encoding fits them all;
    4. all bytes are characters of cp1252: ``cp1252``;
    5. otherwise ``latin-1``, which has a character for every byte.

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

    def encoding(self) -> str | None:
        """Give the encoding by the rule above, None where no encoding fits all texts."""
        if self.others == 0:
            return "utf-8"
        thai = self._fits["cp874"] and self._in_runs >= THAI_SHARE * self.bytes
        if thai and self.genuine <= CHANCE_SHARE * (self.genuine + self.others):
            return "cp874"
        if self.genuine:
            return None
        return "cp1252" if self._fits["cp1252"] else "latin-1"


def fallback_note(encoding: str, wrong_bytes: int, texts: int, unit: str) -> str:
    """Say that a fallback was used; ``unit`` names the texts in the plural."""
    return (
        f"text read as {encoding}: {wrong_bytes:,} bytes in {texts:,} {unit} are not UTF-8; "
        "set `encoding:` in the profile if this is wrong"
    )


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
